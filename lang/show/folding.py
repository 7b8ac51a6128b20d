"""Pieces of text -> the same in a narrower window, broken between words.

Law: nothing is lost but blanks at breaks, and a text whose lines all fit is left as it is. What stood in a column goes
on in that column, a paragraph is set anew, and every other line that is indented goes on a little further in.

      sin      the sine of an angle,          sin      the sine of
               in radians                 ->           an angle, in
                                                       radians
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lang.diagnostic import Segment, width

FURTHER = 2
"""How much further in an indented line goes on that has no columns."""
ROOM = 12
"""A column that would be narrower than this is none."""
COLUMNS = re.compile(r"(?<=\S)  +(?=\S)")
MARGIN = 4
"""Lines that begin with so many blanks are code, each a line of its own."""
FULL = 50
"""A line that is shorter ended where it was meant to."""


class Glyph(NamedTuple):
    """A character and its role."""

    char: str
    role: str


Line = list[Glyph]


def folded(pieces: Sequence[Segment], columns: int) -> list[Segment]:
    """Pieces of text in a window's width."""
    lines: list[Line] = [[]]
    for text, role in pieces:
        for at, part in enumerate(text.split("\n")):
            if at:
                lines.append([])
            lines[-1] += [Glyph(char, role) for char in part]
    if all(_wide(line) < columns for line in lines):
        return list(pieces)
    made = [short for line in _joined(lines) for short in _broken(line, columns - 1)]
    return _segments(made)


def _wide(line: Line) -> int:
    return width(_text(line))


def _text(line: Iterable[Glyph]) -> str:
    return "".join(glyph.char for glyph in line)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _column(text: str) -> int:
    """Where a line's second column begins; its indent, where it has no columns."""
    found = COLUMNS.search(text)
    return found.end() if found else _indent(text)


def _joined(lines: Iterable[Line]) -> list[Line]:
    """Lines that go on from the one before, in its column or its paragraph, become a part of it."""
    made: list[Line] = []
    column = -1
    for line in lines:
        text = _text(line)
        indent = _indent(text)
        if text and column == indent and not COLUMNS.search(text) and (indent == 0 or indent > MARGIN):
            made[-1] = [*made[-1], Glyph(" ", ""), *line[indent:]]
        else:
            made.append(line)
            column = _column(text)
        column = column if width(text) >= FULL else -1
    return made


def _broken(line: Line, room: int) -> Iterable[Line]:
    """A line as several, each as wide as there is room."""
    text = _text(line)
    hang = _column(text)
    if hang == _indent(text) or room - hang < ROOM:
        hang = min(_indent(text) + FURTHER, max(room - ROOM, 0)) if hang else 0
    lead = [Glyph(" ", "")] * hang
    while _wide(line) > room:
        at = _break(line, room, len(lead))
        yield line[:at]
        rest = line[at:]
        line = [*lead, *rest[_indent(_text(rest)) :]]
    yield line


def _break(line: Line, room: int, least: int) -> int:
    """Where to break: at the last blank there is room for, else in a word."""
    used = 0
    best = 0
    for at, glyph in enumerate(line):
        if glyph.char == " " and _text(line[:at]).strip():
            best = at if at > least or not best else best
        used += width(glyph.char)
        if used > room:
            return best if best > _indent(_text(line)) else max(at, least + 1)
    return len(line)


def _segments(lines: Iterable[Line]) -> list[Segment]:
    made: list[Segment] = []
    for number, line in enumerate(lines):
        if number:
            made.append(("\n", ""))
        for glyph in line:
            if made and made[-1][1] == glyph.role and made[-1][0] != "\n":
                made[-1] = (made[-1][0] + glyph.char, glyph.role)
            else:
                made.append((glyph.char, glyph.role))
    return made
