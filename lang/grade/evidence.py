"""A submission's runs -> tracks: what each of its names held, when, on which line, and which quantity it stands for.

Law: this is what was seen, and nothing of what is to be thought of it; `judge` says that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from lang.grade import naming
from lang.grade.quantities import INPUT, SEED, Expected
from lang.grade.submission import Submission
from lang.grade.trials import Trial, close
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

    Raises:
        AdError: what stopped a run.
    """

    def __init__(
        self, submission: Submission, wanted: Expected, trials: Sequence[Trial], tolerance: float, limits: Limits
    ) -> None:
        self.submission, self.wanted, self.trials = submission, wanted, trials
        self.tolerance, self.limits = tolerance, limits
        self.own = submission.entries[-1].source
        self.body = submission.entries[-1].checked.program.body
        self.statements = sorted(_all(self.body), key=lambda each: each.span[0])
        self.starts = [each.span[0] for each in self.statements]
        self.asked = naming.inputs(self._inputs(), self.wanted)
        self.blanks = {**self._left_open(), **submission.blanks}
        self.runs = self._run()
        self.tracks = self._tracks()
        self.names = self._names()
        self.tracked = {quantity: self.tracks[name] for name, quantity in self.names.items() if name in self.tracks}

    def _inputs(self) -> list[str]:
        return list(dict.fromkeys(each.target.name for each in self.submission.entries[-1].checked.inputs))

    def _left_open(self) -> dict[str, int]:
        """Inputs that stand for what the submission should have computed, with their lines."""
        found = {}
        for node in self.submission.entries[-1].checked.inputs:
            role = self.wanted.roles.get(self.meant(node.target.name), INPUT)
            if node.target.name not in self.asked and role not in (INPUT, SEED):
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

    def differing(self, quantity: str, track: Track) -> int | None:
        """The number of the first value that is not right, from 0, or -1 for the last; None where all are."""
        alike = True
        first: int | None = None
        for values, trial in zip(track.values, self.trials, strict=True):
            truth = trial.truth.get(quantity, ())
            alike = alike and len(values) == len(truth) <= MOST_COMPARED
            if not values or not truth or not close(values[-1], truth[-1], self.tolerance):
                first = -1
        if first is None:
            return None
        if not alike or all(len(values) == 1 for values in track.values):
            return -1
        for values, trial in zip(track.values, self.trials, strict=True):
            for at, pair in enumerate(zip(values, trial.truth[quantity], strict=True)):
                if not close(*pair, self.tolerance):
                    first = at if first is None or first < 0 else min(first, at)
                    break
        return first

    def reads(self, track: Track, event: int) -> set[str]:
        """The names that a line reads, its own aside."""
        for at, events in enumerate(self.runs):
            moments = track.moments[at]
            if event < len(moments) and moments:
                node = self.statement(events[moments[event]])
                if isinstance(node, tree.Assign):
                    return {each for value in node.values for each in mentions(value)}
        return set()


def _all(body: tree.Block) -> list[tree.Statement]:
    """Every statement, those in blocks too."""
    found: list[tree.Statement] = []
    pending: list[object] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Statement):
            found.append(node)
        if isinstance(node, tuple):
            pending.extend(node)
        elif isinstance(node, tree.If):
            pending += [node.otherwise or (), *(block for _, block in node.branches)]
        elif isinstance(node, tree.While | tree.For):
            pending.append(node.body)
    return found
