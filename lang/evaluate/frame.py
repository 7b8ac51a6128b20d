"""A scope that is running: its code, its registers, and who called it."""

from __future__ import annotations

from typing import Any

from lang.evaluate.active import Level
from lang.evaluate.assemble import Code
from lang.evaluate.calls import Continuation
from lang.source import Source
from lang.steps import form


class Frame:
    """A scope that is running."""

    __slots__ = (
        "active",
        "beneath",
        "code",
        "continuation",
        "lenient",
        "place",
        "procedure",
        "registers",
        "source",
        "step",
        "targets",
    )

    def __init__(self, procedure: form.Procedure, code: Code, registers: list[Any], active: bool) -> None:
        self.procedure = procedure
        self.code = code
        self.registers = registers
        self.source: Source = procedure.source
        self.active = active
        self.place = 0
        self.lenient = False
        self.beneath: tuple[Level, ...] = ()
        self.targets: tuple[int, ...] = ()
        self.continuation: Continuation | None = None
        self.step: form.Step | None = None
