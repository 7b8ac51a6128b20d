"""A class of thirty hands in the usual mistakes: each is found on its line, and called what it is."""

from __future__ import annotations

import pytest

from lang.grade.exercise import Exercise, Samples
from lang.grade.facts import WRONG
from lang.grade.grade import Grade
from lang.grade.marking import Marker

SAMPLES = Samples(ranges={"x": (0.2, 1.5), "y": (0.3, 1.2)})
PROGRAM = """x = ?
y = ?
a = x * y
b = exp(a) / (1 + y)
p = a - sin(b)
c = tanh(p) * x
z = c**2 + sqrt(b)
"""
AGAIN = PROGRAM.replace("p = a", "a = a").replace("tanh(p)", "tanh(a)")
"""The same, with a name that is given a value again."""

TANGENTS = """x = ?
dx = ?
y = ?
dy = ?
a = x * y
da = y * dx + x * dy
b = exp(a) / (1 + y)
db = (exp(a) * da - b * dy) / (1 + y)
da = da - cos(b) * db
a = a - sin(b)
dc = sech(a)**2 * da * x + tanh(a) * dx
c = tanh(a) * x
dz = 2 * c * dc + db / (2 * sqrt(b))
z = c**2 + sqrt(b)
"""
ADJOINTS = PROGRAM + """gz = 1
gc = 2 * c * gz
gb = gz / (2 * sqrt(b))
gp = sech(p)**2 * x * gc
gx = tanh(p) * gc
ga = gp
gb += -cos(b) * gp
ga += b * gb
gy = -b / (1 + y) * gb
gx += y * ga
gy += x * ga
"""
MARKERS = {
    program: Marker(Exercise("class", kind, program, of=("z",), samples=SAMPLES, points=10.0))
    for kind, program in (("derivative", AGAIN), ("adjoint", PROGRAM))
}
BACK_AGAIN = Marker(Exercise("class", "adjoint", AGAIN, of=("z",), samples=SAMPLES, points=10.0))


def first(grade: Grade) -> tuple[int, str]:
    wrong = next(each for each in grade.findings if each.status == WRONG)
    return wrong.line, wrong.mistake


@pytest.mark.parametrize(
    ("right", "written", "line", "mistake"),
    [
        ("da - b * dy)", "da + b * dy)", 8, "sign-between"),
        ("(exp(a) * da - b", "(exp(a) - b", 8, "chain-missing"),
        ("- b * dy) / (1 + y)", "- b * dy) / (1 + y)**2", 8, "square-extra"),
        ("exp(a) * da - b * dy", "b * dy - exp(a) * da", 8, "sign"),
        ("da = y * dx + x * dy", "da = y * dx", 6, "product-term"),
        ("da = y * dx + x * dy", "da = x * dx + y * dy", 6, "operands-swapped"),
        ("da = da - cos(b)", "da = da + cos(b)", 9, "sign-between"),
        ("da = da - cos(b)", "da = da - sin(b)", 9, "function-itself"),
        ("da = da - cos(b)", "da = -cos(b)", 9, "term-missing"),
        ("da = da - cos(b) * db\n", "", 6, "differential-missing"),
        ("sech(a)**2", "sech(a)", 11, "factor-missing"),
        ("sech(a)**2", "(1 + tanh(a)**2)", 11, "sign-between"),
        ("2 * c * dc", "2 * c", 13, "chain-missing"),
        ("2 * c * dc", "c * dc", 13, "exponent-in-front"),
        ("db / (2 * sqrt(b))", "db / sqrt(b)", 13, "number-missing"),
        ("db / (2 * sqrt(b))", "1 / (2 * sqrt(b))", 13, "chain-missing"),
    ],
)
def test_a_differential(right: str, written: str, line: int, mistake: str) -> None:
    assert MARKERS[AGAIN].grade(TANGENTS).ok
    assert first(MARKERS[AGAIN].grade(TANGENTS.replace(right, written))) == (line, mistake)


def test_a_differential_that_comes_before_the_value_it_needs() -> None:
    moved = "dc = sech(a)**2 * da * x + tanh(a) * dx\n"
    text = TANGENTS.replace(moved, "").replace("a = a - sin(b)\n", f"{moved}a = a - sin(b)\n")
    grade = MARKERS[AGAIN].grade(text)
    assert first(grade) == (10, "old-value")
    assert "`a` is given a new value further down" in str(grade)


LATE = (
    "gb += -cos(b) * gp\nga += b * gb\ngy = -b / (1 + y) * gb",
    "ga += b * gb\ngy = -b / (1 + y) * gb\ngb += -cos(b) * gp",
)


