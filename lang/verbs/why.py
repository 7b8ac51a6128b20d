"""`why z wrt x`: the paths from an input to a result, the factor on each edge, each product, and that they sum up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lang.clock import watched
from lang.evaluate.recipe import Recipe
from lang.evaluate.record import Node, Record, record
from lang.syntax.unparse import expression as written
from lang.verbs.core.answer import Answer, Grid, Piece, Question
from lang.verbs.core.filled import factor, labelled, short
from lang.verbs.core.outline import remarks
from lang.verbs.core.paths import FEW, Path, Paths, paths, readers
from lang.verbs.core.registry import Verb, by_names

SHOWN = 8
"""Paths that are listed where there are more than `FEW`."""
ENDS = 2
"""Names at each end of a long path."""
EDGES = 30
"""Edges that are explained one by one."""
FULL = 1000
"""Names of a path that its fact has."""
SILENT = ("parameter", "result", "copy")


def answer(recipe: Recipe, question: Question) -> Answer:
    """A table of paths for each name asked by, and one of the edges on them."""
    (target,) = question.targets
    names = by_names(recipe, question)
    made = record(recipe, names)
    end = made.target(target)
    swept = made.sweep({end.index: 1.0})
    pieces: list[Piece] = []
    facts: dict[str, Any] = {}
    used: dict[tuple[int, int], None] = {}
    known = readers(made.nodes, end.index) if len(names) > 1 else None
    for name in names:
        start = made.leaves.get(name)
        total = 0.0 if start is None else swept.adjoints[start] or 0.0
        found = Paths(0.0, ()) if start is None else paths(made.nodes, start, end.index, known)
        shown = found.best if found.count <= FEW else found.best[:SHOWN]
        used.update((edge, None) for path in shown for edge in path.edges)
        pieces.append(_table(made, target, name, found, shown, total))
        facts[name] = _fact(made.nodes, found, shown, total)
    if 0 < len(used) <= EDGES:
        pieces.append(_edges(made, list(used)))
    fact = {"of": target, "value": end.value, "wrt": facts}
    return Answer(
        "why", fact, fact, tuple(pieces), remarks(recipe, made, target, names, swept), form=question.form
    )


def _table(made: Record, target: str, name: str, found: Paths, shown: Sequence[Path], total: float) -> Grid:
    rows: list[tuple[str | float, ...]] = []
    for path in shown:
        edges = _telling(made.nodes, path)
        words = [name, *(made.nodes[node].label for node, _ in edges)]
        factors = [short(made.nodes[node].edges[at][1]) for node, at in edges]
        rows.append((" → ".join(_ends(words)), " * ".join(_bracketed(_ends(factors))), path.product))
    if not shown:
        rows.append((f"none: {target} does not depend on {name} here", "", ""))
    if found.count > len(shown):
        rows.append((f"… {_more(found.count - len(shown))}", "", _rest(shown, total)))
    rows.append((f"sum = d{target}/d{name}", "", total))
    return Grid((f"paths from {name} to {target}", "factors", "product"), tuple(rows), digits=6)


def _telling(nodes: Sequence[Node], path: Path) -> list[tuple[int, int]]:
    """The edges that say something: a value handed on under another name is left out, except at the end."""
    return [edge for edge in path.edges[:-1] if nodes[edge[0]].kind not in SILENT] + list(path.edges[-1:])


def _ends(words: list[str]) -> list[str]:
    if len(words) <= 2 * ENDS + 1:
        return words
    return [*words[:ENDS], "…", *words[-ENDS:]]


def _bracketed(factors: Sequence[str]) -> list[str]:
    return [f"({each})" if at and each.startswith("-") else each for at, each in enumerate(factors)]


def _rest(shown: Sequence[Path], total: float) -> float:
    return total - sum(path.product for path in shown)


def _more(count: float) -> str:
    if not math.isfinite(count):
        return "more paths than 1e308"
    return f"{count:,.0f} more path{'s' * (count != 1)}" if count < 1e9 else f"{count:.3g} more paths"


def _edges(made: Record, used: Sequence[tuple[int, int]]) -> Grid:
    """Each edge once: its partial as the rule has it, and its number."""
    rows: list[tuple[str | float, ...]] = []
    for node, at in watched(sorted(used), "writing the edges"):
        step = made.nodes[node]
        operand, partial = step.edges[at]
        text = "1" if step.kind in SILENT else written(factor(step, at, made.nodes))
        rows.append(
            (f"d{step.label}/d{made.nodes[operand].label}", labelled(step, made.nodes), text, partial)
        )
    return Grid(("edge", "statement", "partial", "value"), tuple(rows), digits=6)


def _fact(nodes: Sequence[Node], found: Paths, shown: Sequence[Path], total: float) -> dict[str, Any]:
    return {
        "derivative": total,
        "count": found.count,
        "paths": [
            {
                "through": [nodes[node].label for node, _ in path.edges[:FULL]],
                "factors": list(path.factors[:FULL]),
                "product": path.product,
            }
            for path in shown
        ],
        "rest": _rest(shown, total) if found.count > len(shown) else 0.0,
    }


VERB = Verb(
    name="why",
    summary="the paths from an input to a result, with the factor on each edge and each product",
    answer=answer,
    example="why z wrt x",
)
