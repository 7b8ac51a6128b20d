"""Random programs through every way there is to a derivative: the same class of answer and the same number.

AGREEMENT=3000 pytest tests/test_agreement.py        # more programs
AGREEMENT_FIRST=17 AGREEMENT=1 pytest ...            # the program of one seed
"""

from __future__ import annotations

import math
import os
from collections import Counter
from typing import Any

import pytest
from mpmath import mp, mpf

import lang
from tests.programs import DIGITS, SPECIAL, STEP, Generated, UndefinedError, generate, reference

COUNT = int(os.environ.get("AGREEMENT", "2000"))
FIRST = int(os.environ.get("AGREEMENT_FIRST", "1"))
BATCH = 50
CLASSES = {"finite", "noted", "special", "error", "not finite", "wild"}
WILD = 1e6
"""Values times slopes beyond this lose the digits that a comparison would look at."""

KNIFE_EDGES = {
    13633: "divides by x2 + x3 - x3 - x2: exactly 0 in 120 digits, a rounding error in doubles",
}


class DisagreementError(AssertionError):
    """Two ways to one derivative differ."""


def classed(value: float) -> str:
    return "finite" if math.isfinite(value) else "not finite"


def ask(program: lang.Program, *words: Any, **options: Any) -> Any:
    """The answer of a verb, or the class of the error it ends in."""
    try:
        return program.ask(*words, **options)
    except (lang.DomainError, lang.DerivativeError) as error:
        return type(error)


def close(one: float, other: float, scale: float, tolerance: float) -> bool:
    if classed(one) != classed(other):
        return False
    return (
        not math.isfinite(one)
        or scale > WILD
        or abs(one - other) <= tolerance * max(abs(one), abs(other), scale)
    )


def truth(case: Generated) -> tuple[mpf, list[mpf]] | None:
    """Value and gradient by tiny differences on 120 digits; None where there is none."""
    with mp.workdps(DIGITS):
        function = reference(case.text, case.inputs)
        point = [mpf(each) for each in case.inputs.values()]
        step = STEP * 1024
        try:
            value, slopes = function(*point), []
            for index in range(len(point)):
                ends = [
                    function(*point[:index], point[index] + h, *point[index + 1 :]) for h in (step, -step)
                ]
                slopes.append((ends[0] - ends[1]) / (2 * step))
        except UndefinedError:
            return None
        return value, slopes


