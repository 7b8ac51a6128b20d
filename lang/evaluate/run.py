"""One run of a program: what it may use, what it has met, and what an operation on its numbers means.

Law: a run is the only place with state, and nothing outlives it. The same inputs give the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from itertools import islice
from typing import Any, NamedTuple

from lang import clock
from lang.errors import DerivativeError, DomainError, MissingInput, StackError
from lang.evaluate import notes, rulecode
from lang.evaluate.active import Level, Value, highest, plain
from lang.evaluate.assemble import Code, assemble
from lang.evaluate.entries import Entries
from lang.evaluate.observing import Observing
from lang.evaluate.settings import Settings
from lang.evaluate.spending import Spending, Spent
from lang.evaluate.supplied import Given, Supply
from lang.kernels import KERNELS
from lang.rules import Primitive
from lang.source import Source, Span
from lang.steps import form
from lang.syntax.unparse import unparse


class Shown(NamedTuple):
    """An expression that stood alone: its text, its values, its place."""

    text: str
    values: tuple[float | bool, ...]
    span: Span
    source: Source


def _nobody(name: str, step: form.Input) -> float | None:
    return None


class Run(Spending, Observing):
    """The state of one run.

    Args:
        settings: how to run.
        source: the text that is running (a function's own text takes its place inside it).
        supply: gives the value of an input that the program reads, or None where there is none; what is known
            beforehand is in `given`.
        codes: assembled code by procedure, shared by runs of one program.
        spent: what earlier runs for the same answer used of the limits.

    `kept` are the program's names whose values are wanted at the end, None for all; `tapes` tell what bytes they take.
    """

    def __init__(
        self,
        settings: Settings,
        source: Source,
        supply: Supply = _nobody,
        codes: dict[form.Procedure, Code] | None = None,
        spent: Spent | None = None,
    ) -> None:
        Spending.__init__(self, settings, source, spent)
        Observing.__init__(self)
        self.supply = supply
        self.given = supply.values if isinstance(supply, Given) else {}
        self.codes = {} if codes is None else codes
        self.functions: dict[str, form.Procedure] = {}
        self.values: dict[str, Value] = {}
        self.shown: list[Shown] = []
        self.notes: dict[tuple[form.Step | None, str], notes.Note] = {}
        self.activate: Mapping[str, Callable[[Value, form.Step], Value]] = {}
        self.recorder: Entries | None = None
        self.lenient = settings.ieee
        self.beneath: tuple[Level, ...] = ()
        self.forced: Mapping[form.Step, float] = {}
        self.kept: frozenset[str] | None = None
        self.stopped_at: form.Step | None = None
        self.pushed: dict[int, form.Push] = {}
        self.orders = 0

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
        self.settle()
        for stack, saved in self.stacks.items():
            if saved:
                raise StackError(
                    f"{len(saved):,} saved value{'s were' if len(saved) > 1 else ' was'} never taken back",
                    self.pushed[stack].span,
                    source=self.source,
                    hint="each `push` needs a `pop()` after it",
                )

    def let_go(self) -> None:
        """Forget values: a tape knows its run, and with values on it the two would wait to be collected as garbage."""
        self.values, self.activate, self.tapes, self.recorder = {}, {}, [], None

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
        """The value of an input that is not known beforehand. Time that somebody takes to answer is not counted.

        Raises:
            MissingInput: nobody supplies it and it has no default.
        """
        before = clock.now()
        value: Value | None = self.supply(step.target, step)
        waited = clock.now() - before
        self.started += waited
        clock.waited(waited)
        if value is None:
            value = default
        if value is None:
            raise MissingInput(
                f"the input `{step.target}` has no value",
                step.span,
                source=self.source,
                hint=f"give it one: `{step.target}=1`, or write a default: `{step.target} = ? 1`",
            )
        return value

    def finish_show(self, step: form.Show, values: tuple[Value, ...]) -> None:
        """Keep what a statement shows."""
        self.shown.append(Shown(step.text, tuple(plain(value) for value in values), step.span, self.source))


def new_names(after: dict[str, Any], before: Mapping[str, Any], known: Container[str]) -> list[str]:
    """The names that a run gave a meaning first, in order; those that are not known after it are taken out.

    A run begins with what was before it, so they stand at the end, and a session's many names are not looked through.
    """
    new = list(islice(reversed(after), len(after) - len(before)))[::-1]
    for name in new:
        if name not in known:
            del after[name]
    return [name for name in new if name in after]
