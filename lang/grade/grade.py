"""Marks -> a grade, which says itself: what Python programs, pytest and notebooks are given."""

from __future__ import annotations

from dataclasses import dataclass

from lang.grade.facts import Marks
from lang.grade.reports.text import told


@dataclass(frozen=True)
class Grade(Marks):
    """What a submission is worth, and why; true where everything holds, and as text what the student is told."""

    @property
    def told(self) -> str:
        """What the student is told, as lines of text."""
        return told(self)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return self.told
