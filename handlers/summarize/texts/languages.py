"""The languages of summaries, by ISO 639-1 code: those with a file in this folder.

For settings and tests: a function is given its language and does not list the files.
"""

from importlib.resources import files

ENDING = ".toml"

LANGUAGES = tuple(
    sorted(each.name.removesuffix(ENDING) for each in files(__package__).iterdir() if each.name.endswith(ENDING))
)
