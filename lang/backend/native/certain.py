"""Steps -> what is certain before the run: which requirements are met whatever happens, and which names of the program
have a value whenever a function is called.

Law: a name is certain where every way from the start to there gives it a value. Where that is not so, compiled code
keeps a flag beside the name and looks; a flag that would be true always costs a branch, and a long body has thousands.

    if a > 0: b = 1          b: one way gives it none
    c = a                    c: certain
    for i in range(n): d = c         d, i: there may be no turn
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.backend.unit import COMPILING
from lang.clock import watched
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import all_steps, targets_of


def settled(steps: form.Block, given: Iterable[str]) -> tuple[set[form.Step], set[str]]:
    """Find them.

    Args:
        given: names that have a value before the first step.

    Returns:
        The requirements that are met in any case; the names that have a value after the last step in any case.
    """
    walk = _Certain(set(given))
    drive(walk.block(steps))
    return walk.settled, walk.certain


def before_calls(steps: form.Block) -> frozenset[str]:
    """The names that have a value before anything is called, in any case."""
    calls = (at for at, step in enumerate(steps) if any(isinstance(each, form.Call) for each in all_steps([step])))
    return frozenset(settled(steps[: next(calls, len(steps))], ())[1])


class _Certain:
    """The walk from the start to the end.

    Attributes:
        certain: the names that have a value where the walk is.
        added: for each way that the walk is in, innermost last, the names that became certain in it.
    """

    def __init__(self, certain: set[str]) -> None:
        self.certain = certain
        self.settled: set[form.Step] = set()
        self.added: list[list[str]] = [[]]

    def add(self, names: Iterable[str]) -> None:
        """Names have a value from here on."""
        for name in names:
            if name not in self.certain:
                self.certain.add(name)
                self.added[-1].append(name)

    def way(self, steps: form.Block, *names: str) -> Walk:
        """The walk over steps that may not be done; the names that become certain in it."""
        self.added.append([])
        self.add(names)
        yield self.block(steps)
        added = self.added.pop()
        self.certain.difference_update(added)
        return added

    def block(self, steps: form.Block) -> Walk:
        """The walk over a block."""
        for step in watched(steps, COMPILING):
            match step:
                case form.Require():
                    if step.name in self.certain:
                        self.settled.add(step)
                    self.add((step.name,))
                case form.If():
                    yield self.branches(step)
                case form.While():
                    yield self.block(step.setup)
                    yield self.way(step.body)
                case form.For():
                    yield self.way(step.body, step.target)
                case _:
                    self.add(targets_of(step))

    def branches(self, step: form.If) -> Walk:
        """The walk over the ways of a choice: what all of them make certain is so after it.

        A setup is done where those before it found nothing, so what it makes certain holds for all the ways after it.
        """
        self.added.append([])
        every: set[str] | None = None
        for setup, body in (*((arm.setup, arm.body) for arm in step.arms), ([], step.otherwise)):
            yield self.block(setup)
            found = set((yield self.way(body)))
            if every is None:
                every = found.union(self.added[-1])
            else:
                every = {name for name in every if name in self.certain or name in found}
        self.certain.difference_update(self.added.pop())
        self.add(every or ())
