"""Functions that call functions, the rule that is pointed at, lines nobody asked for: each is told as what it is."""

from __future__ import annotations

import pytest

from lang.grade.exercise import Exercise
from lang.grade.marking import Marker

NESTED = "f(u) = u * sin(u)\ng(u, v) = f(u) / v\nx = ?\ny = ?\nz = g(x, y) + f(y)\n"
NESTED_BY_HAND = """f(u) = u * sin(u)
df(u, du) = sin(u) * du + u * cos(u) * du
g(u, v) = f(u) / v
dg(u, du, v, dv) = df(u, du) / v - f(u) * dv / v**2
x = ?
dx = ?
y = ?
dy = ?
z = g(x, y) + f(y)
dz = dg(x, dx, y, dy) + df(y, dy)
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "mistake"),
    [
        ("cos(u) * du", "cos(u)", 2, "chain-missing"),
        ("/ v - f(u)", "/ v + f(u)", 4, "sign-between"),
        ("dg(x, dx, y, dy) + ", "", 10, "term-missing"),
    ],
)
def test_a_mistake_in_a_function_that_another_one_calls_is_found_there(
    old: str, new: str, line: int, mistake: str
) -> None:
    judge = Marker(Exercise("nested", "derivative", NESTED, of=("z",), points=10.0))
    assert judge.grade(NESTED_BY_HAND).ok
    found = judge.grade(NESTED_BY_HAND.replace(old, new)).first_wrong
    assert found is not None
    assert (found.line, found.mistake) == (line, mistake)


def test_the_rule_of_the_operation_that_was_misapplied_is_shown() -> None:
    judge = Marker(Exercise("sum", "adjoint", "x = ?\nw = ?\nz = w * x + 3\n", of=("z",), wrt=("w",)))
    assert "`ad rules mul` shows the rule" in str(judge.grade("gz = 1\ngw = w * gz\n"))


@pytest.mark.parametrize("level", ["mistake", "line", "score"])
def test_a_program_line_that_was_changed_is_told_where_all_else_is_right(level: str) -> None:
    judge = Marker(Exercise("square", "derivative", "x = ?\nz = x**2\n", of=("z",), feedback=level))
    right = judge.grade("x = ?\ndx = ?\nz = x**2\ndz = 2 * x * dx\n")
    changed = judge.grade("x = ?\ndx = ?\nz = x**3\ndz = 2 * x * dx\n")
    assert (right.ok, changed.ok, changed.points) == (True, True, 1)
    assert ("Everything is right" in str(right), "Everything is right" in str(changed)) == (level != "score", False)
    assert ("`z` on line 3 is wrong" in str(changed)) == (level != "score")
    assert ("program has `z = x**2` here" in str(changed)) == (level == "mistake")
