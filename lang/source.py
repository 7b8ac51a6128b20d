"""Text with a name -> places in it that a person can find: lines and columns from 1, computed for display only.

Law: a span is a pair of character offsets, start inclusive and end exclusive, into one `Source`; nothing else in the
project counts lines.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from lang.fact import Fact

Span = tuple[int, int]

OF_RULE: Span = (-1, 0)
"""Where a comparison stands that a line of the rule table makes, to choose a way to compute a derivative: nowhere in a
program, so the program's values do not turn on it."""
FREE: Span = (-2, 0)
"""Where a step stands that is done for one of the program's: nowhere in it, and it does not count."""


class Source(Fact):
    """A program's text and the name people know it by (a file's path, `<stdin>`, `<input 3>`)."""

    __match_args__ = ("text", "name")

    def __init__(self, text: str, name: str = "<program>") -> None:
        self.text, self.name = text, name
        self._starts: list[int] = []

    def line_starts(self) -> list[int]:
        """The offset of each line's first character."""
        if not self._starts:
            lengths = [len(line) + 1 for line in self.text.split("\n")]
            self._starts.extend(accumulate(lengths[:-1], initial=0))
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        starts = self.line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end."""
        starts = self.line_starts()
        start = starts[number - 1]
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[start:end]

    def slice(self, span: Span) -> str:
        """The text a span covers."""
        return self.text[span[0] : span[1]]


def line_start(text: str, at: int) -> int:
    """Where the line of a place begins."""
    return text.rfind("\n", 0, at) + 1


def statement_start(text: str, at: int) -> int:
    """Where the statement of a place begins, as far as line ends and `;` tell."""
    return max(line_start(text, at), text.rfind(";", 0, at) + 1)
