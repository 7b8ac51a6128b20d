"""What a call means beyond running the function's body: its derivative `f'(x)`, and a user's rule.

Law: each derivative call opens levels of its own, one for each order, and takes its tangents out again before it
answers; nothing of a level outlives its call.

These are generators: they yield the calls they need to the machine (function, arguments, and, for a rule, the level it
belongs to: arithmetic in it is IEEE, and names of the program are read as they are below that level), receive their
results, and return the results of the whole.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from lang.errors import DerivativeError, TypeMismatch
from lang.evaluate.active import Dual, Level, Value, below, highest, levels_of
from lang.evaluate.forward import Forward
from lang.evaluate.tape import Tape
from lang.steps import form
from lang.steps.rules import differential, partial

if TYPE_CHECKING:
    from lang.evaluate.run import Run

Request = tuple[form.Procedure, tuple[Value, ...], Level | None]
Continuation = Generator[Request, tuple[Value, ...], tuple[Value, ...]]

ORDERS = 40
"""How deep derivatives may stand inside each other; each costs at least twice the one inside it."""


def derivative(run: Run, procedure: form.Procedure, arguments: tuple[Value, ...], step: form.Call) -> Continuation:
    """`f'(x)`, `f'[x, y](x, y)`: one forward level for each order."""
    levels, moving = _seeded(run, arguments, step)
    if procedure.rule is not None:
        values = yield from ruled(run, procedure, moving, step)
    else:
        values = yield (procedure, moving, None)
    if any(isinstance(value, bool) for value in values):
        raise TypeMismatch(f"`{procedure.name}` gives true or false here, which has no derivative", step.span)
    return tuple(_tangent(levels, value) for value in values)


def primitive_derivative(run: Run, step: form.PrimitiveDerivative, arguments: tuple[Value, ...]) -> Value:
    """`sin'(x)`: the same for a primitive."""
    levels, moving = _seeded(run, arguments, step)
    return _tangent(levels, run.apply(step.primitive, moving, step))


def _seeded(
    run: Run, arguments: tuple[Value, ...], step: form.Call | form.PrimitiveDerivative
) -> tuple[list[Forward], tuple[Value, ...]]:
    deepest = len(step.by) + max(levels_of(value) for value in arguments)
    if deepest > ORDERS:
        raise run.exceeded(
            "nesting", ORDERS, deepest, f"derivatives of derivatives, more than {ORDERS} deep", step.span
        )
    levels = [Forward(run) for _ in step.by]
    moving = list(arguments)
    for level, index in zip(levels, reversed(step.by), strict=True):  # the first name's is the derivative inside
        moving[index] = level.seed(moving[index])
    return levels, tuple(moving)


def _tangent(levels: list[Forward], value: Value) -> Value:
    for level in reversed(levels):
        value = level.tangent(value)
    return value


def ruled(run: Run, procedure: form.Procedure, arguments: tuple[Value, ...], step: form.Call) -> Continuation:
    """A call of a function with a user's rule: its value from its body, its derivative from the rule."""
    top = highest(arguments)
    rule = procedure.rule
    assert rule is not None
    if top is None:
        return (yield (procedure, arguments, None))
    primals = tuple(below(value, top) for value in arguments)
    (result,) = yield from ruled(run, procedure, primals, step)
    active = tuple(index for index, value in enumerate(arguments) if below(value, top) is not value)
    for index in active:
        if rule.parameters[index] in rule.fixed:
            raise DerivativeError(
                f"the rule for `{procedure.name}` gives no derivative by `{rule.parameters[index]}`", step.span
            )
    if isinstance(top, Forward):
        return (yield from _ruled_forward(top, rule, (*primals, result), arguments, active))
    assert isinstance(top, Tape)
    return (yield from _ruled_tape(top, rule, (*primals, result), arguments, active, step))


def _ruled_forward(
    level: Forward,
    rule: form.UserRule,
    known: tuple[Value, ...],
    arguments: tuple[Value, ...],
    active: tuple[int, ...],
) -> Continuation:
    code = differential(rule, active)
    if code is None:
        return known[-1:]
    tangents = tuple(value.tangent for value in arguments if isinstance(value, Dual) and value.level is level)
    (tangent,) = yield (code, (*known, *tangents), level)
    return (level.combine(known[-1], tangent),)


def _ruled_tape(
    tape: Tape,
    rule: form.UserRule,
    known: tuple[Value, ...],
    arguments: tuple[Value, ...],
    active: tuple[int, ...],
    step: form.Call,
) -> Continuation:
    edges: list[tuple[int, Value]] = []
    for index in active:
        code = partial(rule, index)
        if code is not None:
            (factor,) = yield (code, known, tape)
            edges.append((arguments[index].index, factor))  # type: ignore[union-attr]
    return (tape.record(known[-1], edges, step),)


def rule_misses(procedure: form.Procedure, name: str, step: form.Step) -> DerivativeError:
    """The error for a ruled function that reads a moving name of the program, of which its rule says nothing."""
    return DerivativeError(
        f"`{procedure.name}` reads `{name}`, which depends on an input being differentiated, and its rule says nothing "
        f"of it",
        step.span,
        hint=f"give `{name}` to `{procedure.name}` as an argument, and `d{name}` to its rule",
    )
