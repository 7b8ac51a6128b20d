"""`graph z`: the computation graph of a result, with values, derivatives and partials, as text or a picture."""

from __future__ import annotations

from typing import Any

from lang.evaluate.recipe import Recipe
from lang.evaluate.record import record
from lang.graph import dot, mermaid, plain, svg
from lang.graph.computation import Graph, graph
from lang.verbs.core.answer import Answer, Listing, Question
from lang.verbs.core.outline import remarks
from lang.verbs.core.registry import Verb, by_names

MOST_STEPS = 200_000
"""Steps of a run that a graph is made of; what is drawn are at most 60 boxes."""
FORMS = {"text": plain.write, "mermaid": mermaid.write, "dot": dot.write, "svg": svg.draw}


def answer(recipe: Recipe, question: Question) -> Answer:
    """The graph: boxes and edges as facts, drawn as the question wants."""
    (target,) = question.targets
    names = by_names(recipe, question)
    made = record(recipe, names, MOST_STEPS)
    found = graph(made, target)
    shown = "" if question.form == "json" else FORMS[question.form](found)
    form = question.form if question.form == "json" else "text"
    notes = remarks(recipe, made, target, names)
    return Answer("graph", fact(found), found, (Listing(shown, question.form),), notes, form=form)


def fact(found: Graph) -> dict[str, Any]:
    """A graph for programs to read."""
    nodes = [
        {
            "name": box.name,
            "kind": box.kind,
            "text": box.text,
            "value": box.value,
            "derivative": box.derivative,
            "line": box.line,
            "steps": len(box.steps),
        }
        for box in found.boxes
    ]
    edges = [{"from": edge.start, "to": edge.end, "partial": edge.partial} for edge in found.edges]
    return {"of": found.of, "nodes": nodes, "edges": edges, "steps": found.steps}


VERB = Verb(
    name="graph",
    summary="the computation graph with values and derivatives",
    answer=answer,
    gives="Graph",
    formats=("text", "json", "mermaid", "dot", "svg"),
    example="graph z as text",
)
