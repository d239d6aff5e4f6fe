"""Batches of the size that an API accepts (itertools.batched requires Python 3.12)."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Sequence[T], size: int) -> Iterator[list[T]]:
    """Yields the items in lists of at most `size`, in order."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
