"""What machine code asks of Python while it runs, and where everything lies that it calls.

Law: the host looks in every so many steps: at the clock, at Ctrl-C, at how much is saved; what it finds wrong is kept,
to be raised when the run is over.
"""

from __future__ import annotations

import ctypes
import re
import signal
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from time import monotonic
from typing import Any

from lang.backend.native import jit, kernelcode
from lang.backend.native.ahead import AT_ONCE
from lang.backend.native.module import Module
from lang.backend.native.primitives import OWN, kernel_symbol
from lang.backend.native.writer import DEPTH, FUEL, GO_ON, STACKS, STOPPED
from lang.backend.unit import Unavailable
from lang.errors import LimitExceeded
from lang.kernels import KERNELS
from lang.limits import SAVED_BYTES, Limits
from lang.rules import Primitive

FIRST_ROOM = 1024
"""Saved values that a stack has room for at first; a look ahead asks for fewer."""
KEPT_ROOM = 1 << 22
"""Saved values (8 bytes each) whose rooms a function keeps for its next run."""
AS_IT_STANDS, KERNEL_LEVEL = 0, 2
"""How much functions of our own and kernels are optimized."""

_SIGNALS: Any = import_module("_signal")
_INTERRUPT = int(signal.SIGINT)
"""What `signal` calls: it makes names of all numbers, which took most of the time of a short run."""


@dataclass(eq=False)
class State:
    """What the host knows of one run.

    `stacks` are its stacks' rooms, to begin with those kept from the run before.
    """

    module: Module
    memory: Any
    limits: Limits
    started: float
    most: int
    stacks: dict[int, Any] = field(default_factory=dict)
    granted: int = 0
    used: int = 0
    saved: int = 0
    error: BaseException | None = None
    held: Any = None
    interrupts: list[Any] = field(default_factory=list)

    def hold(self) -> None:
        """Keep Ctrl-C until the run looks for it: ctypes would swallow what it raises on the way into Python, also at
        the first look, so this is done before the run.
        """
        if self.held is not None or threading.current_thread() is not threading.main_thread():
            return
        before = _SIGNALS.getsignal(_INTERRUPT)
        if callable(before):
            self.held = before
            _SIGNALS.signal(_INTERRUPT, lambda *met: self.interrupts.append(met))

    def release(self) -> None:
        """What Ctrl-C does is done as before, and now, if it came."""
        if self.held is not None:
            _SIGNALS.signal(_INTERRUPT, self.held)
            if self.interrupts:
                self.held(*self.interrupts[0])

    def begin(self, words: int) -> None:
        """Fill in the run's memory: steps and calls that it may take, empty stacks in the rooms that there are."""
        memory = self.memory
        self.grant(0)
        memory[DEPTH] = self.limits.depth
        ctypes.memset(ctypes.addressof(memory) + 8 * STACKS, 0, 8 * (words - STACKS))
        for base, room in self.stacks.items():
            memory[base], memory[base + 2] = ctypes.addressof(room), len(room)
            self.saved += len(room)

    def end(self) -> None:
        """Keep no more room than a next run may be worth."""
        if self.saved > KEPT_ROOM:
            self.stacks.clear()

    def grant(self, used: int) -> None:
        """Give the run its next steps."""
        self.used = used
        self.granted = min(self.most, self.limits.steps - used)
        self.memory[FUEL] = self.granted


THREADS = ("PyEval_SaveThread", "PyEval_RestoreThread", "PyErr_CheckSignals")
OBJECTS = ("PyFloat_FromDouble", "PyTuple_New", "PyObject_Vectorcall", "Py_IncRef")
"""What machine code calls of Python itself."""

RUNS: dict[int, State] = {}
PENDING = threading.local()


def refuel(place: int, site: int) -> int:
    """Grant more steps, or stop the run."""
    state = RUNS[place]
    try:
        state.used += state.granted - state.memory[FUEL]
        elapsed = monotonic() - state.started
        limits = state.limits
        if state.used > limits.steps:
            raise _exceeded(state, site, "steps", limits.steps, state.used, f"stopped after {limits.steps:,} steps")
        if elapsed > limits.seconds:
            said = f"stopped after {limits.seconds:g} seconds and {state.used:,} steps"
            raise _exceeded(state, site, "seconds", limits.seconds, elapsed, said)
        state.grant(state.used)
    except BaseException as error:
        state.error = error
        return STOPPED
    return STOPPED if state.interrupts else GO_ON


