"""Bodies with many choices, loops and calls -> pieces that LLVM optimizes well and soon.

Law: what is computed is the same, in the same order, and so are its steps; only in which function of the machine they
stand differs. LLVM's time for one function grows faster than its length, so none weighs more than `MOST`:

    for i in range(n):          for i in range(n):
        if a > 0: ...               piece: if a > 0: ...
        if b > 0: ...                      if b > 0: ...
        if c > 0: ...               piece: if c > 0: ...
        ...                                ...

A piece is a choice without conditions, `form.If([], steps, span)`, as a straight part is (`parts`). Pieces may stand in
pieces. Of a long `elif` chain the ways below are a piece; of loops inside each other those deep inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple, TypeVar

from lang.backend.native.primitives import hard
from lang.backend.native.shape import Scope
from lang.backend.unit import COMPILING
from lang.clock import watched
from lang.steps import form
from lang.steps.drive import Walk, drive

Item = TypeVar("Item")
MOST = 400
"""What one function may weigh: some 100 choices. More make little difference to how quick it is."""
CALL = 8
"""What a call weighs, of a function or a piece."""
DEEP = 4
"""Loops inside each other in one function."""
WEIGHTS = {form.If: 4, form.While: 12, form.For: 12, form.Call: CALL, form.Push: 2, form.Pop: 2}
"""What a step weighs, about in blocks of LLVM; others weigh 1."""
HARD = 4
"""What an operation weighs that is a call, or looks at its operands first."""


class Cut(NamedTuple):
    """Steps that were cut.

    Attributes:
        weight: what they weigh.
        height: how many loops stand inside each other in them.
        returns: may a function end in them?
    """

    steps: form.Block
    weight: int
    height: int = 0
    returns: bool = False


def cut(scope: Scope, steps: form.Block) -> form.Block:
    """The steps of a scope with pieces, which the scope learns."""
    found: Cut = drive(_Cutting(scope).block(steps))
    return found.steps


class _Cutting:
    """The walk from the inside to the outside; walks give a `Cut`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def block(self, steps: form.Block) -> Walk:
        """The walk over a block; it weighs no more than `MOST` then."""
        items: list[Cut] = []
        for step in watched(steps, COMPILING):
            if isinstance(step, form.If):
                items.append((yield self.choice(step)))
            elif isinstance(step, form.While | form.For):
                items.append((yield self.loop(step)))
            else:
                items.append(Cut([step], _weight(step), 0, isinstance(step, form.Return)))
        whole, before = joined(items), None
        while whole.weight > MOST and whole.weight != before:
            items = [each for group in rows(items, attrgetter("weight"), MOST) for each in self.together(group)]
            whole, before = joined(items), whole.weight
        return whole

    def together(self, items: list[Cut]) -> list[Cut]:
        """Some steps as a piece, where that weighs less."""
        whole = joined(items)
        return items if whole.weight <= 2 * CALL else [self.piece(whole)]

    def piece(self, whole: Cut) -> Cut:
        """A piece of these steps."""
        found = form.If([], whole.steps, whole.steps[0].span)
        self.scope.pieces[found] = whole.returns
        return Cut([found], CALL, 0, whole.returns)

    def inner(self, whole: Cut, most: int) -> Cut:
        """A block inside a step: a piece, if it weighs too much."""
        return self.piece(whole) if whole.weight > most else whole

    def choice(self, step: form.If) -> Walk:
        """The walk over the ways of a choice, from the last to the first."""
        if not step.arms:  # a straight part
            return Cut([step], CALL)
        below: Cut = self.inner((yield self.block(step.otherwise)), MOST // 2)
        arms: list[form.Arm] = []
        for arm in reversed(step.arms):
            setup: Cut = self.inner((yield self.block(arm.setup)), MOST // 4)
            body: Cut = self.inner((yield self.block(arm.body)), MOST // 4)
            both = joined((setup, body))
            if arms and below.weight + both.weight + WEIGHTS[form.If] > MOST:
                below = self.piece(below._replace(steps=[form.If(arms[::-1], below.steps, step.span)]))
                arms = []
            arms.append(form.Arm(setup.steps, arm.condition, body.steps, arm.test))
            whole = joined((below, both))
            below = whole._replace(steps=below.steps, weight=whole.weight + WEIGHTS[form.If])
        return below._replace(steps=[form.If(arms[::-1], below.steps, step.span)])

    def loop(self, step: form.While | form.For) -> Walk:
        """The walk over what a loop does."""
        body: Cut = yield self.block(step.body)
        body = self.piece(body) if body.height >= DEEP else self.inner(body, MOST // 2)
        weight, height = body.weight + WEIGHTS[step.__class__], body.height + 1
        if isinstance(step, form.For):
            same = form.For(step.target, step.start, step.stop, step.stride, body.steps, step.span)
            return Cut([same], weight, height)
        setup: Cut = self.inner((yield self.block(step.setup)), MOST // 2)
        turns = form.While(setup.steps, step.condition, body.steps, step.test, step.span)
        return Cut([turns], weight + setup.weight, max(height, setup.height))


def joined(items: Iterable[Cut]) -> Cut:
    """One after the other."""
    whole = list(items)
    return Cut(
        [step for each in whole for step in each.steps],
        sum(each.weight for each in whole),
        max((each.height for each in whole), default=0),
        any(each.returns for each in whole),
    )


def _weight(step: form.Step) -> int:
    if isinstance(step, form.Operation):
        return HARD if hard((step.primitive.name, step.primitive.arity)) else 1
    return WEIGHTS.get(step.__class__, 1)


def rows(items: Iterable[Item], weigh: Callable[[Item], int], most: int) -> Iterator[list[Item]]:
    """Items in rows that weigh no more than so much, but for a single one that does."""
    row: list[Item] = []
    weight = 0
    for item in items:
        if row and weight + weigh(item) > most:
            yield row
            row, weight = [], 0
        row.append(item)
        weight += weigh(item)
    if row:
        yield row
