"""What a term of hand-ins brought up: right answers in other spellings, and what helps with wrong ones."""

from __future__ import annotations

import re

import pytest

from lang.grade.exercise import Exercise, ExerciseError, Samples
from lang.grade.facts import WRONG
from lang.grade.grade import Grade
from lang.grade.marking import Marker

NEURON = """x1 = ?
x2 = ?
w1 = ?
w2 = ?
b = ?
t = ?
s = w1 * x1 + w2 * x2 + b
o = sigmoid(s)
e = o - t
L = e**2
"""
WEIGHTS = Marker(Exercise("neuron", "adjoint", NEURON, of=("L",), wrt=("w1", "w2", "b"), points=10.0))
BACK = "gL = 1\nge = 2 * e * gL\ngo = ge\ngs = o * (1 - o) * go\ngw1 = x1 * gs\ngw2 = x2 * gs\ngb = gs\n"

BRANCH = """x = ?
y = ?
if x > y:
    a = x**2
    m = sin(a)
else:
    m = x * y
z = m + y
"""
BRANCHED = """x = ?
dx = ?
y = ?
dy = ?
if x > y:
    a = x**2
    da = 2 * x * dx
    m = sin(a)
    dm = cos(a) * da
else:
    m = x * y
    dm = y * dx + x * dy
z = m + y
dz = dm + dy
"""
BRANCHES = Marker(Exercise("branch", "derivative", BRANCH, of=("z",), points=10.0))


def wrong(grade: Grade) -> list[tuple[int, str]]:
    """The lines that are called wrong, with their mistakes."""
    return [(each.line, each.mistake) for each in grade.findings if each.status == WRONG]


# --- some of the inputs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [NEURON + BACK, BACK, NEURON + BACK + "gx1 = w1 * gs\ngt = -ge\n"])
def test_adjoints_of_some_of_the_inputs_are_asked(text: str) -> None:
    assert WEIGHTS.grade(text).ok


def test_a_mistake_on_the_way_to_some_of_the_inputs_is_named() -> None:
    assert wrong(WEIGHTS.grade(NEURON + BACK.replace("(1 - o)", "(1 + o)"))) == [(14, "sign-between")]


def test_a_result_that_depends_on_nothing_asked_for_is_refused() -> None:
    with pytest.raises(ExerciseError, match="`z` does not depend on `y`"):
        Marker(Exercise("none", "adjoint", "x = ?\ny = ?\nz = 2 * x\n", wrt=("y",)))


# --- branches -----------------------------------------------------------------------------------------------------


def test_a_name_may_live_in_one_branch() -> None:
    assert BRANCHES.grade(BRANCHED).ok
    assert wrong(BRANCHES.grade(BRANCHED.replace("2 * x * dx", "2 * x"))) == [(7, "chain-missing")]
    assert wrong(BRANCHES.grade(BRANCHED.replace("cos(a) * da", "cos(a)"))) == [(9, "chain-missing")]


def test_a_branch_that_is_not_there_is_told_where_a_value_is_missing() -> None:
    head, rest = BRANCHED.partition("else:")[::2]
    grade = BRANCHES.grade(head + rest.partition("dy\n")[2])
    assert wrong(grade) == [(8, "sometimes"), (9, "sometimes")]
    assert "`m` has no value here" in str(grade)


# --- names --------------------------------------------------------------------------------------------------------

CHAIN = "x = ?\na = x**2 + 1\nb = log(a)\nz = b * x\n"
ONE = Marker(Exercise("chain", "derivative", CHAIN, of=("z",), points=10.0))
PRODUCT = Marker(Exercise("product", "derivative", "x = ?\ny = ?\nz = x * y**2\n", of=("z",), points=10.0))
PRIMES = "x = ?\nxp = ?\nu = x*x + 1\nup = 2*x*xp\nv = log(u)\nvp = up/u\nz = v*x\nzp = vp*x + v*xp\n"


@pytest.mark.parametrize(
    ("marker", "text"),
    [
        (ONE, PRIMES),
        (ONE, PRIMES.replace("xp", "speed")),
        (ONE, PRIMES.replace("x", "s")),
        (ONE, "x = ?\nds_dx = ?\nda_dx = 2*x*ds_dx\ndb_dx = da_dx/(x*x+1)\ndz_dx = log(x**2+1)*ds_dx + x*db_dx\n"),
        (PRODUCT, "x = ?\ny = ?\nvy = ?\nvx = ?\nout = y * y * vx + 2 * x * y * vy\n"),
        (PRODUCT, "u = ?\nup = ?\nv = ?\nvp = ?\nout = v * v * up + 2 * u * v * vp\n"),
    ],
)
def test_seeds_may_have_any_name(marker: Marker, text: str) -> None:
    assert marker.grade(text).ok, str(marker.grade(text))


QUOTIENTS = NEURON + re.sub("g([a-zA-Z])", r"dL_d\1", BACK)


