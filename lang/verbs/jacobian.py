"""`jacobian a, z`: the partial derivatives of several results, one row each."""

from __future__ import annotations

from lang.evaluate.point import Point
from lang.evaluate.recipe import Recipe
from lang.verbs.core.answer import Answer, Grid, Question
from lang.verbs.core.registry import Verb, by_names
from lang.verbs.core.rows import array, merged_notes, with_conditions


def answer(recipe: Recipe, question: Question) -> Answer:
    """A row of partial derivatives for each target, by as many sweeps as are fewer: one a result, or one an input."""
    names = by_names(recipe, question)
    targets = question.targets
    way = question.by or ("reverse" if len(targets) <= len(names) else "forward")
    table, points = (_reverse if way == "reverse" else _forward)(recipe, targets, names)
    values = {target: value for point in points for target, value in point.values.items()}
    rows = [[table[target][name] for name in names] for target in targets]
    grid = Grid(
        ("", *(f"/d{name}" for name in names)),
        tuple((f"d{target}", *row) for target, row in zip(targets, rows, strict=True)),
    )
    fact = {"of": list(targets), "wrt": list(names), "values": values, "by": way, "rows": rows}
    notes = merged_notes(points)
    if way == "forward":
        notes = with_conditions(notes, lambda: _reverse(recipe, targets, names)[1])
    return Answer("jacobian", fact, array(rows), (grid,), notes, form=question.form)


Table = dict[str, dict[str, float]]


def _reverse(recipe: Recipe, targets: tuple[str, ...], names: tuple[str, ...]) -> tuple[Table, list[Point]]:
    points = [recipe.adjoints({target: 1.0}, names) for target in targets]
    return {target: point.derivatives for target, point in zip(targets, points, strict=True)}, points


def _forward(recipe: Recipe, targets: tuple[str, ...], names: tuple[str, ...]) -> tuple[Table, list[Point]]:
    points = [recipe.tangents(targets, {name: 1.0}) for name in names]
    return {
        target: {name: point.derivatives[target] for name, point in zip(names, points, strict=True)}
        for target in targets
    }, points


VERB = Verb(
    name="jacobian",
    summary="the partial derivatives of several results, as a table",
    answer=answer,
    gives="Array",
    targets=(1, None),
    clauses=frozenset({"wrt", "at", "by"}),
    ways=("reverse", "forward"),
    example="jacobian a, z wrt x, y",
)
