"""A unit -> machine code: the native engine.

Law: a run answers with the interpreter's numbers, raises the interpreter's `LimitExceeded` where a limit stopped it,
or gives None where the interpreter is to say. While machine code runs, the host looks in every `GRANT` steps: at the
clock, at Ctrl-C, at how much is saved.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from lang.backend.native import jit, lines, objects
from lang.backend.native.arrays import of_vectors
from lang.backend.native.directions import directions, seeds
from lang.backend.native.emit import emit
from lang.backend.native.groups import LONG
from lang.backend.native.host import PENDING, RUNS, State, provide
from lang.backend.native.module import Module
from lang.backend.native.processor import processor
from lang.backend.native.quick import attached, builtin
from lang.backend.native.shape import shape
from lang.backend.native.straight import Straight, straight
from lang.backend.native.writer import DONE, SITE, STOPPED
from lang.backend.unit import Unavailable, Unit
from lang.errors import LimitExceeded
from lang.limits import Limits
from lang.source import Span

if TYPE_CHECKING:
    import numpy as np

GRANT, SLOW_GRANT = 1 << 20, 20_000
"""Steps between two looks of the host; the same where kernels in Python are called."""
QUICK, FULL = 0, 2
"""How much to optimize: what runs once from top to bottom, and what loops."""


def build(unit: Unit, limits: Limits, ieee: bool = False) -> Native:
    """Compile a unit; see `lang.backend.build`."""
    module, level = ready(unit, limits, ieee)
    short = "ad_short" if module.long else "ad_entry"
    wanted = ("ad_long", short, "ad_quick", "ad_known") if module.quick else ("ad_long",)
    kept, addresses = jit.compile_text(module.text, level, wanted)
    return Native(module, limits, kept, addresses)


def ready(unit: Unit, limits: Limits, ieee: bool = False) -> tuple[Module, int]:
    """The module of a unit, all that it calls told to LLVM, and how much to optimize it."""
    processor()
    found = straight(unit, jit.joints())
    module = None if found is None or not unit.seeds else directions(found, ieee)
    if module is None:
        deep = limits.depth
        module = _straight(found, ieee) if found else emit(shape(unit, deep), deep, ieee, jit.joints())
    if not module.repeats and module.operations > limits.steps:
        raise Unavailable("it has more statements than the limit of steps")
    provide(module.kernels, (*module.outside, *(f"ad_{each}" for each in module.joints)), module.read)
    once = found is not None and module.begin is None
    if once or (module.frame and not module.repeats and module.begin is None):
        return module, QUICK
    return module, FULL


def _straight(found: Straight, ieee: bool) -> Module:
    """The module of a unit that runs once from top to bottom."""
    if len(found.keys) < LONG:
        return lines.write(found, ieee)
    from lang.backend.native import grouped

    return grouped.write(found, ieee)


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
            None where it does not answer. None for units that are not small.
        long: may it answer where those do not, because a run is long?
        attached: makes such a function that asks somebody else where it does not answer; None likewise, and for a unit
            with one result.
        vectors: the same of one NumPy vector, too: the others are an array then; None likewise, and without inputs.
    """

    def __init__(self, module: Module, limits: Limits, kept: Any, addresses: tuple[int, ...]) -> None:
        unit = module.unit
        module.unit = replace(unit, steps=[], functions={})  # they take more room than all the rest, and nobody asks
        self.text = module.text
        self.module = module
        self.booleans = module.booleans
        self._limits = limits
        self._kept = kept
        self._inputs: Callable[..., Any] = ctypes.c_double * max(1, len(unit.inputs))
        self._count = len(unit.results)
        self._local = threading.local()
        self._call = ctypes.PYFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * 4)(addresses[0])
        self._addresses = addresses
        self.quick = builtin(addresses[2], addresses[3], limits, len(module.stacks)) if module.quick else None
        self.long = module.long
        self.attached = self._attached if module.quick and self._count > 1 else None
        self.vectors = self._vectors if module.quick and unit.inputs else None

    def __call__(self, values: Sequence[float]) -> tuple[float, ...] | None:
        """Run it; what is compiled as a table answers as a `table` only."""
        if self.module.stride:
            return None
        memory, given, out, frame = self._own_rooms()
        given[:] = values or (0.0,)
        status = self._run(memory, given, out, frame)
        return tuple(out[: self._count]) if status == DONE else None

    def _attached(self, otherwise: Callable[..., Any], part: bool = False) -> Callable[..., Any]:
        """As `quick`; where it does not answer, what `otherwise` gives for the same arguments; under that one's name.

        Args:
            otherwise: takes any arguments.
            part: give only the tuple of the others.
        """
        return attached(self._addresses[2], (self,), otherwise, part)  # type: ignore[no-any-return]

    def _vectors(self, otherwise: Callable[..., Any], part: bool = False) -> Callable[..., Any]:
        """As `_attached`, and of one NumPy vector of all inputs: its one result, or (first, array of the others)."""
        module = self.module
        if not objects.vectors():
            return self._attached(otherwise, part)
        numbers = (self._addresses[1], len(module.unit.inputs), self._count, module.words, module.frame)
        return self._attached(of_vectors(numbers, self, otherwise, part), part)

    def table(self, values: Sequence[float]) -> np.ndarray[Any, Any] | None:
        """The results in every direction: for each seed a row, in which it is 1 and the others are 0.

        Args:
            values: the inputs that are no seeds.

        Returns:
            An array of shape (seeds, results); None for the interpreter to say.
        """
        import numpy as np

        memory, given, _, frame = self._own_rooms()
        count, stride = self.module.unit.seeds, self.module.stride
        given[:] = (*values, *[0.0] * count)
        if self.module.shared:
            whole = np.zeros((count, self._count))
            return whole if self._run(memory, given, whole.ctypes.data, frame) == DONE else None
        if stride:
            across = np.empty((self._count, stride))
            status = self._run(memory, given, across.ctypes.data, frame)
            return across[:, :count].T if status == DONE else None
        found = np.empty((count, self._count))
        for index, row in enumerate(found, len(values)):
            given[index] = 1.0
            status = self._run(memory, given, row.ctypes.data, frame)
            given[index] = 0.0
            if status != DONE:
                return None
        return found

    def _own_rooms(self) -> tuple[Any, Any, Any, Any]:
        """This thread's memory for a run: counters and stacks, inputs, results, frame."""
        local, module = self._local, self.module
        try:
            return local.rooms  # type: ignore[no-any-return]
        except AttributeError:
            frame = module.room()
            if module.stride:
                ready = seeds(module.directions)
                frame[module.seeds : module.seeds + len(ready)] = ready
            out = (ctypes.c_double * max(1, self._count))()
            local.stacks = {}
            rooms = local.rooms = (ctypes.c_int64 * module.words)(), self._inputs(), out, frame
            return rooms

    def _run(self, memory: Any, given: Any, out: Any, frame: Any) -> int:
        """A run that the host watches, in the rooms that this thread's last run left.

        What is saved counts with those rooms, of which a run may need others: where that passes the limit, a run
        without them says whether it is passed.
        """
        if not (self.long or self.module.kernels):
            return self._call(memory, given, out, frame)  # type: ignore[no-any-return]  # nothing in it asks the host
        stacks = self._local.stacks
        while True:
            kept = bool(stacks)
            try:
                return self._watched(memory, given, out, frame, stacks)
            except BaseException as error:
                stacks.clear()
                if not kept or not isinstance(error, LimitExceeded) or error.limit != "tape_bytes":
                    raise

    def _watched(self, memory: Any, given: Any, out: Any, frame: Any, stacks: dict[int, Any]) -> int:
        grant = SLOW_GRANT if self.module.kernels else GRANT
        state = State(self.module, memory, self._limits, monotonic(), grant, stacks=stacks)
        state.begin(self.module.words)
        place = ctypes.addressof(memory)
        RUNS[place] = state
        try:
            try:
                state.hold()
                status: int = self._call(memory, given, out, frame)
            finally:
                state.release()
        except KeyboardInterrupt:
            raise self._interrupted(memory) from None
        finally:
            del RUNS[place]
        if self.module.kernels and getattr(PENDING, "error", None) is not None:
            error, PENDING.error = PENDING.error, None
            raise error
        if status == STOPPED and state.error is not None:
            raise state.error
        if status == STOPPED:
            raise self._interrupted(memory)
        state.end()
        return status

    def _interrupted(self, memory: Any) -> Interrupted:
        """Ctrl-C, with the place where the run last looked up."""
        site, sites = memory[SITE], self.module.sites
        return Interrupted(sites[site][0] if 0 <= site < len(sites) else (0, 0))
