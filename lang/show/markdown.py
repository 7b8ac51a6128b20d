"""Answers -> Markdown: tables with right-aligned numbers, programs in fences.

Law: a cell is one line and says what the fact says: what Markdown would read as markup is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lang.diagnostic import visible
from lang.show import laying
from lang.show.laying import laid
from lang.show.numbers import number
from lang.verbs.core.answer import Grid, Listing, Piece, Values


def pieces(answer: Sequence[Piece]) -> str:
    """The pieces, a blank line between them, without a last line end."""
    return "\n\n".join(map(_piece, answer))


def _piece(piece: Piece) -> str:
    if isinstance(piece, Values):
        return _table(("name", "value"), piece.rows)
    if isinstance(piece, Grid):
        return _table(piece.columns, piece.rows, piece.digits)
    assert isinstance(piece, Listing)
    lines = [visible(line) for line in laid(piece.text.rstrip("\n").split("\n"))]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((fence, *lines, fence))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str | float]], digits: int | None = None) -> str:
    numeric = [any(not isinstance(row[at], str) for row in laid(rows)) for at in laid(range(len(columns)))]
    lines = [_row([_escaped(head) for head in columns]), _row(["---:" if each else "---" for each in numeric])]
    lines += [_row([_cell(cell, digits) for cell in laid(row)]) for row in laying.rows(rows)]
    return "\n".join(lines)


def _cell(cell: str | float, digits: int | None) -> str:
    """A cell; blanks at the beginning of a text become such as Markdown keeps."""
    if not isinstance(cell, str):
        return number(cell, digits)
    bare = cell.lstrip(" ")
    return "&nbsp;" * (len(cell) - len(bare)) + _escaped(bare)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|#~$&])", r"\\\1", visible(text))
