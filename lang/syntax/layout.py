"""Lines of a program -> text; with the text they came from, its comments and blank lines still in place.

Law: a comment keeps its neighbours. One that shares its line with code stays behind that code; one on a line
of its own stays above the statement that follows it, in the block its column says; one inside a statement
moves above it. Between statements at most one blank line stays, and none after the head of a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lang.fact import Fact
from lang.source import Source, Span
from lang.syntax.tree import Program

INDENT = "    "
_BETWEEN = r"(?:[\s;]|#[^\n]*)*"  # compiled when a text is formatted: no start waits for it


class Line(Fact):
    """One line of output: its text, how deep it is indented, and what it is the text of.

    Attributes:
        text, depth: what is written, and how many blocks it stands in.
        span: the place it came from; for a block's head that of the head, None for `else` and `elif`.
        opens: does a block follow?
        origins: the places of the statements that a translation made it from.
    """

    __slots__ = __match_args__ = ("text", "depth", "span", "opens", "origins")

    def __init__(
        self,
        text: str,
        depth: int,
        span: tuple[int, int] | None,
        opens: bool = False,
        origins: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.text, self.depth, self.span = text, depth, span
        self.opens, self.origins = opens, origins


def plain(lines: Iterable[Line]) -> str:
    """The text of lines that came from no text."""
    return "".join(f"{INDENT * line.depth}{line.text}\n" for line in lines)


def arrange(program: Program, lines: Iterable[Line]) -> str:
    """The formatted text of a program.

    Args:
        program: where its comments and its text are.
        lines: what it says, line by line.
    """
    if not program.source.text:
        return plain(lines)
    page = Page(program.source, program.comments)
    between = re.compile(_BETWEEN)
    last = 0
    for line in lines:
        if line.span is None:  # `else` and `elif`: the tree does not say where, but only comments are in between
            found = between.match(program.source.text, last)
            start = end = found.end() if found else last
        else:
            start, end = line.span
            last = end
        page.statement(line, start, end)
    page.notes(len(program.source.text) + 1, 0)
    return "".join(f"{each}\n" for each in page.written)


class Page:
    """What is written so far, and where in the source it came from.

    Attributes:
        written: lines so far, without their ends.
        columns: for each depth of blocks open at the last line, the column its statements have in the source.
        opened: did the last line open a block? full: has it a comment behind it already?
    """

    def __init__(self, source: Source, comments: tuple[Span, ...]) -> None:
        self.source = source
        self.comments = comments
        self.at = 0
        self.written: list[str] = []
        self.columns = [0]
        self.opened = True
        self.full = True

    def statement(self, line: Line, start: int, end: int) -> None:
        """Write a line of the program, after the comments that stand before its end."""
        self.notes(start, line.depth)
        while self.at < len(self.comments) and self.comments[self.at][0] < end:
            self._own(line.depth, self.source.slice(self.comments[self.at]).rstrip())
            self.at += 1
        self._blank(start)
        self.written.append(INDENT * line.depth + line.text)
        del self.columns[line.depth :]
        self.columns.append(self._column(start))
        self.opened, self.full = line.opens, False

    def notes(self, before: int, depth: int) -> None:
        """Write the comments that stand before a place whose line will be indented to `depth`."""
        while self.at < len(self.comments) and self.comments[self.at][0] < before:
            span = self.comments[self.at]
            self.at += 1
            text = self.source.slice(span).rstrip()
            if not self.full and self._follows_code(span[0]):
                self.written[-1] += f"  {text}"
                self.full = True
                continue
            self._blank(span[0])
            self._own(self._depth(span[0], depth), text)

    def _own(self, depth: int, text: str) -> None:
        self.written.append(INDENT * depth + text)
        self.opened, self.full = False, True

    def _blank(self, at: int) -> None:
        """Keep the blank line above a place, if there was one."""
        if self.opened or not self.written[-1] or at >= len(self.source.text):
            return
        line, _ = self.source.position(at)
        if line > 1 and not self.source.line(line - 1).strip():
            self.written.append("")

    def _column(self, at: int) -> int:
        return self.source.position(at)[1] - 1 if at <= len(self.source.text) else 0

    def _follows_code(self, at: int) -> bool:
        line, column = self.source.position(at)
        return bool(self.source.line(line)[: column - 1].strip())

    def _depth(self, at: int, least: int) -> int:
        """The innermost open block that a comment's column reaches."""
        column = self._column(at)
        depth = len(self.columns) - 1
        while depth > least and self.columns[depth] > column:
            depth -= 1
        return max(depth, least)
