"""The machine that also counts: the operations a run executes, and the values that it saves.

Law: what counts is what the lecture counts: one for each primitive operation, nothing for copies, comparisons,
branches, pushes and pops.
"""

from __future__ import annotations

from typing import Any

from lang.evaluate.assemble import Segment
from lang.evaluate.entries import Entries
from lang.evaluate.frame import Frame
from lang.evaluate.machine import Machine
from lang.evaluate.run import Run
from lang.steps import form


class Counting(Machine):
    """Counts as it runs.

    Attributes:
        operations: primitive operations executed.
        pushed: values saved.
        peak: the most values that were saved at once.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.operations = 0
        self.pushed = 0
        self.peak = 0
        self._standing = 0

    def _straight(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._count(segment)
        super()._straight(segment, registers)

    def _straight_active(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._count(segment)
        super()._straight_active(segment, registers)

    def _straight_tape(self, segment: Segment, frame: Frame, tape: Entries) -> None:
        self._straight_active(segment, frame.registers)

    def _straight_total(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._count(segment)
        super()._straight_total(segment, registers)

    def _count(self, segment: list[tuple[Any, ...]]) -> None:
        self.operations += sum(isinstance(item[4], form.Operation) for item in segment)

    def _save(self, registers: list[Any], instruction: tuple[Any, ...]) -> None:
        super()._save(registers, instruction)
        self.pushed += 1
        self._standing += 1
        self.peak = max(self.peak, self._standing)

    def _take_back(self, frame: Frame, instruction: tuple[Any, ...]) -> None:
        super()._take_back(frame, instruction)
        self._standing -= 1
