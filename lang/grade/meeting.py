"""One trial's run of a program, and a submission's adjoints -> where the one is met by the other, and what stands out.

Law: two states are the same when every adjoint that the program still needs has the same number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


class Place(NamedTuple):
    """After so many of the submission's lines, so many executed statements are gone back through."""

    line: int
    statement: int


class Meeting:
    """The way back through the run of one trial.

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

    def same(self, one: float, other: float) -> bool:
        return close(one, other, self.tolerance)

    def meets(self, their: State, state: State, beside: str = "") -> bool:
        """Are these the same adjoints? What the state does not hold may be left over in the submission."""
        return all(self.same(their.get(each, 0.0), value) for each, value in state.items() if each != beside)

    def meeting(
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
                if self.meets(theirs[line], state, beside):
                    return Place(line, at.statement + count)
        return None

    def states(self, state: State, start: int, change: Change | None = None) -> list[State]:
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

    def ends(self, their: State, state: State, right: State) -> bool:
        """Are the submission's last adjoints those that a mistake gives?"""
        return self.meets(their, {each: state.get(each, 0.0) for each in right})

    def likeliest(self, tries: Mapping[Change, list[State]], part: Sequence[Seen]) -> list[Change]:
        """The mistakes that give the most of the submission's values on the way."""
        if not part:
            return [change for change in tries if change.statement < 0] or list(tries)
        counts = []
        for states in tries.values():
            known: dict[str, list[float]] = {}
            for state in states:
                for each, value in state.items():
                    known.setdefault(each, []).append(value)
            counts.append(sum(any(self.same(each.value, one) for one in known.get(each.adjoint, ())) for each in part))
        return [change for change, count in zip(tries, counts, strict=True) if count == max(counts)]

    def given(self, change: Change, part: Sequence[Seen], at: Place, state: State) -> Seen | None:
        """The line that gives an adjoint what a mistake leaves there when its statement is gone back through first."""
        states = self.states(state, at.statement, change)
        for count, one in enumerate(self.backwards[at.statement :]):
            if one.statement.number == change.statement:
                after = states[count + 1]
                into = change.into or next((each.into for each in one.statement.terms), "")
                same = (each for each in part if each.adjoint == into and into in after)
                return next((each for each in same if self.same(each.value, after[into])), None)
        return None

    def strange(
        self, part: Sequence[Seen], right: Sequence[State], at: Place, adjoint: str, before: State
    ) -> Seen | None:
        """The first line that gives an adjoint a value which no right way gives it."""
        held = dict(before)
        known: dict[str, list[float]] = {}
        for state in right:
            for each, value in state.items():
                known.setdefault(each, [0.0]).append(value)
        added = self._added(right, at.statement)
        for one in part:
            previous = held.get(one.adjoint, 0.0)
            held[one.adjoint] = one.value
            if adjoint and one.adjoint != adjoint:
                continue
            own = added.get(one.adjoint, [])
            values = (*known.get(one.adjoint, [0.0]), *own, *(previous + each for each in own), previous)
            if not any(self.same(one.value, each) for each in values):
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


__all__ = ["Meeting", "Place", "Seen"]
