"""A unit -> machine code: the native engine.

Law: a run answers with the interpreter's numbers, raises the interpreter's `LimitExceeded` where a limit stopped it,
or gives None where the interpreter is to say. While machine code runs, the host looks in every `GRANT` steps: at the
clock, at Ctrl-C, at how much is saved.
"""

from __future__ import annotations

import ctypes
import platform
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any

from lang.backend import jit, kernelcode
from lang.backend.emit import emit
from lang.backend.lines import write
from lang.backend.module import Module
from lang.backend.primitives import kernel_symbol
from lang.backend.quick import builtin
from lang.backend.shape import shape
from lang.backend.straight import straight
from lang.backend.unit import Unavailable, Unit
from lang.backend.writer import DEPTH, DONE, FUEL, GO_ON, SITE, STACKS, STOPPED
from lang.errors import LimitExceeded
from lang.kernels import KERNELS
from lang.limits import Limits
from lang.rules import Primitive
from lang.source import Span

GRANT, SLOW_GRANT = 1 << 20, 20_000
"""Steps between two looks of the host; the same where kernels in Python are called."""
SAVED_BYTES = 40
"""What a saved value counts against the limit, as in the interpreter."""
QUICK, FULL = 0, 2
"""How much to optimize: what runs once from top to bottom, and what loops."""


@dataclass(eq=False)
class _State:
    """What the host knows of one run."""

    code: Native
    memory: Any
    limits: Limits
    started: float
    most: int
    granted: int = 0
    used: int = 0
    saved: int = 0
    stacks: dict[int, Any] = field(default_factory=dict)
    error: BaseException | None = None
    interrupts: list[Any] = field(default_factory=list)

    def grant(self, used: int) -> None:
        """Give the run its next steps."""
        self.used = used
        self.granted = min(self.most, self.limits.steps - used)
        self.memory[FUEL] = self.granted


THREADS = ("PyEval_SaveThread", "PyEval_RestoreThread", "PyErr_CheckSignals")
OBJECTS = ("PyFloat_FromDouble", "PyTuple_New", "Py_IncRef")
"""What machine code calls of Python itself."""

_RUNS: dict[int, _State] = {}
_PENDING = threading.local()


def build(unit: Unit, limits: Limits, ieee: bool = False) -> Native:
    """Compile a unit; see `lang.backend.build`."""
    module, level = ready(unit, limits, ieee)
    wanted = ("ad_long", "ad_quick", "ad_types") if module.quick else ("ad_long",)
    kept, addresses = jit.compile_text(module.text, level, wanted)
    return Native(module, limits, kept, addresses)


def ready(unit: Unit, limits: Limits, ieee: bool = False) -> tuple[Module, int]:
    """The module of a unit, all that it calls told to LLVM, and how much to optimize it."""
    if platform.machine().lower() not in ("x86_64", "amd64") or not ctypes.sizeof(ctypes.c_void_p) == 8:
        raise Unavailable("the native engine knows x86-64 processors only")
    found = straight(unit, jit.joints())
    module = emit(shape(unit, limits.depth), ieee, jit.joints()) if found is None else write(found, ieee)
    if not module.repeats and module.operations > limits.steps:
        raise Unavailable("it has more statements than the limit of steps")
    provide(module.kernels, (*module.outside, *(f"ad_{each}" for each in module.joints)), module.read)
    return module, QUICK if found is not None or (module.frame and not module.repeats) else FULL


