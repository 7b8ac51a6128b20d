"""Answers -> comma-separated values (RFC 4180, but lines end as Unix lines do).

Law: a table's heads are its first line; a number is written in full, so reading it back gives the same number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from lang.diagnostic import visible
from lang.show import laying
from lang.show.laying import laid
from lang.show.numbers import number
from lang.verbs.core.answer import Grid, Listing, Piece, Values


def pieces(answer: Sequence[Piece]) -> str:
    """The pieces, a blank line between them, without a last line end."""
    return "\n\n".join(_table(_lines(piece)) for piece in answer)


def _lines(piece: Piece) -> list[Sequence[str | float]]:
    if isinstance(piece, Values):
        return [("name", "value"), *piece.rows]
    if isinstance(piece, Grid):
        return [piece.columns, *piece.rows]
    assert isinstance(piece, Listing)
    return [("line",), *((line,) for line in laid(piece.text.rstrip("\n").split("\n")))]


def _table(lines: Sequence[Sequence[str | float]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for line in laying.rows(lines):
        writer.writerow([visible(cell) if isinstance(cell, str) else number(cell) for cell in laid(line)])
    return written.getvalue().rstrip("\n")
