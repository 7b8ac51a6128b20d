"""`vjp a, z along a=1, z=0.5`: the sensitivity of a weighted sum of results, pulled back to the inputs in one sweep."""

from __future__ import annotations

from lang.errors import CommandError
from lang.evaluate.recipe import Recipe
from lang.verbs.core.answer import Answer, Question, Values
from lang.verbs.core.registry import Verb, by_names
from lang.verbs.jvp import weights


def answer(recipe: Recipe, question: Question) -> Answer:
    """The adjoint of each name asked by."""
    along = weights(question, VERB.example)
    for name in along:
        if name not in question.targets:
            raise CommandError(
                f"`along` gives a weight to `{name}`, which is not asked about", hint=f"write it like `{VERB.example}`"
            ).at(name)
    seeds = {name: along.get(name, 0.0) for name in question.targets}
    names = by_names(recipe, question)
    point = recipe.adjoints(seeds, names)
    adjoints = {name: point.derivatives[name] for name in names}
    fact = {"of": list(question.targets), "along": seeds, "values": point.values, "wrt": adjoints}
    rows = tuple((f"g{name}", adjoint) for name, adjoint in adjoints.items())
    return Answer("vjp", fact, adjoints, (Values(rows),), point.notes, form=question.form)


VERB = Verb(
    name="vjp",
    summary="a sensitivity of results, pulled back to the inputs",
    answer=answer,
    gives="dict[str, float]",
    targets=(1, None),
    clauses=frozenset({"wrt", "at", "along"}),
    example="vjp a, z along a=1, z=0.5",
)
