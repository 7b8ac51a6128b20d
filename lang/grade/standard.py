"""An exercise -> all that submissions to it are held against: what is right, where it is tried, what its program does.

Law: nothing here knows a submission, so it is worked out once for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from lang.entry import prepare
from lang.grade.blame import candidates
from lang.grade.change_sweep import changes
from lang.grade.exercise import Exercise
from lang.grade.expected import expected
from lang.grade.numbers import Calculator
from lang.grade.sweep import Change, Executed, State
from lang.grade.trials import Sampler
from lang.grade.watching import Event, Watch
from lang.limits import Limits
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse

UNTRUSTED = Limits.untrusted()._replace(steps=200_000)
"""What a run of a submission may use: the limits for other people's programs, and fewer steps: there are many runs."""


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


class Standard:
    """What submissions to one exercise, of one variant, are held against; worked out once for all of them.

    Args:
        exercise: the exercise.
        limits: what each run of a submission may use.

    Raises:
        ExerciseError: the exercise cannot be marked.
    """

    def __init__(self, exercise: Exercise, limits: Limits | None = None) -> None:
        self.exercise = exercise
        self.limits = limits or UNTRUSTED
        self.wanted = expected(exercise)
        self.trials = Sampler(exercise, self.wanted).trials()
        self.calculator = Calculator(self.wanted.primal)
        body = parse(Source(self.wanted.primal, "exercise")).body
        self.functions = [each for each in body if isinstance(each, tree.Function)]

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
