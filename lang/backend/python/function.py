"""Unit -> Python function: the engine that needs nothing but CPython.

Law: what is executed is written from steps alone: names are `v0, v1, ...`, numbers stand as `repr` writes them,
functions are bound values, and there are no builtins. No spelling of a user ever reaches it.

    gb = gz * cos(x)        ->      v5 = v4 * f1(v0)

The text is small statements in one function a procedure; CPython compiles it once, and texts that come again find their
code ready. What goes wrong inside (no finite value, a limit, a missing value) answers None: the interpreter says what.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, wraps
from time import monotonic
from types import CodeType
from typing import Any

from lang.backend.python.source import Exhausted, Written, write
from lang.backend.unit import Unit
from lang.limits import SAVED_BYTES, Limits

CHUNK = 100_000
"""Steps between two looks at the clock and the stacks."""
ORDINARY = (ArithmeticError, ValueError, TypeError, NameError, IndexError, RecursionError, MemoryError, Exhausted)
"""What running code raises where a number, a value or a limit is out of the ordinary."""

SMALL = 20_000
"""A text shorter than this is compiled once more where that makes its calls quicker."""
MISSING = object()
"""Stands for an argument that a call does not have."""


class Spending:
    """What one call has used of its limits: steps are granted in chunks, and the clock is read between them."""

    __slots__ = ("deadline", "depth", "fuel", "left", "limits", "stacks")

    def __init__(self, limits: Limits, stacks: tuple[list[Any], ...]) -> None:
        self.limits = limits
        self.stacks = stacks
        self.depth = limits.depth
        self.left = limits.steps
        self.deadline = monotonic() + limits.seconds
        self.fuel = 0
        self.fuel = self.more(0)

    def more(self, fuel: int) -> int:
        """The next chunk; `fuel` is what is left of the last one (negative: owed).

        Raises:
            Exhausted: steps, time or memory are used up.
        """
        self.left += fuel
        saved = sum(len(each) for each in self.stacks) * SAVED_BYTES
        if self.left < 0 or monotonic() > self.deadline or saved > self.limits.tape_bytes:
            raise Exhausted
        granted = min(CHUNK, self.left)
        self.left -= granted
        return granted


@lru_cache(maxsize=256)
def _code(text: str) -> CodeType:
    return compile(text, "<compiled program>", "exec")


def build(unit: Unit, limits: Limits, ieee: bool = False) -> Function:
    """Compile a unit to a Python function.

    Args:
        unit: the program.
        limits: what each call may use.
        ieee: let inf and nan flow.

    Raises:
        Unavailable: blocks stand too deep in each other for CPython, or a function is defined twice.
    """
    return Function(unit, limits, ieee)


class Function:
    """A unit as Python functions: called with a sequence it is an `Executable`.

    Args:
        unit, limits, ieee: as for `build`.
    """

    def __init__(self, unit: Unit, limits: Limits, ieee: bool) -> None:
        self.unit = unit
        self.limits = limits
        self.ieee = ieee
        self.written = write(unit, limits, ieee)

    @cached_property
    def quick(self) -> Callable[..., Any]:
        """The same with the inputs as arguments: the result, the first of several and a tuple of the rest; or None."""
        return self._made(self.written, lambda *arguments: None)

    def attached(self, otherwise: Callable[..., Any], part: bool = False) -> Callable[..., Any]:
        """As `quick`; where it does not answer, what `otherwise` gives for the same arguments; under that one's name.

        Args:
            otherwise: takes any arguments.
            part: give only the tuple of the others.
        """
        if not part:
            return wraps(otherwise)(self._made(self.written, otherwise))
        if len(self.written.text) < SMALL:
            return wraps(otherwise)(self._made(write(self.unit, self.limits, self.ieee, part), otherwise))
        quick = self.quick

        @wraps(otherwise)
        def others(*arguments: Any) -> Any:
            found = quick(*arguments)
            return otherwise(*arguments) if found is None else found[1]

        return others

    def _made(self, written: Written, otherwise: Callable[..., Any]) -> Callable[..., Any]:
        scope: dict[str, Any] = {"__builtins__": {}, **written.bound}
        scope["spending"] = lambda stacks: Spending(self.limits, stacks)
        scope["otherwise"] = lambda *arguments: otherwise(*[each for each in arguments if each is not MISSING])
        scope["missing"], scope["ORDINARY"] = MISSING, ORDINARY
        exec(_code(written.text), scope)  # noqa: S102 - written here, from steps, see the law above
        function: Callable[..., Any] = scope["main"]
        return function

    def __call__(self, values: Sequence[float]) -> tuple[float, ...] | None:
        """The results; None where it does not answer."""
        found = self.quick(*values)
        if found is None or len(self.unit.results) == 1:
            return None if found is None else (found,)
        return (found[0], *found[1])
