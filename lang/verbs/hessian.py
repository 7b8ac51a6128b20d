"""`hessian z`: all second derivatives of a result, forward over reverse: one run for each input."""

from __future__ import annotations

from lang.evaluate.recipe import Recipe
from lang.verbs.core.answer import Answer, Grid, Question
from lang.verbs.core.registry import Verb, by_names
from lang.verbs.core.rows import array, merged_notes


def answer(recipe: Recipe, question: Question) -> Answer:
    """The symmetric table of second derivatives, in the order the names were asked."""
    (target,) = question.targets
    names = by_names(recipe, question)
    points = recipe.hessian(target, names)
    rows = [[point.derivatives[name] for name in names] for point in points]
    grid = Grid(
        (f"d²{target}", *(f"/d{name}" for name in names)),
        tuple((f"/d{name}", *row) for name, row in zip(names, rows, strict=True)),
    )
    fact = {"of": target, "value": points[0].values[target], "wrt": list(names), "rows": rows}
    return Answer("hessian", fact, array(rows), (grid,), merged_notes(points), form=question.form)


VERB = Verb(
    name="hessian",
    summary="all second derivatives of a result, as a table",
    answer=answer,
    gives="Array",
    example="hessian z wrt x, y",
)