def renamed(text: str, name: str) -> str:
    """The same submission with another name for `p`."""
    for old, new in (("p = a", f"{name} = a"), ("(p)", f"({name})"), ("gp", f"g{name}"), ("gx = p", f"gx = {name}")):
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("again", [False, True], ids=["once", "again"])
@pytest.mark.parametrize(
    ("right", "written", "line", "mistake"),
    [
        ("gb += -cos", "gb = -cos", 14, "overwritten"),
        ("gx += y", "gx = y", 17, "overwritten"),
        ("gy += x * ga\n", "", 16, "use-missing"),
        (*LATE, 14, "forward-order"),
        ("gb += -cos", "gb += cos", 14, "sign"),
        ("gy = -b", "gy = b", 16, "sign"),
        ("gy = -b / (1 + y)", "gy = -b / (1 + y)**2", 16, "square-extra"),
        ("gz / (2 * sqrt(b))", "gz / sqrt(b)", 10, "number-missing"),
        ("gz = 1", "gz = z", 8, "seed-is-value"),
        ("gz = 1", "gz = 0", 8, "seed-zero"),
        ("sech(p)**2 * x * gc", "sech(p)**2 * gc", 11, "partial-missing"),
        ("sech(p)**2 * x * gc", "sech(p)**2 * x", 11, "adjoint-missing"),
        ("gx += y * ga", "gx += x * ga", 17, "own-operand"),
        ("gx += y * ga\n", "gx += y * ga\ngx += y * ga\n", 18, "counted-twice"),
        ("gx = tanh(p) * gc", "gx = p * gc", 12, ""),
    ],
)
def test_an_adjoint(right: str, written: str, line: int, mistake: str, again: bool) -> None:
    marker = BACK_AGAIN if again else MARKERS[PROGRAM]
    name = "a_1" if again else "p"
    assert marker.grade(renamed(ADJOINTS, name)).ok
    assert first(marker.grade(renamed(ADJOINTS.replace(right, written), name))) == (line, mistake)


def test_an_adjoint_that_is_complete_in_the_end_is_right() -> None:
    grade = BACK_AGAIN.grade(renamed(ADJOINTS.replace(*LATE), "a_1"))
    assert {each.name: each.status for each in grade.findings}["gb"] == "right"
    assert "`gb` is used before it is complete" in str(grade)


# --- steps of their own ------------

STEPS = {
    "ga += b * gb\ngy = -b / (1 + y) * gb": (
        "t1 = exp(a)\nt2 = 1 + y\ngt1 = gb / t2\ngt2 = -t1 / t2**2 * gb\nga += t1 * gt1\ngy = gt2"
    ),
}
SPLIT = ADJOINTS.replace(*next(iter(STEPS.items())))


@pytest.mark.parametrize(
    ("right", "written", "line", "name", "mistake"),
    [
        ("-t1 / t2**2", "-t1 / t2", 18, "gt2", "square-missing"),
        ("-t1 / t2**2", "t1 / t2**2", 18, "gt2", "sign"),
        ("gt1 = gb / t2", "gt1 = gb * t2", 17, "gt1", "reciprocal"),
        ("gt1 = gb / t2", "gt1 = 1 / t2", 17, "gt1", "adjoint-missing"),
        ("ga += t1 * gt1", "ga = t1 * gt1", 19, "ga", "overwritten"),
        ("gy = gt2", "gy = 2 * gt2", 20, "gy", ""),
    ],
)
def test_a_step_of_their_own(right: str, written: str, line: int, name: str, mistake: str) -> None:
    assert MARKERS[PROGRAM].grade(SPLIT).ok
    grade = MARKERS[PROGRAM].grade(SPLIT.replace(right, written))
    assert first(grade)[0] == line
    wrong = next(each for each in grade.findings if each.status == WRONG)
    assert wrong.name == name
    assert not mistake or wrong.mistake == mistake
    assert grade.points == pytest.approx(10 - 10 / 6)


def test_a_step_of_a_differential() -> None:
    program = "x = ?\ny = ?\nz = exp(x * y) / (1 + y)\n"
    marker = Marker(Exercise("class", "derivative", program, of=("z",), samples=SAMPLES))
    right = "x = ?\ndx = ?\ny = ?\ndy = ?\nu = x * y\ndu = y * dx + x * dy\nv = exp(u)\ndv = v * du\n"
    right += "w = 1 + y\ndw = dy\nz = v / w\ndz = (dv - z * dw) / w\n"
    assert marker.grade(right).ok
    assert first(marker.grade(right.replace("du = y * dx + x * dy", "du = y * dx"))) == (6, "product-term")
    assert first(marker.grade(right.replace("dv = v * du", "dv = v"))) == (8, "chain-missing")
    assert first(marker.grade(right.replace("dw = dy", "dw = 1 + dy"))) == (10, "constant-active")
    assert first(marker.grade(right.replace("- z * dw", "+ z * dw"))) == (12, "sign-between")
