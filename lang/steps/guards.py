"""Steps -> the same steps with a `Require` wherever a run could meet a missing value or one of the wrong kind.

Law: what is certain costs nothing. A use that every run passes gets no guard, a use that every run would fail is an
error before anything runs, and only what depends on the run is checked while it runs.

One pass forward over the structured steps carries, for each name, the set of states it can be in: a number, a boolean,
no value. A loop's body starts from what is known before it, joined with every kind the body itself may assign.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import cached_property
from typing import Any, get_args

from lang.clock import watched
from lang.errors import Mark, TypeMismatch, UnsetName
from lang.source import Source, Span
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.kinds import ANY, BOOLEAN, KINDS, NUMBER, UNSET, State, assigned_in, assigned_kinds, kind_of


def guard(
    block: form.Block, *, numbers: Iterable[str], present: Container[str], source: Source, maybe: Iterable[str] = ()
) -> form.Block:
    """The guarded steps.

    Args:
        block: the steps of one scope.
        numbers: names that certainly hold a number before it.
        present: names that certainly have a value before it, of either kind.
        maybe: names that may or may not have one.

    Raises:
        UnsetName, TypeMismatch: a use that every run would fail.
    """
    known = dict.fromkeys(maybe, ANY | UNSET)
    known |= dict.fromkeys(numbers, NUMBER)
    guarded: form.Block = drive(_Guarding(block, source).block(block, State(known, present)))
    return guarded


class _Guarding:
    def __init__(self, block: form.Block, source: Source) -> None:
        self.source = source
        self.whole = block
        self._handlers = {kind: getattr(self, "_" + kind.__name__.lower()) for kind in get_args(form.Step)}
        self.inside: dict[int, set[str]] = {}
        self.conditions: dict[str, Span] = {}

    @cached_property
    def assigned(self) -> dict[str, int]:
        """Every kind that some step of the scope may give each name; only loops ask."""
        return assigned_kinds(self.whole)

    def block(self, block: form.Block, state: State) -> Walk:
        """The walk that gives a block's guarded steps."""
        out: form.Block = []
        for step in watched(block, "checking the program", self.source):
            found = self._handlers[type(step)](step, state, out)
            if found is not None:
                yield found
        return out

    # --- uses -----------------------------------------------------------------------------------------------

    def need(self, operand: form.Operand | None, kind: str, span: Span, state: State, out: form.Block) -> None:
        """An operand is used as a number, a boolean, or a value of either kind."""
        if operand is None:
            return
        if not isinstance(operand, str):
            if (NUMBER if isinstance(operand, float) else BOOLEAN) & KINDS[kind] == 0:
                raise mismatch(kind, span, self.source)
            return
        bits = state.get(operand)
        if bits & KINDS[kind] == 0:
            if bits == UNSET:
                raise unset(operand, span, self.source)
            raise self.conflict(operand, kind, span)
        if bits & ~KINDS[kind]:
            if kind == "boolean":
                self.conditions.setdefault(operand, span)
            out.append(form.Require(operand, kind, span))
            state.set(operand, bits & KINDS[kind])

    def conflict(self, name: str, kind: str, span: Span) -> TypeMismatch:
        """The error for a name that every run has as the other kind: at `while n:`, not at `n - 1` below it."""
        place = self.conditions.get(name)
        if place is None or kind != "number" or self.assigned.get(name, 0) & BOOLEAN:
            return mismatch(kind, span, self.source, name)
        error = mismatch("boolean", place, self.source, name)
        error.marks = (Mark(span, f"`{name}` is a number here"),)
        return error

    def _operation(self, step: form.Operation, state: State, out: form.Block) -> None:
        discrete = step.primitive.discrete
        if not discrete and state.are_numbers(step.arguments):
            out.append(step)
            state.set(step.target, NUMBER)
            return
        for parameter, operand in zip(step.primitive.parameters, step.arguments, strict=True):
            self.need(operand, "boolean" if parameter in discrete else "number", step.span, state, out)
        out.append(step)
        state.set(step.target, NUMBER)

    def _primitivederivative(self, step: form.PrimitiveDerivative, state: State, out: form.Block) -> None:
        for parameter, operand in zip(step.primitive.parameters, step.arguments, strict=True):
            kind = "boolean" if parameter in step.primitive.discrete else "number"
            self.need(operand, kind, step.span, state, out)
        out.append(step)
        state.set(step.target, NUMBER)

    def _comparison(self, step: form.Comparison, state: State, out: form.Block) -> None:
        self.need(step.left, "number", step.span, state, out)
        self.need(step.right, "number", step.span, state, out)
        out.append(step)
        state.set(step.target, BOOLEAN)

    def _negation(self, step: form.Negation, state: State, out: form.Block) -> None:
        self.need(step.source, "boolean", step.span, state, out)
        out.append(step)
        state.set(step.target, BOOLEAN)

    def _copy(self, step: form.Copy, state: State, out: form.Block) -> None:
        self.need(step.source, "value", step.span, state, out)
        out.append(step)
        state.set(step.target, kind_of(step.source, state))

    def _require(self, step: form.Require, state: State, out: form.Block) -> None:
        self.need(step.name, step.kind, step.span, state, out)

    def _input(self, step: form.Input, state: State, out: form.Block) -> None:
        self.need(step.default, "number", step.span, state, out)
        out.append(step)
        state.set(step.target, NUMBER)

    def _call(self, step: form.Call, state: State, out: form.Block) -> None:
        for index, operand in enumerate(step.arguments):
            self.need(operand, "number" if index in step.by else "value", step.span, state, out)
        out.append(step)
        for target in step.targets:
            state.set(target, NUMBER if step.by else ANY)

    def _push(self, step: form.Push, state: State, out: form.Block) -> None:
        self.need(step.source, "value", step.span, state, out)
        out.append(step)

    def _pop(self, step: form.Pop, state: State, out: form.Block) -> None:
        out.append(step)
        state.set(step.target, ANY)

    def _return(self, step: form.Return, state: State, out: form.Block) -> None:
        self._values(step, state, out)

    def _show(self, step: form.Show, state: State, out: form.Block) -> None:
        self._values(step, state, out)

    def _values(self, step: form.Return | form.Show, state: State, out: form.Block) -> None:
        for operand in step.values:
            self.need(operand, "value", step.span, state, out)
        out.append(step)

    def _ask(self, step: form.Ask, state: State, out: form.Block) -> None:
        for operand in step.settings:
            self.need(operand, "number", step.span, state, out)
        out.append(step)

    def _define(self, step: form.Define, state: State, out: form.Block) -> None:
        out.append(step)

    _mark: Callable[..., Any] = _define

    # --- control flow ---------------------------------------------------------------------------------------

    def _if(self, step: form.If, state: State, out: form.Block) -> Walk:
        ends: list[dict[str, int]] = []
        arms: list[form.Arm] = []
        for arm in step.arms:
            setup = yield self.block(arm.setup, state)
            self.need(arm.condition, "boolean", _condition_span(arm, step.span), state, setup)
            if not arms:
                state.enter()
            state.enter()
            body = yield self.block(arm.body, state)
            arms.append(form.Arm(setup, arm.condition, body, arm.test))
            self._end(body, state, ends)
        state.enter()
        otherwise = yield self.block(step.otherwise, state)
        self._end(otherwise, state, ends)
        out.append(form.If(arms, otherwise, step.span))
        _join(state, state.leave(), ends)

    @staticmethod
    def _end(body: form.Block, state: State, ends: list[dict[str, int]]) -> None:
        """A way ends: what it changed counts after it, unless it left the function."""
        changed = state.leave()
        if not _returns(body):
            ends.append(changed)

    def _while(self, step: form.While, state: State, out: form.Block) -> Walk:
        self._widen(step, state)
        setup = yield self.block(step.setup, state)
        self.need(step.condition, "boolean", _condition_span(step, step.span), state, setup)
        state.enter()
        body = yield self.block(step.body, state)
        state.leave()
        out.append(form.While(setup, step.condition, body, step.test, step.span))

    def _for(self, step: form.For, state: State, out: form.Block) -> Walk:
        for operand in (step.start, step.stop, step.stride):
            self.need(operand, "number", step.span, state, out)
        self._widen(step, state)
        state.enter()
        state.set(step.target, NUMBER)
        body = yield self.block(step.body, state)
        state.leave()
        out.append(form.For(step.target, step.start, step.stop, step.stride, body, step.span))

    def _widen(self, step: form.While | form.For, state: State) -> None:
        """Names assigned inside a loop may hold, at its start, what they hold before it or what it gives them."""
        for name in assigned_in(step, self.inside):
            state.set(name, state.get(name) | self.assigned[name])


