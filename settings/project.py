"""The folder with the files of the platform's owner: `environments/`, `waivers/` and `rules/`."""

from pathlib import Path

ENVIRONMENTS, RULES = "environments", "rules"


def _folder() -> Path:
    """Returns the current folder if it has environments, or else the repository's."""
    current, repository = Path.cwd(), Path(__file__).parents[1]
    return repository if not (current / ENVIRONMENTS).is_dir() and (repository / ENVIRONMENTS).is_dir() else current


PROJECT = _folder()