def _exceeded(state: State, site: int, limit: str, allowed: float, reached: float, said: str) -> LimitExceeded:
    span, source = state.module.sites[site]
    hint = f"does it end? if it should run longer, raise the limit `{limit}`"
    return LimitExceeded(limit, allowed, reached, said, span, source=source, hint=hint)


def _grow(place: int, base: int) -> int:
    """Twice the room for a stack."""
    state = RUNS[place]
    try:
        memory = state.memory
        room = max(FIRST_ROOM, 2 * memory[base + 2])
        state.saved += room - memory[base + 2]
        # rooms double, and are asked for ahead: only the part that is used already is certain to be needed
        used = (state.saved // 2 - AT_ONCE * (memory[base + 2] > 0)) * SAVED_BYTES
        if used > state.limits.tape_bytes:
            bound = state.limits.tape_bytes
            said = f"stopped: the tape has grown past {bound / 2**20:,.0f} MiB"
            raise _exceeded(state, 0, "tape_bytes", bound, used, said)
        grown = (ctypes.c_double * room)()
        if memory[base + 1]:
            ctypes.memmove(grown, memory[base], 8 * memory[base + 1])
        state.stacks[base] = grown
        memory[base], memory[base + 2] = ctypes.addressof(grown), room
    except BaseException as error:
        state.error = error
        return STOPPED
    return GO_ON


@cache
def _host() -> tuple[Any, ...]:
    """The host's functions, as machine code calls them."""
    kind = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
    kept = kind(refuel), kind(_grow)
    jit.of_python((*THREADS, *OBJECTS))
    for name, each in zip(("ad_refuel", "ad_grow"), kept, strict=True):
        jit.symbol(name, ctypes.cast(each, ctypes.c_void_p).value or 0)
    return kept


@cache
def _kernel(primitive: Primitive) -> Any:
    """A kernel, as machine code calls it; what stops it (Ctrl-C) is raised when the run is over."""
    kernel = KERNELS[primitive.name, primitive.arity]

    def called(*values: float) -> float:
        try:
            return kernel(*values)
        except BaseException as error:
            PENDING.error = error
            return float("nan")

    kept = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * primitive.arity)(called)
    name = kernel_symbol((primitive.name, primitive.arity))
    jit.symbol(name, ctypes.cast(kept, ctypes.c_void_p).value or 0)
    return kept


def provide(kernels: Mapping[str, Primitive], outside: Iterable[str], read: Iterable[tuple[str, int]] = ()) -> None:
    """Tell LLVM where everything lies that a module calls; see `Module`."""
    _host()
    for primitive in kernels.values():
        _kernel(primitive)
    for name in outside:
        _outside(name)
    for key in read:
        _machine_kernel(key)


@cache
def _outside(name: str) -> Any:
    """A function of the C library, or one of our own that calls one; what must live as long."""
    if not name.startswith("ad_"):
        return None
    if name in OWN:
        for other in re.findall(r"declare double @(\w+)", OWN[name]):
            _outside(other)
        kept, (address,) = jit.compile_text(OWN[name], AS_IT_STANDS, (name,))
        jit.symbol(name, address)
        return kept
    try:
        jit.symbol(name, jit.library(name.removeprefix("ad_")))
    except LookupError:
        raise Unavailable(f"this machine's C library has no `{name.removeprefix('ad_')}`") from None


@cache
def _machine_kernel(key: tuple[str, int]) -> Any:
    """A kernel's machine code, for straight units to call: compiled once, and better than they are."""
    name = kernel_symbol(key)
    text, outside = kernelcode.alone(key, name)
    for each in outside:
        _outside(each)
    names = (f"{name}_any", f"{name}_finite")
    kept, addresses = jit.compile_text(text, KERNEL_LEVEL, names)
    for each, address in zip(names, addresses, strict=True):
        jit.symbol(each, address)
    return kept