def _join(state: State, rest: dict[str, int], ends: list[dict[str, int]]) -> None:
    """`state` becomes what is true after whichever of the ways came to its end.

    Args:
        rest: what the later conditions changed; those who never came to them did not.
        ends: what each way changed beyond that. An intermediate value that only some ways set is nobody's after them.
    """
    joined = {name: state.get(name) | bits for name, bits in rest.items()}
    counts: dict[str, int] = {}
    for end in ends:
        for name, bits in end.items():
            counts[name] = counts.get(name, 0) + 1
            joined[name] = joined.get(name, 0) | bits
    for name, count in counts.items():
        if count < len(ends):
            joined[name] |= rest.get(name, state.get(name))
            if type(name) is form.Temporary and joined[name] & UNSET:
                del joined[name]
    for name, bits in joined.items():
        state.set(name, bits)


def _returns(block: form.Block) -> bool:
    return bool(block) and isinstance(block[-1], form.Return)


def _condition_span(step: form.Arm | form.While, default: Span) -> Span:
    if step.setup:
        return step.setup[-1].span
    return step.test.span if step.test else default


def unset(name: str, span: Span, source: Source) -> UnsetName:
    """The error for a name without a value."""
    return UnsetName(
        f"`{name}` has no value here",
        span,
        source=source,
        label="used before it gets one",
        hint=f"give `{name}` a value before this line, in every branch that leads here",
    )


def mismatch(needed: str, span: Span, source: Source, name: str = "") -> TypeMismatch:
    """The error for a boolean where a number is needed, or the reverse."""
    shown = f"`{name}`" if name and not isinstance(name, form.Temporary) else "this"
    if needed == "number":
        return TypeMismatch(
            f"a number is needed here, but {shown} is true or false",
            span,
            source=source,
            hint="choose a number by it: `1 if a < b else 0`",
        )
    import re  # for a mistake only

    text = source.slice(span)
    what = name if shown != "this" else text if re.fullmatch(r"[\w.]{1,20}", text) and not text[0].isdigit() else "x"
    hint = f"compare it with something: `{what} != 0`"
    if re.fullmatch(r"[\d.]+", text):
        hint = "write a comparison, as in `x > 1`"
    return TypeMismatch(f"a condition is needed here, but {shown} is a number", span, source=source, hint=hint)
