"""A line of a submission -> the case for or against it: what it could read, what it made of it, what is true.

Law: a line is given what the submission had computed when the line ran, in every trial and in every turn of a loop.
"""

from __future__ import annotations

from lang.grade.blame import Case
from lang.grade.evaluating import CONSTANTS
from lang.grade.evidence import Evidence, Track
from lang.grade.numbers import Calculator
from lang.grade.quantities import Definition
from lang.grade.trials import close
from lang.syntax import tree
from lang.transform.expressions import mentions, name, substitute

MOST_TURNS = 12
"""Turns of a loop that a mistake has to explain."""


class Cases(Evidence):
    """What a submission did in every trial, with a case for each of its lines; `calculator` works out quantities."""

    calculator: Calculator

    def case(self, quantity: str, track: Track, event: int, meaning: int | None = None) -> Case:
        """The trials in which a line was run, with what it could read and what it made of it."""
        points: list[dict[str, float]] = []
        made: list[float] = []
        truth: list[float] = []
        for at, trial in enumerate(self.trials):
            right = trial.truth.get(quantity, ())
            for each in self._turns(quantity, track, event, at, meaning):
                points.append(self._known(at, track.moments[at][each], quantity) | self._before(at, each, quantity))
                made.append(track.values[at][each])
                truth.append(right[each] if right and each < len(right) else float("nan"))
        ran = ((at, those) for at, those in enumerate(track.moments) if those and event < len(those))
        first = next(((at, those[event]) for at, those in ran), None)
        return Case(
            wanted=self.wanted,
            quantity=quantity,
            points=points,
            made=made,
            truth=truth,
            tolerance=self.tolerance,
            several=any(len(values) > 1 for values in track.values) and self.wanted.straight,
            early=self._early(track, event, first),
            overwrites=self._overwrites(track),
            constant=not self.reads(track, event),
            definitions=self._definitions(quantity, event, meaning),
            line=self._line_of(first),
        )

    def _line_of(self, first: tuple[int, int] | None) -> tree.Expression | None:
        """The right side of the line that ran in a trial at a moment, in quantities; None where it reads something
        else, or gives several values.
        """
        node = self.statement(self.runs[first[0]][first[1]]) if first is not None else None
        if not isinstance(node, tree.Assign) or node.operator is not None or len(node.targets) != 1:
            return None
        read = mentions(node.values[0]) - set(CONSTANTS)
        if not self.wanted.straight or not read <= set(self.names):
            return None
        return substitute(node.values[0], {each: name(self.names[each]) for each in read}, fold=False)

    def _turns(self, quantity: str, track: Track, event: int, at: int, meaning: int | None) -> list[int]:
        """The events of one trial in which a line did what it did in one event: in a loop, one for each turn."""
        count = len(track.values[at])
        if meaning is not None:
            meanings = self.trials[at].meanings.get(quantity, ())
            return [each for each in range(min(count, len(meanings))) if meanings[each] == meaning][:MOST_TURNS]
        if self.wanted.straight or event >= 0 or not count:
            return [event] if count and event < count else []
        line = track.lines[at][-1]
        return [each for each in range(count) if track.lines[at][each] == line][-MOST_TURNS:]

    def first_differing(self, quantity: str, track: Track, meaning: int | None) -> tuple[int, int, int] | None:
        """The first value that is not right: its trial, its number and which definition gives it."""
        for at, trial in enumerate(self.trials):
            meanings = trial.meanings.get(quantity, ())
            for event, pair in enumerate(zip(track.values[at], trial.truth.get(quantity, ()), strict=False)):
                if meaning in (None, meanings[event]) and not close(*pair, self.tolerance):
                    return at, event, meanings[event]
        return None

    def _known(self, at: int, moment: int, quantity: str) -> dict[str, float]:
        """The quantities as a line found them in one trial; those that the submission leaves out are worked out."""
        trial = self.trials[at]
        found: dict[str, float] = dict(trial.given)
        later: dict[str, float] = {}
        for place, event in enumerate(self.runs[at]):
            each = self.names.get(event.name) or self.loops.get(event.name)
            if each is None:
                continue
            if place < moment:
                found[each] = event.value
            elif each not in found:
                later.setdefault(each, event.value)
        if not self.wanted.straight:
            return found
        for each in self.wanted.roles:
            if each in found or each == quantity:
                continue
            if each in later and each in self.tracked:
                found[each] = trial.truth[each][-1] if each in trial.truth else later[each]
                continue
            definition = self.wanted.definitions.get(each)
            if definition:
                found[each] = self.calculator.numbers([definition[-1].local], [found])[0][0]
        return found

    def _definitions(self, quantity: str, event: int, meaning: int | None) -> tuple[Definition, ...]:
        """What a value should be: the definition that gives the reference's value of that number."""
        known = self.wanted.definitions.get(quantity, [])
        chosen: dict[int, None] = {} if meaning is None else {meaning: None}
        for trial in self.trials if meaning is None else ():
            meanings = trial.meanings.get(quantity, ())
            if meanings and event < len(meanings):
                chosen[meanings[event]] = None
        return tuple(known[at] for at in chosen if at < len(known))

    def _before(self, at: int, event: int, quantity: str) -> dict[str, float]:
        """The name whose differential is asked, as it was before its statement gave it a new value."""
        owner = self.wanted.owners.get(quantity, "")
        track = self.tracked.get(owner)
        if self.wanted.straight or track is None or event < 1 or len(track.values[at]) < event:
            return {}
        return {owner: track.values[at][event - 1]}

    def _early(self, track: Track, event: int, first: tuple[int, int] | None) -> str:
        """An adjoint that a line reads before its last contribution was added; empty where there is none."""
        if not self.wanted.backwards or first is None:
            return ""
        at, moment = first
        for read in sorted(self.reads(track, event)):
            other = self.tracks.get(read)
            if other is None or other is track or read not in self.names:
                continue
            if other.moments[at] and other.moments[at][-1] > moment:
                return read
        return ""

    def _overwrites(self, track: Track) -> bool:
        """Is the name's last value computed without its value before?"""
        if not any(len(values) > 1 for values in track.values):
            return False
        node = self.statement(self.runs[0][track.moments[0][-1]]) if track.moments[0] else None
        return isinstance(node, tree.Assign) and node.operator is None and track.name not in self.reads(track, -1)
