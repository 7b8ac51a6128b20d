"""Derivative statements and the lines they came from -> the program with a comment behind each of them.

Law: a line is told as the user wrote it. A translation reads a program that was written anew (only what its targets
need, without derivative calls), so a place is followed back through each writing to the text it began in.

    gx = y * ga + cos(x) * gb    ->    gx = y * ga + cos(x) * gb  # line 3: a = x * y; line 4: b = sin(x)
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.clock import watched
from lang.source import Source, Span
from lang.syntax import tree
from lang.syntax.layout import INDENT, Line
from lang.syntax.unparse import WRITING, lines

MOST = 3
"""Lines whose text is told; of more only the numbers are."""
WIDE = 100
"""Characters of a line that are told: thousands of statements may come from one long line."""


class Remarks:
    """Finds the lines that statements came from.

    Args:
        source: the text a program began in; None where it began in several.
    """

    def __init__(self, source: Source | None) -> None:
        self.source = source
        self._writings: list[tuple[Source, list[Line]]] = []

    def rewritten(self, body: Iterable[tree.Statement], source: Source) -> None:
        """The statements were written anew, as this text."""
        self._writings.append((source, list(watched(lines(tuple(body)), WRITING))))

    def text(self, body: tuple[tree.Statement, ...]) -> str:
        """The text of a derivative program with its comments."""
        written = watched(lines(body), WRITING)
        return "".join(f"{INDENT * each.depth}{each.text}{self._remark(each.origins)}\n" for each in written)

    def _remark(self, origins: Iterable[Span]) -> str:
        found = dict(sorted(filter(None, map(self._line, origins))))
        if not found:
            return ""
        if self.source is None:
            return "  # " + "; ".join(list(found.values())[:MOST]) + ("; ..." if len(found) > MOST else "")
        if len(found) > MOST:
            return "  # lines " + ", ".join(map(str, found))
        return "  # " + "; ".join(f"line {number}: {text}" for number, text in found.items())

    def _line(self, origin: Span) -> tuple[int, str] | None:
        """The number of a line and the statement that stood there; None where a translation made it."""
        number, text = 0, ""
        for source, written in reversed(self._writings):
            if origin[1] == 0:
                return None
            number, _ = source.position(origin[0])
            line = written[number - 1]
            if line.span is None or line.span[1] == 0:
                return None
            origin, text = line.span, line.text
        text = text if len(text) <= WIDE else text[: WIDE - 4] + " ..."
        return (number if self.source is None else self.source.position(origin[0])[0]), text
