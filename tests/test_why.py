"""`why` and `cost`: where a derivative comes from, and what it costs."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import pytest

import lang
from lang.evaluate.record import Record, record
from lang.evaluate.settings import Settings
from lang.show import ansi, text
from lang.verbs.core.paths import FEW, paths, readers
from tests.test_cheap_gradient import PROGRAMS, count

SURVEY = (
    (Path(__file__).parents[1] / "examples" / "survey.ad").read_text(encoding="utf-8").split("# Table")[0]
)
BUSY = "x = ? 1.2\ny = ? 0.5\nf(a) = sin(a) * a\ns = x\nfor i in range(12):\n    s = f(s) + y * s\n"
SMALL = "x = ? 1.2\ny = ? 0.5\nf(a) = sin(a) * a\ns = x\nfor i in range(3):\n    s = f(s) + y * s\n"


def recorded(program: str) -> Record:
    return record(lang.parse(program)._recipe({}, Settings()))


def every_product(made: Record, start: int, end: int) -> list[float]:
    """The products of all paths, found one by one."""
    found: list[float] = []
    pending = [(end, 1.0)]
    while pending:
        node, product = pending.pop()
        if node == start:
            found.append(product)
        pending += [(operand, product * partial) for operand, partial in made.nodes[node].edges]
    return found


# --- why ---------------------------------------------------------------------------------------------------------


def test_paths_of_the_survey() -> None:
    found = lang.parse(SURVEY).why("y")["wrt"]
    assert [each["through"] for each in found["x1"]["paths"]] == [
        ["v2", "v4", "v5", "y"],
        ["v1", "v4", "v5", "y"],
    ]
    assert [each["product"] for each in found["x1"]["paths"]] == [5.0, 0.5]
    assert [each["factors"] for each in found["x2"]["paths"]] == [
        [2.0, 1.0, 1.0, 1.0],
        [math.cos(5), -1.0, 1.0],
    ]
    assert found["x1"]["derivative"] == 5.5


@pytest.mark.parametrize("program", [SMALL, SURVEY.replace("y =", "s ="), "x = ? 3\ns = x * x * x\n"])
def test_products_sum_to_the_derivative(program: str) -> None:
    made, end = recorded(program), recorded(program).target("s").index
    slopes = lang.parse(program).grad("s")
    for name, start in made.leaves.items():
        products = every_product(made, start, end)
        assert paths(made.nodes, start, end).count == len(products)
        assert math.isclose(math.fsum(products), slopes[name], rel_tol=1e-13)


@pytest.mark.parametrize("name", ["x", "y"])
def test_the_largest_paths_are_the_largest(name: str) -> None:
    made = recorded(SMALL.replace("3", "6"))
    start, end = made.leaves[name], made.target("s").index
    sizes = sorted(map(abs, every_product(made, start, end)), reverse=True)
    found = paths(made.nodes, start, end)
    assert found.count == len(sizes) > FEW
    assert [abs(path.product) for path in found.best] == pytest.approx(sizes[:FEW], rel=1e-12)
    assert all(math.isclose(math.prod(path.factors), path.product, rel_tol=1e-12) for path in found.best)


def test_a_path_goes_along_edges() -> None:
    made = recorded(BUSY)
    end = made.target("s").index
    for path in paths(made.nodes, made.leaves["x"], end).best:
        whole = [(made.leaves["x"], -1), *path.edges]
        for (before, _), (node, edge) in itertools.pairwise(whole):
            assert made.nodes[node].edges[edge][0] == before
        assert whole[-1][0] == end


def test_the_others_are_one_line() -> None:
    found = lang.parse(BUSY).why("s", wrt="x")["wrt"]["x"]
    shown = math.fsum(each["product"] for each in found["paths"])
    assert found["count"] == 3**12
    assert math.isclose(shown + found["rest"], found["derivative"], rel_tol=1e-9)
    answer = lang.parse(BUSY).ask("why", "s", wrt="x")
    assert "… 531,433 more paths" in ansi.text(text.pieces(answer.pieces))


def test_more_paths_than_any_number_says() -> None:
    program = "x = ? 1\nfor i in range(3000):\n    x = x * 0.5 + x * 0.5\n"
    found = lang.parse(program).why("x")["wrt"]["x"]
    assert found["count"] == math.inf
    assert found["derivative"] == 1.0


def test_no_path() -> None:
    answer = lang.parse("x = ? 1\ny = ? 2\nz = y * y\n").ask("why", "z", wrt="x")
    assert "z does not depend on x here" in ansi.text(text.pieces(answer.pieces))
    assert answer.value["wrt"]["x"] == {"derivative": 0.0, "count": 0.0, "paths": [], "rest": 0.0}


def test_a_name_on_the_way_is_a_start() -> None:
    found = lang.parse(SURVEY).why("y", wrt="v2")["wrt"]["v2"]
    assert [each["through"] for each in found["paths"]] == [["v4", "v5", "y"]]


def test_paths_fit_80_columns() -> None:
    answer = lang.parse(BUSY).ask("why", "s")
    assert max(map(len, ansi.text(text.pieces(answer.pieces)).splitlines())) <= 80


# --- cost --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lecture", "for", "branch in loop", "recursion", "while", "function"])
def test_operations_are_those_of_the_cheap_gradient_tests(name: str) -> None:
    program = lang.parse(PROGRAMS[name])
    point = {each: 0.8 + 0.3 * index for index, each in enumerate(program.inputs)}
    found = program.cost("z", at=point)["operations"]
    wanted = count(PROGRAMS[name])
    assert (found["value"], found["forward_one"], found["reverse"]) == wanted


def test_all_inputs_forward_is_a_sweep_for_each() -> None:
    found = lang.parse("x = ? 1\ny = ? 2\nz = x * y\n").cost("z")["operations"]
    assert found["forward_all"] == 2 * found["forward_one"]


def test_saved_values_are_counted() -> None:
    program = "x = ? 1.1\nz = x\nfor i in range(10):\n    z = sin(z) * x\n"
    memory = lang.parse(program).cost("z")["memory"]
    assert memory == {"tape_entries": 21, "tape_bytes": 4368, "saved": 20, "saved_at_once": 20}


def test_the_crossover_is_one_sentence() -> None:
    names = [f"x{n}" for n in range(40)]
    program = lang.parse("".join(f"{name} = ? 1\n" for name in names) + "z = " + " * ".join(names) + "\n")
    fact: dict[str, Any] = program.cost("z")
    assert fact["crossover"].endswith("With 40, reverse costs less.")
    assert (
        lang.parse("x = ? 1\nz = sin(x) * x\n").cost("z")["crossover"].endswith("With 1, forward costs less.")
    )


def test_a_program_without_operations_costs_nothing() -> None:
    assert "nothing to choose" in lang.parse("x = ? 1\nz = x\n").cost("z")["crossover"]


def test_paths_from_many_are_those_from_each() -> None:
    made = recorded("x = ? 2; y = ? 3; w = ? 4; a = x * x; b = y * a; c = b * b; z = c * x + a; q = z * w")
    for end in (made.target(name).index for name in ("z", "q", "a", "y", "x")):
        known = readers(made.nodes, end)
        for name in ("x", "y", "w"):
            start = made.leaves[name]
            assert paths(made.nodes, start, end, known) == paths(made.nodes, start, end)
