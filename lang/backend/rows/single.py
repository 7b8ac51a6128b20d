"""A unit of any kind -> machine code that answers one row after another, without Python in between.

Law: a row is a run as the native engine makes it: the same bits, the same limits, for each row anew. A row that a limit
stopped is marked, with its reason, and stops no other; a row that the interpreter is to explain is marked.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from lang.backend.native import function as native
from lang.backend.native import host, jit
from lang.backend.native.module import Module
from lang.backend.native.writer import DEPTH, DONE, FUEL, ODD, STOPPED, THREAD
from lang.backend.unit import Unavailable, Unit
from lang.errors import LimitExceeded
from lang.limits import Limits

if TYPE_CHECKING:
    import numpy as np

    from lang.backend.rows.shares import Share

    Array = np.ndarray[Any, Any]


class RowCode:
    """Machine code for rows, one after another.

    Raises:
        Unavailable: the native engine cannot do it.
    """

    lanes, scratch, joins, least = 1, 0, False, 1
    share: Share | None = None

    def __init__(self, unit: Unit, limits: Limits) -> None:
        self.module, level = native.ready(unit, limits)
        if any(self.module.booleans):
            raise Unavailable("the result is true or false, not a number")
        self.limits = limits
        self.block = max(16, min(4096, (1 << 20) // max(1, self.module.operations)))
        _host()
        text = self.module.text.replace("@ad_refuel(", "@ad_refuel_row(") + _loop(self.module, len(unit.inputs))
        self._kept, (address,) = jit.compile_text(text, level, ("ad_rows",))
        word, place = ctypes.c_int64, ctypes.c_void_p
        kinds = (place, place, place, place, place, word, word, place, place, word, word)
        self.call = ctypes.PYFUNCTYPE(word, *kinds)(address)
        self.grant = native.SLOW_GRANT if self.module.kernels else native.GRANT

    def __call__(
        self, rows: Array, values: Array, slopes: Array | None, bad: Array, stop: Array, scratch: Array | None
    ) -> tuple[int, dict[int, str]]:
        """Answer rows; see `LaneCode`."""
        stopped: dict[int, str] = {}
        memory = (ctypes.c_int64 * (self.module.words + 1))()
        frame = self.module.room()
        grant = min(self.grant, self.limits.steps)
        state = host.State(self.module, memory, self.limits, monotonic(), self.grant)
        place, at = ctypes.addressof(memory), 0
        host.RUNS[place] = state
        _ROWS[place] = _Row(state, grant, stop)
        try:
            while at < len(rows):
                at = self.call(
                    place, rows.ctypes.data, values.ctypes.data, None if slopes is None else slopes.ctypes.data,
                    bad.ctypes.data, at, len(rows), stop.ctypes.data, ctypes.addressof(frame), grant, self.limits.depth,
                )  # fmt: skip
                if stop[0]:
                    break
                if isinstance(state.error, LimitExceeded):
                    stopped[at - 1] = state.error.message
                elif state.error is not None:
                    raise state.error
                state.error = None
        finally:
            del host.RUNS[place], _ROWS[place]
        return int((bad != 0).sum()), stopped


@dataclass(eq=False)
class _Row:
    """Which row a thread is at, and what its run was granted at first."""

    state: Any
    grant: int
    stop: Any
    current: int = -1


_ROWS: dict[int, _Row] = {}


def _refuel_row(place: int, site: int) -> int:
    """What the native engine's host does, for each row anew."""
    row = _ROWS[place]
    state = row.state
    if row.stop[0]:
        return STOPPED
    at = state.memory[len(state.memory) - 1]
    if at != row.current:
        row.current, state.started, state.used, state.granted = at, monotonic(), 0, row.grant
    return host.refuel(place, site)


@cache
def _host() -> Any:
    kept = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(_refuel_row)
    jit.symbol("ad_refuel_row", ctypes.cast(kept, ctypes.c_void_p).value or 0)
    return kept


def _word(name: str, index: int) -> str:
    return f"{name} = getelementptr i64, ptr %run, i64 {index}"


def _loop(module: Module, inputs: int) -> str:
    """Runs rows until one is stopped by the host; the index after it."""
    others = len(module.unit.results) - 1
    sizes = [line for at, base in enumerate(module.stacks.values())
             for line in (_word(f"%size{at}", base + 1), f"store i64 0, ptr %size{at}")]  # fmt: skip
    finite = ["%sum0 = fadd double 0.0, 0.0"]
    for at in range(inputs):
        finite += [f"%place{at} = getelementptr double, ptr %row, i64 {at}", f"%x{at} = load double, ptr %place{at}"]
        finite += [f"%zero{at} = fsub double %x{at}, %x{at}", f"%sum{at + 1} = fadd double %sum{at}, %zero{at}"]
    give = ["%first = load double, ptr %out", "%value = getelementptr double, ptr %values, i64 %i",
            "store double %first, ptr %value"]  # fmt: skip
    if others:
        give += ["%from = getelementptr double, ptr %out, i64 1", f"%skip = mul i64 %i, {others}",
                 "%to = getelementptr double, ptr %slopes, i64 %skip",
                 f"call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 {8 * others}, i1 false)"]  # fmt: skip
    lines = [
        "entry:", "%at = alloca i64", f"%out = alloca [{others + 1} x double]", "store i64 %start, ptr %at",
        _word("%thread", THREAD), _word("%fuel", FUEL), _word("%depth", DEPTH), _word("%which", module.words),
        "%saved = call ptr @PyEval_SaveThread()", "store ptr %saved, ptr %thread", "br label %head",
        "head:", "%i = load i64, ptr %at", "%more = icmp slt i64 %i, %count", "%halt = load volatile i64, ptr %stop",
        "%go = icmp eq i64 %halt, 0", "%both = and i1 %more, %go", "br i1 %both, label %begin, label %end",
        "begin:", "%next = add i64 %i, 1", "store i64 %next, ptr %at",
        "%mark = getelementptr i8, ptr %bad, i64 %i", f"%over = mul i64 %i, {inputs}",
        "%row = getelementptr double, ptr %in, i64 %over", *finite,
        f"%well = fcmp oeq double %sum{inputs}, 0.0", "br i1 %well, label %run_it, label %wrong",
        "run_it:", "store i64 %grant, ptr %fuel", "store i64 %calls, ptr %depth", "store i64 %i, ptr %which", *sizes,
        "%status = call i32 @ad_entry(ptr %run, ptr %row, ptr %out, ptr %frame)",
        f"%fine = icmp eq i32 %status, {DONE}", "br i1 %fine, label %give, label %other",
        "give:", *give, "br label %head",
        "other:", f"%held = icmp eq i32 %status, {STOPPED}", "br i1 %held, label %halted, label %wrong",
        "wrong:", f"store i8 {ODD}, ptr %mark", "br label %head",
        "halted:", f"store i8 {STOPPED}, ptr %mark", "br label %end",
        "end:", "%answer = load i64, ptr %at", "%back = load ptr, ptr %thread",
        "call void @PyEval_RestoreThread(ptr %back)", "ret i64 %answer",
    ]  # fmt: skip
    head = "ptr %run, ptr %in, ptr %values, ptr %slopes, ptr %bad, i64 %start, i64 %count, ptr %stop, ptr %frame"
    body = "\n".join(line if line.endswith(":") else "  " + line for line in lines)
    return f"\ndefine i64 @ad_rows({head}, i64 %grant, i64 %calls) nounwind {{\n{body}\n}}\n"
