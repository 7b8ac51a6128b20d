"""An exercise -> trials: points and seeds with the true value of every quantity there.

Law: a point at which the reference has no finite value is no point; the same seed gives the same points.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lang.entry import prepare
from lang.errors import AdError, LimitExceeded
from lang.grade.exercise import Check, Exercise, ExerciseError
from lang.grade.outline import flat
from lang.grade.wanted import Expected
from lang.grade.watching import Watch
from lang.limits import Limits
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse

ATTEMPTS = 60
ENDLESS = 5
"""Drawn points at which the program may run into its limits before it is taken for one that never ends."""
NEAR, WIDE = (0.3, 1.7), (-2.0, 2.0)


@dataclass(frozen=True)
class Trial:
    """One run that a submission is compared with.

    Attributes:
        inputs: the point, by input.
        seeds: the seeds, by quantity (`dx`, `gz`).
        truth: each quantity's values, in the order in which they come.
        meanings: for each of these values, the number of the definition that gave it.
        check: the number of the check that it belongs to, from 0; None for the exercise's own points.
    """

    inputs: Mapping[str, float]
    seeds: Mapping[str, float]
    truth: Mapping[str, tuple[float, ...]]
    check: int | None = None
    meanings: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, float]:
        """Everything that is supplied to a program, by the exercise's names."""
        return {**self.inputs, **self.seeds}


class Sampler:
    """Draws the trials of an exercise.

    Args:
        exercise, wanted: the exercise, and what it expects.
    """

    def __init__(self, exercise: Exercise, wanted: Expected) -> None:
        self.exercise, self.wanted = exercise, wanted
        self.random = random.Random(exercise.samples.seed)  # noqa: S311  # a seed makes marking repeatable
        limits = Limits.untrusted()._replace(source_chars=10_000_000, nesting=10_000, depth=1_000)
        self.endless = 0
        self.meanings = _meanings(wanted)
        self.watch = Watch([prepare(Source(wanted.text, "reference"), limits)], limits)

    def trials(self) -> list[Trial]:
        """The trials of the exercise and of its checks.

        Raises:
            ExerciseError: the reference has no finite values at a given point, or at none that was drawn.
        """
        samples = self.exercise.samples
        count = 1 if self.exercise.kind in ("trace", "gradient") else int(samples.count)
        found = [self._must(self._point(point), {}, None) for point in samples.at[:count]]
        attempts = 0
        while len(found) < count:
            attempts += 1
            if attempts > ATTEMPTS * count:
                break
            wide = len(found) % 2 == 1 and attempts < ATTEMPTS * count // 2
            trial = self._trial(self._drawn(WIDE if wide else NEAR), self._seeds({}), None)
            if trial is not None:
                found.append(trial)
            elif not self.wanted.inputs:
                break
        if not found:
            raise ExerciseError(
                "the exercise's program has no finite values at the points drawn; give some: `at = [...]`"
            )
        checks = enumerate(self.exercise.checks)
        return found + [self._must(self._point(each.at), self._named(each), at) for at, each in checks]

    def _must(self, point: dict[str, float], seeds: Mapping[str, float], check: int | None) -> Trial:
        trial = self._trial(point, self._seeds(seeds), check)
        if trial is None:
            raise ExerciseError(f"the exercise's program has no finite values at {_spelled(point)}")
        return trial

    def _named(self, check: Check) -> dict[str, float]:
        return {self.wanted.seeds[each]: value for each, value in check.seeds.items() if each in self.wanted.seeds}

    def _point(self, given: Mapping[str, float]) -> dict[str, float]:
        for name in given:
            if name not in self.wanted.inputs:
                raise ExerciseError(f"a point gives a value to `{name}`, which the exercise's program does not ask for")
        return {**self._drawn(NEAR), **given}

    def _drawn(self, usual: tuple[float, float]) -> dict[str, float]:
        ranges = self.exercise.samples.ranges
        return {name: round(self.random.uniform(*ranges.get(name, usual)), 4) for name in self.wanted.inputs}

    def _seeds(self, given: Mapping[str, float]) -> dict[str, float]:
        made = {}
        for of, quantity in self.wanted.seeds.items():
            drawn = round(self.random.uniform(0.4, 1.9) * self.random.choice((1.0, -1.0)), 4)
            made[quantity] = float(self.wanted.fixed.get(of, 0.0)) if self.wanted.fixed is not None else drawn
        return made | {name: float(value) for name, value in given.items()}

    def _trial(self, point: dict[str, float], seeds: dict[str, float], check: int | None) -> Trial | None:
        truth: dict[str, list[float]] = {}
        meanings: dict[str, list[int]] = {}
        try:
            for event in self.watch.run({**point, **seeds}):
                truth.setdefault(event.name, []).append(event.value)
                number = bisect_right(self.meanings.get(event.name, []), event.span[0]) - 1
                meanings.setdefault(event.name, []).append(max(number, 0))
        except LimitExceeded as error:
            self.endless += 1
            if self.endless > ENDLESS:
                raise ExerciseError(f"the exercise's program does not end: {error.message}") from error
            return None
        except AdError:
            return None
        if self.watch.broken is not None or not all(
            value - value == 0.0 for values in truth.values() for value in values
        ):
            return None
        found = {name: tuple(values) for name, values in truth.items()}
        return Trial(point, seeds, found, check, {name: tuple(each) for name, each in meanings.items()})


def _meanings(wanted: Expected) -> dict[str, list[int]]:
    """Where the statements begin that give each quantity its values, in the order of its definitions."""
    found: dict[str, list[int]] = {}
    for node in flat(parse(Source(wanted.text, "reference")).body):
        if isinstance(node, tree.Assign):
            for target in node.targets:
                found.setdefault(target.name, []).append(node.span[0])
    return found


def _spelled(point: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in point.items())


def close(one: float, other: float, tolerance: float) -> bool:
    """Are two numbers the same, within a relative tolerance (absolute below 1e-3)?"""
    if one - one != 0.0 or other - other != 0.0:
        return False
    return abs(one - other) <= tolerance * max(abs(one), abs(other), 1e-3) + 1e-13


def compared(values: Iterable[tuple[float, float]], tolerance: float) -> bool:
    """Are all pairs the same?"""
    return all(close(one, other, tolerance) for one, other in values)
