"""A submission's adjoints, in the order in which it computes them -> where it goes wrong, and by which mistake.

Law: every part of the way is judged from the submission's own adjoints at its beginning, so a mistake is found once,
and what follows from it is not.

A submission may add in any order, keep values in other names, or unroll a loop; but after some of its lines its
adjoints are those that stand between two executed statements of the program. From one such place the way back is
tried by the rules, as far as it is met again; where it is not, with each mistake in turn, until one meets the
submission again. So the mistake has a statement, a line and a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lang.grade.change_sweep import ordered
from lang.grade.evaluating import number
from lang.grade.sweep import Change, Executed, State, Sweep
from lang.grade.trials import close


class Seen(NamedTuple):
    """An adjoint got a value in a submission: which, what, on which line, under which name."""

    adjoint: str
    value: float
    line: int
    name: str


@dataclass
class Blame:
    """A line that is wrong though what it was given is right.

    Attributes:
        adjoint, line, name: what is wrong, where, under which name.
        changes: the mistakes that give the numbers, the likelier first; empty where none does.
    """

    adjoint: str
    line: int
    name: str
    changes: list[Change]


@dataclass
class Way:
    """How a submission goes back.

    Attributes:
        blames: what is wrong, in order.
        met: was it followed to its end?
        strayed: adjoints that were not the true ones where they were met.
        known: adjoints that were met at all.
    """

    blames: list[Blame] = field(default_factory=list)
    met: bool = False
    strayed: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)


class Place(NamedTuple):
    """After so many of the submission's lines, so many executed statements are gone back through."""

    line: int
    statement: int


