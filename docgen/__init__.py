"""The parts of docs/ that are made from the code, so that they cannot differ from it: `make docs` writes them."""
