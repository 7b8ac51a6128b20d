"""Steps -> what they do to the stacks from one place on: how much room they need, how much they take back for certain.

Law: no look at a stack is left out unless one before it, on every way, has seen as much. A look for room is made only
where something is saved whatever happens; a look for what is taken back asks for no more than is taken whatever
happens. So a body of many choices looks at its stacks once for many of them, and the machine's code for each is short.

    if a > 0:               a way that saves two values, and one that saves one:
        push a              room for two is needed, and something is saved in any case
        push b
    else:
        push b

A loop, a call, a part that is a function of its own: what comes after them looks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lang.backend.unit import COMPILING
from lang.clock import watched
from lang.steps import form
from lang.steps.drive import Walk, drive

AT_ONCE = 64
"""Saved values that there is room for in any case after a stack has grown; no look asks for more."""
FAR = 256
"""Steps that a look goes ahead."""


class Use(NamedTuple):
    """What steps do to a stack.

    Attributes:
        room: how much longer it gets than it was, at most.
        saved: the same on the way where that is least.
        taken: how much shorter it gets than it was, on the way where that is least.
        most, least: how much longer it is at the end.
        open: is that known, up to the end?
    """

    room: int = 0
    saved: int = 0
    taken: int = 0
    most: int = 0
    least: int = 0
    open: bool = True

    def then(self, after: Use) -> Use:
        """What both do, one after the other."""
        if not self.open:
            return self
        return Use(
            max(self.room, self.most + after.room),
            max(self.saved, self.least + after.saved),
            max(self.taken, after.taken - self.most),
            self.most + after.most,
            self.least + after.least,
            after.open,
        )

    def either(self, other: Use) -> Use:
        """What one of them does."""
        return Use(
            max(self.room, other.room),
            min(self.saved, other.saved),
            min(self.taken, other.taken),
            max(self.most, other.most),
            min(self.least, other.least),
            self.open and other.open,
        )


NOTHING, PUSH, POP, CLOSED = Use(), Use(1, 1, 0, 1, 1), Use(0, 0, 1, -1, -1), Use(open=False)


class Uses(NamedTuple):
    """What steps do to all stacks.

    Attributes:
        stacks: to those that they use.
        open: is that known, up to the end?
    """

    stacks: Mapping[int, Use]
    open: bool = True

    def of(self, stack: int) -> Use:
        """What they do to one."""
        return self.stacks.get(stack, NOTHING if self.open else CLOSED)

    def then(self, after: Uses) -> Uses:
        """What both do, one after the other."""
        both = {each: self.of(each).then(after.of(each)) for each in (*self.stacks, *after.stacks)}
        return Uses(both, self.open and after.open)

    def either(self, other: Uses) -> Uses:
        """What one of them does."""
        both = {each: self.of(each).either(other.of(each)) for each in (*self.stacks, *other.stacks)}
        return Uses(both, self.open and other.open)


SILENT, UNKNOWN = Uses({}), Uses({}, False)


class Ahead:
    """What the choices of a scope do to its stacks."""

    def __init__(self, steps: form.Block) -> None:
        self._choices: dict[form.If, Uses] = {}
        drive(self._walk(steps))

    def of(self, step: form.Step) -> Uses:
        """What a step does."""
        if isinstance(step, form.Push | form.Pop):
            return Uses({step.stack: PUSH if isinstance(step, form.Push) else POP})
        if isinstance(step, form.If) and step.arms:
            return self._choices[step]
        return UNKNOWN if isinstance(step, form.If | form.While | form.For | form.Call) else SILENT

    def there(self, steps: form.Block, at: int, stack: int) -> Use:
        """What steps do to a stack, from one of them on, as far as a look goes."""
        found = NOTHING
        for index in range(at, min(len(steps), at + FAR)):
            found = found.then(self.of(steps[index]).of(stack))
            if not found.open or found.room >= AT_ONCE or found.taken >= AT_ONCE:
                break
        return found

    def _walk(self, steps: form.Block) -> Walk:
        """The walk over a block; gives what it does."""
        found: dict[int, Use] = {}
        known = True
        for step in watched(steps, COMPILING):
            if isinstance(step, form.If):
                yield self._ways(step)
            elif isinstance(step, form.While | form.For):
                if isinstance(step, form.While):
                    yield self._walk(step.setup)
                yield self._walk(step.body)
            uses = self.of(step) if known else UNKNOWN
            for stack in uses.stacks:
                found[stack] = found.get(stack, NOTHING).then(uses.stacks[stack])
            if known and not uses.open:
                known = False
                found = {stack: use._replace(open=False) for stack, use in found.items()}
        return Uses(found, known)

    def _ways(self, step: form.If) -> Walk:
        """The walk over the ways of a choice."""
        found: Uses = yield self._walk(step.otherwise)
        for arm in reversed(step.arms):
            body: Uses = yield self._walk(arm.body)
            setup: Uses = yield self._walk(arm.setup)
            found = setup.then(body.either(found))
        if step.arms:
            self._choices[step] = found
