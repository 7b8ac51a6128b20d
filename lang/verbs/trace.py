"""`trace z wrt x`: the interleaved program as a table: each statement, its value, its differential, its derivative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lang.clock import watched
from lang.evaluate.recipe import Recipe
from lang.evaluate.record import Node, Record, record, tangents
from lang.verbs.core.answer import Answer, Grid, Question
from lang.verbs.core.filled import differential, short, statement
from lang.verbs.core.outline import TABLE, Line, needed, outline, remarks
from lang.verbs.core.registry import Verb, by_names
from lang.verbs.jvp import weights

INDENT = "  "


def answer(recipe: Recipe, question: Question) -> Answer:
    """The steps that the target needs, with a column of derivatives for each seed."""
    (target,) = question.targets
    if question.along is not None:
        seeds = [weights(question, "trace z along x=1, y=0")]
        heads = ["derivative"]
    else:
        names = by_names(recipe, question)
        seeds = [{name: 1.0} for name in names]
        heads = [f"/d{name}" for name in names] if len(names) > 1 else ["derivative"]
    made = record(recipe, tuple(dict.fromkeys(name for seed in seeds for name in seed)))
    moved = [tangents(recipe, seed) for seed in seeds]
    table = _Table(made, moved, needed(made, (target,)))
    lines = outline(table.shown)
    grid = Grid(
        ("step", "statement", "value", "differential", *heads),
        tuple(table.row(line) for line in watched(lines, TABLE)),
        digits=6,
    )
    node = made.target(target)
    slopes = {_seed_name(seed): each[node.index] or 0.0 for seed, each in zip(seeds, moved, strict=True)}
    notes = remarks(recipe, made, target, tuple(made.leaves), made.sweep({node.index: 1.0}))
    facts = [table.fact(line, [_seed_name(seed) for seed in seeds]) for line in watched(lines, TABLE)]
    fact = {"of": target, "value": node.value, "seeds": seeds, "derivatives": slopes, "rows": facts}
    return Answer("trace", fact, fact, (grid,), notes, form=question.form)


def _seed_name(seed: Mapping[str, float]) -> str:
    return ", ".join(seed)


class _Table:
    """What each line of the table says."""

    def __init__(self, made: Record, moved: Sequence[Sequence[float | None]], shown: list[Node]) -> None:
        self.nodes = made.nodes
        self.leaves = set(made.leaves.values())
        self.moved = moved
        self.moving = [any(each[at] is not None for each in moved) for at in range(len(made.nodes))]
        self.shown = shown
        self.numbers = {node.index: at for at, node in enumerate(shown, 1)}

    def row(self, line: Line) -> tuple[str | float, ...]:
        """The cells of a line."""
        indent, node = INDENT * line.depth, line.node
        blank = ("",) * len(self.moved)
        if node is None:
            return ("", indent + line.text, "", "", *blank)
        head = indent + (line.text if line.head else statement(node))
        if isinstance(node.value, bool) or line.head:
            return (self.numbers[node.index], head, node.value, "", *blank)
        slopes = tuple(each[node.index] or 0.0 for each in self.moved)
        return (self.numbers[node.index], head, node.value, indent + self.differential(node), *slopes)

    def differential(self, node: Node) -> str:
        """The differential statement with numbers put in; what moves is a name where there are several seeds."""
        one = self.moved[0] if len(self.moved) == 1 else None
        if node.index in self.leaves:
            return f"d{node.name} = {'?' if one is None else short(one[node.index] or 0.0)}"
        return differential(node, self.nodes, self.moving, one)

    def fact(self, line: Line, seeds: Sequence[str]) -> dict[str, Any]:
        """A line for programs to read."""
        node = line.node
        if node is None:
            return {"depth": line.depth, "text": line.text, "folded": line.folded}
        found: dict[str, Any] = {
            "step": self.numbers[node.index],
            "depth": line.depth,
            "name": str(node.name),
            "statement": line.text if line.head else statement(node),
            "line": node.line,
            "value": node.value,
        }
        if not isinstance(node.value, bool):
            found["differential"] = self.differential(node)
            found["derivatives"] = {
                seed: each[node.index] or 0.0 for seed, each in zip(seeds, self.moved, strict=True)
            }
        return found


VERB = Verb(
    name="trace",
    summary="each statement with its value, its differential and its derivative, as a table",
    answer=answer,
    clauses=frozenset({"wrt", "at", "along"}),
    example="trace z wrt x",
)
