"""A record, its graph and programs as JavaScript -> the text of one HTML page.

Law: every character of the user's passes `visible` and an escape; data stands in a JSON block without `<`; the page's
policy allows exactly its own script (by its hash) and nothing from elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from lang.clock import watched
from lang.diagnostic import visible
from lang.evaluate.record import CONDITION, INPUT, Node, Record
from lang.graph.computation import Graph, worded
from lang.graph.svg import STYLE, draw
from lang.page import trace
from lang.syntax.unparse import number

HERE = os.path.dirname(os.path.abspath(__file__))
WRITING = "writing the page"


@dataclass(frozen=True)
class Script:
    """A program as a JavaScript function.

    Attributes:
        text: the function `name` and those it calls.
        name: what it is called.
        inputs: what its parameters stand for, in order.
        results: the names of its results.
        meanings: the name of the result that holds what is asked for (an input's derivative, a step's adjoint).
    """

    text: str
    name: str
    inputs: tuple[str, ...]
    results: tuple[str, ...]
    meanings: Mapping[str, str]


@dataclass(frozen=True, repr=False)
class Contents:
    """What a page is made of.

    Attributes:
        record, graph, target: the run, its picture, the result's name.
        steps: the steps that are shown, in order.
        whole: the adjoint program of the whole program.
        values, sweep: the run written out, and its adjoint program; None where it cannot be.
        adjoint: the text of the adjoint program, to be read.
        notes: the awkward points, each in a line.
    """

    record: Record
    graph: Graph
    target: str
    steps: Sequence[Node]
    whole: Script
    values: Script | None
    sweep: Script | None
    adjoint: str
    notes: Sequence[str]

    def _repr_html_(self) -> str:
        """The page, for notebooks: in a frame of its own, so its style and script stay inside."""
        return f'<iframe srcdoc="{escape(page(self))}" width="100%" height="900" style="border:0"></iframe>'

    def __str__(self) -> str:
        """The page, to be written to a file."""
        return page(self)

    def __repr__(self) -> str:
        return f"<page about {self.target}: {len(self.steps):,} steps>"


def page(contents: Contents) -> str:
    """The page."""
    script = _script(contents)
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{_digest(script)}'"
    source = contents.steps[0].source if contents.steps else None
    title = f"{contents.target} and its derivatives"
    css = _file("page.css")
    fill = {
        "POLICY": policy,
        "TITLE": _text(title),
        "STYLE": css + STYLE,
        "FILE": _text(source.name if source else ""),
        "TARGET": _text(contents.target),
        "RESULTS": _results(contents),
        "INPUTS": _inputs(contents),
        "SOURCE": _source(contents),
        "GRAPH": draw(contents.graph, "g", style=False),
        "FORWARD": _forward(contents),
        "BACKWARD": _backward(contents),
        "ADJOINT": escape("\n".join(map(visible, contents.adjoint.rstrip().split("\n")))),
        "NOTES": _notes(contents.notes),
        "DATA": _json(_data(contents)),
        "SCRIPT": script,
    }
    parts = _file("page.html").split("@@")
    return "".join(part if at % 2 == 0 else fill[part] for at, part in enumerate(parts))


def rows(contents: Contents) -> int:
    """How many steps lead back, the seed among them."""
    return _backward(contents).count("<tr ")


# --- what a script knows ------------------------------------------------------------------------------------------


def _script(contents: Contents) -> str:
    made = []
    for role in ("whole", "values", "sweep"):
        found: Script | None = getattr(contents, role)
        if found is not None:
            inside = found.text.replace("</", "<\\/").replace("<!--", "<\\!--")
            made.append(f"const {role}Program = (() => {{\n{inside}\nreturn {found.name};\n}})();")
        else:
            made.append(f"const {role}Program = null;")
    return "\n" + "\n".join([*made, _file("page.js")])


def _digest(script: str) -> str:
    """What a browser compares a script with before it runs it."""
    from base64 import b64encode
    from hashlib import sha256

    return b64encode(sha256(script.encode()).digest()).decode()


def _file(name: str) -> str:
    """What stands beside this file under that name."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def _json(fact: Any) -> str:
    return json.dumps(fact, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _data(contents: Contents) -> dict[str, Any]:
    boxes = {step: box.index for box in contents.graph.boxes for step in box.steps}
    nodes = [_node(node, contents, boxes) for node in watched(contents.steps, WRITING)]
    scripts = {
        role: None if found is None else {
            "inputs": found.inputs, "results": found.results, "meanings": dict(found.meanings)
        }
        for role, found in (("whole", contents.whole), ("values", contents.values), ("sweep", contents.sweep))
    }
    return {
        "target": contents.target,
        "end": contents.record.target(contents.target).index,
        "nodes": nodes,
        "boxes": [{"shown": box.shown, "steps": box.steps, "name": visible(box.name)} for box in contents.graph.boxes],
        "scripts": scripts,
    }


def _node(node: Node, contents: Contents, boxes: Mapping[int, int]) -> dict[str, Any]:
    labels = contents.record.nodes
    edges = []
    for at, (start, partial) in enumerate(node.edges):
        text = trace.partial(node, at, lambda index: visible(labels[index].label))
        edges.append({"from": start, "partial": _plain(partial), "text": text, "slot": trace.slot(node.index, at)})
    return {
        "index": node.index,
        "key": trace.key(node.index),
        "name": visible(node.label),
        "text": visible(worded(contents.record, node)),
        "kind": node.kind,
        "line": node.line,
        "value": _plain(node.value),
        "edges": edges,
        "box": boxes.get(node.index),
    }


def _plain(value: float | bool) -> float | bool | str:
    return value if isinstance(value, bool) or value - value == 0.0 else number(value)


# --- what stands in the page --------------------------------------------------------------------------------------


def _results(contents: Contents) -> str:
    end = contents.record.target(contents.target)
    of = _text(contents.target)
    rows = [f'<div><dt>{of}</dt><dd id="result">{number(float(end.value))}</dd></div>']
    adjoints = contents.record.sweep({end.index: 1.0}).adjoints
    for name, index in contents.record.leaves.items():
        slope = adjoints[index] or 0.0
        rows.append(
            f'<div><dt>d{of}/d{_text(name)}</dt><dd class="slope" data-slope="{_text(name)}">{number(slope)}</dd></div>'
        )
    return "".join(rows)


def _inputs(contents: Contents) -> str:
    rows = []
    for at, node in enumerate(node for node in contents.record.nodes if node.kind == INPUT):
        value = float(node.value)
        span = max(1.0, 2.0 ** round(abs(value)).bit_length())
        step = span / 100
        low, high = number(value - span), number(value + span)
        name = _text(node.name)
        rows.append(
            f'<div class="input"><label for="in{at}">{name}</label>'
            f'<input type="range" id="in{at}" data-input="{name}" min="{low}" max="{high}" step="{number(step)}" '
            f'value="{number(value)}"><input type="number" step="any" aria-label="{name}, exact" '
            f'data-exact="{name}" value="{number(value)}"></div>'
        )
    return "".join(rows) or "<p>This program has no inputs.</p>"


def _source(contents: Contents) -> str:
    source = contents.record.nodes[0].source if contents.record.nodes else None
    lines = source.text.rstrip("\n").split("\n") if source else []
    return "".join(
        f'<li id="line{at}"><code>{escape(visible(line)) or " "}</code></li>' for at, line in enumerate(lines, 1)
    )


def _forward(contents: Contents) -> str:
    rows = []
    for at, node in enumerate(watched(contents.steps, WRITING)):
        name = "condition" if node.kind == CONDITION else node.label
        value = number(node.value)
        rows.append(
            f'<tr data-step="{at}"><td>{at + 1}</td><td>{node.line}</td><th scope="row"><code>{_text(name)} = '
            f'{_text(worded(contents.record, node))}</code></th><td class="number">{value}</td></tr>'
        )
    return "".join(rows)


def _backward(contents: Contents) -> str:
    shown = {node.index for node in contents.steps}
    sweep = contents.record.sweep({contents.record.target(contents.target).index: 1.0})
    nodes = contents.record.nodes
    end = visible(contents.target)
    label = visible(contents.record.target(contents.target).label)
    rows = [
        f'<tr data-seed><th scope="row"><code>g{_text(label)} = 1</code></th><td class="number">1</td>'
        f'<td class="number">1</td><td>seed: d{_text(end)}/d{_text(end)}</td></tr>'
    ]
    counts: dict[int, int] = {}
    for part in watched(sweep.contributions, WRITING):
        if part.node not in shown:
            continue
        edge = counts.get(part.node, 0)
        counts[part.node] = edge + 1
        node = nodes[part.node]
        text = trace.partial(node, edge, lambda index: nodes[index].label)
        factor = number(part.partial) if text is None else text
        product = f"g{node.label}" if factor == "1" else f"{_bracket(factor)} * g{node.label}"
        sign = "=" if part.first else "+="
        rows.append(
            f'<tr data-from="{part.node}" data-edge="{edge}"><th scope="row"><code>g{_text(nodes[part.operand].label)} '
            f'{sign} {_text(product)}</code></th><td class="number">{number(part.part)}</td>'
            f'<td class="number">{number(part.total)}</td><td><code>{_text(node.label)} = '
            f"{_text(worded(contents.record, node))}</code></td></tr>"
        )
    return "".join(rows)


def _bracket(factor: str) -> str:
    return f"({factor})" if any(sign in factor for sign in (" + ", " - ", " if ")) or factor[0] == "-" else factor


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    return "<section><h2>Notes</h2><ul>" + "".join(f"<li>{_text(note)}</li>" for note in notes) + "</ul></section>"


def _text(text: str) -> str:
    return escape(visible(text))
