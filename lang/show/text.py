"""Answers -> lines for a terminal or a text file, as pieces of text with roles.

Law: everything lines up: values at their `=`, columns at their decimal points; and a table never wraps: columns that do
not fit go into a further block below, with the row labels again. Every word passes `visible`, so nothing from a
program can move the cursor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lang.diagnostic import Segment, visible, width
from lang.evaluate.run import Shown
from lang.show import laying
from lang.show.laying import laid
from lang.show.numbers import halves, number, numbers
from lang.verbs.core.answer import Grid, Listing, Piece, Values

WIDTH = 80
WIDEST_NAME = 48
GAP = "  "
SPECIAL = {"nan", "inf", "-inf"}

Line = list[Segment]
Row = tuple[str, Sequence[float | bool]]
"""A name or an expression, and its values."""


def pieces(answer: Sequence[Piece], columns: int = WIDTH) -> list[Segment]:
    """The pieces of an answer, a blank line between them, without a last line end."""
    lines: list[Line] = []
    for piece in answer:
        if lines:
            lines.append([])
        lines += _piece(piece, columns)
    return joined(lines)


def rows(named: Sequence[Row]) -> list[Segment]:
    """Names with their values, one a line, the `=` below each other."""
    return joined(_rows(named))


def shown(each: Shown) -> Row:
    """An expression that stood alone, on one line, with its values; no name where it is its value (`2.5`)."""
    text = " ".join(re.sub(r"#[^\n]*", " ", each.text).split())
    text = re.sub(r"(?<=[(\[]) | (?=[)\]])", "", text) if "\n" in each.text else text
    return "" if text == ", ".join(map(number, each.values)) else _short(text), each.values


def joined(lines: Sequence[Line]) -> list[Segment]:
    """Lines as one run of pieces."""
    made: list[Segment] = []
    for at, line in enumerate(laid(lines)):
        if at:
            made.append(("\n", ""))
        made += line
    return made


def _piece(piece: Piece, columns: int) -> list[Line]:
    if isinstance(piece, Values):
        return _rows([(name, (value,)) for name, value in piece.rows])
    if isinstance(piece, Grid):
        return _grid(piece, columns)
    assert isinstance(piece, Listing)
    return [[(visible(line).rstrip(), "code")] for line in laid(piece.text.rstrip("\n").split("\n"))]


def _rows(named: Sequence[tuple[str, Sequence[float | bool]]]) -> list[Line]:
    names = [visible(name) for name, _ in laid(named)]
    widest = max((width(name) for name in names if width(name) <= WIDEST_NAME), default=0)
    lines: list[Line] = []
    for name, (_, values) in laying.rows(zip(names, named, strict=True)):
        line: Line = [(name + " " * (widest - width(name)), "name"), (" = ", "equals")] if name else []
        for at, value in enumerate(laid(values)):
            digits = number(value)
            line += [(", ", "")] * bool(at) + [(digits, "special" if digits in SPECIAL else "number")]
        lines.append(line)
    return lines


def _short(text: str) -> str:
    """A text that leaves room for a number on its line."""
    if width(text) <= WIDEST_NAME:
        return text
    kept = text
    while width(kept) >= WIDEST_NAME:
        kept = kept[: max(1, WIDEST_NAME - 1 - (width(kept) - len(kept)))] if len(kept) > WIDEST_NAME else kept[:-1]
    return kept + "…"


# --- tables -----------------------------------------------------------------------------------------------------


class Column:
    """One column, laid out: its head and cells, all padded to the same width."""

    def __init__(self, head: str, cells: Sequence[str | float], digits: int | None = None) -> None:
        numeric = any(not isinstance(cell, str) for cell in cells)
        texts = [visible(cell) if isinstance(cell, str) else number(cell, digits) for cell in laid(cells)]
        if numeric:
            texts = _aligned(texts, [isinstance(cell, str) for cell in cells])
        head = visible(head)
        self.width = max(map(width, (head, *texts)))
        pad: Callable[[str], str] = self._right if numeric else self._left
        self.head = pad(head)
        self.cells = [pad(text) for text in laid(texts)]
        self.roles = ["special" if text.strip() in SPECIAL else "number" if numeric else "cell" for text in laid(texts)]

    def _left(self, text: str) -> str:
        return text + " " * (self.width - width(text))

    def _right(self, text: str) -> str:
        return " " * (self.width - width(text)) + text


def _aligned(texts: Sequence[str], words: Sequence[bool]) -> list[str]:
    """Numbers padded so that their points stand below each other; words among them as they are."""
    split = [halves(text) for text, word in zip(texts, words, strict=True) if not word]
    before = max(len(whole) for whole, _ in split)
    after = max(len(rest) for _, rest in split)
    made = []
    for text, word in laid(zip(texts, words, strict=True)):
        whole, rest = halves(text)
        made.append(text if word else f"{whole:>{before}}{rest:<{after}}")
    return made


def _grid(grid: Grid, columns: int) -> list[Line]:
    made = [
        Column(head, [row[at] for row in laid(grid.rows)], grid.digits)
        for at, head in enumerate(laying.rows(grid.columns))
    ]
    if not made:
        return []
    label, rest = made[0], made[1:]
    lines: list[Line] = []
    for block in _blocks(label, rest, columns):
        further = bool(lines)
        if further:
            lines.append([])
        lines.append(_ended([(column.head, "head") for column in block]))
        told = [at for at in range(len(grid.rows)) if _told(block, at, further)]
        lines += [
            _ended([(column.cells[at], "name" if column is label else column.roles[at]) for column in block])
            for at in laying.rows(told)
        ]
    return lines


def _told(block: Sequence[Column], at: int, further: bool) -> bool:
    """Does a row say anything here? In a further block, one with its label alone is left out."""
    return not further or any(column.cells[at].strip() for column in block[1:])


def _blocks(label: Column, rest: Sequence[Column], columns: int) -> list[list[Column]]:
    """The columns that stand side by side, the label's first in each block."""
    blocks = [[label]]
    used = label.width
    for column in rest:
        if len(blocks[-1]) > 1 and used + len(GAP) + column.width > columns:
            blocks.append([label])
            used = label.width
        blocks[-1].append(column)
        used += len(GAP) + column.width
    return blocks


def _ended(cells: Line) -> Line:
    """Cells of a line with gaps between them and no blanks at the end."""
    line: Line = []
    for at, cell in enumerate(cells):
        line += [(GAP, "")] * bool(at) + [cell]
    while line and not line[-1][0].strip():
        line.pop()
    if line:
        line[-1] = (line[-1][0].rstrip(), line[-1][1])
    return line


__all__ = ["WIDTH", "joined", "numbers", "pieces", "rows", "shown"]
