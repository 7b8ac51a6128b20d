"""The record of a run holds what the tape and the dual numbers computed, step by step."""

from __future__ import annotations

import math

import pytest

import lang
from lang.errors import CommandError
from lang.evaluate.recipe import Recipe
from lang.evaluate.record import Record, record, tangents
from lang.evaluate.settings import Settings

PROGRAMS = {
    "straight": "x = ? 2\ny = ? 5\na = x * y\nb = sin(x)\nz = a + b - 2 / y\n",
    "again": "x = ? 2\nz = x * x\nz = z * x\nz *= z\n",
    "calls": "x = ? 1.5\nf(a, b) = sin(a * b) + a\ndef g(a):\n    return a, a * x\n"
    "p, q = g(f(x, 2))\nz = p * q + f(1, x)\n",
    "recursion": "x = ? 1.1\np(a, n) = 1 if n < 1 else a * p(a, n - 1)\nz = p(x, 5)\n",
    "loops": "x = ? 1.2\nz = x\nfor i in range(3):\n    j = 0\n    while j < i:\n        z = z * x\n        j += 1\n",
    "choice": "x = ? 2\nz = x if x < 1 else x * x if x < 3 and x > 0 else 7\n",
    "derivative": "x = ? 1.5\ny = ? 0.5\nf(a, b) = sin(a * b) + a * y\nz = f'[a](x, y) * sin''(x) + f'[a, b](x, x)\n",
    "reads": "x = ? 1.5\ny = ? 0.5\nk = 3\ng(u) = u * k * y\nf(u) = u * g(u)\nz = f'(x)\n",
    "rule reads": "x = ? 1.5\ny = ? 0.5\ng(u) = u * 2\nc = g(u) => dc = y * du\nf(u) = u * u * g(u)\n"
    "z = f'(x) + g'(x)\n",
    "rule": "x = ? 1.5\nh(a, b) = a * b\nc = h(a, b) => dc = 2 * a * da + db\nz = h(x, x * x)\n",
    "stack": "x = ? 3\ny = x * x\npush y\ny = 2\ny = pop()\nz = y * x\n",
    "extra": "x = ? 2\ny = ? 3\nz = clamp(x, 0, y) + max(x, y) + where(x > 1, y, 1)\n",
}


def recipe(text: str, **inputs: float) -> Recipe:
    return lang.parse(text)._recipe(inputs, Settings())


def recorded(text: str) -> Record:
    return record(recipe(text))


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_sweep_over_the_record_gives_the_gradient(text: str) -> None:
    made = recorded(text)
    swept = made.sweep({made.target("z").index: 1.0})
    for name, slope in lang.parse(text).grad("z").items():
        found = swept.adjoints[made.leaves[name]] or 0.0
        assert math.isclose(found, slope, rel_tol=1e-14, abs_tol=1e-300), name


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_tangents_are_those_of_dual_numbers(text: str) -> None:
    made, program = recorded(text), lang.parse(text)
    for name in program.inputs:
        moved = tangents(recipe(text), {name: 1.0})
        assert len(moved) == len(made.nodes)
        assert (moved[made.target("z").index] or 0.0) == program.jvp("z", along={name: 1.0})["z"][1]
        for node, tangent in zip(made.nodes, moved, strict=True):
            total = sum(partial * (moved[operand] or 0.0) for operand, partial in node.edges)
            if tangent is not None and node.kind != "input":
                assert math.isclose(total, tangent, rel_tol=1e-13), node


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_each_name_has_the_value_of_a_run(text: str) -> None:
    made = recorded(text)
    values = lang.parse(text).run().values
    assert {name: made.nodes[made.results[name]].value for name in values} == values
    labels = [node.label for node in made.nodes]
    assert len(set(labels)) == len(labels)


def test_nodes_say_what_the_program_says() -> None:
    made = recorded(PROGRAMS["straight"])
    assert [f"{node.label} = {node.text}" for node in made.nodes] == [
        "x = ?",
        "y = ?",
        "a = x * y",
        "b = sin(x)",
        "t1 = a + b",
        "t2 = 2 / y",
        "z = t1 - t2",
    ]
    assert made.nodes[2].operands == (0, 1)
    assert made.nodes[2].edges == ((0, 5.0), (1, 2.0))
    assert made.nodes[5].operands == (None, 1)
    assert made.nodes[5].line == 5


def test_nodes_know_their_calls_and_turns() -> None:
    made = recorded(PROGRAMS["loops"])
    inner = [node for node in made.nodes if node.name == "z" and node.context and node.context.depth == 1]
    assert [
        (node.context.outer.text, node.context.text) for node in inner if node.context and node.context.outer
    ] == [
        ("i = 1", "turn 1"),
        ("i = 2", "turn 1"),
        ("i = 2", "turn 2"),
    ]
    made = recorded(PROGRAMS["recursion"])
    deepest = max(node.context.depth for node in made.nodes if node.context)
    assert deepest == 5
    assert made.nodes[-1].context is None


def test_a_name_on_the_way_may_be_a_leaf() -> None:
    text = "x = ? 2\na = x * x\nc = 3\nz = a * c\n"
    made = record(recipe(text), ("a", "c"))
    swept = made.sweep({made.target("z").index: 1.0})
    assert [swept.adjoints[made.leaves[name]] for name in ("a", "c")] == [3.0, 4.0]
    assert tangents(recipe(text), {"c": 1.0}) == [None, None, 1.0, 4.0]


def test_what_a_result_needs() -> None:
    made = recorded("x = ? 2\na = x * x\nb = sin(x)\nc = a + 1\nd = b\n")
    assert made.needed(["c"]) == {0, 1, 3}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_is_needed_holds_all_that_it_is_computed_from(text: str) -> None:
    made = recorded(text)
    needed = made.needed(["z"])
    for index in needed:
        assert needed.issuperset(each for each, _ in made.nodes[index].edges)
        assert needed.issuperset(each for each in made.nodes[index].operands if each is not None)


def test_a_call_that_is_one_step_needs_the_names_it_reads() -> None:
    made = recorded(PROGRAMS["reads"])
    assert [made.nodes[index].name for index in sorted(made.needed(["z"]))] == ["x", "y", "k", "z"]


@pytest.mark.parametrize(
    "after",
    [
        "w = z\nwhile w < 100:\n    w = w * 2\n",
        "if y > 3:\n    w = 2 * x\n",
        "w = f(x)\n",
        "for i in range(3):\n    w = f(i) + y\n",
        "w = 1 if y > 3 and not x > 5 else 2\n",
    ],
)
def test_conditions_on_other_ways_are_not_needed(after: str) -> None:
    text = "x = ? 3\nf(a) = a if a > 0 else -a\ny = x * x\nz = f(y) + 1\n"
    alone, made = recorded(text), recorded(text + after)
    assert len(made.nodes) > len(alone.nodes)
    assert made.needed(["z"]) == alone.needed(["z"])


def test_the_condition_that_ends_a_loop_is_needed_with_what_it_reads() -> None:
    made = recorded("x = ? 1\nz = x\nold = 0\nwhile abs(z - old) > 1:\n    old = z\n    z = z / 2 + 3\n")
    needed = made.needed(["z"])
    last = max(needed)
    assert made.nodes[last].kind == "condition"
    assert made.nodes[last].value is False
    assert last - 1 in needed  # abs(z - old), computed after the last z


def test_a_record_may_be_bounded() -> None:
    text = "x = ? 1\nfor i in range(100000):\n    x = x * 1\n"
    with pytest.raises(CommandError, match="more than 50 steps"):
        record(recipe(text), most=50)
