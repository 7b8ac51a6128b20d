"""`check z`: automatic derivatives against 50 digits, and forward against reverse, here and at points nearby.

Law: the verdict never rests on a tolerance that a hard problem could fail. At 50 digits, the rules' derivatives and
those of the values alone are either equal or not: where they are not, a rule is wrong, and the first statement whose
derivative disagrees is named. Where they are, and the doubles differ, digits were lost to rounding, and that is said.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from lang.domains.precise import Conflict
from lang.domains.reference import Reference, shown
from lang.errors import AdError, DomainError, LimitExceeded
from lang.evaluate.notes import Note
from lang.evaluate.recipe import Recipe
from lang.verbs.core.answer import Answer, Grid, Listing, Question
from lang.verbs.core.checked import Found, agree
from lang.verbs.core.elsewhere import condition, digits, error, exact, narrowed
from lang.verbs.core.registry import Verb, by_names

NEAR = 4
MANY = 600_000
"""Values at 50 digits that all points together may take, 7 us for a sum and more for functions; so a long program is
checked at fewer points."""
SEED = 20
SPREAD = 0.1
IDENTITY = 1e-8
"""Both sides of the dot-product identity, relative to the size of its terms."""
FEW = 8.0
"""Fewer right digits than this are worth a word."""


def answer(recipe: Recipe, question: Question) -> Answer:
    """The verdict, with the numbers it rests on."""
    (target,) = question.targets
    names = by_names(recipe, question)
    recipe = narrowed(recipe, target)
    generator = random.Random(SEED)  # noqa: S311 - the same points each time is what is wanted
    here = _point(recipe, target, names, {}, generator)
    assert here.true is not None
    assert here.gradient is not None
    near = [_nearby(recipe, target, names, here, generator) for _ in range(_affordable(here.true, len(names)))]
    points = [here, *(each for each in near if each.true is not None)]
    wrong = next((each for each in points if _wrong(each, target)), None)
    apart = next((each for each in points if _apart(each, target)), None)
    ok = wrong is None and apart is None
    words = _verdict(here, points, target, wrong, apart, bool(near))
    conflict = None if wrong is None or wrong.true is None else wrong.true.conflict
    fact = _fact(here, near, target, ok, words, conflict)
    pieces = (_here(here, target), _table(points, near, target), Listing("\n".join(words), "text"))
    notes = () if conflict is None else _notes(conflict)
    return Answer("check", fact, fact, pieces, notes, ok=ok, form=question.form)


# --- one point ------------------------------------------------------------------------------------------------------


def _point(
    recipe: Recipe, target: str, names: tuple[str, ...], at: Mapping[str, float], generator: random.Random
) -> Found:
    """Doubles and 50 digits at one point."""
    there = recipe.at(at)
    point = there.adjoints({target: 1.0}, names)
    true = exact(recipe, target, names, at)
    along = {name: generator.choice((-1.0, 1.0)) * generator.uniform(0.5, 1.5) for name in names}
    moved = there.tangents((target,), along).derivatives[target]
    terms = [along[name] * point.derivatives[name] for name in names]
    size = max(math.fsum(map(abs, terms)), abs(moved))
    gap = abs(moved - math.fsum(terms)) / size if size else 0.0
    wanted = sum(along[name] * true.slopes[target][name].value for name in names)
    return Found(dict(true.inputs), point.values[target], dict(point.derivatives), true, gap, digits(moved, wanted))


def _affordable(here: Reference, inputs: int) -> int:
    """How many points nearby: each takes a value for every step, and one on either side for every input."""
    return min(NEAR, max(0, MANY // (here.steps * (1 + 2 * inputs) + 1) - 1))


def _nearby(recipe: Recipe, target: str, names: tuple[str, ...], here: Found, generator: random.Random) -> Found:
    at = {name: _moved(here.at[name], generator) for name in names}
    try:
        return _point(recipe, target, names, at, generator)
    except LimitExceeded:
        raise
    except AdError as trouble:
        outside = isinstance(trouble, DomainError)
        return Found(at, failure="outside the domain" if outside else trouble.message)


def _moved(value: float, generator: random.Random) -> float:
    """A number near another: up to a tenth of it away, rounded so that people can read it."""
    moved = value + generator.uniform(-SPREAD, SPREAD) * (abs(value) or 1.0)
    return float(f"{moved:.6g}")


def _wrong(found: Found, target: str) -> bool:
    """Do rules and values disagree at 50 digits, about a derivative that exists?"""
    assert found.true is not None
    if found.true.conflict is None:
        return False
    slopes = found.true.slopes[target].items()
    return any(slope.smooth and not agree(slope, found.scale(name)) for name, slope in slopes)


def _apart(found: Found, target: str) -> bool:
    """Do forward and reverse differ by more than the rounding that both suffer?"""
    assert found.true is not None
    if math.isnan(found.gap):
        return all(slope.smooth for slope in found.true.slopes[target].values())
    return not found.gap <= IDENTITY and max(found.forward, found.least(target)) >= FEW


# --- words ----------------------------------------------------------------------------------------------------------


def _verdict(
    here: Found, points: list[Found], target: str, wrong: Found | None, apart: Found | None, tried: bool
) -> list[str]:
    """What the points say; `tried`: were points nearby looked at?"""
    assert here.true is not None
    lines: list[str] = []
    if wrong is not None:
        assert wrong.true is not None
        assert wrong.true.conflict is not None
        lines.append(f"DISAGREES: {_blame(wrong.true.conflict)}")
    if apart is not None:
        lines.append(f"DISAGREES: forward and reverse differ by {apart.gap:.1e} of their size")
    if not lines:
        count = len(points)
        here_only = ", here only, for the program is long" if not tried else ""
        lines.append(
            f"agrees at {count} point{'s' if count > 1 else ''}{here_only}: no rule is wrong, and forward is reverse"
        )
    kinks = [name for name, slope in here.true.slopes[target].items() if not slope.smooth]
    for name in kinks:
        slope = here.true.slopes[target][name]
        sides = f"{_short(slope.left)} on the left, {_short(slope.right)} on the right"
        lines.append(f"d{target}/d{name} does not exist here: {sides}")
    return lines + ([] if apart else _ill(here, target))


def _ill(here: Found, target: str) -> list[str]:
    """What is to be said of lost digits."""
    assert here.true is not None
    assert here.gradient is not None
    lines = []
    kept, factor = digits(here.value, here.true.values[target]), condition(here.true, target)
    if kept < FEW:
        lines.append(f"the value itself keeps only {kept:.1f} of 16 digits: the program loses them to rounding")
    if factor > 1e6 and math.isfinite(factor):
        lines.append(f"ill-conditioned: a relative change of the inputs is {factor:.1e} times as large in {target}")
    for name, value in here.gradient.items():
        slope = here.true.slopes[target][name]
        right = digits(value, slope.value, here.scale(name))
        if slope.smooth and agree(slope, here.scale(name)) and right < FEW:
            lines.append(f"d{target}/d{name} keeps only {right:.1f} of 16 digits: rounding, not a wrong rule")
    return lines


def _blame(conflict: Conflict) -> str:
    line = conflict.source.position(conflict.step.span[0])[0]
    rule = conflict.procedure.rule if conflict.procedure else None
    if rule is None:
        return f"the derivative of line {line} is not that of its value"
    assert conflict.procedure is not None
    if rule.source is not conflict.source:
        return f"the rule for `{conflict.procedure.name}`"
    written = rule.source.position(rule.span[0])[0]
    return f"the rule for `{conflict.procedure.name}` (line {written}), first met on line {line}"


def _notes(conflict: Conflict) -> tuple[Note, ...]:
    """The call at which the derivative is wrong, and the rule that says so."""
    words = f"by `{conflict.by}` this moves by {_short(conflict.true)}, its derivative says {_short(conflict.rule)}"
    notes = [Note("disagreement", words, conflict.step.span, conflict.source, step=conflict.step)]
    rule = conflict.procedure.rule if conflict.procedure else None
    if rule is not None:
        assert conflict.procedure is not None
        words = f"this rule is not the derivative of `{conflict.procedure.name}`"
        notes.append(Note("disagreement", words, rule.span, rule.source))
    return tuple(notes)


def _short(value: object) -> str:
    return f"{float(value):.6g}"  # type: ignore[arg-type]


# --- tables ---------------------------------------------------------------------------------------------------------


def _here(found: Found, target: str) -> Grid:
    assert found.true is not None
    assert found.gradient is not None
    true = found.true
    rows: list[tuple[str | float, ...]] = [
        (target, found.value, float(true.values[target]), f"{digits(found.value, true.values[target]):.1f}")
    ]
    for name, value in found.gradient.items():
        slope = true.slopes[target][name]
        right = f"{digits(value, slope.value, found.scale(name)):.1f}" if slope.smooth else "none: kink"
        rows.append((f"d{target}/d{name}", value, float(slope.value), right))
    return Grid(("", "AD", "reference", "right digits"), tuple(rows), title=f"{target} and its derivatives, checked")


def _table(points: list[Found], near: list[Found], target: str) -> Grid:
    names = tuple(points[0].gradient or ())
    rows: list[tuple[str | float, ...]] = []
    for place, each in enumerate((points[0], *near)):
        label = "here" if place == 0 else f"near {place}"
        inputs = tuple(each.at[name] for name in names)
        if each.true is None:
            rows.append((label, *inputs, each.failure, ""))
        else:
            rows.append((label, *inputs, _outcome(each, target), f"{each.gap:.0e}"))
    return Grid(("point", *names, "AD = reference", "|forward - reverse|"), tuple(rows), title="points nearby")


def _outcome(each: Found, target: str) -> str:
    assert each.true is not None
    if _wrong(each, target):
        return "no"
    if not any(slope.smooth for slope in each.true.slopes[target].values()):
        return "kink"
    return f"yes, {each.least(target, True):.1f} digits"


def _fact(
    here: Found, near: list[Found], target: str, ok: bool, words: list[str], conflict: Conflict | None
) -> dict[str, object]:
    assert here.true is not None
    assert here.gradient is not None
    slopes = here.true.slopes[target]
    fact: dict[str, object] = {
        "of": target,
        "agrees": ok,
        "value": here.value,
        "wrt": dict(here.gradient),
        "reference": {name: float(slope.value) for name, slope in slopes.items()},
        "reference_50_digits": {name: shown(slope.value) for name, slope in slopes.items()},
        "errors": {name: error(value, slopes[name].value) for name, value in here.gradient.items()},
        "smooth": {name: slope.smooth for name, slope in slopes.items()},
        "condition": condition(here.true, target),
        "digits_of_value": digits(here.value, here.true.values[target]),
        "forward_minus_reverse": here.gap,
        "points": [
            {"at": each.at, "agrees": None if each.true is None else not _wrong(each, target), "why": each.failure}
            for each in near
        ],
        "verdict": words,
    }
    if conflict is not None:
        fact["first"] = {
            "line": conflict.source.position(conflict.step.span[0])[0],
            "function": conflict.procedure.name if conflict.procedure else None,
            "by": conflict.by,
            "rule": conflict.rule,
            "true": conflict.true,
        }
    return fact


VERB = Verb(
    name="check",
    summary="automatic derivatives against 50 digits, forward against reverse, here and nearby",
    answer=answer,
    example="check z wrt x",
)
