"""A submission's runs -> tracks: what each of its names held, when, on which line, and which quantity it stands for.

Law: this is what was seen, and nothing of what is to be thought of it; `judge` says that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from lang.errors import AdError
from lang.grade import naming
from lang.grade.outline import flat
from lang.grade.quantities import INPUT, SEED
from lang.grade.submission import Submission
from lang.grade.trials import Trial, close
from lang.grade.wanted import Expected
from lang.grade.watching import Event, Watch
from lang.limits import Limits
from lang.source import Source
from lang.syntax import tree
from lang.transform.expressions import mentions

MOST_COMPARED = 2_000
"""Turns of a loop that are compared one by one."""


@dataclass
class Track:
    """One name of a submission over all trials.

    Attributes:
        name: as the submission has it.
        values: trial by trial, in the order in which it got them.
        lines, moments: where and when it got each of them (a moment is a place in the trial's events).
        given: is it an input?
    """

    name: str
    values: list[list[float]]
    lines: list[list[int]]
    moments: list[list[int]]
    given: bool = False


class Evidence:
    """What a submission did in every trial.

    Args:
        submission: what was handed in.
        wanted, trials, tolerance: what the exercise expects, where, and how exactly.
        limits: what each run may use.

    Attributes:
        broken: what stopped a run before its end; what it computed until then counts, and it is not right.

    Raises:
        LimitExceeded: a run used more than it may.
    """

    def __init__(
        self, submission: Submission, wanted: Expected, trials: Sequence[Trial], tolerance: float, limits: Limits
    ) -> None:
        self.submission, self.wanted, self.trials = submission, wanted, trials
        self.tolerance, self.limits = tolerance, limits
        self.own = submission.entries[-1].source
        self.body = submission.entries[-1].checked.program.body
        self.statements = sorted(flat(self.body), key=lambda each: each.span[0])
        self.starts = [each.span[0] for each in self.statements]
        self.asked = naming.inputs(self._inputs(), self.wanted)
        self.blanks = {**self._left_open(), **submission.blanks}
        self.broken: AdError | None = None
        self.runs = self._run()
        self.tracks = self._tracks()
        self.names = self._names()
        self.loops = self._loops()
        self.tracked = {quantity: self.tracks[name] for name, quantity in self.names.items() if name in self.tracks}

    def _inputs(self) -> list[str]:
        return list(dict.fromkeys(each.target.name for each in self.submission.entries[-1].checked.inputs))

    def _left_open(self) -> dict[str, int]:
        """Inputs that stand for what the submission should have computed, with their lines."""
        found = {}
        for node in self.submission.entries[-1].checked.inputs:
            quantity = self.meant(node.target.name)
            given = self.wanted.roles.get(quantity, INPUT) in (INPUT, SEED) or quantity in self.wanted.seeds.values()
            if node.target.name not in self.asked and not given:
                found[node.target.name] = self.own.position(node.span[0])[0]
        return found

    def _run(self) -> list[list[Event]]:
        watch = Watch(self.submission.entries, self.limits)
        runs = []
        for trial in self.trials:
            values = {
                **trial.given,
                **{name: trial.given[each] for name, each in self.asked.items() if each in trial.given},
            }
            for name in self._inputs():
                if name not in values:
                    values[name] = trial.truth.get(self.meant(name), (1.0,))[-1]
            runs.append(watch.run(values))
            self.broken = self.broken or watch.broken
        return runs

    def meant(self, name: str) -> str:
        return naming.by_words([name], self.wanted).get(name, name)

    def _tracks(self) -> dict[str, Track]:
        count = len(self.runs)
        found: dict[str, Track] = {}
        starts: dict[tuple[Source, tuple[int, int]], int] = {}
        for at, events in enumerate(self.runs):
            for moment, event in enumerate(events):
                track = found.get(event.name)
                if track is None:
                    track = Track(event.name, *([[] for _ in range(count)] for _ in range(3)))  # type: ignore[arg-type]
                    found[event.name] = track
                own = event.source is self.own
                place = (event.source, event.span)
                if place not in starts:
                    node = self.statement(event) if own else None
                    starts[place] = 0 if node is None else event.source.position(node.span[0])[0]
                track.values[at].append(event.value)
                track.lines[at].append(starts[place])
                track.moments[at].append(moment)
                track.given = track.given or event.given
        return found

    def statement(self, event: Event) -> tree.Statement | None:
        """The innermost statement of the submission that an event belongs to."""
        if event.source is not self.own:
            return None
        at = bisect_right(self.starts, event.span[0]) - 1
        return self.statements[at] if at >= 0 else None

    def _names(self) -> dict[str, str]:
        found = dict(self.asked)
        for name, quantity in naming.by_words(self.tracks, self.wanted).items():
            if quantity not in found.values() and name not in found:
                found[name] = quantity
        main = [at for at, trial in enumerate(self.trials) if trial.check is None]
        trials = [self.trials[at] for at in main]
        finals = {
            name: [track.values[at][-1] for at in main]
            for name, track in self.tracks.items()
            if all(track.values[at] for at in main) and not track.given
        }
        return naming.by_values(finals, found, self.wanted, trials, self.tolerance)

    def _loops(self) -> dict[str, str]:
        """The loop variables of the exercise that the submission has, by their names, else by their values."""
        known = {each: None for trial in self.trials for each in trial.truth if each not in self.wanted.roles}
        found = {each: each for each in known if each in self.tracks and each not in self.names}
        for each in known:
            right = [list(trial.truth.get(each, ())) for trial in self.trials]
            for name, track in self.tracks.items():
                if each not in found.values() and name not in self.names and track.values == right:
                    found[name] = each
        return found

    def alike(self, quantity: str, track: Track) -> bool:
        """Does a name get as many values as its quantity has, in every trial?"""
        lengths = [len(trial.truth.get(quantity, ())) for trial in self.trials]
        return all(len(values) == length <= MOST_COMPARED for values, length in zip(track.values, lengths, strict=True))

    def differing(self, quantity: str, track: Track, meaning: int | None = None) -> int | None:
        """The number of the first value that is not right, from 0, or -1 for the last; None where all are.

        Args:
            meaning: look only at the values that this definition gives.
        """
        finals = [trial.truth.get(quantity, ())[-1:] for trial in self.trials]
        ends = [values[-1:] for values in track.values]
        asked = [(e, f) for e, f in zip(ends, finals, strict=True) if f]  # in a branch that is not taken there is none
        if asked and all(e and close(e[0], f[0], self.tolerance) for e, f in asked):
            return None
        if not self.alike(quantity, track) or all(len(values) <= 1 for values in track.values):
            return -1
        first: int | None = None
        for values, trial in zip(track.values, self.trials, strict=True):
            meanings = trial.meanings.get(quantity, ())
            for at, pair in enumerate(zip(values, trial.truth.get(quantity, ()), strict=True)):
                if (meaning is None or meanings[at] == meaning) and not close(*pair, self.tolerance):
                    first = at if first is None else min(first, at)
                    break
        return first

    def last_line(self, quantity: str, track: Track, meaning: int | None = None) -> int:
        """The line that gave a name its last value, or the last that one definition gives."""
        for lines, trial in zip(track.lines, self.trials, strict=True):
            meanings = trial.meanings.get(quantity, ())
            for at in range(len(lines) - 1, -1, -1):
                if meaning is None or (at < len(meanings) and meanings[at] == meaning):
                    return lines[at]
        return 0

    def reads(self, track: Track, event: int) -> set[str]:
        """The names that a line reads, its own aside."""
        for at, events in enumerate(self.runs):
            moments = track.moments[at]
            if event < len(moments) and moments:
                node = self.statement(events[moments[event]])
                if isinstance(node, tree.Assign):
                    return {each for value in node.values for each in mentions(value)}
        return set()
