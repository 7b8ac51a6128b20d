"""`tape z`: what reverse mode records, step by step, and its sweep back with every contribution as it is added."""

from __future__ import annotations

from typing import Any

from lang.clock import watched
from lang.evaluate.recipe import Recipe
from lang.evaluate.record import Contribution, Node, Record, Sweep, record
from lang.verbs.core.answer import Answer, Grid, Question, Values
from lang.verbs.core.filled import factor, labelled, product, short
from lang.verbs.core.outline import TABLE, Line, needed, outline, remarks
from lang.verbs.core.registry import Verb, by_names

INDENT = "  "


def answer(recipe: Recipe, question: Question) -> Answer:
    """The record, the sweep, and the derivatives it ends with."""
    (target,) = question.targets
    names = by_names(recipe, question)
    made = record(recipe, names)
    node = made.target(target)
    table = _Table(made, made.sweep({node.index: 1.0}), needed(made, (target,)))
    lines = outline(table.shown)
    first = Grid(
        ("step", "record", "value", "from", "partials"),
        tuple(table.recorded(line) for line in watched(lines, TABLE)),
        digits=6,
        title="the record",
    )
    back = outline(reversed([each for each in table.shown if table.swept.adjoints[each.index] is not None]))
    second = Grid(
        ("step", "sweep back", "adjoint"), tuple(table.back(back, node)), digits=6, title="the sweep back"
    )
    slopes = {
        name: table.swept.adjoints[made.leaves[name]] or 0.0 if name in made.leaves else 0.0 for name in names
    }
    rows = Values(tuple((f"d{target}/d{name}", slope) for name, slope in slopes.items()))
    notes = remarks(recipe, made, target, names, table.swept)
    fact = {
        "of": target,
        "value": node.value,
        "wrt": slopes,
        "record": [table.record_fact(line) for line in watched(lines, TABLE)],
        "sweep": [fact for line in watched(back, TABLE) for fact in table.sweep_facts(line, node)],
    }
    return Answer("tape", fact, fact, (first, second, rows), notes, form=question.form)


class _Table:
    """What each line of the two tables says."""

    def __init__(self, made: Record, swept: Sweep, shown: list[Node]) -> None:
        self.nodes = made.nodes
        self.swept = swept
        self.shown = shown
        self.numbers = {node.index: at for at, node in enumerate(shown, 1)}
        self.contributions: dict[int, list[Contribution]] = {}
        for each in swept.contributions:
            self.contributions.setdefault(each.node, []).append(each)

    def recorded(self, line: Line) -> tuple[str | float, ...]:
        """A line of the record: the step, its value, the steps it moves with and its partials by them."""
        indent, node = INDENT * line.depth, line.node
        if node is None:
            return ("", indent + line.text, "", "", "")
        text = (
            line.text if line.head else node.text if node.kind == "condition" else labelled(node, self.nodes)
        )
        return (
            self.numbers[node.index],
            indent + text,
            node.value,
            ", ".join(str(self.numbers[source]) for source, _ in node.edges),
            ", ".join(short(partial) for _, partial in node.edges),
        )

    def back(self, lines: list[Line], target: Node) -> list[tuple[str | float, ...]]:
        """The lines of the sweep: the seed, then what each step contributes."""
        rows: list[tuple[str | float, ...]] = [(self.numbers[target.index], f"g{target.label} = 1", 1.0)]
        for line in watched(lines, TABLE):
            indent, node = INDENT * line.depth, line.node
            if node is None or line.head:
                rows.append(("", indent + line.text, ""))
                continue
            for at, each in enumerate(self.contributions.get(node.index, ())):
                rows.append((self.numbers[node.index], indent + self.added(node, at, each), each.total))
        return rows

    def added(self, node: Node, at: int, each: Contribution) -> str:
        """A contribution as it is added: `gx += y * ga = 3`."""
        text = product(factor(node, at, self.nodes), f"g{node.label}")
        return f"g{self.nodes[each.operand].label} += {text} = {short(each.part)}"

    def record_fact(self, line: Line) -> dict[str, Any]:
        """A line of the record for programs to read."""
        node = line.node
        if node is None:
            return {"depth": line.depth, "text": line.text, "folded": line.folded}
        return {
            "step": self.numbers[node.index],
            "depth": line.depth,
            "name": node.label,
            "statement": line.text if line.head else labelled(node, self.nodes),
            "line": node.line,
            "value": node.value,
            "from": [self.numbers[source] for source, _ in node.edges],
            "partials": [partial for _, partial in node.edges],
            "adjoint": self.swept.adjoints[node.index],
        }

    def sweep_facts(self, line: Line, target: Node) -> list[dict[str, Any]]:
        """A line of the sweep for programs to read: one fact for each contribution."""
        node = line.node
        if node is None or line.head:
            return [{"depth": line.depth, "text": line.text, "folded": line.folded}]
        return [
            {
                "step": self.numbers[node.index],
                "to": self.numbers[each.operand],
                "name": self.nodes[each.operand].label,
                "text": self.added(node, at, each),
                "partial": each.partial,
                "adjoint": each.adjoint,
                "part": each.part,
                "total": each.total,
            }
            for at, each in enumerate(self.contributions.get(node.index, ()))
        ]


VERB = Verb(
    name="tape",
    summary="the record of reverse mode, and the sweep back with each contribution as it is added",
    answer=answer,
    example="tape z",
)
