"""A unit -> machine code that answers many rows at once.

Law: it answers a row with the numbers of a single call (`exact`), or with those that the vector functions of the
machine's library give, or marks it; a mark says that somebody else is to look at that row.

Rows lie in memory one after another (or column by column); two columns are taken at a time, with few moves:

    row 0: a0 b0    row 1: a1 b1      registers  a0 b0 a2 b2  and  a1 b1 a3 b3
    row 2: a2 b2    row 3: a3 b3      columns    a0 a1 a2 a3  and  b0 b1 b2 b3
"""

from __future__ import annotations

import ctypes
import platform
from typing import TYPE_CHECKING, Any

from lang.backend import host, jit
from lang.backend.shape import BOOLEAN, shape
from lang.backend.unit import Unavailable, Unit
from lang.backend.vector import Lanes
from lang.backend.vectorline import on_lanes, width
from lang.backend.vectormodule import ROOM, LaneModule
from lang.backend.vectortext import module_text
from lang.backend.vectorwriter import LaneWriter
from lang.limits import Limits

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FUEL = 20_000_000
"""Steps of a row on lanes; a row that needs more is computed alone, where the host looks in now and then."""
BLOCK, WORK, FEW = 1 << 18, 1 << 24, 1 << 16
"""Rows a block at most; operations of a block, about: at most, and at least."""
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

    Raises:
        Unavailable: rows take different ways that lanes cannot take together.
    """

    def __init__(self, unit: Unit, limits: Limits, exact: bool, columns: bool = False) -> None:
        if platform.machine().lower() not in ("x86_64", "amd64"):
            raise Unavailable("lanes are written for x86-64 processors only")
        understood = shape(unit, limits.depth)
        if any(understood.kind(understood.main, name) == BOOLEAN for name in unit.results):
            raise Unavailable("the result is true or false, not a number")
        self.columns = columns
        self.lanes = width()
        module = LaneModule(self.lanes, exact, min(limits.steps, FUEL))
        begin = LaneWriter(self.lanes)
        begin.numbers = module.writer.numbers
        given = _load_columns(begin, unit) if columns else _load_rows(begin, unit)
        steps = Lanes(understood, module, given)
        results = steps.run()
        self.operations = max(1, steps.operations)
        if self.operations > limits.steps:
            raise Unavailable("it has more statements than the limit of steps")
        module.flush()
        finish = LaneWriter(self.lanes)
        finish.numbers = module.writer.numbers
        _store(finish, results, columns)
        self.text = module_text(module, begin.lines, finish.lines)
        host.provide(module.kernels, module.outside)
        level = LOOPS if module.loops else QUICK if self.operations > LONG else GOOD
        self._kept, (address,) = jit.compile_text(self.text, level, ("ad_lanes",))
        self.joins, self.certain = not module.loops, module.certain
        word, place = ctypes.c_int64, ctypes.c_void_p
        self.call = ctypes.CFUNCTYPE(word, place, word, place, place, place, word, place, place)(address)
        self.scratch = module.stacks * ROOM * self.lanes
        """Doubles that a thread needs for what loops save."""
        self.block = max(1024, min(BLOCK, WORK // self.operations))
        self.least = max(1, FEW // self.operations) if self.joins else 1

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
        step = rows.strides[1]
        found: int = self.call(
            rows.ctypes.data, step, values.ctypes.data, None if slopes is None else slopes.ctypes.data,
            bad.ctypes.data, len(rows), stop.ctypes.data, None if scratch is None else scratch.ctypes.data,
        )  # fmt: skip
        return found, {}


# --- inputs and results ---------------------------------------------------------------------------------------------


def _place(writer: LaneWriter, base: str, offset: str) -> str:
    return writer.plain(f"getelementptr i8, ptr {base}, i64 {offset}")


def _load_columns(writer: LaneWriter, unit: Unit) -> list[str]:
    """The inputs of a group, from columns that lie `%step` bytes apart."""
    first = writer.plain("getelementptr double, ptr %in, i64 %i")
    out = []
    for index in range(len(unit.inputs)):
        place = _place(writer, first, writer.plain(f"mul i64 %step, {index}"))
        out.append(writer.value(f"load double, ptr {place}, align 8"))
    return out


def _load_rows(writer: LaneWriter, unit: Unit) -> list[str]:
    """The inputs of a group, from rows that follow each other."""
    lanes, count = writer.lanes, len(unit.inputs)
    first = _place(writer, "%in", writer.plain(f"mul i64 %i, {8 * count}"))
    out: list[str] = []
    for at in range(0, count - 1, 2):
        even, odd = (_joined(writer, [
            writer.plain(f"load <2 x double>, ptr {_place(writer, first, str(8 * (row * count + at)))}, align 8")
            for row in range(start, lanes, 2)
        ], 2) for start in (0, 1))  # fmt: skip
        out += _woven(writer, even, odd)
    if count % 2:
        whole = "undef"
        for row in range(lanes):
            place = _place(writer, first, str(8 * (row * count + count - 1)))
            number = writer.plain(f"load double, ptr {place}, align 8")
            whole = writer.plain(f"insertelement <{lanes} x double> {whole}, double {number}, i64 {row}")
        out.append(whole)
    return out


def _joined(writer: LaneWriter, parts: list[str], size: int) -> str:
    """Short registers as one long register."""
    while len(parts) > 1:
        mask = ", ".join(f"i32 {each}" for each in range(2 * size))
        kind = f"<{size} x double>"
        parts = [writer.plain(f"shufflevector {kind} {one}, {kind} {two}, <{2 * size} x i32> <{mask}>")
                 for one, two in zip(parts[::2], parts[1::2], strict=True)]  # fmt: skip
        size *= 2
    return parts[0]


def _woven(writer: LaneWriter, one: str, two: str) -> list[str]:
    """a0 b0 a2 b2 and a1 b1 a3 b3 -> a0 a1 a2 a3 and b0 b1 b2 b3; the way back is the same."""
    lanes, kind = writer.lanes, f"<{writer.lanes} x double>"
    out = []
    for start in (0, 1):
        mask = ", ".join(f"i32 {at + start}, i32 {at + start + lanes}" for at in range(0, lanes, 2))
        out.append(writer.plain(f"shufflevector {kind} {one}, {kind} {two}, <{lanes} x i32> <{mask}>"))
    return out


def _store(writer: LaneWriter, results: list[str], columns: bool) -> None:
    """The results of a group: the first by itself, the others in rows that follow each other."""
    lanes = writer.lanes
    place = writer.plain("getelementptr double, ptr %values, i64 %i")
    writer.add(on_lanes(f"store double {results[0]}, ptr {place}, align 8", lanes))
    others = [writer.value(f"select i1 true, double {each}, double {each}") for each in results[1:]]
    count = len(others)
    if not count:
        return
    first = _place(writer, "%slopes", writer.plain(f"mul i64 %i, {8 * count}"))
    for at in range(0, count - 1, 2):
        for start, pairs in enumerate(_woven(writer, others[at], others[at + 1])):
            for row in range(start, lanes, 2):
                mask = f"i32 {row - start}, i32 {row - start + 1}"
                pair = writer.plain(f"shufflevector <{lanes} x double> {pairs}, <{lanes} x double> undef, "
                                    f"<2 x i32> <{mask}>")  # fmt: skip
                place = _place(writer, first, str(8 * (row * count + at)))
                writer.add(f"store <2 x double> {pair}, ptr {place}, align 8")
    if count % 2:
        for row in range(lanes):
            number = writer.plain(f"extractelement <{lanes} x double> {others[-1]}, i64 {row}")
            place = _place(writer, first, str(8 * (row * count + count - 1)))
            writer.add(f"store double {number}, ptr {place}, align 8")
