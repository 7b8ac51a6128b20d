"""The first lesson: one thing to type at a time, in the REPL itself.

Law: a person may type anything in between; the lesson waits. Enter alone types it for them, `:skip` goes on.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

from lang.diagnostic import Segment
from lang.repl.lessons import LAST, LESSONS

if TYPE_CHECKING:
    from lang.session import Outcome

WIDTH = 76
HARD = "\xa0"
"""A blank at which no line is broken."""

Paint = Callable[[str], list[Segment]]


class Tour:
    """Where in the lessons somebody is.

    Args:
        columns: the window's width.
        paint: gives code its colours.
        coloured: are there any? Without them, code within a text keeps its backticks.
    """

    def __init__(self, columns: int, paint: Paint, coloured: bool) -> None:
        self.at = 0
        self.columns = columns
        self.paint = paint
        self.coloured = coloured

    @property
    def over(self) -> bool:
        """Is it done?"""
        return self.at >= len(LESSONS)

    def begin(self) -> list[Segment]:
        """The first words."""
        head = self._words("A first lesson: from an input to reverse mode, in ten minutes.")
        return [
            *((piece, "title") for piece, _ in head),
            ("\n", ""),
            *self._words("Type what is shown, or press Enter and it is typed for you. `:skip` goes on."),
            ("\n", ""),
            *self._lesson(),
        ]

    def show_me(self) -> str:
        """What to type now."""
        return LESSONS[self.at].type

    def skip(self) -> list[Segment]:
        """Go on to the next lesson."""
        self.at += 1
        return self._lesson()

    def after(self, typed: str, outcome: Outcome | None = None) -> list[Segment]:
        """What is said after an entry: the next lesson where it was this one's."""
        plain = "".join(typed.split())
        lesson = LESSONS[self.at]
        if not all(word in plain for word in lesson.wants) or (outcome is not None and outcome.error is not None):
            return []
        self.at += 1
        said: list[Segment] = [("\n", ""), *self._words(lesson.after), ("\n", "")] if lesson.after else []
        return [*said, *self._lesson()]

    def _lesson(self) -> list[Segment]:
        if self.over:
            return [("\n", ""), *self._words(LAST)]
        lesson = LESSONS[self.at]
        return [
            (f"\n{self.at + 1}/{len(LESSONS)}  ", "gutter"),
            (f"{lesson.title}\n", "title"),
            *self._words(lesson.text),
            ("\n\n    ", ""),
            *self.paint(lesson.type),
            ("\n", ""),
        ]

    def _words(self, text: str) -> list[Segment]:
        """A text in lines that fit, its code in colours and in one piece."""
        kept = re.sub("`[^`]*`", lambda code: code[0][1:-1].replace(" ", HARD).join("``"), text)
        lines = textwrap.fill(kept, min(WIDTH, self.columns - 1), break_long_words=False, break_on_hyphens=False)
        lines = lines.replace(HARD, " ")
        if not self.coloured:
            return [(lines, "")]
        made: list[Segment] = []
        for at, piece in enumerate(lines.split("`")):
            made += self.paint(piece) if at % 2 else [(piece, "")]
        return made
