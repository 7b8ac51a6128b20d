"""Submissions -> verdicts: which way of judging an exercise has, and what becomes of submissions that cannot be run.

Law: whatever a submission does, there is a verdict.

    hearing      one definition for each quantity: a line is right when it gives that number from what it read
    hearing_back the way back through loops, branches and names assigned again, one executed statement at a time
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from lang.errors import AdError, LimitExceeded
from lang.grade.blame import candidates
from lang.grade.change_sweep import changes
from lang.grade.exercise import Exercise
from lang.grade.facts import STOPPED, Verdict
from lang.grade.hearing import Hearing
from lang.grade.hearing_back import BackHearing
from lang.grade.numbers import Calculator
from lang.grade.submission import Submission
from lang.grade.sweep import Change, Executed, State
from lang.grade.trials import Trial
from lang.grade.wanted import Expected
from lang.grade.watching import Event, Watch
from lang.limits import Limits
from lang.session import prepare
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse


class Primal:
    """A run of the exercise's program.

    Attributes:
        executed: its assignments, in the order in which they were executed.
        series: the values of each name, in order.
        last: the values at its end.
    """

    def __init__(self, executed: list[Executed], events: Sequence[Event]) -> None:
        self.executed = executed
        self.series: dict[str, list[float]] = {}
        for event in events:
            if not event.given:
                self.series.setdefault(event.name, []).append(event.value)
        self.last = {event.name: event.value for event in events}


class Judge:
    """Judges submissions to one exercise.

    Args:
        exercise, wanted, trials: the exercise, what it expects, and where it is tried.
        limits: what each run of a submission may use.
    """

    def __init__(self, exercise: Exercise, wanted: Expected, trials: Sequence[Trial], limits: Limits) -> None:
        self.exercise, self.wanted, self.trials, self.limits = exercise, wanted, trials, limits
        self.calculator = Calculator(wanted.primal)
        body = parse(Source(wanted.primal, "exercise")).body
        self.own_functions = [each for each in body if isinstance(each, tree.Function)]

    @cached_property
    def primals(self) -> list[Primal]:
        """What each trial's run of the exercise's program executes; empty where one is too long to be followed."""
        if self.wanted.sweep is None:
            return []
        watch = Watch([prepare(Source(self.wanted.primal, "exercise"), Limits())], Limits())
        found = []
        for trial in self.trials:
            events = watch.run(dict(trial.inputs))
            executed = self.wanted.sweep.executed(events)
            if executed is None:
                return []
            found.append(Primal(executed, events))
        return found

    @cached_property
    def changes(self) -> list[Change]:
        """The mistakes that are looked for on the way back."""
        assert self.wanted.sweep is not None
        names = list(dict.fromkeys(each for run in self.primals for each in run.last))
        return changes(self.wanted.sweep, names)

    def warm(self) -> None:
        """Work out now what all submissions share."""
        if self.wanted.sweep is not None and self.primals:
            assert self.changes is not None
        for made in [each for all_ in self.wanted.definitions.values() for each in all_]:
            for overwrites in (False, True) if self.wanted.backwards else (False,):
                candidates(self.wanted, made, overwrites, self.calculator)

    def seeds(self, at: int) -> State:
        """The adjoints that a right submission begins with."""
        assert self.wanted.sweep is not None
        known = self.wanted.sweep.adjoints
        given = self.trials[at].seeds
        return {known.get(of, seed): given.get(seed, 1.0) for of, seed in self.wanted.seeds.items()}

    def verdict(self, submission: Submission) -> Verdict:
        """What is right in a submission."""
        try:
            if self.wanted.sweep is not None and self.primals:
                return BackHearing(self, self.wanted.sweep, submission).verdict()
            return Hearing(self, submission).verdict()
        except LimitExceeded as error:
            return Verdict(STOPPED, error=error)
        except AdError as error:
            return Verdict("broken", error=error)


__all__ = ["Judge"]
