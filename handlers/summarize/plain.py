"""Names from AWS, made safe to print: nothing in them stays invisible or turns the text around."""


def printable(name: str) -> str:
    """Returns the name with every control, format or lone surrogate character as its escape."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in name)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
