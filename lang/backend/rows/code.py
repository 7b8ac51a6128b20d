"""A unit -> machine code that answers many rows at once.

Law: it answers a row with the numbers of a single call (`exact`), or with those that the vector functions of the
machine's library give, or marks it; a mark says that somebody else is to look at that row.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from lang.backend.native import host, jit
from lang.backend.native.processor import processor
from lang.backend.native.shape import BOOLEAN, shape
from lang.backend.rows.lanes import Lanes
from lang.backend.rows.layout import ahead, load_columns, load_rows, store
from lang.backend.rows.line import width
from lang.backend.rows.module import ROOM, LaneModule
from lang.backend.rows.shares import Share, places, share_text
from lang.backend.rows.text import module_text
from lang.backend.rows.writer import LaneWriter
from lang.backend.unit import Unavailable, Unit
from lang.limits import Limits

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FUEL = 20_000_000
"""Steps of a row on lanes; a row that needs more is computed alone, where the host looks in now and then."""
BLOCK, WORK, FEW, TAKEN = 1 << 20, 1 << 24, 1 << 16, 1 << 16
"""Rows a block at most; operations, about: of a block at most and at least, of what a thread takes at a time."""
QUICK, GOOD, LOOPS = 0, 1, 2
LONG = 800
"""Operations from which code runs as it is written: optimizing it takes longer than it saves."""


class LaneCode:
    """Machine code for rows.

    Args:
        columns: do the rows lie in memory column by column?

    Attributes:
        lanes: it takes a multiple of so many rows.
        operations: how many a row takes, about (turns of loops are not counted).
        certain: is a row marked only where a value in it is not finite?
        scratch: doubles that a thread needs for what loops save.

    Raises:
        Unavailable: rows take different ways that lanes cannot take together.
    """

    def __init__(self, unit: Unit, limits: Limits, exact: bool, columns: bool = False) -> None:
        processor()
        self.columns, self.lanes = columns, width()
        module = LaneModule(self.lanes, exact, min(limits.steps, FUEL))
        self.text = self._written(unit, module, limits)
        self.joins, self.certain = not module.loops, module.certain
        self.scratch = module.stacks * ROOM * self.lanes
        self.block = max(1024, min(BLOCK, WORK // self.operations))
        self.least = max(1, FEW // self.operations) if self.joins else 1
        host.provide(module.kernels, module.outside)
        level = LOOPS if module.loops else QUICK if self.operations > LONG else GOOD
        self._kept, (whole, part) = jit.compile_text(self.text, level, ("ad_lanes", "ad_share"))
        word, place = ctypes.c_int64, ctypes.c_void_p
        self.call = ctypes.CFUNCTYPE(word, place, word, place, place, place, word, place, place)(whole)
        self.share = Share(part, self._kept, max(1, self.block // self.taken)) if self.joins else None

    def _written(self, unit: Unit, module: LaneModule, limits: Limits) -> str:
        understood = shape(unit, limits.depth)
        if any(understood.kind(understood.main, name) == BOOLEAN for name in unit.results):
            raise Unavailable("the result is true or false, not a number")
        begin, finish = LaneWriter(self.lanes), LaneWriter(self.lanes)
        begin.numbers = finish.numbers = module.writer.numbers
        inputs, others = len(unit.inputs), len(unit.results) - 1
        steps = Lanes(understood, module, (load_columns if self.columns else load_rows)(begin, inputs))
        results = steps.run()
        self.operations = max(1, steps.operations)
        if self.operations > limits.steps:
            raise Unavailable("it has more statements than the limit of steps")
        module.flush()
        store(finish, results)
        if not module.loops:
            ahead(finish, inputs, others, self.columns)
        self.taken = max(1, TAKEN // (self.lanes * self.operations)) * self.lanes
        taking = share_text(self.taken, self.lanes, 1 if self.columns else inputs, others)
        return module_text(module, begin.lines, finish.lines) + taking

    def __call__(
        self, rows: Array, values: Array, slopes: Array | None, bad: Array, stop: Array, scratch: Array | None
    ) -> tuple[int, dict[int, str]]:
        """Answer a multiple of `lanes` rows.

        Args:
            rows: of shape (rows, inputs), doubles, each row after the other (or each column, see above).
            values: room for the first result of each row.
            slopes: room for the others, of shape (rows, others); None where there are none.
            bad: a byte for each row, 0 before; 1 where the row is to be computed alone.
            stop: a word that makes loops end once it is not 0.
            scratch: room for what loops save.

        Returns:
            How many rows are marked; and, for `RowCode`, which a limit stopped, in its words.
        """
        found: int = self.call(
            *places(rows, values, slopes, bad), stop.ctypes.data, None if scratch is None else scratch.ctypes.data
        )
        return found, {}
