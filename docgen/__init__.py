"""Generation of documents from the code: `make docs` writes them."""

import modules  # noqa: F401  # before cdktf, which otherwise prints a banner about Node.js
