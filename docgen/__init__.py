"""The parts of docs/ that are made from the code, so that they cannot differ from it: `make docs` writes them."""

import modules  # noqa: F401  # ahead of cdktf, which prints a banner about Node.js otherwise
