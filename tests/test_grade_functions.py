"""Functions that call functions, and the rule that is pointed at: the line and the words are those of the mistake."""

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
