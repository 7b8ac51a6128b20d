"""One run of a program: what it may use, what it has met, and what an operation on its numbers means.

Law: a run is the only place with state, and nothing outlives it. The same inputs give the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from lang.errors import DerivativeError, DomainError, LimitExceeded, MissingInput, StackError
from lang.evaluate import notes, rulecode
from lang.evaluate.active import Level, Value, highest, plain
from lang.evaluate.assemble import Code, assemble
from lang.evaluate.observing import Observing
from lang.evaluate.settings import Settings
from lang.kernels import KERNELS
from lang.rules import Primitive
from lang.source import Source, Span
from lang.steps import form
from lang.syntax.unparse import unparse

if TYPE_CHECKING:
    from lang.evaluate.tape import Tape

CHUNK = 50_000
"""Steps between two looks at the clock and the tape."""
INNER_CHUNK = 1_000
"""The same for operations inside derivatives, each of which may take much longer."""
SAVED_BYTES = 40
"""What a pushed value costs, in bytes."""


class Spent:
    """What the runs for one answer have used so far: primitive operations, and the time since the first began."""

    def __init__(self, steps: int = 0, started: float | None = None) -> None:
        self.steps = steps
        self.started = monotonic() if started is None else started


class Shown(NamedTuple):
    """An expression that stood alone: its text, its values, its place."""

    text: str
    values: tuple[float | bool, ...]
    span: Span
    source: Source


class Run(Observing):
    """The state of one run.

    Args:
        settings: how to run.
        source: the text that is running (a function's own text takes its place inside it).
        supply: gives the value of an input that the program reads, or None where there is none.
        codes: assembled code by procedure, shared by runs of one program.
        spent: what earlier runs for the same answer used of the limits.

    `kept` are the program's names whose values are wanted at the end, None for all; `tapes` tell what bytes they take.
    """

    def __init__(
        self,
        settings: Settings,
        source: Source,
        supply: Callable[[str, form.Input], float | None] = lambda name, step: None,
        codes: dict[form.Procedure, Code] | None = None,
        spent: Spent | None = None,
    ) -> None:
        self.settings = settings
        self.source = source
        self.supply = supply
        self.codes = {} if codes is None else codes
        self.functions: dict[str, form.Procedure] = {}
        self.values: dict[str, Value] = {}
        self.shown: list[Shown] = []
        self.notes: dict[tuple[form.Step | None, str], notes.Note] = {}
        self.activate: Mapping[str, Callable[[Value, form.Step], Value]] = {}
        self.tapes: list[Callable[[], int]] = []
        self.recorder: Tape | None = None
        self.lenient = settings.ieee
        self.beneath: tuple[Level, ...] = ()
        self.forced: Mapping[form.Step, float] = {}
        self.kept: frozenset[str] | None = None
        self.stopped_at: form.Step | None = None
        self.current: form.Step | None = None
        self.watch: Callable[[int], None] | None = None
        self.stacks: dict[int, list[Value]] = {}
        self.pushed: dict[int, form.Push] = {}
        self.orders = 0
        self.inner = 0
        self.spent = spent or Spent()
        self.used = self.spent.steps
        self.started = self.spent.started
        self.fuel = self._grant()

    # --- limits ---------------------------------------------------------------------------------------------

    def _next_chunk(self) -> int:
        return min(CHUNK, self.settings.limits.steps - self.used)

    def refuel(self, fuel: int, span: Span) -> int:
        """Count the steps of the last chunk and grant the next; `fuel` is what is left of it (negative: owed).

        Raises:
            LimitExceeded: steps, seconds or tape_bytes.
        """
        self._check(self._granted - fuel, span)
        granted = self._grant()
        if self.watch is not None:
            self.watch(self.used)
        return granted

    def _check(self, spent: int, span: Span) -> None:
        limits = self.settings.limits
        self.used += spent
        elapsed = monotonic() - self.started
        if self.used > limits.steps:
            raise self.exceeded("steps", limits.steps, self.used, f"stopped after {limits.steps:,} steps", span)
        if elapsed > limits.seconds:
            raise self.exceeded(
                "seconds",
                limits.seconds,
                elapsed,
                f"stopped after {limits.seconds:g} seconds and {self.used:,} steps",
                span,
            )
        recorded = sum(size() for size in self.tapes)
        recorded += sum(len(saved) for saved in self.stacks.values()) * SAVED_BYTES
        if recorded > limits.tape_bytes:
            raise self.exceeded(
                "tape_bytes",
                limits.tape_bytes,
                recorded,
                f"stopped: the tape has grown past {limits.tape_bytes / 2**20:,.0f} MiB",
                span,
            )

    def _grant(self) -> int:
        self._granted = self._next_chunk()
        return self._granted

    def again(self, used: int) -> None:
        """Count on from what was used before a part that is run anew."""
        self.used = used
        self.fuel = self._grant()

    def spend(self) -> None:
        """Count an operation on numbers that move: nested derivatives make many of one step.

        Raises:
            LimitExceeded: steps, seconds or tape_bytes.
        """
        self.inner += 1
        if self.inner == INNER_CHUNK:
            self.inner = 0
            self._check(INNER_CHUNK, self.current.span if self.current else (0, 0))

    def exceeded(self, limit: str, allowed: float, reached: float, message: str, span: Span) -> LimitExceeded:
        """The error for a limit that the run passed."""
        return LimitExceeded(
            limit,
            allowed,
            reached,
            message,
            span,
            source=self.source,
            hint=f"does it end? if it should run longer, raise the limit `{limit}`",
        )

    def next_order(self) -> int:
        """The order of a new level: higher than all before it."""
        self.orders += 1
        return self.orders

    def code(self, procedure: form.Procedure) -> Code:
        """A procedure, ready to run."""
        found = self.codes.get(procedure)
        if found is None:
            found = self.codes[procedure] = assemble(procedure)
        return found

    # --- the stacks of adjoint programs -----------------------------------------------------------------------

    def push(self, value: Value, step: form.Push) -> None:
        """Save a value."""
        self.stacks.setdefault(step.stack, []).append(value)
        self.pushed[step.stack] = step

    def pop(self, step: form.Pop) -> Value:
        """Take back the value saved last.

        Raises:
            StackError: none is left.
        """
        saved = self.stacks.get(step.stack)
        if not saved:
            raise StackError(
                "there is nothing to take back here: every saved value has been",
                step.span,
                source=self.source,
                hint="each `pop()` needs a `push` before it",
            )
        return saved.pop()

    def finish(self) -> None:
        """Check that everything saved was taken back.

        Raises:
            StackError: it was not.
        """
        self._check(self._granted - self.fuel, (0, 0))
        self._granted = self.fuel
        self.spent.steps = self.used
        for stack, saved in self.stacks.items():
            if saved:
                raise StackError(
                    f"{len(saved):,} saved value{'s were' if len(saved) > 1 else ' was'} never taken back",
                    self.pushed[stack].span,
                    source=self.source,
                    hint="each `push` needs a `pop()` after it",
                )

    # --- operations -----------------------------------------------------------------------------------------

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None) -> Value:
        """A primitive on numbers of any level.

        Raises:
            DomainError: the result is not a finite real number though the arguments are (unless `ieee`).
        """
        top = highest(arguments)
        if top is not None:
            return top.apply(primitive, arguments, step)
        result = KERNELS[primitive.name, primitive.arity](*arguments)
        return result if step is None else self.checked(primitive, arguments, result, step)

    def checked(self, primitive: Primitive, arguments: tuple[Value, ...], result: float, step: form.Step) -> float:
        """A result as a program may have it: finite, or flowing on from arguments that are not."""
        if result - result == 0.0 or self.lenient:
            return result
        point = tuple(plain(value) for value in arguments)
        if not all(value - value == 0.0 for value in point):
            return result
        raise self.domain_error(primitive, point, result, step)

    def domain_error(
        self, primitive: Primitive, point: tuple[float, ...], result: float, step: form.Step
    ) -> DomainError:
        """The error for an operation without a finite real result."""
        shown = notes.place(primitive, point)
        inside = rulecode.condition(primitive, "domain")
        if inside is not None and not inside(*point, result):
            assert primitive.domain is not None
            general = notes.head(primitive)
            return DomainError(
                f"{shown} is not a real number",
                step.span,
                source=self.source,
                label="not defined here",
                hint=f"{general} is defined for {unparse(primitive.domain)}",
            )
        return DomainError(
            f"{shown} is too large for a number",
            step.span,
            source=self.source,
            label="overflows",
            hint="numbers reach to about 1.8e308",
        )

    def check_differentiable(self, primitive: Primitive, active: tuple[int, ...], step: form.Step | None) -> None:
        """Some operands (the first of `polygamma`) have no derivative.

        Raises:
            DerivativeError: such an operand moves.
        """
        for index in active:
            if primitive.parameters[index] in primitive.fixed:
                general = notes.head(primitive)
                raise DerivativeError(
                    f"{general} has no derivative by `{primitive.parameters[index]}`",
                    step.span if step else None,
                    source=self.source,
                    hint="that operand must not depend on an input being differentiated",
                )

    # --- inputs ---------------------------------------------------------------------------------------------

    def ask(self, step: form.Input, default: Value | None) -> Value:
        """The value of an input, moving where derivatives are asked by it.

        Raises:
            MissingInput: nobody supplies it and it has no default.
        """
        before = monotonic()
        value: Value | None = self.supply(step.target, step)
        self.started += monotonic() - before
        if value is None:
            value = default
        if value is None:
            raise MissingInput(
                f"the input `{step.target}` has no value",
                step.span,
                source=self.source,
                hint=f"give it one: `{step.target}=1`, or write a default: `{step.target} = ? 1`",
            )
        return self.activate[step.target](value, step) if step.target in self.activate else value

    def finish_show(self, step: form.Show, values: tuple[Value, ...]) -> None:
        """Keep what a statement shows."""
        self.shown.append(Shown(step.text, tuple(plain(value) for value in values), step.span, self.source))
