"""`grad z`: every partial derivative of a result, by one sweep back (or forward, or by differences)."""

from __future__ import annotations

import math
from collections.abc import Callable

from lang.errors import AdError, CommandError
from lang.evaluate.active import Value, plain
from lang.evaluate.point import Point
from lang.evaluate.recipe import Recipe
from lang.evaluate.run import Run
from lang.evaluate.wanted import result
from lang.source import Source, Span
from lang.steps import form
from lang.verbs.core.answer import Answer, Question, Values
from lang.verbs.core.registry import Verb, by_names
from lang.verbs.core.rows import merged_notes, with_conditions


def answer(recipe: Recipe, question: Question) -> Answer:
    """The value of the target and its partial derivatives, in the order they were asked."""
    (target,) = question.targets
    names = by_names(recipe, question)
    way = question.by or "reverse"
    point = WAYS[way](recipe, target, names)
    value = point.values[target]
    gradient = {name: point.derivatives[name] for name in names}
    rows = ((target, value), *((f"d{target}/d{name}", slope) for name, slope in gradient.items()))
    return Answer(
        "grad",
        {"of": target, "value": value, "wrt": gradient, "by": way},
        gradient,
        (Values(rows),),
        point.notes,
        form=question.form,
    )


def _reverse(recipe: Recipe, target: str, names: tuple[str, ...]) -> Point:
    return recipe.adjoints({target: 1.0}, names)


def _forward(recipe: Recipe, target: str, names: tuple[str, ...]) -> Point:
    points = {name: recipe.tangents((target,), {name: 1.0}) for name in names}
    slopes = {name: point.derivatives[target] for name, point in points.items()}
    notes = merged_notes(points.values())
    if len(names) > 1:
        notes = with_conditions(notes, lambda: [_reverse(recipe, target, names)])
    return Point(points[names[-1]].values, slopes, notes)


def _numeric(recipe: Recipe, target: str, names: tuple[str, ...]) -> Point:
    from lang.verbs.core import numeric, unaware

    inputs, others = recipe.split(names)
    if others:
        raise CommandError(f"differences are taken by inputs; `{others[0]}` is not one").at(others[0])
    here, places, value = _at(recipe, target, inputs)

    def along(name: str) -> Callable[[float], float]:
        return lambda x: plain(result(recipe.at({name: x}).values(), target))

    found = {name: numeric.derivative(along(name), here[name]) for name in names}
    notes = unaware.unsettled(found, places) + unaware.kinks(recipe, target, names, "a difference")
    return Point({target: value}, {name: estimate.value for name, estimate in found.items()}, notes)


def _symbolic(recipe: Recipe, target: str, names: tuple[str, ...]) -> Point:
    from lang.verbs.core import unaware
    from lang.verbs.core.closed import NoForm, closed_form
    from lang.verbs.core.elsewhere import inputs_of, narrowed

    _, places, value = _at(recipe, target, recipe.split(names)[0])
    whole, recipe = recipe, narrowed(recipe, target)
    try:
        closed = closed_form(recipe, target, names)
    except NoForm as why:
        raise why.error(target) from None
    tried = closed.tried(recipe, inputs_of(recipe))
    found = {name: tried[f"d{target}/d{name}"] for name in names}
    slopes = {name: math.nan if isinstance(each, AdError) else each for name, each in found.items()}
    notes = unaware.valueless(found, places) + unaware.kinks(whole, target, names, "a closed form")
    return Point({target: value}, slopes, notes)


def _at(
    recipe: Recipe, target: str, inputs: tuple[str, ...]
) -> tuple[dict[str, float], dict[str, tuple[Span, Source]], float]:
    """The inputs' values and places, and the target's value: one run."""
    here: dict[str, float] = {}
    places: dict[str, tuple[Span, Source]] = {}

    def keep(name: str, run: Run) -> Callable[[Value, form.Step], Value]:
        def kept(value: Value, step: form.Step) -> Value:
            here[name], places[name] = plain(value), (step.span, run.source)
            return value

        return kept

    run = recipe.start(lambda run: {name: keep(name, run) for name in inputs})
    return here, places, plain(result(run, target))


WAYS = {"reverse": _reverse, "forward": _forward, "numeric": _numeric, "symbolic": _symbolic}

VERB = Verb(
    name="grad",
    summary="every partial derivative of a result",
    answer=answer,
    gives="dict[str, float]",
    clauses=frozenset({"wrt", "at", "by"}),
    ways=tuple(WAYS),
    example="grad z wrt x at x = 2",
)
