"""Steps -> values on any kind of numbers: the one walk that every domain shares.

Law: the walk knows control flow and names, never numbers. What a constant, a primitive or a comparison is, and whether
a condition can be decided at all, is the domain's to say:

    z = x * y + sin(x)      floats at 50 digits: 0.84...        formulas: x*y + sin(x)

Where a condition is a formula, both arms are walked and the domain joins what they give.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any, Protocol

from lang import clock
from lang.domains.refusal import Undecided
from lang.errors import AdError, LimitExceeded, StackError
from lang.limits import Limits
from lang.rules import Primitive
from lang.source import Source, Span
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.guards import mismatch, unset

Supply = Callable[[str, form.Input], float | None]
Names = dict[str, Any]
FORKS = 40
"""Choices by inputs inside each other; more is recursion that only an input ends."""
EVERY = 64
"""Steps between two looks at the clock."""


class Domain(Protocol):
    """A kind of numbers."""

    def constant(self, value: float | bool) -> Any:
        """A constant of the program."""

    def enter(self, step: form.Input, value: float | None) -> Any:
        """An input takes a value; None where it has none.

        Raises:
            MissingInput: the domain needs one.
        """

    def apply(self, primitive: Primitive, arguments: tuple[Any, ...], step: form.Step) -> Any:
        """A primitive on numbers of this kind."""

    def compare(self, operator: str, left: Any, right: Any, step: form.Step) -> Any:
        """A comparison: true, false, or a condition that cannot be decided."""

    def negate(self, condition: Any) -> Any:
        """The opposite of a condition."""

    def decide(self, condition: Any, step: form.Step) -> bool | None:
        """Does the condition hold? None: it cannot be decided here."""

    def join(self, condition: Any, then: Any, otherwise: Any, step: form.Step) -> Any:
        """A value that is `then` where the condition holds, else `otherwise`."""

    def whole(self, value: Any, step: form.Step) -> int:
        """A bound of `range` as a whole number."""

    def called(
        self, walker: Walker, procedure: form.Procedure, arguments: tuple[Any, ...], values: Any, step: form.Step
    ) -> Generator[Walk, Any, Any]:
        """The results of a call of a function with a user's rule, given what its body gave."""


