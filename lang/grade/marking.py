"""An exercise -> a `Marker`; a submission -> its `Grade`: the one path that every face goes.

Law: points come from required results and from lines that are right for what they were given; what the exercise
supplies (inputs, open seeds, the program itself) earns nothing, so an empty file has zero points.
"""

from __future__ import annotations

from time import perf_counter

from lang.diagnostic import plain
from lang.errors import AdError, LimitExceeded
from lang.grade.exercise import Exercise
from lang.grade.facts import CARRIED, FAULT, GRADED, RIGHT, Finding, Item, Verdict
from lang.grade.grade import Grade
from lang.grade.judge import verdict
from lang.grade.quantities import INPUT, SEED, VALUE
from lang.grade.standard import Standard
from lang.grade.tables import read_table
from lang.limits import Limits

LINES = "lines"


class Marker:
    """Marks submissions to one exercise, of one variant.

    Args:
        exercise: the exercise.
        limits: what each run of a submission may use.

    Raises:
        ExerciseError: the exercise cannot be marked.
    """

    def __init__(self, exercise: Exercise, limits: Limits | None = None) -> None:
        self.exercise = exercise
        self.standard = Standard(exercise, limits)
        self.wanted, self.trials = self.standard.wanted, self.standard.trials
        self.given: frozenset[str] = frozenset()
        if exercise.template:
            found = self._verdict(exercise.template, "template").findings
            self.given = frozenset(each.quantity for each in found if each.status == RIGHT and each.earns)

    def grade(self, data: bytes | str, file: str = "<submission>", student: str = "") -> Grade:
        """The grade of a submission, whatever it holds."""
        started = perf_counter()
        found = self._verdict(data, file)
        return self._grade(found, file, student, perf_counter() - started)

    def _verdict(self, data: bytes | str, file: str) -> Verdict:
        if self.exercise.kind in ("trace", "gradient"):
            return read_table(data, file, self.standard)
        return verdict(self.standard, data, file)

    def _grade(self, verdict: Verdict, file: str, student: str, seconds: float) -> Grade:
        exercise = self.exercise
        items = [Item(LINES, self._for_lines(verdict), exercise.points, True, self._all_met(verdict))]
        for at, check in enumerate(exercise.checks):
            met = verdict.state == GRADED and verdict.met.get(at, False)
            items.append(Item(check.name, check.points if met else 0.0, check.points, check.visible, met))
        if isinstance(verdict.error, LimitExceeded):
            verdict.error.hint = ""  # a student sets no limits
        error = "" if verdict.error is None else plain(verdict.error)
        findings = tuple(verdict.findings) if verdict.state == GRADED else ()
        return Grade(
            file, student, exercise.title, verdict.state, tuple(items), findings, error,
            exercise.feedback, exercise.hidden, seconds, verdict.cut,
        )  # fmt: skip

    def _all_met(self, verdict: Verdict) -> bool:
        return verdict.state == GRADED and verdict.met.get(None, False)

    def _for_lines(self, verdict: Verdict) -> float:
        """All points where every required result is right, else a part for each line that is right in itself."""
        if verdict.state != GRADED:
            return 0.0
        if self._all_met(verdict):
            return self.exercise.points
        counted = [each for each in verdict.findings if self._counts(each)]
        right = sum(each.status in (RIGHT, CARRIED) for each in counted)
        if not counted or not right:
            return 0.0
        return self.exercise.points * min(right, len(counted) - 1) / len(counted)

    def _counts(self, finding: Finding) -> bool:
        """Does a line earn a part of the points? What the template holds does not."""
        if finding.quantity in self.given or not finding.earns:
            return False
        role = self.wanted.roles.get(finding.quantity, "")
        if self.exercise.kind == "value" or (not self.wanted.whole and self.wanted.sweep is None):
            return finding.quantity in self.wanted.required
        return role not in ("", INPUT, SEED) and (role != VALUE or self.exercise.kind == "trace")


def faulty(exercise: Exercise, file: str, student: str, words: str, state: str = FAULT) -> Grade:
    """The grade of a submission that could not be marked: no points, and why."""
    items = [Item(LINES, 0.0, exercise.points, True, False)]
    items += [Item(each.name, 0.0, each.points, each.visible, False) for each in exercise.checks]
    return Grade(
        file, student, exercise.title, state, tuple(items), (), f"error: {words}", exercise.feedback, exercise.hidden
    )


__all__ = ["AdError", "Marker", "faulty"]
