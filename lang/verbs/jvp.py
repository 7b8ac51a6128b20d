"""`jvp z along x=1, y=2`: how results move when the inputs move so (a directional derivative), in one forward run."""

from __future__ import annotations

from lang.errors import CommandError
from lang.evaluate.recipe import Recipe
from lang.verbs.core.answer import Answer, Question, Values
from lang.verbs.core.registry import Verb


def answer(recipe: Recipe, question: Question) -> Answer:
    """The value and the tangent of each target."""
    along = weights(question, "jvp z along x=1, y=0")
    point = recipe.tangents(question.targets, along)
    rows = tuple(
        row for name in question.targets for row in ((name, point.values[name]), (f"d{name}", point.derivatives[name]))
    )
    fact = {"of": list(question.targets), "along": along, "values": point.values, "tangents": point.derivatives}
    value = {name: (point.values[name], point.derivatives[name]) for name in question.targets}
    return Answer("jvp", fact, value, (Values(rows),), point.notes, form=question.form)


def weights(question: Question, example: str) -> dict[str, float]:
    """The numbers of the `along` clause.

    Raises:
        CommandError: there is none, or a number is left open.
    """
    if not question.along:
        raise CommandError("along which direction?", hint=f"write it like `{example}`")
    for name, value in question.along.items():
        if value is None:
            raise CommandError(f"`{name}` needs a number here", hint=f"write it like `{example}`")
    return {name: value for name, value in question.along.items() if value is not None}


VERB = Verb(
    name="jvp",
    summary="how results move when the inputs move along a direction",
    answer=answer,
    gives="dict[str, tuple[float, float]]",
    targets=(1, None),
    clauses=frozenset({"at", "along"}),
    example="jvp z along x=1, y=0",
)