class Walker:
    """Walks a program once on the numbers of one domain.

    Args:
        domain: the numbers.
        supply: the value of an input, None where it has none.
        limits: how long it may take, how deep calls may stand inside each other.
        started: when the clock began.
    """

    def __init__(self, domain: Domain, supply: Supply, limits: Limits, started: float | None = None) -> None:
        self.domain = domain
        self.supply = supply
        self.limits = limits
        self.started = clock.started() if started is None else started
        self.values: Names = {}
        self.functions: dict[str, form.Procedure] = {}
        self.stacks: dict[int, list[Any]] = {}
        self.source = Source("", "<program>")
        self.steps = 0
        self.depth = 0
        self.forks = 0

    def run(self, parts: Iterable[form.Procedure]) -> Mapping[str, Any]:
        """Walk a program's parts to their end; the value of each name.

        Raises:
            AdError: what stopped it, with its place.
        """
        for part in parts:
            self.source = part.source
            try:
                drive(self.block(part.body, self.values))
            except AdError as error:
                raise error.within(self.source) from None
            except Undecided as why:
                why.source = self.source
                raise
        return self.values

    def tick(self, span: Span) -> None:
        """Count a step.

        Raises:
            LimitExceeded: steps or seconds.
        """
        self.steps += 1
        if self.steps > self.limits.steps:
            self._stop("steps", self.limits.steps, self.steps, f"stopped after {self.limits.steps:,} steps", span)
        if self.steps % EVERY == 0:
            elapsed = clock.now() - self.started
            if elapsed > self.limits.seconds:
                words = f"stopped after {self.limits.seconds:g} seconds and {self.steps:,} steps"
                self._stop("seconds", self.limits.seconds, elapsed, words, span)

    def _stop(self, limit: str, allowed: float, reached: float, message: str, span: Span) -> None:
        hint = f"if it should run longer, raise the limit `{limit}`"
        raise LimitExceeded(limit, allowed, reached, message, span, hint=hint, source=self.source)

    # --- steps ----------------------------------------------------------------------------------------------

    def block(self, block: form.Block, names: Names) -> Walk:
        """The walk over a block; gives what it returns, None where it runs to its end."""
        for step in block:
            self.tick(step.span)
            simple = _SIMPLE.get(type(step))
            if simple is not None:
                simple(self, step, names)
            elif isinstance(step, form.Return):
                return tuple(self.value(each, names, step) for each in step.values)
            elif isinstance(step, form.Call):
                arguments = tuple(self.value(each, names, step) for each in step.arguments)
                values = yield self.call(self.functions[step.function], arguments, step)
                names.update(zip(step.targets, values, strict=True))
            elif isinstance(step, form.If):
                returned = yield self._arms(step, 0, names)
                if returned is not None:
                    return returned
            elif isinstance(step, form.While):
                yield self._while(step, names)
            elif isinstance(step, form.For):
                yield self._for(step, names)
        return None

    def value(self, operand: form.Operand, names: Names, step: form.Step) -> Any:
        """What an operand stands for.

        Raises:
            UnsetName: a name without a value.
        """
        if not isinstance(operand, str):
            return self.domain.constant(operand)
        if operand not in names:
            raise unset(operand, step.span, self.source)
        return names[operand]

    def call(self, procedure: form.Procedure, arguments: tuple[Any, ...], step: form.Step) -> Walk:
        """The walk over a call; gives its results."""
        values = yield self.body(procedure, arguments, step)
        if procedure.rule is not None:
            values = yield from self.domain.called(self, procedure, arguments, values, step)
        return values

    def body(self, procedure: form.Procedure, arguments: tuple[Any, ...], step: form.Step) -> Walk:
        """The walk over a function's body alone, whatever rule it has."""
        if self.depth >= self.limits.depth:
            words = f"more than {self.limits.depth:,} calls stand inside each other"
            self._stop("depth", self.limits.depth, self.depth + 1, words, step.span)
        names = {name: self.values[name] for name in procedure.reads if name in self.values}
        names.update(zip(procedure.parameters, arguments, strict=True))
        before, self.source = self.source, procedure.source
        self.depth += 1
        values = yield self.block(procedure.body, names)
        self.depth -= 1
        self.source = before
        return values

    def _arms(self, step: form.If, index: int, names: Names) -> Walk:
        """The arms from one on: the first whose condition holds, or a join of several."""
        while index < len(step.arms):
            arm = step.arms[index]
            yield self.block(arm.setup, names)
            condition = self.value(arm.condition, names, step)
            holds = self.domain.decide(condition, step)
            if holds is None:
                return (yield self._fork(step, index, condition, names))
            if holds:
                return (yield self.block(arm.body, names))
            index += 1
        return (yield self.block(step.otherwise, names))

    def _fork(self, step: form.If, index: int, condition: Any, names: Names) -> Walk:
        sizes = {stack: len(saved) for stack, saved in self.stacks.items()}
        self.forks += 1
        if self.forks > FORKS:
            calls = "calls stand inside each other as deep as an input says"
            raise Undecided(calls if self.depth > FORKS else "too many choices inside each other", step)
        then, otherwise = dict(names), dict(names)
        one = yield self.block(step.arms[index].body, then)
        other = yield self._arms(step, index + 1, otherwise)
        self.forks -= 1
        if sizes != {stack: len(saved) for stack, saved in self.stacks.items()}:
            raise StackError("values are saved in one branch only", step.span)
        for name in [*names, *(each for each in then if each not in names)]:
            if name not in then or name not in otherwise:
                names.pop(name, None)
            elif then[name] is not otherwise[name]:
                names[name] = self.domain.join(condition, then[name], otherwise[name], step)
            else:
                names[name] = then[name]
        if one is None or other is None:
            return None
        return tuple(self.domain.join(condition, *pair, step) for pair in zip(one, other, strict=True))

    def _while(self, step: form.While, names: Names) -> Walk:
        while True:
            self.tick(step.span)
            yield self.block(step.setup, names)
            holds = self.domain.decide(self.value(step.condition, names, step), step)
            if holds is None:
                raise Undecided("the number of turns of this loop depends on an input", step)
            if not holds:
                return None
            yield self.block(step.body, names)

    def _for(self, step: form.For, names: Names) -> Walk:
        bounds = [
            self.domain.whole(self.value(each, names, step), step) for each in (step.start, step.stop, step.stride)
        ]
        for turn in range(*bounds):
            self.tick(step.span)
            names[step.target] = self.domain.constant(float(turn))
            yield self.block(step.body, names)
        return None

    # --- steps without blocks -------------------------------------------------------------------------------

    def _operation(self, step: form.Operation, names: Names) -> None:
        arguments = tuple(self.value(each, names, step) for each in step.arguments)
        names[step.target] = self.domain.apply(step.primitive, arguments, step)

    def _comparison(self, step: form.Comparison, names: Names) -> None:
        left, right = self.value(step.left, names, step), self.value(step.right, names, step)
        names[step.target] = self.domain.compare(step.operator, left, right, step)

    def _negation(self, step: form.Negation, names: Names) -> None:
        names[step.target] = self.domain.negate(self.value(step.source, names, step))

    def _copy(self, step: form.Copy, names: Names) -> None:
        names[step.target] = self.value(step.source, names, step)

    def _require(self, step: form.Require, names: Names) -> None:
        if step.name not in names:
            raise unset(step.name, step.span, self.source)
        if step.kind == "number" and isinstance(names[step.name], bool):
            raise mismatch(step.kind, step.span, self.source, step.name)

    def _input(self, step: form.Input, names: Names) -> None:
        value = self.supply(step.target, step)
        if value is None and step.default is not None:
            value = self.value(step.default, names, step)
        names[step.target] = self.domain.enter(step, value)

    def _define(self, step: form.Define, names: Names) -> None:
        self.functions[step.procedure.name] = step.procedure

    def _push(self, step: form.Push, names: Names) -> None:
        self.stacks.setdefault(step.stack, []).append(self.value(step.source, names, step))

    def _pop(self, step: form.Pop, names: Names) -> None:
        if not self.stacks.get(step.stack):
            raise StackError("there is nothing to take back here", step.span, source=self.source)
        names[step.target] = self.stacks[step.stack].pop()


_SIMPLE: dict[type, Callable[[Walker, Any, Names], None]] = {
    form.Operation: Walker._operation,
    form.Comparison: Walker._comparison,
    form.Negation: Walker._negation,
    form.Copy: Walker._copy,
    form.Require: Walker._require,
    form.Input: Walker._input,
    form.Define: Walker._define,
    form.Push: Walker._push,
    form.Pop: Walker._pop,
}
