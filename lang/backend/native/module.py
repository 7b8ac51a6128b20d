"""What the native engine makes of a unit: LLVM text and what it takes to run it."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

from lang.backend.native import objects
from lang.backend.unit import Unit
from lang.rules import Primitive
from lang.source import Source, Span

FRAME = 12_000
"""Words that may lie on the machine's stack, which may be small in a thread."""


@dataclass(eq=False)
class Module:
    """LLVM text, and what it takes to run it.

    Attributes:
        text: the module; `ad_entry` runs it: memory of the run, inputs, results, frame -> status.
        words: the size of the run's memory, in words of 8 bytes.
        frame: the size of the frame, likewise.
        booleans: which results are true or false.
        kernels: the kernels it calls in Python.
        read: the kernels whose machine code it calls.
        joints: the functions of the C library that it calls for two values.
        sites: the places where it may be stopped.
        stacks: how many stacks it has.
        operations: how many steps there are.
        repeats: may it run long?
        recursive: do its functions come back to themselves?
        parts: the texts of long straight parts.
        pieces: the texts of pieces of long bodies.
        directions: how many directions a table is computed along; 0 where the results are no table.
        stride: how far apart its rows lie in the results; likewise.
        shared: does each of those stand for several directions, and is the table put together by the code?
        seeds: where a table's seeds lie in the frame.
        begin: the numbers that the frame begins with, an array; None where it begins with none.
        kept: what machine code reads and nobody else holds.
    """

    unit: Unit
    ieee: bool
    booleans: tuple[bool, ...] = ()
    text: str = ""
    words: int = 0
    frame: int = 0
    kernels: dict[str, Primitive] = field(default_factory=dict)
    read: set[tuple[str, int]] = field(default_factory=set)
    joints: set[str] = field(default_factory=set)
    outside: dict[str, int] = field(default_factory=dict)
    sites: list[tuple[Span, Source]] = field(default_factory=list)
    stacks: dict[int, int] = field(default_factory=dict)
    operations: int = 0
    repeats: bool = False
    recursive: bool = False
    parts: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    directions: int = 0
    stride: int = 0
    shared: bool = False
    seeds: int = 0
    begin: Any = None
    kept: Any = None

    def room(self) -> Any:
        """A frame, with the numbers that it begins with."""
        frame = (ctypes.c_double * max(1, self.frame))()
        if self.begin is not None:
            ctypes.memmove(frame, self.begin.ctypes.data, self.begin.nbytes)
        return frame

    @property
    def quick(self) -> bool:
        """Is it over in a moment, or may it be, so that Python calls it without anything in between?"""
        words = len(self.unit.inputs) + len(self.unit.results) + self.words + self.frame + 512 * len(self.stacks)
        small = words <= FRAME and self.begin is None and objects.known()
        return small and not (self.stride or self.kernels) and bool(self.unit.results)

    @property
    def long(self) -> bool:
        """May it be long, so that only a run with the host is certain to end?"""
        return self.repeats or bool(self.stacks)
