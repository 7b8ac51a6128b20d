"""A submission's events and the exercise's trials -> a finding for every quantity: right, carried, wrong or missing.

Law: a line is judged by what it was given. Where its value is not the true one, the definition of its quantity is
computed from the submission's own values at that moment: the same number means that the line is right and only what
it read is not; another number means that this line is wrong. So one mistake is found once, and the lines that suffer
from it are not counted again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lang.errors import AdError, LimitExceeded
from lang.grade import naming
from lang.grade.blame import Case, blame
from lang.grade.exercise import Exercise
from lang.grade.expected import INPUT, SEED, VALUE, Expected
from lang.grade.facts import BLANK, CARRIED, GRADED, MISSING, RIGHT, STOPPED, WRONG, Finding
from lang.grade.numbers import Calculator
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
class Verdict:
    """What the judge finds.

    Attributes:
        state: of the submission.
        findings: in the order of the submission's lines, missing quantities last.
        met: for each check, by its number: do all required quantities have their values there?
        error: what stopped it.
    """

    state: str
    findings: list[Finding] = field(default_factory=list)
    met: dict[int | None, bool] = field(default_factory=dict)
    error: AdError | None = None


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


class Judge:
    """Judges submissions to one exercise.

    Args:
        exercise, wanted, trials: the exercise, what it expects, and where it is tried.
        limits: what each run of a submission may use.
    """

    def __init__(self, exercise: Exercise, wanted: Expected, trials: Sequence[Trial], limits: Limits) -> None:
        self.exercise, self.wanted, self.trials, self.limits = exercise, wanted, trials, limits
        self.calculator = Calculator(wanted.primal)

    def verdict(self, submission: Submission) -> Verdict:
        """What is right in a submission."""
        try:
            return _Hearing(self, submission).verdict()
        except LimitExceeded as error:
            return Verdict(STOPPED, error=error)
        except AdError as error:
            return Verdict("broken", error=error)


class _Hearing:
    """One submission before the judge."""

    def __init__(self, judge: Judge, submission: Submission) -> None:
        self.judge, self.wanted, self.submission = judge, judge.wanted, submission
        self.tolerance = judge.exercise.tolerance
        self.own = submission.entries[-1].source
        self.body = submission.entries[-1].checked.program.body
        self.statements = sorted(_all(self.body), key=lambda each: each.span[0])
        self.starts = [each.span[0] for each in self.statements]
        self.asked = naming.inputs(self._inputs(), self.wanted)
        self.runs = self._run()
        self.tracks = self._tracks()
        self.names = self._names()
        self.tracked = {quantity: self.tracks[name] for name, quantity in self.names.items() if name in self.tracks}

    def _inputs(self) -> list[str]:
        return list(dict.fromkeys(each.target.name for each in self.submission.entries[-1].checked.inputs))

    def _run(self) -> list[list[Event]]:
        watch = Watch(self.submission.entries, self.judge.limits)
        runs = []
        for trial in self.judge.trials:
            values = {
                **trial.given,
                **{name: trial.given[each] for name, each in self.asked.items() if each in trial.given},
            }
            for name in self._inputs():
                if name not in values:
                    values[name] = trial.truth.get(self._meant(name), (1.0,))[-1]
            runs.append(watch.run(values))
        return runs

    def _meant(self, name: str) -> str:
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
                    node = self._statement(event) if own else None
                    starts[place] = 0 if node is None else event.source.position(node.span[0])[0]
                track.values[at].append(event.value)
                track.lines[at].append(starts[place])
                track.moments[at].append(moment)
                track.given = track.given or event.given
        return found

    def _statement(self, event: Event) -> tree.Statement | None:
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
        main = [at for at, trial in enumerate(self.judge.trials) if trial.check is None]
        trials = [self.judge.trials[at] for at in main]
        finals = {
            name: [track.values[at][-1] for at in main]
            for name, track in self.tracks.items()
            if all(track.values[at] for at in main) and not track.given
        }
        return naming.by_values(finals, found, self.wanted, trials, self.tolerance)

    # --- the verdict ----------------------------------------------------------------------------------------

    def verdict(self) -> Verdict:
        findings = [self.finding(each) for each, role in self.wanted.roles.items() if self._is_asked(each, role)]
        if self.submission.unset is not None:
            findings = self._told_of_unset(findings)
        found = Verdict(GRADED, self._in_order(findings), error=self.submission.error)
        for check in {trial.check for trial in self.judge.trials}:
            places = [at for at, trial in enumerate(self.judge.trials) if trial.check == check]
            found.met[check] = all(self._right_at(each, places) for each in self.wanted.required)
        if found.met[None]:
            found.findings = [each for each in found.findings if each.status == RIGHT]
        return found

    def _is_asked(self, quantity: str, role: str) -> bool:
        if role == INPUT:
            return False
        if role == SEED:
            track = self.tracked.get(quantity)
            return quantity in self.wanted.seeds.values() and not (track is not None and track.given)
        if role == VALUE:
            track = self.tracked.get(quantity)
            own = track is not None and any(line for lines in track.lines for line in lines)
            return own or (self.judge.exercise.kind == "value" and quantity in self.wanted.required)
        return True

    def _right_at(self, quantity: str, places: Sequence[int]) -> bool:
        track = self.tracked.get(quantity)
        if track is None or track.given or track.name in self.submission.blanks:
            return False
        for at in places:
            values, truth = track.values[at], self.judge.trials[at].truth.get(quantity, ())
            if not values or not truth or not close(values[-1], truth[-1], self.tolerance):
                return False
        return bool(places)

    def finding(self, quantity: str) -> Finding:
        """What is to be said of one quantity."""
        track = self.tracked.get(quantity)
        if track is not None and track.name in self.submission.blanks:
            return Finding(quantity, track.name, self.submission.blanks[track.name], BLANK)
        if track is None or track.given or not any(track.values):
            return Finding(quantity, "", 0, MISSING)
        event = self._differing(quantity, track)
        if event is None:
            return Finding(quantity, track.name, track.lines[0][-1] if track.lines[0] else 0, RIGHT)
        line = next((lines[event] for lines in track.lines if event < len(lines) or (event < 0 and lines)), 0)
        case = self._case(quantity, track, event)
        plain = Finding(quantity, track.name, line, WRONG, self._right_reads(quantity, track, event))
        definitions = self.wanted.definitions.get(quantity, [])
        local = self.judge.calculator.numbers([each.local for each in definitions], case.points)
        if self.wanted.roles[quantity] != SEED and any(case.matches(row) for row in local):
            return replace(plain, status=CARRIED)
        key, detail = blame(case, self.judge.calculator)
        return replace(plain, mistake=key, detail=detail)

    def _differing(self, quantity: str, track: Track) -> int | None:
        """The number of the first value that is not right, from 0, or -1 for the last; None where all are."""
        alike = True
        first: int | None = None
        for values, trial in zip(track.values, self.judge.trials, strict=True):
            truth = trial.truth.get(quantity, ())
            alike = alike and len(values) == len(truth) <= MOST_COMPARED
            if not values or not truth or not close(values[-1], truth[-1], self.tolerance):
                first = -1
        if first is None:
            return None
        if not alike or all(len(values) == 1 for values in track.values):
            return -1
        for values, trial in zip(track.values, self.judge.trials, strict=True):
            for at, pair in enumerate(zip(values, trial.truth[quantity], strict=True)):
                if not close(*pair, self.tolerance):
                    first = at if first is None or first < 0 else min(first, at)
                    break
        return first

    # --- what a line was given ------------------------------------------------------------------------------

    def _case(self, quantity: str, track: Track, event: int) -> Case:
        """The trials in which a line was run, with what it could read and what it made of it."""
        points: list[dict[str, float]] = []
        made: list[float] = []
        truth: list[float] = []
        for at, trial in enumerate(self.judge.trials):
            values = track.values[at]
            if not values or event >= len(values):
                continue
            moment = track.moments[at][event]
            points.append(self._known(at, moment, quantity) | self._before(at, event, quantity))
            made.append(values[event])
            right = trial.truth.get(quantity, ())
            truth.append(right[event] if right and event < len(right) else float("nan"))
        last = [track.moments[at][event] for at in range(len(self.runs)) if event < len(track.moments[at])]
        return Case(
            wanted=self.wanted,
            quantity=quantity,
            points=points,
            made=made,
            truth=truth,
            tolerance=self.tolerance,
            several=any(len(values) > 1 for values in track.values) and self.wanted.straight,
            early=self._early(track, event, last),
            overwrites=self._overwrites(track),
        )

    def _known(self, at: int, moment: int, quantity: str) -> dict[str, float]:
        """The quantities as a line found them in one trial; those that the submission leaves out are worked out."""
        trial = self.judge.trials[at]
        found: dict[str, float] = dict(trial.given)
        later: dict[str, float] = {}
        for place, event in enumerate(self.runs[at]):
            each = self.names.get(event.name)
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
                found[each] = self.judge.calculator.numbers([definition[-1].local], [found])[0][0]
        return found

    def _before(self, at: int, event: int, quantity: str) -> dict[str, float]:
        """The name whose differential is asked, as it was before its statement gave it a new value."""
        owner = self.wanted.owners.get(quantity, "")
        track = self.tracked.get(owner)
        if self.wanted.straight or track is None or event < 1 or len(track.values[at]) < event:
            return {}
        return {owner: track.values[at][event - 1]}

    def _reads(self, track: Track, event: int) -> set[str]:
        """The names that a line reads, its own aside."""
        for at, events in enumerate(self.runs):
            moments = track.moments[at]
            if event < len(moments) and moments:
                node = self._statement(events[moments[event]])
                if isinstance(node, tree.Assign):
                    return {each for value in node.values for each in mentions(value)}
        return set()

    def _right_reads(self, quantity: str, track: Track, event: int) -> tuple[str, ...]:
        """What a line reads that is right, differentials and adjoints first."""
        right = []
        for name in sorted(self._reads(track, event)):
            each = self.names.get(name)
            if each is None or each == quantity or each not in self.tracked:
                continue
            role = self.wanted.roles[each]
            if role == INPUT or self._differing(each, self.tracked[each]) is None:
                right.append((role in (INPUT, VALUE), name))
        return tuple(name for _, name in sorted(right))

    def _early(self, track: Track, event: int, moments: Sequence[int]) -> str:
        """An adjoint that a line reads before its last contribution was added; empty where there is none."""
        if not self.wanted.backwards or not moments:
            return ""
        for name in sorted(self._reads(track, event)):
            other = self.tracks.get(name)
            if other is None or other is track or name not in self.names:
                continue
            if other.moments[0] and other.moments[0][-1] > moments[0]:
                return name
        return ""

    def _overwrites(self, track: Track) -> bool:
        """Is the name's last value computed without its value before?"""
        if not any(len(values) > 1 for values in track.values):
            return False
        node = self._statement(self.runs[0][track.moments[0][-1]]) if track.moments[0] else None
        return isinstance(node, tree.Assign) and node.operator is None and track.name not in self._reads(track, -1)

    # --- the order, and lines that mean nothing -------------------------------------------------------------

    def _told_of_unset(self, findings: list[Finding]) -> list[Finding]:
        assert self.submission.unset is not None
        word, target, line = self.submission.unset
        quantity = self._meant(target)
        key = "forward-order" if self.wanted.backwards else "used-before"
        found = Finding(quantity, target, line, WRONG, mistake=key, detail=(("other", word),))
        if quantity not in self.wanted.roles:
            return [*findings, found]
        return [found if each.quantity == quantity else each for each in findings]

    def _in_order(self, findings: list[Finding]) -> list[Finding]:
        return sorted(findings, key=lambda each: (each.line == 0, each.line))


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


__all__ = ["Judge", "Verdict"]
