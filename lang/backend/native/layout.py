"""A scope with its pieces -> which of its names live in memory that they share.

Law: a name that several functions of the machine use has a word of that memory, a name that one uses has none. The
memory is the frame of the program, or a room in the first function of a function.

The first function and the pieces are units here, numbered so that those inside one follow it.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field

from lang.backend.native.shape import Scope, Shape
from lang.backend.unit import COMPILING
from lang.clock import watched
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import assigned, blocks_of, conditions_of, reads_of, targets_of

STRUCTURED = (form.If, form.While, form.For)
Piece = form.If | None
"""A unit: a piece; None for the first function."""


def flag(name: str) -> str:
    """The name of the boolean that tells whether a name has a value."""
    return "\0" + name


def exposed(steps: form.Block) -> set[str]:
    """The names whose values outlive a straight run of steps: those that some run reads before it gives them any."""
    found: set[str] = set()
    pending = [steps]
    while pending:
        seen: set[str] = set()
        for step in pending.pop():
            found.update(each for each in reads_of(step) if isinstance(each, str) and each not in seen)
            if isinstance(step, STRUCTURED):
                seen = set()
                found.update(each for each in conditions_of(step) if isinstance(each, str))
                found.update(targets_of(step))
                pending.extend(blocks_of(step))
            seen.update(targets_of(step))
    return found


@dataclass(eq=False)
class Layout:
    """Where the names of a scope live.

    Attributes:
        results: names that are read after the steps.
        places: names that lie in the run's memory instead.
        outer: names of the program that a function fetches anew after each call: to keep them costs as much.
        flags: names of which it is not certain, before the run, that they have a value when they are used.
        crossing: names whose values outlive a straight run of steps.
        words: the words of names, and of flags.
        size: how many words there are.
        direct: are the words used as they are, by all units?
        units: for each unit its number, and the number after those inside it.
        users: for each name with a word the numbers of the units that use it.
    """

    shape: Shape
    scope: Scope
    steps: form.Block
    results: tuple[str, ...]
    places: frozenset[str]
    direct: bool
    outer: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    crossing: set[str] = field(default_factory=set)
    words: dict[str, int] = field(default_factory=dict)
    size: int = 0
    units: dict[Piece, tuple[int, int]] = field(default_factory=dict)
    users: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        walk = _Names(self.scope)
        drive(walk.unit(None, self.steps))
        self.units = walk.units
        reads: set[str] = set()
        if self.scope is not self.shape.main:
            procedure = self.scope.procedure
            reads = {*procedure.reads}
            own = {*procedure.parameters, *assigned(self.steps)}
            self.outer = set() if self.scope.looping else reads & self.shape.given - own
            reads = reads.difference(self.outer).union(procedure.parameters)
        self.flags = walk.required | set(self.results).difference(self.scope.certain)
        self.flags |= self.places - self.shape.given
        self.crossing = {*self.results, *self.flags, *self.places, *exposed(self.steps)}
        for name in (*self.results, *reads):
            walk.users.setdefault(name, set()).add(0)
        if self.scope.pieces:
            self._give_words(walk.users)

    def _give_words(self, users: dict[str, set[int]]) -> None:
        """Give the names that several units use their words."""
        elsewhere = self.places if self.scope is self.shape.main else self.outer
        shared = {name for name, units in users.items() if len(units) > 1} & self.crossing
        for name in sorted(shared - elsewhere):
            self.words[name] = len(self.words)
            self.users[name] = sorted(users[name])
        for name in sorted(self.flags & users.keys() - elsewhere):
            self.words[flag(name)] = len(self.words)
            self.users[flag(name)] = sorted(users[name] | {0})
        self.size = len(self.words)

    def inside(self, name: str, piece: Piece) -> bool:
        """Is a name with a word used by units inside this one, so that it is used where it lies?"""
        first, after = self.units[piece]
        users = self.users[name]
        at = bisect(users, first)
        return at < len(users) and users[at] < after


class _Names:
    """The walk over units.

    Attributes:
        users: for each name the units that use it.
        required: names of which it is not certain that they have a value where they must.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.units: dict[Piece, tuple[int, int]] = {}
        self.users: dict[str, set[int]] = {}
        self.required: set[str] = set()
        self.count = 0

    def unit(self, piece: Piece, steps: form.Block) -> Walk:
        """The walk over a unit."""
        number = self.count
        self.count += 1
        pending = [steps]
        inner: list[form.If] = []
        while pending:
            for step in watched(pending.pop(), COMPILING):
                if isinstance(step, form.If) and step in self.scope.pieces:
                    inner.append(step)
                    continue
                for name in (*targets_of(step), *reads_of(step), *conditions_of(step)):
                    if isinstance(name, str):
                        self.users.setdefault(name, set()).add(number)
                if isinstance(step, form.Require) and step not in self.scope.settled:
                    self.required.add(step.name)
                pending.extend(blocks_of(step))
        for each in inner:
            yield self.unit(each, each.otherwise)
        self.units[piece] = number, self.count
