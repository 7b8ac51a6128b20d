"""`compare z`: every way to a derivative on one table: symbolic, differences, complex step, forward and reverse.

Law: each way is run, on the user's own program at its own point, and held against a reference at 50 digits; a way that
cannot work says why.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from lang.domains import complexes
from lang.domains.precise import Slope
from lang.domains.reference import shown
from lang.domains.refusal import Undecided
from lang.errors import AdError, CommandError, LimitExceeded
from lang.evaluate.active import plain
from lang.evaluate.recipe import Recipe
from lang.evaluate.wanted import result
from lang.verbs.core.answer import Answer, Grid, Listing, Piece, Question
from lang.verbs.core.closed import Closed, NoForm, closed_form
from lang.verbs.core.curve import Curve, curve, steps_for
from lang.verbs.core.elsewhere import began, error, exact, narrowed, parts, supply
from lang.verbs.core.registry import FORMATS, Verb, by_names
from lang.verbs.core.ways import Compared, Way

PICTURES = ("svg", "png")
PANELS = 8
TINY = 1e-200
"""The complex step: nothing is subtracted, so it may be as small as it likes."""


def answer(recipe: Recipe, question: Question) -> Answer:
    """One table for each input, and the error of differences against their step."""
    (target,) = question.targets
    names = by_names(recipe, question)
    picture = question.form in PICTURES
    if picture and len(names) > PANELS:
        words = f"a picture has room for {PANELS} inputs, not for {len(names)}"
        raise CommandError(words, hint=f"choose some: `compare z wrt {names[0]}`")
    found = tuple(compared(recipe, target, names, 8 if picture else 2))
    fact = {"of": target, "wrt": {each.name: _fact(each) for each in found}}
    if picture:
        return _picture(target, found, question.form, fact)
    pieces = [piece for each in found for piece in _pieces(target, each)]
    return Answer("compare", fact, fact, tuple(pieces), form=question.form)


def _picture(target: str, found: tuple[Compared, ...], form: str, fact: dict[str, Any]) -> Answer:
    """The error against the step, drawn."""
    from lang.verbs.core.picture import png, svg

    if form == "svg":
        return Answer("compare", fact, fact, (Listing(svg(target, found), "svg"),))
    words = "a picture is no text: write it to a file with `-o curve.png`"
    return Answer("compare", fact, fact, (Listing(words, "text"),), data=png(target, found))


def compared(recipe: Recipe, target: str, names: tuple[str, ...], fine: int) -> list[Compared]:
    """Every way to every derivative.

    Args:
        fine: steps a decade, where runs are cheap.

    Raises:
        CommandError: a name is not an input.
    """
    recipe = narrowed(recipe, target)
    cost = recipe.values().used  # first of all: where doubles have no value there is nothing to compare
    true = exact(recipe, target, names)
    reverse = recipe.adjoints({target: 1.0}, names).derivatives
    made = []
    for name in names:
        at, slope = true.inputs[name], true.slopes[target][name]
        count = len(names)

        def function(x: float, name: str = name) -> float:
            return plain(result(recipe.at({name: x}).values(), target))

        errors = curve(function, at, slope.value, steps_for(at, cost, fine))
        tangent = recipe.tangents((target,), {name: 1.0}).derivatives[target]
        ways = (
            _difference("forward difference", errors, "forward", 2, count + 1, slope.smooth),
            _difference("central difference", errors, "central", 2, 2 * count, slope.smooth),
            _complex(recipe, target, name, slope, count),
            Way("AD, forward", tangent, error(tangent, slope.value), 1, count),
            Way("AD, reverse", reverse[name], error(reverse[name], slope.value), 1, 1),
        )
        made.append(Compared(name, at, slope, ways, errors))
    closed = _closed(recipe, target, names, true.inputs)
    return [
        replace(each, ways=(_symbolic(closed, f"d{target}/d{each.name}", each.true, len(names)), *each.ways))
        for each in made
    ]


# --- the ways -------------------------------------------------------------------------------------------------------


def _closed(
    recipe: Recipe, target: str, names: tuple[str, ...], inputs: dict[str, float]
) -> tuple[Closed | None, dict[str, float], str]:
    """The closed forms and their numbers, or why there are none."""
    try:
        found = closed_form(recipe, target, names)
        return found, found.at(recipe, inputs), ""
    except NoForm as why:
        line = "" if why.span is None or why.source is None else f" (line {why.source.position(why.span[0])[0]})"
        return None, {}, why.why + line
    except LimitExceeded:
        raise
    except CommandError as missing:
        return None, {}, f"{missing.message}: {missing.hint}"


def _symbolic(closed: tuple[Closed | None, dict[str, float], str], name: str, slope: Slope, count: int) -> Way:
    found, values, why = closed
    if found is None:
        return Way("symbolic", math.nan, math.nan, 0, 0, why)
    value = values.get(name, math.nan)
    if value != value:
        return Way("symbolic", math.nan, math.nan, 0, 0, "the closed form has no value at this point")
    size = found.sizes[name]
    swell = f"the closed form of {name} has {size:,} node{'s' * (size != 1)}"
    return Way("symbolic", value, error(value, slope.value), 1, count, swell)


def _difference(name: str, errors: Curve, way: str, runs: int, all_runs: int, smooth: bool) -> Way:
    step, value, wrong = errors.best(way)
    if not smooth and errors.steps:
        at = len(errors.steps) // 2
        step, value, wrong = errors.steps[at], getattr(errors, f"{way}_values")[at], math.nan
    if step != step:
        return Way(name, math.nan, math.nan, 0, 0, "the program has no value beside this point")
    words = f"at its best step, h = {step:.1g}" if smooth else f"with h = {step:.1g}"
    return Way(name, value, wrong, runs, all_runs, words)


def _complex(recipe: Recipe, target: str, name: str, slope: Slope, count: int) -> Way:
    walked = parts(recipe, target)
    try:
        value = complexes.derivative(
            walked, supply(recipe, walked), target, name, TINY, recipe.settings.limits, began(recipe)
        )
    except Undecided as why:
        return Way("complex step", math.nan, math.nan, 0, 0, why.words)
    except LimitExceeded:
        raise
    except AdError as trouble:
        return Way("complex step", math.nan, math.nan, 0, 0, trouble.message)
    if value != value:
        return Way("complex step", math.nan, math.nan, 0, 0, "a function on the way has no complex value here")
    return Way("complex step", value, error(value, slope.value), 1, count, f"x + ih with h = {TINY:.0e}")


# --- tables ---------------------------------------------------------------------------------------------------------


def _pieces(target: str, found: Compared) -> list[Piece]:
    head = f"d{target}/d{found.name}"
    rows: list[tuple[str | float, ...]] = []
    for way in found.ways:
        if way.works:
            wrong = _short(way.error) if found.true.smooth else "-"
            rows.append((way.name, way.value, wrong, str(way.runs), str(way.all_runs)))
        else:
            rows.append((way.name, "cannot", "", "", ""))
    columns = (head, "derivative", "error", "runs", "for all inputs")
    table = Grid(columns, tuple(rows), title=f"{head}, every way")
    pieces: list[Piece] = [table, Listing("\n".join(_remarks(found)), "text")]
    return [*pieces, _curve_table(found)] if found.true.smooth else pieces


def _remarks(found: Compared) -> list[str]:
    lines = [f"reference: {shown(found.true.value)}"]
    if not found.true.smooth:
        left, right = float(found.true.left), float(found.true.right)
        lines = [f"no derivative exists here: {left:.6g} on the left, {right:.6g} on the right"]
    width = max(len(way.name) for way in found.ways)
    return lines + [f"{way.name + ':':<{width + 1}} {way.why}" for way in found.ways if way.why]


def _curve_table(found: Compared) -> Grid:
    """Every decade."""
    each = found.curve
    rows: list[tuple[str | float, ...]] = [
        (_short(step), _short(forward), _short(central))
        for step, forward, central in zip(each.steps, each.forward, each.central, strict=True)
        if _decade(step)
    ]
    columns = (f"step in {found.name}", "error, forward", "error, central")
    return Grid(columns, tuple(rows), title="the error of differences against their step")


def _decade(step: float) -> bool:
    power = math.log10(step)
    return abs(power - round(power)) < 1e-6


def _short(value: float) -> str:
    return "none" if value != value else "0" if value < 1e-30 else f"{value:.0e}" if value < 1e300 else "inf"


def _fact(found: Compared) -> dict[str, Any]:
    return {
        "at": found.at,
        "reference": float(found.true.value),
        "reference_50_digits": shown(found.true.value),
        "exists": found.true.smooth,
        "sides": [float(found.true.left), float(found.true.right)],
        "ways": [
            {
                "way": way.name,
                "derivative": way.value if way.works else None,
                "error": way.error if way.works else None,
                "runs": way.runs,
                "runs_for_all": way.all_runs,
                "why" if not way.works else "remark": way.why,
            }
            for way in found.ways
        ],
        "curve": {
            "steps": list(found.curve.steps),
            "forward": list(found.curve.forward),
            "central": list(found.curve.central),
        },
        "best_step": {way: found.curve.best(way)[0] for way in ("forward", "central")},
    }


VERB = Verb(
    name="compare",
    summary="symbolic, finite differences, complex step, AD forward and reverse: derivative, error, effort",
    answer=answer,
    formats=(*FORMATS, *PICTURES),
    example="compare z wrt x",
)