def test_adjoints_may_be_called_quotients() -> None:
    assert "dL_dw1 = x1 * dL_ds" in QUOTIENTS
    assert WEIGHTS.grade(QUOTIENTS).ok
    for text in (
        QUOTIENTS,
        QUOTIENTS.replace("L_d", "Ld"),
        QUOTIENTS.replace("dL_dL = 1\n", "").replace("* dL_dL", ""),
    ):
        grade = WEIGHTS.grade(text.replace("(1 - o)", "(1 + o)"))
        assert [mistake for _, mistake in wrong(grade)] == ["sign-between"], str(grade)
        assert grade.points == pytest.approx(10 * 5 / 6, abs=1e-5)
        assert "missing" not in str(grade)


# --- numbers worked out by hand -----------------------------------------------------------------------------------

NUMBERS = "x = ?\ny = ?\na = x * y\nb = exp(a)\nz = b / x\n"
HALF = Samples(at=({"x": 0.5, "y": 1.2},))
TABLE = Marker(Exercise("table", "trace", NUMBERS, ("z",), seeds={"x": 1, "y": 0}, samples=HALF, tolerance=5e-3))
GRADIENT = Marker(Exercise("gradient", "gradient", NUMBERS, ("z",), samples=HALF, tolerance=5e-3))
ROWS = ["a = 0.6", "da = 1.2", "b = 1.822", "db = 2.187", "z = 3.644", "dz = -2.915"]


@pytest.mark.parametrize(
    ("marker", "text"),
    [
        (TABLE, "\n".join(ROWS)),
        (TABLE, "\n".join(ROWS).replace(".", ",")),
        (TABLE, "\n".join(ROWS).replace("=", "≈")),
        (TABLE, "; ".join(ROWS).replace(".", ",")),
        (TABLE, ", ".join(ROWS)),
        (TABLE, ", ".join(ROWS).replace(".", ",")),
        (GRADIENT, "dz/dx = -2,915\ndz/dy = 1,822"),
        (GRADIENT, "dz/dx ≈ -2.915, dz/dy ≈ 1.822"),
        (GRADIENT, "∂z/∂x: −2.915\n∂z/∂y: 1.822"),
    ],
)
def test_lines_of_numbers_are_read_as_people_write_them(marker: Marker, text: str) -> None:
    assert marker.grade(text).ok, str(marker.grade(text))


@pytest.mark.parametrize(
    ("marker", "text", "found", "told"),
    [
        (TABLE, "a = 0.5 * 1.2\n" + "\n".join(ROWS[1:]), [(1, "no-number")], "here stands `0.5 * 1.2`"),
        (TABLE, "\n".join(ROWS).replace("1.822", "1.8"), [(3, "rounded")], "`b` is about right"),
        (GRADIENT, "dz/dx = 1.822\ndz/dy = -2.915", [(1, "of-another"), (2, "of-another")], "is that of `dz/dy`"),
        (GRADIENT, "dz/dx = 2.915\ndz/dy = 1.822", [(1, "signs")], "All that contributes to `dz/dx`"),
    ],
)
def test_what_is_wrong_with_a_number_is_told(
    marker: Marker, text: str, found: list[tuple[int, str]], told: str
) -> None:
    grade = marker.grade(text)
    assert wrong(grade) == found
    assert told in str(grade)
    assert grade.points == pytest.approx(1 - len(found) / len([*grade.findings]), abs=1e-5)


def test_numbers_that_are_not_there_are_asked_for_by_their_names() -> None:
    assert "`dz/dx` and `dz/dy` are missing" in str(GRADIENT.grade("I do not know."))


# --- lines that cannot be read ------------------------------------------------------------------------------------

LINES = "x = ?\ndx = ?\na = x**2 + 1\nda = 2 * x * dx\nb = log(a)\ndb = da / a\nz = b * x\ndz = db * x + b * dx\n"


@pytest.mark.parametrize(
    ("right", "written", "line", "points"),
    [
        ("dz = db * x", "dz = db x", 8, 20 / 3),
        ("da / a", "da / (a", 6, 10 / 3),
        ("da / a", "2da / a", 6, 10 / 3),
        ("b = log(a)", "b = log a", 5, 10 / 3),
        ("b = log(a)\n", "if a > 0\n    b = log(a)\n", 5, 10 / 3),
        ("b = log(a)\n", "if a > 0:\n    b = log(a)\n  b = 1\nelse:\n    b = 0\n", 5, 10 / 3),
        ("x**2", "x^2", 3, 0),
    ],
)
def test_what_is_above_a_line_that_cannot_be_read_is_marked(right: str, written: str, line: int, points: float) -> None:
    grade = ONE.grade(LINES.replace(right, written))
    assert grade.points == pytest.approx(points, abs=1e-5)
    assert f"From line {line} on nothing was marked." in str(grade)
    assert "error: " in str(grade)
    assert "missing." not in str(grade).partition("error: ")[0]