class Interrupted(KeyboardInterrupt):
    """Ctrl-C met a run in machine code; `span` is about where."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


class Native:
    """A unit as machine code; threads may share it.

    Attributes:
        text: the LLVM text it was made from.
        booleans: which results are true or false.
        quick: the same as a function built into Python, for floats as arguments: its one result, or (first, (others));
            None where it does not answer. None for units that loop.
    """

    def __init__(self, module: Module, limits: Limits, kept: Any, addresses: tuple[int, ...]) -> None:
        unit = module.unit
        self.text = module.text
        self.module = module
        self.booleans = module.booleans
        self._limits = limits
        self._kept = kept
        self._inputs: Callable[..., Any] = ctypes.c_double * max(1, len(unit.inputs))
        self._count = len(unit.results)
        self._local = threading.local()
        self._call = ctypes.PYFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * 4)(addresses[0])
        self.quick = builtin(*addresses[1:]) if module.quick else None

    def __call__(self, values: Sequence[float]) -> tuple[float, ...] | None:
        """Run it."""
        local = self._local
        try:
            memory, given, out, frame = local.rooms
        except AttributeError:
            memory, given, out, frame = local.rooms = self._rooms()
        given[:] = values or (0.0,)
        status = self._run(memory, given, out, frame)
        if self.module.kernels and getattr(_PENDING, "error", None) is not None:
            error, _PENDING.error = _PENDING.error, None
            raise error
        return tuple(out[: self._count]) if status == DONE else None

    def _rooms(self) -> tuple[Any, Any, Any, Any]:
        return (
            (ctypes.c_int64 * self.module.words)(),
            self._inputs(),
            (ctypes.c_double * max(1, self._count))(),
            (ctypes.c_double * max(1, self.module.frame))(),
        )

    def _run(self, memory: Any, given: Any, out: Any, frame: Any) -> int:
        """A run that the host watches."""
        grant = SLOW_GRANT if self.module.kernels else GRANT
        state = _State(self, memory, self._limits, monotonic(), grant)
        state.grant(0)
        memory[DEPTH] = self._limits.depth
        place = ctypes.addressof(memory)
        ctypes.memset(place + 8 * STACKS, 0, 8 * (len(memory) - STACKS))
        _RUNS[place] = state
        try:
            with _interrupts(state) if self.module.kernels else nullcontext():
                status: int = self._call(memory, given, out, frame)
        except KeyboardInterrupt:
            raise self._interrupted(memory) from None
        finally:
            del _RUNS[place]
        if status == STOPPED and state.error is not None:
            raise state.error
        if status == STOPPED:
            raise self._interrupted(memory)
        return status

    def _interrupted(self, memory: Any) -> Interrupted:
        """Ctrl-C, with the place where the run last looked up."""
        site, sites = memory[SITE], self.module.sites
        return Interrupted(sites[site][0] if 0 <= site < len(sites) else (0, 0))


@contextmanager
def _interrupts(state: _State) -> Iterator[None]:
    """Hold Ctrl-C back until the run sees it: ctypes would swallow what it raises inside a kernel."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    signal.signal(signal.SIGINT, lambda *met: state.interrupts.append(met))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if state.interrupts:
            before(*state.interrupts[0])


# --- the host's side ------------------------------------------------------------------------------------------------


def _refuel(place: int, site: int) -> int:
    """Grant more steps, or stop the run."""
    state = _RUNS[place]
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


def _exceeded(state: _State, site: int, limit: str, allowed: float, reached: float, said: str) -> LimitExceeded:
    span, source = state.code.module.sites[site]
    hint = f"does it end? if it should run longer, raise the limit `{limit}`"
    return LimitExceeded(limit, allowed, reached, said, span, source=source, hint=hint)


def _grow(place: int, base: int) -> int:
    """Twice the room for a stack."""
    state = _RUNS[place]
    try:
        memory = state.memory
        room = max(1024, 2 * memory[base + 2])
        state.saved += room - memory[base + 2]
        # rooms double: only the part that is used already is certain to be needed
        if (state.saved // 2) * SAVED_BYTES > state.limits.tape_bytes:
            bound = state.limits.tape_bytes
            said = f"stopped: the tape has grown past {bound / 2**20:,.0f} MiB"
            raise _exceeded(state, 0, "tape_bytes", bound, state.saved // 2 * SAVED_BYTES, said)
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
    kept = kind(_refuel), kind(_grow)
    for name in (*THREADS, *OBJECTS):
        jit.symbol(name, ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0)
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
            _PENDING.error = error
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
def _outside(name: str) -> None:
    """A function of the C library."""
    if not name.startswith("ad_"):
        return
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
    kept, addresses = jit.compile_text(text, FULL, names)
    for each, address in zip(names, addresses, strict=True):
        jit.symbol(each, address)
    return kept