class Case:
    """One program with every answer about it."""

    def __init__(self, seed: int) -> None:
        self.case = generate(seed)
        self.inputs = self.case.inputs
        self.program = lang.parse(self.case.text)
        try:
            result = self.program.run(at=self.inputs)
            self.value: Any = result["z"]
            self.reach = max(abs(each) for each in result.values.values() if not math.isnan(each))
        except lang.DomainError as error:
            self.value = type(error)
        self.reverse = ask(self.program, "grad", "z", at=self.inputs)
        self.forward = ask(self.program, "grad", "z", by="forward", at=self.inputs)

    def demand(self, holds: bool, what: str, *seen: object) -> None:
        if not holds:
            raise DisagreementError(f"seed {self.case.seed}: {what}: {seen}\n{self.inputs}\n{self.case.text}")

    @property
    def scale(self) -> float:
        """The size of the numbers that derivatives are sums of."""
        return max([1.0, *(abs(each) for each in self.reverse.value.values() if math.isfinite(each))])

    def check(self) -> str:
        """Hold every answer against the others; the class of the case."""
        if isinstance(self.value, type) or isinstance(self.reverse, type) or isinstance(self.forward, type):
            self.demand(
                self.value is self.reverse is self.forward,
                "not the same error",
                self.value,
                self.reverse,
                self.forward,
            )
            self.demand(self.case.special or truth(self.case) is None, "an error, yet there is a value")
            return "error"
        self.values()
        self.both_ways()
        self.products()
        if self.reach * self.scale > WILD:
            return "wild"
        if not all(math.isfinite(each) for each in self.reverse.value.values()):
            self.demand(bool(self.reverse.notes) and bool(self.forward.notes), "not finite without a note")
            return "not finite"
        if self.reverse.notes or self.case.special:
            return "noted" if self.reverse.notes else "special"
        if self.case.seed not in KNIFE_EDGES:
            self.against_truth()
        return "finite"

    def values(self) -> None:
        for each in (self.reverse, self.forward):
            same = repr(each.fact["value"]) == repr(self.value)
            self.demand(same, "the value changes", self.value, each.fact["value"])

    def both_ways(self) -> None:
        for name, slope in self.reverse.value.items():
            other = self.forward.value[name]
            self.demand(
                close(slope, other, self.scale, 1e-12), f"reverse and forward by {name}", slope, other
            )
        kinds = [
            Counter(note.kind for note in each.notes if note.kind in ("kink", "condition"))
            for each in (self.reverse, self.forward)
        ]
        self.demand(set(kinds[0]) == set(kinds[1]), "other notes", *kinds)

    def products(self) -> None:
        """jvp along v = gradient . v, and vjp of the target = gradient."""
        along = {name: 0.5 + index for index, name in enumerate(self.inputs)}
        tangent = self.program.ask("jvp", "z", along=along, at=self.inputs).value["z"][1]
        total = sum(self.reverse.value[name] * weight for name, weight in along.items())
        if math.isfinite(total):
            self.demand(close(tangent, total, 3 * self.scale, 1e-11), "jvp", tangent, total)
        pulled = self.program.ask("vjp", "z", along={"z": 1.0}, at=self.inputs).value
        for name, slope in self.reverse.value.items():
            same = pulled[name] == slope or (math.isnan(slope) and math.isnan(pulled[name]))
            self.demand(same, "vjp", pulled, self.reverse.value)

    def against_truth(self) -> None:
        known = truth(self.case)
        self.demand(known is not None, "a value, yet it is undefined")
        assert known is not None
        value, slopes = known
        self.demand(
            close(self.value, float(value), 1.0, 1e-9), "value against mpmath", self.value, float(value)
        )
        for (name, slope), true in zip(self.reverse.value.items(), slopes, strict=True):
            self.demand(
                close(slope, float(true), self.scale, 1e-9), f"by {name} against mpmath", slope, float(true)
            )

    def by_differences(self) -> None:
        """Numeric derivatives agree where no kink is near enough to be seen by their large steps."""
        numeric = self.program.ask("grad", "z", by="numeric", at=self.inputs)
        for name, slope in self.reverse.value.items():
            other = numeric.value[name]
            self.demand(close(slope, other, self.scale, 1e-4), f"numeric by {name}", slope, other)

    def second(self) -> None:
        """The Hessian is symmetric, and its rows are the derivatives of the gradient."""
        table = self.program.hessian("z", at=self.inputs).tolist()
        scale = max([1.0, *(abs(each) for row in table for each in row)])
        for i, row in enumerate(table):
            for j in range(i):
                self.demand(
                    close(row[j], table[j][i], scale, 1e-11), "hessian is not symmetric", row[j], table[j][i]
                )


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, BATCH))
def test_every_way_to_a_derivative_gives_the_same_answer(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, min(first + BATCH, FIRST + COUNT)):
        seen[Case(seed).check()] += 1
    assert not set(seen) - CLASSES


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT // 4, BATCH))
def test_hessians_are_symmetric(first: int) -> None:
    for seed in range(first, min(first + BATCH, FIRST + COUNT // 4)):
        case = Case(seed)
        if not isinstance(case.reverse, type) and not case.reverse.notes and not case.case.special:
            case.second()


def test_every_class_of_answer_occurs_among_the_programs() -> None:
    seen = Counter(Case(seed).check() for seed in range(1, 200))
    assert set(seen) | {"wild"} == CLASSES, seen


def test_special_points_are_where_kinks_are() -> None:
    assert {0.0, 1.0, -1.0} <= set(SPECIAL)
