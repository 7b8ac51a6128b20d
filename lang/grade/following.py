"""A submission's adjoints, in the order in which it computes them -> where it goes wrong, and by which mistake.

Law: every part of the way is judged from the submission's own adjoints at its beginning, so a mistake is found once,
and what follows from it is not.

A submission may add in any order, keep values in other names, or unroll a loop; but after some of its lines its
adjoints are those that stand between two executed statements of the program. From one such place the way back is
tried by the rules, as far as it is met again; where it is not, with each mistake in turn, until one meets the
submission again. So the mistake has a statement, a line and a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lang.grade.meeting import Meeting, Place, Seen
from lang.grade.sweep import Change, State


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
    """

    blames: list[Blame] = field(default_factory=list)
    met: bool = False
    strayed: set[str] = field(default_factory=set)


def follow(meeting: Meeting, seeds: State, seen: Sequence[Seen], truth: Sequence[State]) -> Way:
    """How a submission goes back through the run of one trial.

    Args:
        meeting: the way back through it.
        seeds: the adjoints that the submission begins with.
        seen: what it computes.
        truth: the right adjoints after each executed statement, the last first.
    """
    return _Pursuit(meeting, seeds, seen, truth).way


class _Pursuit:
    """Follows one submission; `at` and `state` say how far, `right` is the way on from there by the rules."""

    def __init__(self, meeting: Meeting, seeds: State, seen: Sequence[Seen], truth: Sequence[State]) -> None:
        self.meeting, self.seen, self.truth = meeting, seen, truth
        self.way = Way()
        self.at, self.state, self.right = Place(0, 0), dict(seeds), meeting.states(seeds, 0)
        self.theirs: list[State] = [{}]
        for each in seen:
            self.theirs.append({**self.theirs[-1], each.adjoint: each.value})
        begin = self.at, self.state, self.right
        while self.at.statement < len(meeting.backwards):
            found = meeting.meeting(self.theirs, self.right, self.at) or self._whole(self.at)
            if found is None and self.at != begin[0] and not self.way.blames:
                before = self.at, self.state, self.right
                self.at, self.state, self.right = begin
                found = self._whole(before[0])
                if found is None:
                    self.at, self.state, self.right = before
            found = found or self._in_part() or self._apart() or self._beside()
            if found is None:
                break
            self._stand(found, {each: self.theirs[found.line].get(each, 0.0) for each in truth[found.statement]})
            right = truth[found.statement]
            self.way.strayed |= {each for each, one in self.state.items() if not meeting.same(one, right[each])}
        self.way.met = self.at.statement >= len(meeting.backwards)
        if not self.way.met:
            strange = meeting.strange(seen[self.at.line :], self.right, self.at, "", self.theirs[self.at.line])
            if strange is not None:
                self.way.blames.append(Blame(strange.adjoint, strange.line, strange.name, []))

    def _stand(self, at: Place, state: State) -> None:
        self.at, self.state = at, state
        self.right = self.meeting.states(state, at.statement)

    def _tries(self) -> dict[Change, list[State]]:
        """The way on with each mistake that its statements allow."""
        to_come = {one.statement.number for one in self.meeting.backwards[self.at.statement :]}
        return {
            change: self.meeting.states(self.state, self.at.statement, change)
            for change in self.meeting.changes
            if change.statement < 0 or change.statement in to_come
        }

    # --- mistakes -------------------------------------------------------------------------------------------

    def _whole(self, after: Place) -> Place | None:
        """The end, where one mistake explains all that is to come.

        Args:
            after: how far the submission is right.
        """
        last = self.right[-1]
        tries = {
            change: states
            for change, states in self._tries().items()
            if self.meeting.ends(self.theirs[-1], states[-1], last)
        }
        if not tries:
            return None
        to = Place(len(self.seen), len(self.meeting.backwards))
        self._blame(self.meeting.likeliest(tries, self.seen[after.line :]), after, to)
        return to

    def _in_part(self) -> Place | None:
        """Where the submission is met again with one mistake; the mistakes that get farthest are kept."""
        farthest, tied = self.at, list[Change]()
        begins: dict[int, int] = {}
        for count, one in enumerate(self.meeting.backwards[self.at.statement :]):
            begins.setdefault(one.statement.number, count)
        for change, states in self._tries().items():
            if change.statement < 0:
                continue
            found = self.meeting.meeting(self.theirs, states, self.at, begins[change.statement])
            if found is None or found.line == self.at.line or found.statement < farthest.statement:
                continue
            tied = [*tied, change] if found.statement == farthest.statement else [change]
            farthest = found
        if not tied:
            return None
        self._blame(tied, self.at, farthest)
        return farthest

    def _apart(self) -> Place | None:
        """Where the submission is met after the next statement, with a mistake for each of several adjoints."""
        meeting, first = self.meeting, self.meeting.backwards[self.at.statement]
        ways: dict[str, list[tuple[Change, float]]] = {}
        for change in meeting.changes:
            if change.statement == first.statement.number and change.into:
                made = dict(self.state)
                meeting.sweep.step(made, first, change, meeting.last)
                ways.setdefault(change.into, []).append((change, made.get(change.into, 0.0)))
        for line in range(self.at.line + 1, len(self.theirs)):
            found: dict[str, list[Change]] = {}
            for each, value in self.right[1].items():
                their = self.theirs[line].get(each, 0.0)
                if not meeting.same(their, value):
                    moved = not meeting.same(their, self.state.get(each, 0.0))
                    found[each] = [one for one, made in ways.get(each, ()) if moved and meeting.same(made, their)]
            if found and all(found.values()):
                to = Place(line, self.at.statement + 1)
                for each, tied in found.items():
                    self._blame(tied, self.at, to, each)
                return to
        return None

    def _beside(self) -> Place | None:
        """Where the submission is met again but for one adjoint."""
        best: tuple[Place, str] | None = None
        for adjoint in dict.fromkeys(each.adjoint for each in self.seen[self.at.line :]):
            found = self.meeting.meeting(self.theirs, self.right, self.at, beside=adjoint)
            farther = best is None or (found is not None and found.statement > best[0].statement)
            if found is not None and found.line > self.at.line and farther:
                best = found, adjoint
        if best is None:
            return None
        self._blame([], self.at, best[0], best[1])
        return best[0]

    # --- the line -------------------------------------------------------------------------------------------

    def _blame(self, tied: list[Change], after: Place, to: Place, adjoint: str = "") -> None:
        """Keep what is wrong between two places, on its line."""
        into = adjoint or (tied[0].into if tied else "")
        part = self.seen[after.line : to.line]
        strange = self.meeting.strange(part, self.right, self.at, into, self.theirs[after.line])
        if strange is None and tied:
            strange = self.meeting.given(tied[0], part, self.at, self.right[0])
        tied = [] if self._added_wrong(tied, strange) else tied
        strange = strange or self._last(tied, part, into)
        if strange is not None:
            self.way.blames.append(Blame(strange.adjoint, strange.line, strange.name, tied))

    def _added_wrong(self, tied: list[Change], strange: Seen | None) -> bool:
        """Does a line add what is wrong? Then nothing is left out, unless leaving it out gives that very number."""
        if strange is None or not tied or tied[0].key != "use-missing":
            return False
        states = self.meeting.states(self.state, self.at.statement, tied[0])
        return not any(self.meeting.same(each.get(strange.adjoint, 0.0), strange.value) for each in states)

    def _last(self, tied: list[Change], part: Sequence[Seen], into: str) -> Seen | None:
        """The last line that gives a value to what is wrong: where nothing is strange, something is not there."""
        own = self.meeting.sweep.statements[tied[0].statement].targets if tied and not into else ()
        of = [each for each in part if each.adjoint == into or (own and each.adjoint not in own)]
        of = of or [each for each in self.seen if each.adjoint == into] or list(part) or list(self.seen)
        return of[-1] if of else None


__all__ = ["Blame", "Way", "follow"]
