"""The first lesson: one thing to type at a time, in the REPL itself.

Law: a person may type anything in between; the lesson waits. Enter alone types it for them, `:skip` goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lang.diagnostic import Segment
from lang.repl.lessons import LESSONS

if TYPE_CHECKING:
    from lang.session import Outcome

WIDTH = 76


class Tour:
    """Where in the lessons somebody is."""

    def __init__(self) -> None:
        self.at = 0

    @property
    def over(self) -> bool:
        """Is it done?"""
        return self.at >= len(LESSONS)

    def begin(self) -> list[Segment]:
        """The first words."""
        return [
            ("A first lesson: from an input to reverse mode, in ten minutes.\n", "title"),
            (
                "Type what is shown and press Enter. Enter alone types it for you, :skip goes on.\n",
                "gutter",
            ),
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
        said: list[Segment] = [(f"\n{_wrapped(lesson.after)}\n", "")] if lesson.after else []
        return [*said, *self._lesson()]

    def _lesson(self) -> list[Segment]:
        if self.over:
            return [
                ("\nThat was it: ", "title"),
                ("forward, reverse, and how to ask. `:help` has the rest, `?grad` a command's own help.", ""),
            ]
        lesson = LESSONS[self.at]
        return [
            (f"\n{self.at + 1}/{len(LESSONS)} ", "gutter"),
            (lesson.title, "title"),
            (f"\n{_wrapped(lesson.text)}\n\n    ", ""),
            (lesson.type, "verb"),
            ("\n", ""),
        ]


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(text, WIDTH)