class Follower:
    """Follows submissions back through the run of one trial.

    Args:
        sweep, changes: the program, and the mistakes that are looked for.
        run: what was executed, in order.
        last: the values at the end of the run.
        tolerance: of comparisons.
    """

    def __init__(
        self,
        sweep: Sweep,
        changes: Sequence[Change],
        run: Sequence[Executed],
        last: Mapping[str, float],
        tolerance: float,
    ) -> None:
        self.sweep, self.changes, self.run, self.last, self.tolerance = sweep, changes, run, last, tolerance
        self.backwards = ordered(run, "")

    def truth(self, seeds: State) -> list[State]:
        """The right adjoints after each executed statement, the last first."""
        return self._states(seeds, 0)

    def follow(self, seeds: State, seen: Sequence[Seen], truth: Sequence[State]) -> Way:
        """How a submission goes back.

        Args:
            seeds: the adjoints that it begins with.
            seen: what it computes.
            truth: the right adjoints.
        """
        way = Way()
        theirs: list[State] = [{}]
        for each in seen:
            theirs.append({**theirs[-1], each.adjoint: each.value})
        at, state, end = Place(0, 0), dict(seeds), len(self.backwards)
        while at.statement < end:
            states = self._states(state, at.statement)
            found = self._meeting(theirs, states, at)
            if found is None:
                found = self._mistaken(way, theirs, states, at, state, seen) or self._beside(
                    way, theirs, states, at, seen
                )
            if found is None:
                break
            at = found
            state = {each: theirs[at.line].get(each, 0.0) for each in truth[at.statement]}
            way.known |= set(state)
            way.strayed |= {each for each, one in state.items() if not self._same(one, truth[at.statement][each])}
        way.met = at.statement >= end
        if not way.met:
            states = self._states(state, at.statement)
            strange = self._strange(seen[at.line :], states, at.statement, "", theirs[at.line])
            if strange is not None:
                way.blames.append(Blame(strange.adjoint, strange.line, strange.name, []))
        return way

    # --- meeting the submission -----------------------------------------------------------------------------

    def _same(self, one: float, other: float) -> bool:
        return close(one, other, self.tolerance)

    def _meets(self, their: State, state: State, beside: str = "") -> bool:
        """Are these the same adjoints? What the state does not hold may be left over in the submission."""
        return all(self._same(their.get(each, 0.0), value) for each, value in state.items() if each != beside)

    def _meeting(
        self, theirs: Sequence[State], states: Sequence[State], at: Place, first: int = 0, beside: str = ""
    ) -> Place | None:
        """The place farthest back at which the submission is met.

        Args:
            theirs: the submission's adjoints after each of its lines.
            states: the adjoints after each executed statement from `at` on.
            first: how many statements have to be gone through at least, besides the next.
            beside: an adjoint that is not compared.
        """
        for count in range(len(states) - 1, first, -1):
            state = states[count]
            if beside and (beside not in state or len(state) < 2):
                continue
            for line in range(at.line, len(theirs)):
                if self._meets(theirs[line], state, beside):
                    return Place(line, at.statement + count)
        return None

    def _states(self, state: State, start: int, change: Change | None = None) -> list[State]:
        """The adjoints before and after each executed statement from one on."""
        found = [dict(state)]
        way = self.backwards[start:]
        if change is not None and change.statement < 0:
            way = ordered(self.run[: len(self.run) - start], change.way)
        state = dict(state)
        for one in way:
            wrong = change if change is not None and one.statement.number == change.statement else None
            self.sweep.step(state, one, wrong, self.last)
            found.append(dict(state))
        return found

    # --- mistakes -------------------------------------------------------------------------------------------

    def _mistaken(
        self,
        way: Way,
        theirs: Sequence[State],
        right: Sequence[State],
        at: Place,
        state: State,
        seen: Sequence[Seen],
    ) -> Place | None:
        """Where the submission is met again with one mistake; the mistakes that get farthest are kept."""
        farthest, tied = at, list[Change]()
        begins: dict[int, int] = {}
        for count, one in enumerate(self.backwards[at.statement :]):
            begins.setdefault(one.statement.number, count)
        tries = []
        for change in self.changes:
            if change.statement >= 0 and change.statement not in begins:
                continue
            tries.append((change, self._states(state, at.statement, change)))
        whole = [(change, states) for change, states in tries if self._ends(theirs[-1], states[-1], right[-1])]
        if whole:
            farthest, tied = Place(len(theirs) - 1, len(self.backwards)), self._likeliest(whole, seen[at.line :])
        for change, states in tries if not whole else ():
            if change.statement < 0:
                continue
            found = self._meeting(theirs, states, at, begins[change.statement])
            if found is None or found.line == at.line or found.statement < farthest.statement:
                continue
            tied = [*tied, change] if found.statement == farthest.statement else [change]
            farthest = found
        if not tied:
            return None
        self._blame(way, tied, right, at, farthest, seen, theirs)
        return farthest

    def _ends(self, their: State, state: State, right: State) -> bool:
        """Are the submission's last adjoints those that a mistake gives?"""
        return self._meets(their, {each: state.get(each, 0.0) for each in right})

    def _likeliest(self, tries: Sequence[tuple[Change, list[State]]], part: Sequence[Seen]) -> list[Change]:
        """The mistakes that give the most of the submission's values on the way."""
        if len(tries) == 1:
            return [tries[0][0]]
        counts = []
        for _, states in tries:
            known: dict[str, list[float]] = {}
            for state in states:
                for each, value in state.items():
                    known.setdefault(each, []).append(value)
            counts.append(sum(any(self._same(each.value, one) for one in known.get(each.adjoint, ())) for each in part))
        return [change for (change, _), count in zip(tries, counts, strict=True) if count == max(counts)]

    def _beside(
        self, way: Way, theirs: Sequence[State], right: Sequence[State], at: Place, seen: Sequence[Seen]
    ) -> Place | None:
        """Where the submission is met again but for one adjoint."""
        best: tuple[Place, str] | None = None
        for adjoint in dict.fromkeys(each.adjoint for each in seen[at.line :]):
            found = self._meeting(theirs, right, at, beside=adjoint)
            if found is not None and found.line > at.line and (best is None or found.statement > best[0].statement):
                best = found, adjoint
        if best is None:
            return None
        self._blame(way, [], right, at, best[0], seen, theirs, best[1])
        return best[0]

    def _blame(
        self,
        way: Way,
        tied: list[Change],
        right: Sequence[State],
        at: Place,
        to: Place,
        seen: Sequence[Seen],
        theirs: Sequence[State],
        adjoint: str = "",
    ) -> None:
        into = adjoint or (tied[0].into if tied else "")
        part = seen[at.line : to.line]
        strange = self._strange(part, right, at.statement, into, theirs[at.line])
        if strange is None:
            of = [each for each in part if each.adjoint == into] or list(part)
            if not of:
                return
            strange = of[0] if tied and tied[0].way in ("kept", "early") else of[-1]
        way.blames.append(Blame(strange.adjoint, strange.line, strange.name, tied))

    def _strange(
        self, part: Sequence[Seen], right: Sequence[State], start: int, adjoint: str, before: State
    ) -> Seen | None:
        """The first line that gives an adjoint a value which no right way gives it."""
        held = dict(before)
        known: dict[str, list[float]] = {}
        for state in right:
            for each, value in state.items():
                known.setdefault(each, [0.0]).append(value)
        added = self._added(right, start)
        for one in part:
            previous = held.get(one.adjoint, 0.0)
            held[one.adjoint] = one.value
            if adjoint and one.adjoint != adjoint:
                continue
            own = added.get(one.adjoint, [])
            values = (*known.get(one.adjoint, [0.0]), *own, *(previous + each for each in own), previous)
            if not any(self._same(one.value, each) for each in values):
                return one
        return None

    def _added(self, right: Sequence[State], start: int) -> dict[str, list[float]]:
        """What the executed statements add to each adjoint."""
        found: dict[str, list[float]] = {}
        for into, value in self._terms(right, start):
            found.setdefault(into, []).append(value)
        return found

    def _terms(self, right: Sequence[State], start: int) -> Iterator[tuple[str, float]]:
        for state, one in zip(right, self.backwards[start:], strict=False):
            values = {**dict.fromkeys(one.statement.targets, 0.0), **one.before, **state}
            for term in one.statement.terms:
                yield term.into, number(term.code, values)


__all__ = ["Blame", "Follower", "Seen", "Way"]
