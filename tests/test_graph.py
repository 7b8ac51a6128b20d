"""The computation graph says what the run did, folds what repeats, and its pictures are sound."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

import lang
from lang.graph import dot, mermaid, plain, svg
from lang.graph.computation import Graph
from lang.graph.layers import layout

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
LOOP = "x = ? 0.4\nk = ? 2.9\nf(u) = k * u * (1 - u)\nfor i in range({n}):\n    x = f(x)\nz = x * k\n"
NESTED = """x = ? 0.4
def g(u, n):
    for i in range(n):
        u = sin(u) + u * 0.5
    return u
def main(v):
    for j in range(12):
        v = g(v, j) + 1 / (1 + v * v)
    return v
z = main(x)
"""
STEPS = "".join(f"a{i} = a{i - 1} * x + sin(a{i - 1})\n" for i in range(1, 150))
LONG = f"x = ? 0.9\na0 = x\n{STEPS}z = a149\n"
FORMS = {"svg": svg.draw, "mermaid": mermaid.write, "dot": dot.write, "text": plain.write}


def graph(text: str, **inputs: float) -> Graph:
    found = lang.parse(text).graph("z", **inputs)
    assert isinstance(found, Graph)
    return found


def forward_from(found: Graph) -> dict[int, float]:
    """The derivative of the result by each input, as sums over the edges."""
    total = {len(found.boxes) - 1: 1.0}
    for edge in sorted(found.edges, key=lambda edge: -edge.end):
        if edge.partial is not None and edge.end in total:
            total[edge.start] = total.get(edge.start, 0.0) + total[edge.end] * edge.partial
    return total


def test_the_lecture() -> None:
    found = graph(LECTURE, x=0.5, y=4.2)
    assert [(box.name, box.kind, box.statement) for box in found.boxes] == [
        ("x", "input", "x = ?"),
        ("y", "input", "y = ?"),
        ("a", "step", "a = x * y"),
        ("b", "step", "b = sin(x)"),
        ("z", "result", "z = a + b"),
    ]
    assert found.boxes[0].derivative == pytest.approx(5.077582561890373, rel=1e-15)
    assert [(edge.start, edge.end, edge.partial) for edge in found.edges[:2]] == [(0, 2, 4.2), (1, 2, 0.5)]


@pytest.mark.parametrize("text", [LECTURE, LOOP.format(n=3), LOOP.format(n=500), NESTED, LONG])
def test_edges_say_the_derivative_however_much_is_folded(text: str) -> None:
    inputs = {"x": 0.5, "y": 4.2} if text == LECTURE else {}
    found = graph(text, **inputs)
    slopes = lang.parse(text).grad("z", **inputs)
    assert len(found.boxes) <= 60
    sums = forward_from(found)
    for box in found.boxes:
        if box.kind == "input":
            assert box.derivative == pytest.approx(slopes[box.name], rel=1e-9)
            if all(len(each.steps) == 1 for each in found.boxes) or text == LOOP.format(n=500):
                assert sums[box.index] == pytest.approx(slopes[box.name], rel=1e-9)
    assert all(edge.start < edge.end for edge in found.edges)
    assert sum(len(box.steps) for box in found.boxes) == found.steps


def test_long_loops_show_their_ends() -> None:
    texts = [box.text for box in graph(LOOP.format(n=500)).boxes]
    assert "497 more turns" in texts
    assert not any("more turns" in box.text for box in graph(LOOP.format(n=4)).boxes)


def test_what_depends_on_no_input_is_told_apart() -> None:
    found = graph("x = ? 2\nk = 3\nz = x * k\n")
    kinds = {box.name: box.kind for box in found.boxes}
    assert kinds == {"x": "input", "k": "fixed", "z": "result"}
    assert [edge.partial for edge in found.edges] == [3.0, None]


@pytest.mark.parametrize("text", [LECTURE, LOOP.format(n=40), NESTED, LONG])
def test_cards_do_not_overlap_and_stand_below_what_they_read(text: str) -> None:
    found = graph(text, **({"x": 0.5, "y": 4.2} if text == LECTURE else {}))
    widths = [100.0 + box.index % 7 for box in found.boxes]
    places = layout(widths, [(edge.start, edge.end) for edge in found.edges], 20.0, 30.0)
    for row in range(places.depth):
        beside = sorted((places.centers[at], widths[at]) for at in range(len(widths)) if places.rows[at] == row)
        for (left, one), (right, other) in pairwise(beside):
            assert right - left >= (one + other) / 2 + 20.0 - 1e-6
    assert all(places.rows[edge.start] < places.rows[edge.end] for edge in found.edges)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", [LECTURE, NESTED, "<b> = ? 1\n".replace("<b>", "ὕψος_ℓ") + "z = ὕψος_ℓ * 2\n"])
def test_pictures_are_well_formed(form: str, text: str) -> None:
    found = graph(text, **({"x": 0.5, "y": 4.2} if text == LECTURE else {}))
    shown = FORMS[form](found)
    if form == "svg":
        root = ET.fromstring(shown)
        assert root.tag.endswith("svg")
        cards = [each for each in root.iter() if each.get("class", "").startswith("node")]
        assert len(cards) == len(found.boxes)
        assert "prefers-color-scheme" in shown
        assert "var(" not in shown, "what puts pictures into slides and papers knows no variables"
        assert not re.search(r"<script|href|https?://(?!www\.w3\.org/2000/svg)", shown)
    elif form == "dot":
        assert shown.count("{") == shown.count("}")
        assert shown.count(" -> ") == len(found.edges)
    elif form == "mermaid":
        assert shown.startswith("flowchart TD")
        assert shown.count("-->") + shown.count("-.->") == len(found.edges)
    else:
        assert all(len(line) <= 100 for line in shown.split("\n"))


def test_notebooks_show_the_picture() -> None:
    assert graph("x = ? 2\nz = x\n")._repr_svg_().startswith("<svg")


def test_the_picture_in_the_readme_is_what_the_command_beside_it_draws() -> None:
    examples = Path(__file__).resolve().parent.parent / "examples"
    found = lang.load(examples / "lecture.ad").graph("z", x=0.5, y=4.2)
    assert svg.draw(found) == (examples / "lecture.svg").read_text(encoding="utf-8").rstrip("\n")


def test_a_result_without_a_number_is_an_error() -> None:
    with pytest.raises(lang.CommandError, match="true or false"):
        graph("x = ? 2\nz = x > 1\n")


def test_long_runs_end_in_an_error_that_says_so() -> None:
    with pytest.raises(lang.AdError):
        graph("x = ? 1\nfor i in range(300000):\n    x = x * 1.0000001\nz = x\n")


def test_two_graphs_on_a_page_have_ids_of_their_own() -> None:
    pictures = [lang.parse(f"x = ? {value}\nz = x * x\n").graph("z")._repr_svg_() for value in (1, 2)]
    one, other = (set(re.findall(r' id="([^"]+)"', picture)) for picture in pictures)
    assert len(one) == len(other) == 4
    assert not one & other


def test_what_is_drawn_can_be_told_from_its_ground() -> None:
    """The contrast ratios of WCAG 2: 4.5 for words, 3 for lines."""
    for colours in (svg.LIGHT, svg.DARK):
        colour = {
            key: value if len(value) == 7 else "#" + "".join(2 * each for each in value[1:])
            for key, value in colours.items()
        }
        words = [("ink", "card"), ("in", "in-card"), ("out", "out-card"), ("slope", "paper"), ("slope", "in-card")]
        for one, ground, least in [*((*pair, 4.5) for pair in words), ("edge", "paper", 3.0)]:
            assert contrast(colour[one], colour[ground]) >= least, (one, ground)


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
