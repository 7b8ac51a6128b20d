"""The rows, columns and lines of an answer -> the same, with a look at the clock: no layout takes longer than it may.

Law: whatever walks over something of an answer's size asks here for it. Faces set the clock, for as long as a run may
take; Python programs that set none wait for the whole answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from lang.clock import look, watched

Item = TypeVar("Item")
DOING = "laying out the answer"


def laid(items: Iterable[Item]) -> Iterator[Item]:
    """Small things, of which there may be many: cells, lines, pieces of text."""
    return watched(items, DOING)


def rows(items: Iterable[Item]) -> Iterator[Item]:
    """Things that may be large themselves: rows and columns of a table, parts of an answer."""
    for at, item in enumerate(items):
        look(DOING, at)
        yield item


__all__ = ["laid", "rows"]
