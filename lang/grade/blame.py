"""A wrong line's numbers -> the mistake that gives exactly these numbers, if one does.

Law: a mistake is named only when it reproduces what the line computed at every point, from what the line was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lang.grade import factors, pairs
from lang.grade.change_contribution import adjoints, forward_rule
from lang.grade.change_line import Candidate, tangents
from lang.grade.evaluating import Code, flattened, number
from lang.grade.mistakes import MISTAKES
from lang.grade.numbers import Calculator
from lang.grade.quantities import ADJOINT, INPUT, SEED, TANGENT, VALUE, Definition
from lang.grade.trials import close, compared
from lang.grade.wanted import Expected
from lang.syntax.tree import Expression

Detail = tuple[tuple[str, str], ...]


UNSURE = ("", "constant-factor", "fixed-number", "two-mistakes", "factor-wrong", "not-linear")
"""What is said where no single mistake gives the numbers."""


NEAR = 1e-3
"""How far off, in parts of the right number, what was approximated may be."""


@dataclass
class Case:
    """A line whose value is not right.

    Attributes:
        wanted: what the exercise expects.
        quantity: what the line should compute.
        points: what it could read, in each trial that counts.
        made, truth: what it computed, and what is true.
        tolerance: of comparisons.
        several: does its name get more than one value?
        early: an adjoint that it reads before that is complete.
        constant: does the line read nothing?
        overwrites: does it throw away its name's value before?
        definitions: what it should be, in terms of what it could read.
        line: its right side in quantities; None where it reads what is none.
    """

    wanted: Expected
    quantity: str
    points: list[dict[str, float]]
    made: list[float]
    truth: list[float]
    tolerance: float
    several: bool = False
    early: str = ""
    definitions: tuple[Definition, ...] = ()
    overwrites: bool = False
    constant: bool = False
    line: Expression | None = None

    def carries(self, numbers: Iterable[float]) -> bool:
        """Does the line give no number only because it was given none?"""
        return not any(each - each == 0.0 for each in (*numbers, *self.made))

    def matches(self, numbers: Iterable[float]) -> bool:
        """Are these the numbers that the line computed, at every point where they exist?"""
        finite = same = 0
        for one, other in zip(numbers, self.made, strict=True):
            if close(one, other, self.tolerance):
                finite += 1
            elif one - one != 0.0:
                same += other - other != 0.0
            else:
                return False
        return finite > 0 and 2 * (finite + same) >= len(self.made)


def blame(case: Case, calculator: Calculator) -> tuple[str, Detail]:
    """The key of the mistake and what its words need; an empty key where no mistake gives these numbers."""
    role = case.wanted.roles[case.quantity]
    if role == SEED:
        found = _seed(case)
        if found:
            return found, (("name", case.quantity),)
    if case.early:
        return "forward-order", (("name", case.quantity), ("other", case.early))
    if case.constant and not any(case.made) and role in (TANGENT, ADJOINT):
        return "zero", (("name", case.quantity),)
    if not any(value - value == 0.0 for value in case.made):
        return "not-finite", (("name", case.quantity),)
    for made in case.definitions:
        for candidate, code in candidates(case.wanted, made, case.overwrites, calculator):
            if code is not None:
                numbers: Iterable[float] = (number(code, point) for point in case.points)
            else:
                (numbers,) = calculator.numbers([candidate.expression], case.points)
            if case.matches(numbers):
                return candidate.key, _detail(case, candidate)
    return _twice(case) or _by_numbers(case) or _nearly(case) or _by_factors(case) or ("", ())


def candidates(
    wanted: Expected, made: Definition, overwrites: bool, calculator: Calculator
) -> list[tuple[Candidate, Code | None]]:
    """The wrong lines for a definition, ready to be computed; worked out once for all submissions."""
    key = (made, overwrites)
    if key not in calculator.kept:
        calculator.kept[key] = [(each, flattened(each.expression)) for each in _candidates(wanted, made, overwrites)]
    return calculator.kept[key]


def _detail(case: Case, candidate: Candidate) -> Detail:
    return (("name", case.quantity), ("op", candidate.op), ("other", candidate.other), ("rule", candidate.rule))


def _candidates(wanted: Expected, made: Definition, overwrites: bool) -> Iterator[Candidate]:
    role = wanted.roles[made.quantity]
    names = [each for each, kind in wanted.roles.items() if kind in (INPUT, VALUE)]
    if role == TANGENT:
        yield from tangents(made, wanted.functions, names)
        if made.called is not None:
            yield from tangents(replace(made, value=made.called), wanted.functions, names)
    elif role == ADJOINT or (role == SEED and wanted.backwards):
        yield from adjoints(made, wanted.functions, names, list(wanted.owners), overwrites)
        for of in wanted.definitions.get(made.of, ()):
            yield from forward_rule(of, wanted.owners, wanted.functions)


def _seed(case: Case) -> str:
    """What is wrong with a seed."""
    own = case.wanted.owners.get(case.quantity, "")
    fixed = len(set(case.made)) == 1
    if case.wanted.fixed is None:
        return "seed-fixed" if fixed else ""
    right = float(case.wanted.fixed.get(own, 0.0))
    if all(close(value, point.get(own, float("nan")), case.tolerance) for value, point in _pairs(case)):
        return "seed-is-value"
    if fixed and case.made[0] == 0.0:
        return "seed-zero"
    if fixed and right == 0.0 and not case.wanted.backwards:
        return "both-seeded"
    return "seed-wrong"


def _pairs(case: Case) -> Iterator[tuple[float, dict[str, float]]]:
    return zip(case.made, case.points, strict=True)


def _by_numbers(case: Case) -> tuple[str, Detail] | None:
    """What the numbers say by themselves: a constant factor, a constant."""
    if len(case.made) < 2:
        return None
    known = [(one, other) for one, other in zip(case.made, case.truth, strict=True) if other - other == 0.0 != other]
    ratios = [one / other for one, other in known]
    alike = len(ratios) > 1 and all(close(each, ratios[0], case.tolerance) for each in ratios)
    if alike and ratios[0] not in (0.0, 1.0):
        return "constant-factor", (("name", case.quantity),)
    if all(close(each, case.made[0], 1e-12) for each in case.made) and len({round(o, 9) for _, o in known}) > 1:
        return "fixed-number", (("name", case.quantity), ("number", f"{case.made[0]:.6g}"))
    return None


def _nearly(case: Case) -> tuple[str, Detail] | None:
    """The numbers are near the right ones everywhere, and are not these."""
    pairs = list(zip(case.made, case.truth, strict=True))
    return ("approximate", (("name", case.quantity),)) if pairs and compared(pairs, NEAR) else None


def _twice(case: Case) -> tuple[str, Detail] | None:
    """Two mistakes that give these numbers together."""
    role = case.wanted.roles[case.quantity]
    way = pairs.tangents if role == TANGENT else pairs.adjoints
    for made in case.definitions if role in (TANGENT, ADJOINT) else ():
        for pair in way(made, case.wanted.functions):
            code = flattened(pair.expression)
            if code is not None and case.matches(number(code, point) for point in case.points):
                rules = dict.fromkeys(each.rule for each in (pair.one, pair.other) if each.rule)
                told = _told(pair.one, pair.other)
                return "two-mistakes", (("name", case.quantity), ("both", told), ("rule", " ".join(rules)))
    return None


def _by_factors(case: Case) -> tuple[str, Detail] | None:
    """Which factors are right, where no mistake is found."""
    if case.line is None or case.several or not case.definitions:
        return None
    found = factors.told(case.line, case.definitions[0], case.wanted.roles, case.points, case.tolerance)
    return None if found is None else (found[0], (("name", case.quantity), ("both", found[1])))


def _told(one: Candidate, other: Candidate) -> str:
    """The two, each with its place."""
    places = [f"In `{each.op}`" if each.op else f"For `{each.other}`" for each in (one, other)]
    titles = [MISTAKES[each.key].title for each in (one, other)]
    if places[0] == places[1]:
        return f"{places[0]}: {titles[0]}, and {titles[1]}"
    return f"{places[0]}: {titles[0]}. {places[1]}: {titles[1]}"