def test_half_a_program_is_no_right_one() -> None:
    program = "k = ?\nz = k\nfor i in range(3):\n    z = z * k\n"
    marker = Marker(Exercise("power", "value", program, ("z",), samples=Samples(at=({"k": 1.0},), count=1)))
    assert marker.grade(program).ok
    for half in (program.replace("):", ")"), program.replace("z * k", "z * l"), program.replace("z * k", "z k")):
        assert marker.grade(half).points == 0


@pytest.mark.parametrize("blank", ["", "...", "…", "_", "__", "___", "# to do"])
def test_a_right_side_that_is_not_there_yet_is_a_blank(blank: str) -> None:
    grade = ONE.grade(LINES.replace("da / a", blank))
    assert [each.status for each in grade.findings if each.quantity in ("da", "db", "dz")] == [
        "right",
        "blank",
        "right",
    ]
    assert grade.points == pytest.approx(20 / 3, abs=1e-5)


# --- nothing wrong, and not right ---------------------------------------------------------------------------------

SERIES = Marker(
    Exercise("series", "derivative", "x = ?\ns = 1\nfor k in range(3):\n    s = s + x**2\n", ("s",), points=10.0)
)


def test_a_differential_that_stands_outside_the_loop_is_told() -> None:
    text = "x = ?\ndx = ?\ns = 1\nds = 0\nfor k in range(3):\n    s = s + x**2\n    ds = ds + 2 * x * dx\n"
    assert SERIES.grade(text).ok
    grade = SERIES.grade(text.replace("    ds", "ds"))
    assert wrong(grade) == [(7, "not-beside")]
    assert "`ds` is not computed each time that `s` is" in str(grade)


@pytest.mark.parametrize(
    ("extra", "line"), [("dx = 3\n", 3), ("x = x + 1\n", 3), ("dx = x * dx\n", 3), ("x = 3; dx = 3\n", 3)]
)
def test_what_is_given_is_not_to_be_overwritten(extra: str, line: int) -> None:
    grade = ONE.grade(LINES.replace("dx = ?\n", f"dx = ?\n{extra}"))
    assert wrong(grade)[0] == (line, "given-overwritten"), str(grade)
    assert ONE.grade(LINES + extra).ok, "when all is done it may be"


@pytest.mark.parametrize("left", ["dw", "a", "dc = dz"])
def test_a_rule_that_the_language_refuses_is_not_right(left: str) -> None:
    marker = Marker(Exercise("rule", "rule", "f(a, b) = a * b\n", rule="f", points=4.0))
    assert marker.grade("z = f(x, y) => dz = y * dx + x * dy\n").ok
    grade = marker.grade(f"z = f(x, y) => {left} = y * dx + x * dy\n")
    assert grade.points == 0
    assert not grade.ok
    assert "error: " in str(grade)


def test_a_loop_that_divides_by_its_first_turn_gives_no_number() -> None:
    marker = Marker(
        Exercise("p", "derivative", "x = ?\np = x\nfor k in range(1, 4):\n    p = p * x / k\n", ("p",), points=10.0)
    )
    text = "x = ?\ndx = ?\np = x\ndp = dx\nfor k in range(1, 4):\n    dp = (dp * x + p * dx) / k\n    p = p * x / k\n"
    assert marker.grade(text).ok
    assert wrong(marker.grade(text.replace("1, 4", "4"))) == [(6, "not-finite")]
    assert wrong(marker.grade(text.replace("(dp * x + p * dx) / k", "dp * x + p * dx"))) == [(6, "outer-missing")]


def test_what_is_too_large_is_no_consequence_of_anything() -> None:
    marker = Marker(Exercise("k", "value", "k = ?\nz = k\nfor i in range(3):\n    z = z * k\n", ("z",)))
    assert wrong(marker.grade("k = ?\nz = 9**9**9**9\n")) == [(2, "not-finite")]


def test_the_line_of_another_branch_is_told() -> None:
    turned = BRANCHES.grade(BRANCHED.replace("x > y", "x < y"))
    assert {mistake for _, mistake in wrong(turned)} == {"other-branch"}
    assert "does not compute `x**2`" in str(turned)
    for lines in ("dm = y * dx + x * dy\n", "dm = (y * dx + x * dy) if dx < 5 else 0\n"):
        head, rest = BRANCHED.split("    dm = y * dx + x * dy\n")
        text = head.replace("    dm = cos(a) * da\n", "") + lines + rest
        assert wrong(BRANCHES.grade(text)) == [(11, "one-branch")]


def test_no_differential_anywhere_is_one_mistake() -> None:
    grade = ONE.grade(LINES.replace("b * x", "b * x * x").replace("db * x + b * dx", "x**2 / a * da + 2 * b * x"))
    assert not grade.ok
    marker = Marker(Exercise("s", "derivative", "r = ?\nz = sin(r) * cos(r)\n", ("z",)))
    assert wrong(marker.grade("r = ?\ndr = ?\ndz = cos(r)**2 - sin(r)**2\n")) == [(3, "differentials-missing")]
