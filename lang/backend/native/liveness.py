"""Steps -> the operations whose values nothing reads.

Law: an operation may fail whether or not its value is read, so compiled code must do those too; an optimizer that sees
no reader would leave them out. Comparisons do not count as readers: `x * x < 0` is false without computing `x * x`.

Blocks are gone through from their end; what a loop reads anywhere counts as read at the end of each turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lang.backend.unit import COMPILING
from lang.clock import watched
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import all_steps, reads_of, targets_of


def unread(steps: form.Block, results: Iterable[str], shared: Iterable[str] = ()) -> tuple[set[form.Step], set[str]]:
    """Find them.

    Args:
        results: names that are read afterwards.
        shared: names that functions read when they are called.

    Returns:
        Operations and calls that give a value nothing reads; the names that are read before they get a value.
    """
    walk = _Liveness(set(results), frozenset(shared))
    drive(walk.block(steps))
    return walk.found, walk.live


class _Liveness:
    """The walk from the end of a block to its start.

    Attributes:
        live: the names that are read below the place where the walk is, before they get another value.
        before: for each way that the walk is in, innermost last, whether the names it changed were live below it.
            What a way changes is taken back this way, for a copy of all names at each branch would take too long.
    """

    def __init__(self, live: set[str], shared: frozenset[str]) -> None:
        self.live = live
        self.shared = shared
        self.found: set[form.Step] = set()
        self.before: list[dict[str, bool]] = []

    def set(self, names: Iterable[str], alive: bool) -> None:
        """From here on names are live, or are not."""
        for name in names:
            if (name in self.live) is not alive:
                if self.before:
                    self.before[-1].setdefault(name, not alive)
                (self.live.add if alive else self.live.discard)(name)

    def leave(self) -> dict[str, bool]:
        """A way ends: whether the names that it changed are live before it; they are as they were below it."""
        before = self.before.pop()
        changed = {name: name in self.live for name, alive in before.items() if (name in self.live) is not alive}
        for name in changed:
            (self.live.discard if changed[name] else self.live.add)(name)
        return changed

    def change(self, changed: Mapping[str, bool]) -> None:
        """What a way changes holds from here on."""
        for name, alive in changed.items():
            self.set((name,), alive)

    def way(self, steps: form.Block) -> Walk:
        """The walk that gives what a block changes."""
        self.before.append({})
        yield self.block(steps)
        return self.leave()

    def block(self, steps: form.Block) -> Walk:
        """The walk over a block."""
        for step in watched(reversed(steps), COMPILING):
            match step:
                case form.If():
                    yield self.branches(step)
                case form.While() | form.For():
                    inner = [*step.setup, *step.body] if isinstance(step, form.While) else step.body
                    self.set((name for each in all_steps(inner) for name in _read(each)), True)
                    changed = yield self.way(inner)
                    self.set((name for name, alive in changed.items() if alive), True)
                    self.set(_read(step), True)
                case form.Comparison():
                    self.set((step.target,), False)
                case form.Copy():
                    if step.target in self.live:
                        self.set((step.target,), False)
                        self.set(_read(step), True)
                case _:
                    targets = targets_of(step)
                    if isinstance(step, form.Operation | form.Call) and not self.live.issuperset(targets):
                        self.found.add(step)
                    self.set(targets, False)
                    self.set(_read(step), True)
                    if isinstance(step, form.Call):
                        self.set(self.shared, True)

    def branches(self, step: form.If) -> Walk:
        """The walk over the ways of a choice: a name is live before it that is live before any of them.

        Conditions are gone through in place, so a chain costs what its ways change, not that once more for each of
        its conditions: `below` tells what was so below the choice; `dead` are names that were live there, and are not.
        """
        ways: list[dict[str, bool]] = []
        for arm in step.arms:
            ways += [(yield self.way(arm.body))]
        below: dict[str, bool] = {}
        changed: dict[str, bool] = yield self.way(step.otherwise)
        self.before.append(below)
        self.change(changed)
        dead = {name for name, alive in changed.items() if not alive}
        for arm, taken in zip(reversed(step.arms), reversed(ways), strict=True):
            self.set([name for name in dead if name not in taken], True)
            self.change({name: True for name, alive in taken.items() if alive})
            dead &= taken.keys()
            changed = yield self.way(arm.setup)
            self.change(changed)
            dead = dead.union(changed).intersection(below) - self.live
            dead = {name for name in dead if below[name]}
        self.before.pop()
        for name, alive in below.items() if self.before else ():
            self.before[-1].setdefault(name, alive)


def _read(step: form.Step) -> list[str]:
    return [] if isinstance(step, form.Comparison) else [each for each in reads_of(step) if isinstance(each, str)]
