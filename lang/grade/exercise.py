"""An exercise as facts: what is asked, how it is marked, what students are told.

Law: facts only, and they never change; `exercise_file` reads them from a TOML file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lang.errors import AdError
from lang.grade.variants import Variants

KINDS = ("value", "derivative", "adjoint", "rule", "fill", "trace", "gradient")
FORMS = ("any", "interleaved", "separate")
WAYS = ("forward", "reverse")
LEVELS = ("none", "score", "line", "mistake")
HIDDEN = ("count", "nothing")


class ExerciseError(AdError):
    """An exercise file does not describe an exercise."""


@dataclass(frozen=True)
class Samples:
    """Where a submission is tried.

    Attributes:
        at: points that the exercise gives; drawn points come after them.
        count: how many points in all.
        seed: of the drawn ones.
        ranges: the least and greatest value of an input; by default half of the points are drawn from 0.3 to 1.7 and
            half from -2 to 2, as far as the reference has values there.
    """

    at: tuple[Mapping[str, float], ...] = ()
    count: int = 6
    seed: int = 1
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One more test, at one point, for points of its own.

    Attributes:
        name: what reports call it.
        at: the inputs.
        seeds: weights of the seeds; empty for those of the exercise.
        points: what it gives.
        visible: may students see that it exists?
    """

    name: str
    at: Mapping[str, float]
    seeds: Mapping[str, float]
    points: float
    visible: bool


@dataclass(frozen=True)
class Exercise:
    """What is asked and how it is marked; the attributes are the keys of the TOML file.

    Attributes:
        title: what reports call it.
        kind: one of `KINDS`.
        program: the text that is to be differentiated, run or computed.
        of: the names of the results; empty for the last name of the program.
        wrt: the inputs; empty for all.
        form: of a derivative program: `interleaved`, `separate` or `any`.
        by: `forward` or `reverse`, for fill and trace.
        seeds: the weight of each seed; None where they stay open (`dx = ?`).
        rule: the function whose rule is asked.
        template: what students begin with; empty for none.
        points, tolerance, samples, checks: how it is marked. The tolerance is relative.
        feedback: what students are told: nothing, their score, the first wrong line, or the mistake too.
        hidden: of hidden checks students see the count, or nothing.
        variants: what differs from student to student.
        folder: where the file lies.
    """

    title: str
    kind: str
    program: str
    of: tuple[str, ...] = ()
    wrt: tuple[str, ...] = ()
    form: str = "any"
    by: str = "forward"
    seeds: Mapping[str, float] | None = None
    rule: str = ""
    template: str = ""
    points: float = 1.0
    tolerance: float = 1e-6
    samples: Samples = field(default_factory=Samples)
    checks: tuple[Check, ...] = ()
    feedback: str = "mistake"
    hidden: str = "count"
    variants: Variants = field(default_factory=Variants)
    folder: Path = field(default_factory=Path)

    @property
    def backwards(self) -> bool:
        """Are adjoints asked for?"""
        return self.kind in ("adjoint", "gradient") or (self.kind in ("fill", "trace") and self.by == "reverse")

    @property
    def total(self) -> float:
        """All points there are."""
        return self.points + sum(check.points for check in self.checks)

    def variant(self, student: str) -> Exercise:
        """The exercise as one student gets it."""
        if not self.variants.choices:
            return self
        words = self.variants.chosen(student)
        return replace(
            self, program=self.variants.put(self.program, words), template=self.variants.put(self.template, words)
        )
