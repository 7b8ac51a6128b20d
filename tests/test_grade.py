"""Marking: wrong answers are named, right ones are right however they are written, and hostile ones gain nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import threading
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lang.cli.options import GRADE_FORMATS
from lang.grade import check, feedback, require
from lang.grade.change_line import ORDER
from lang.grade.checking import Marker
from lang.grade.exercise import Check, Exercise, ExerciseError, Samples
from lang.grade.exercise_file import load
from lang.grade.expected import expected
from lang.grade.facts import BROKEN, GRADED, REFUSED, STOPPED
from lang.grade.grade import Grade
from lang.grade.mistakes import MISTAKES
from lang.grade.pool import Worker, grade_files
from lang.grade.quantities import TANGENT
from lang.grade.reports import report
from lang.grade.variants import Variants
from lang.program import Program
from lang.source import Source
from tests import wrong_answers
from tests.test_examples import ROOT, process
from tests.wrong_answers import LECTURE, LOOP, QUOTIENT

INPUTS = "x = ?\ndx = ?\ny = ?\ndy = ?\n"
RIGHT = INPUTS + "a = x * y\nda = y * dx + x * dy\nb = sin(x)\ndb = cos(x) * dx\nz = a + b\ndz = da + db\n"


KINDS = ("derivative", "adjoint")


def exercise(kind: str = "derivative", program: str = LECTURE, **more: object) -> Exercise:
    return Exercise("an exercise", kind, program, points=10.0, **more)  # type: ignore[arg-type]


FORWARD = Marker(exercise())
BACKWARD = Marker(exercise("adjoint"))
LOOPING = Marker(exercise(program=LOOP, of=("y",)))
DIVIDED = Marker(exercise(program=QUOTIENT))


# --- what is expected is what the language says -------------------------------------------------------------------


@pytest.mark.parametrize("program", [*wrong_answers.FORWARD, *wrong_answers.BACKWARD])
def test_expected_tangents_are_those_of_the_language(program: str) -> None:
    marker = Marker(exercise(program=program))
    own = Program(Source(program))
    for trial in marker.trials:
        moves = {of: trial.seeds[quantity] for of, quantity in marker.wanted.seeds.items()}
        for quantity in marker.wanted.required:
            of = marker.wanted.owners[quantity]
            _, derivative = own.jvp(of, along=moves, at=trial.inputs)[of]
            assert trial.truth[quantity][-1] == pytest.approx(derivative, rel=1e-9)


@pytest.mark.parametrize("program", wrong_answers.BACKWARD)
def test_expected_adjoints_are_those_of_the_language(program: str) -> None:
    marker = Marker(exercise("adjoint", program))
    for trial in marker.trials:
        told = Program(Source(program)).grad("z", at=trial.inputs)
        for quantity in marker.wanted.required:
            value = told[marker.wanted.owners[quantity]]
            assert trial.truth[quantity][-1] == pytest.approx(value, rel=1e-9)


# --- wrong answers ------------------------------------------------------------------------------------------------


def test_wrong_answers_are_named() -> None:
    named: Counter[bool] = Counter()
    for wrong in wrong_answers.generated(*((kind, text) for kind in KINDS for text in (LECTURE, QUOTIENT))):
        grade = wrong.marker.grade(wrong.text)
        assert not grade.ok
        assert grade.points < grade.most
        named[grade.first_wrong is not None and grade.first_wrong.mistake == wrong.mistake] += 1
    assert named.total() >= 100
    assert named[True] >= 0.95 * named.total()


def forward(**lines: str) -> str:
    """The right program with some lines changed."""
    return "".join(f"{lines.get(line.split(' = ')[0], line)}\n" for line in RIGHT.splitlines())


def statuses(grade: Grade) -> list[str]:
    """What is said of the differentials, in the order of the lines."""
    return [each.status for each in grade.findings if each.quantity in ("da", "db", "dz")]


def backward(*lines: str) -> str:
    return LECTURE + "".join(f"{each}\n" for each in lines)


BY_HAND = [
    (FORWARD, forward(da="da = y * dx"), 6, "product-term"),
    (FORWARD, forward(da="da = x * dy"), 6, "product-term"),
    (FORWARD, forward(da="da = dx * dy"), 6, "product-of-differentials"),
    (FORWARD, forward(da="da = x * dx + y * dy"), 6, "operands-swapped"),
    (FORWARD, forward(da="da = y * dx - x * dy"), 6, "sign-between"),
    (FORWARD, forward(da="da = y + x * dy"), 6, "chain-missing"),
    (FORWARD, forward(da="da = x * y"), 6, "statement-copied"),
    (FORWARD, forward(da="da = 0"), 6, "zero"),
    (FORWARD, forward(da="da = y * dx + x * dx"), 6, "wrong-differential"),
    (FORWARD, forward(da="da = y * x + x * dy"), 6, "value-for-differential"),
    (FORWARD, forward(db="db = -cos(x) * dx"), 8, "sign"),
    (FORWARD, forward(db="db = cos(x)"), 8, "chain-missing"),
    (FORWARD, forward(db="db = dx"), 8, "outer-missing"),
    (FORWARD, forward(db="db = sin(x) * dx"), 8, "function-itself"),
    (FORWARD, forward(db="db = sin(dx)"), 8, "function-of-differential"),
    (FORWARD, forward(db="db = cos(dx)"), 8, "inner-at-differential"),
    (FORWARD, forward(db="db = cos(dx) * dx"), 8, "inner-at-differential"),
    (FORWARD, forward(db="db = cos(b) * dx"), 8, "at-result"),
    (FORWARD, forward(db="db = 2 * cos(x) * dx"), 8, "constant-factor"),
    (FORWARD, forward(db="db = 0.877"), 8, "fixed-number"),
    (FORWARD, forward(dz="dz = da - db"), 10, "sign-between"),
    (FORWARD, forward(dz="dz = da"), 10, "term-missing"),
    (FORWARD, forward(dz="dz = da + db + db"), 10, "term-twice"),
    (DIVIDED, "dp = 3 * x**3 * dx", 1, "exponent-not-lowered"),
    (DIVIDED, "dp = x**2 * dx", 1, "exponent-in-front"),
    (DIVIDED, "dp = x**4 / 4 * dx", 1, "integrated"),
    (DIVIDED, "dp = 3 * x**2 * dx\ndq = 2 * dy + 1", 2, "constant-active"),
    (DIVIDED, "dp = 3 * x**2 * dx\ndq = 2 * dy + 5", 2, "constant-kept"),
    (DIVIDED, "dp = 3 * x**2 * dx\ndq = 2 * dy\ndr = (q * dp - p * dq) / q", 3, "square-missing"),
    (DIVIDED, "dp = 3 * x**2 * dx\ndq = 2 * dy\ndr = (q * dp + p * dq) / q**2", 3, "sign-between"),
    (DIVIDED, "dp = 3 * x**2 * dx\ndq = 2 * dy\ndr = dp / dq", 3, "product-of-differentials"),
    (DIVIDED, "dp = 3 * x**2 * dx\ndq = 2 * dy\ndr = (p * dq - q * dp) / q**2", 3, "sign"),
    (
        LOOPING,
        "x = ?\ndx = ?\ny = 1\ndy = 0\nfor i in range(3):\n    y = (y + x/y)/2\n    dy = (dy + (y*dx - x*dy)/y**2)/2\n",
        7,
        "new-value",
    ),
    (
        LOOPING,
        "x = ?\ndx = ?\ny = 1\ndy = 0\nfor i in range(3):\n    dy = (dy + dx/y)/2\n    y = (y + x/y)/2\n",
        6,
        "term-missing",
    ),
    (BACKWARD, backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga"), 10, "use-missing"),
    (
        BACKWARD,
        backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = cos(x) * gb", "gx = y * ga"),
        11,
        "overwritten",
    ),
    (BACKWARD, backward("gz = 1", "gb = gz", "ga = gz", "gy = y * ga", "gx = y * ga + cos(x) * gb"), 9, "own-operand"),
    (BACKWARD, backward("gz = 1", "gb = gz", "ga = gz", "gy = ga", "gx = y * ga + cos(x) * gb"), 9, "partial-missing"),
    (BACKWARD, backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga - cos(x) * gb"), 10, "sign"),
    (BACKWARD, backward("gz = 1", "gb = -gz", "ga = gz", "gy = x * ga", "gx = y * ga + cos(x) * gb"), 7, "sign"),
    (BACKWARD, backward("gz = 0", "gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga + cos(x) * gb"), 6, "seed-zero"),
    (BACKWARD, backward("gz = 2", "gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga + cos(x) * gb"), 6, "seed-wrong"),
    (
        BACKWARD,
        backward("gz = z", "gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga + cos(x) * gb"),
        6,
        "seed-is-value",
    ),
    (
        BACKWARD,
        backward("gx = y * ga + cos(x) * gb", "gy = x * ga", "ga = gz", "gb = gz", "gz = 1"),
        6,
        "forward-order",
    ),
    (
        BACKWARD,
        backward("gz = 1", "ga = 0", "gy = x * ga", "gx = y * ga + cos(x) * gz", "ga += gz"),
        8,
        "forward-order",
    ),
    (
        BACKWARD,
        backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga + y * ga + cos(x) * gb"),
        10,
        "counted-twice",
    ),
]


@pytest.mark.parametrize(("marker", "text", "line", "mistake"), BY_HAND)
def test_a_mistake_made_by_hand_is_named_on_its_line(marker: Marker, text: str, line: int, mistake: str) -> None:
    if marker is DIVIDED:
        text = "dx = ?\ndy = ?\n" + text
        line += 2
    grade = marker.grade(text)
    assert grade.first_wrong is not None
    assert (grade.first_wrong.mistake, grade.first_wrong.line) == (mistake, line)
    assert not grade.ok


TWICE = [
    (FORWARD, forward(da="da = y * dx - x * dx"), 6, "For `y`: the differential of another name. In `x * y`: wrong"),
    (FORWARD, forward(db="db = -cos(x)"), 8, "In `sin(x)`: wrong sign, and chain factor missing"),
    (DIVIDED, "dp = -x**2 * dx", 3, "In `x**3`: wrong sign, and the exponent in front is missing"),
    (
        DIVIDED,
        "dp = 3 * x**2 * dx\ndq = 2 * dy\ndr = (q * dp + p * dq) / q",
        5,
        "In `p / q`: wrong sign between two terms, and a square is missing",
    ),
    (
        BACKWARD,
        backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = x * ga - cos(x) * gb"),
        10,
        "In `sin(x)`: wrong sign. In `x * y`: multiplied by its own operand",
    ),
    (BACKWARD, backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = -y * ga"), 10, "forgot to add up"),
]


@pytest.mark.parametrize(("marker", "text", "line", "told"), TWICE)
def test_two_mistakes_in_a_line_are_both_named(marker: Marker, text: str, line: int, told: str) -> None:
    grade = marker.grade(f"dx = ?\ndy = ?\n{text}" if marker is DIVIDED else text)
    assert grade.first_wrong is not None
    assert (grade.first_wrong.mistake, grade.first_wrong.line) == ("two-mistakes", line)
    assert told in str(grade)


@pytest.mark.parametrize(
    ("line", "mistake", "told"),
    [
        ("da = y * dx + cos(y) * dy", "factor-wrong", "What `dx` is multiplied by is right; what `dy` is multiplied"),
        ("da = 3 * y * dx", "factor-wrong", "What `dx` is multiplied by is not right; `dy` is not in it"),
        ("da = y * dx + x * dy + db", "factor-wrong", "`db` does not belong here"),
        ("da = 3 * dx * dy", "not-linear", "If all differentials or adjoints in it doubled"),
        ("da = x * dx + y * dy", "operands-swapped", "each differential is multiplied by its own operand"),
    ],
)
def test_of_a_line_no_mistake_explains_the_right_factors_are_told(line: str, mistake: str, told: str) -> None:
    right = "x = ?\ndx = ?\ny = ?\ndy = ?\nb = sin(x)\ndb = cos(x) * dx\na = x * y\n{}\nz = a + b\ndz = da + db\n"
    grade = FORWARD.grade(right.format(line))
    assert grade.first_wrong is not None
    assert (grade.first_wrong.mistake, grade.first_wrong.line) == (mistake, 8)
    assert told in str(grade)


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("dz = 2 * x * sin(y) * dy + x**2 * cos(y) * dx", "differentials-swapped"),
        ("dz = 2 * x * sin(y) + x**2 * cos(y)", "differentials-missing"),
    ],
)
def test_differentials_that_changed_places_or_are_not_there_are_named(line: str, mistake: str) -> None:
    text = "x = ?\ny = ?\nz = x**2 * sin(y)\n"
    grade = Marker(exercise(program=text)).grade(f"dx = ?\ndy = ?\n{line}\n")
    assert grade.first_wrong is not None
    assert grade.first_wrong.mistake == mistake


@pytest.mark.parametrize(
    ("line", "mistake", "told"),
    [
        ("cos(x) * 2 * x * dx - exp(-y) * dy", "at-inner", "The derivative of `sin(x**2)` is evaluated at what"),
        ("cos(2 * x) * dx - exp(-y) * dy", "at-slope", "The derivative of `sin(x**2)` is evaluated at the inner"),
        ("2 * x * cos(x**2) * dx - exp(y) * dy", "inner-sign", "The derivative of `exp(-y)` is evaluated at its"),
        ("2 * x * cos(x**2) * dx + exp(-y) * dy", "sign", "The derivative of `-y` has the other sign"),
        ("-2 * x * cos(x**2) * dx - exp(-y) * dy", "sign", "The derivative of `sin(x**2)` has the other sign"),
    ],
)
def test_the_outer_derivative_at_another_place_is_named(line: str, mistake: str, told: str) -> None:
    marker = Marker(exercise(program="x = ?\ny = ?\nz = sin(x**2) + exp(-y)\n"))
    grade = marker.grade(f"dx = ?\ndy = ?\ndz = {line}\n")
    assert grade.first_wrong is not None
    assert grade.first_wrong.mistake == mistake
    assert told in str(grade)


def test_a_wrong_sign_is_looked_for_where_the_rule_has_one() -> None:
    text = "x = ?\nz = 2 / (1 + x**2)\n"
    grade = Marker(exercise("adjoint", program=text)).grade("gz = 1\ngx = 4 * x / (1 + x**2)**2 * gz\n")
    assert "The derivative of `2 / (1 + x**2)` has the other sign" in str(grade)


HALF = Samples(at=({"x": 0.5, "y": 4.2},))
TRACE = Marker(exercise("trace", seeds={"x": 1.0, "y": 0.0}, tolerance=5e-3, samples=HALF))
HORNER = Marker(exercise("derivative", "x = ?\ns = 1\nfor i in range(3):\n    s = s * x\n", of="s"))
ADDED = "x = ?\ndx = ?\ns = 1\n{}for i in range(3):\n    ds {} ds * x + s * dx\n    s = s * x\n"


@pytest.mark.parametrize(
    ("marker", "text", "line", "mistake"),
    [
        (FORWARD, RIGHT.replace("dx = ?\n", ""), 5, "seed-missing"),
        (BACKWARD, backward("gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga + cos(x) * gb"), 6, "seed-missing"),
        (BACKWARD, backward("gz = 1", "gb += gz", "ga = gz"), 7, "no-first-value"),
        (BACKWARD, RIGHT, 2, "forward-program"),
        (BACKWARD, backward("gx = 1", "gy = 0", "ga = y * gx + x * gy", "gz = ga + cos(x) * gx"), 6, "forward-program"),
        (BACKWARD, RIGHT.replace("dx = ?", "dx = 1").replace("dy = ?", "dy = 0"), 2, "forward-program"),
        (
            FORWARD,
            backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga + cos(x) * gb"),
            6,
            "adjoint-program",
        ),
        (HORNER, ADDED.format("", "="), 5, "no-first-value"),
        (HORNER, ADDED.format("ds = 0\n", "+="), 6, "added-to-the-old"),
    ],
)
def test_what_is_missing_or_goes_the_other_way_is_told_first(
    marker: Marker, text: str, line: int, mistake: str
) -> None:
    grade = marker.grade(text)
    assert grade.first_wrong is not None
    assert (grade.first_wrong.mistake, grade.first_wrong.line) == (mistake, line)
    assert [each.mistake for each in grade.findings if each.mistake] == [mistake]
    assert not grade.ok


@pytest.mark.parametrize("names", ["gb ga gy gx", "db da dy dx"])
def test_an_adjoint_program_with_mistakes_is_no_forward_program(names: str) -> None:
    b, a, y, x = names.split()
    z = x[0] + "z"
    lines = f"{x} = 0", f"{y} = 0", f"{z} = 1", f"{b} = -{z}", f"{a} = -{z}", f"{y} += x * {a} * 2", f"{x} += {a} + {b}"
    mistakes = [each.mistake for each in BACKWARD.grade(backward(*lines)).findings]
    assert not {"forward-program", "adjoint-program"} & set(mistakes)


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ("| a | 2,1 | 4,2 |\n| b | 0,479 | 0,878 |\n| z | 2,579 | 5,078 |", 10),
        ("a;2,1;4,2\nb;0,479;0,878\nz;2,579;5,078", 10),
        ("| a = x * y | 2.1 | 4.2 |\n| b = sin(x) | ≈ 0.479 | 0.878 |\n| z = a + b | 2.579 | 5.078 |", 10),
        ("| a | 2,100 | 4,200 |\n| b | 0.479 | 0.878 |\n| z | 2.579 | 5.078 |", 0),
    ],
)
def test_numbers_are_read_as_people_write_them_by_hand(rows: str, points: float) -> None:
    grade = TRACE.grade(f"name | value | derivative\n{rows}")
    assert grade.points == points
    assert points or "a number has a decimal point" in grade.error


def test_what_goes_wrong_with_a_calculator_is_named() -> None:
    grade = TRACE.grade("| a | 2.1 | 4.2 |\n| b | 0.0087 | 0.99996 |\n| z | 2.1087 | 5.2 |")
    assert [each.mistake for each in grade.findings] == ["", "", "degrees", "degrees", "", ""]
    grade = TRACE.grade("| a | 4.2 | 4.2 |\n| b | 0.479 | 0.878 |\n| z | 4.679 | 5.078 |")
    assert [each.mistake for each in grade.findings] == ["derivative-for-value", "", "", "", "", ""]


def test_a_student_is_not_told_to_raise_a_limit() -> None:
    grade = FORWARD.grade("x = ?\nwhile 1 < 2:\n    x = x + 1\n")
    assert grade.state == "stopped"
    assert "raise" not in str(grade)
    assert "more than a submission may use" in str(FORWARD.grade("x = ?\n" + "# long\n" * 20_000))


def test_seeds_are_told() -> None:
    marker = Marker(exercise(seeds={"x": 1.0, "y": 0.0}))
    text = RIGHT.replace("dx = ?", "dx = 1").replace("dy = ?", "dy = {}")
    assert marker.grade(text.format(0)).ok
    assert marker.grade(RIGHT).ok, "open seeds are more general"
    wrong = marker.grade(text.format(1)).first_wrong
    assert wrong is not None
    assert wrong.mistake == "both-seeded"
    wrong = FORWARD.grade(text.format(0)).first_wrong
    assert wrong is not None
    assert wrong.mistake == "seed-fixed"


def test_the_table_of_mistakes_is_whole() -> None:
    assert len(MISTAKES) >= 20
    assert set(ORDER) <= set(MISTAKES)
    files = (
        *("change_rule", "change_line", "change_contribution", "change_sweep", "blame", "hearing", "hearing_back"),
        *("overall", "tables"),
    )
    source = "".join((ROOT / "lang" / "grade" / f"{name}.py").read_text() for name in files)
    assert [key for key in MISTAKES if f'"{key}"' not in source] == []
    for key, row in MISTAKES.items():
        assert row.title, key
        assert row.why.endswith((".", "?")), key
        assert not row.look.endswith("."), key


# --- right answers ------------------------------------------------------------------------------------------------

UNUSUAL = [
    (FORWARD, RIGHT),
    (FORWARD, RIGHT.replace("d", "D")),
    (FORWARD, "dx = ?\ndy = ?\nda = y * dx + x * dy\ndb = cos(x) * dx\ndz = da + db\n"),
    (FORWARD, "dx = ?; dy = ?; dz = (y + cos(x)) * dx + x * dy"),
    (FORWARD, INPUTS + "dz = x * dy + dx * (y + sin(x + pi / 2))\n"),
    (FORWARD, INPUTS + "da = y * dx\nda += x * dy\ndb = dx\ndb *= cos(x)\ndz = db + da\n"),
    (
        FORWARD,
        "y = ?\ndy = ?\nx = ?\ndx = ?\ndb = cos(x) * dx\nb = sin(x)\n"
        "da = x * dy + y * dx\na = y * x\ndz = db + da\nz = b + a\n",
    ),
    (FORWARD, INPUTS + "t1 = y * dx\nt2 = x * dy\nda = t1 + t2\nc = cos(x)\ndb = c * dx\ndz = da + db\n"),
    (FORWARD, "x = ?\nx_dot = ?\ny = ?\ny_dot = ?\na_dot = y * x_dot + x * y_dot\nz_dot = a_dot + cos(x) * x_dot\n"),
    (FORWARD, "u = ?\ndu = ?\nv = ?\ndv = ?\nw = u * v + sin(u)\nslope = v * du + u * dv + cos(u) * du\n"),
    (FORWARD, INPUTS + "product(a, da, b, db) = b * da + a * db\nda = product(x, dx, y, dy)\ndz = da + cos(x) * dx\n"),
    (FORWARD, INPUTS + "def f(x, dx):\n    return sin(x), cos(x) * dx\nb, db = f(x, dx)\ndz = y * dx + x * dy + db\n"),
    (FORWARD, INPUTS + "da, db = y * dx + x * dy, cos(x) * dx\ndz = da + db\n"),
    (FORWARD, "# my homework\n\n" + RIGHT.replace("\n", "   # so\r\n")),
    (FORWARD, RIGHT + "grad z\nz, dz\n1 > 0\n"),
    (
        FORWARD,
        INPUTS + "dz = 0\nfor i in range(1):\n    dz += y * dx + x * dy\nif x > 0:\n"
        "    dz += cos(x) * dx\nelse:\n    dz += cos(-x) * dx\n",
    ),
    (FORWARD, INPUTS + "p = y * dx + x * dy\nq = cos(x) * dx\nanswer = p + q\n"),
    (FORWARD, INPUTS + "dz = 1e-3 * (1000 * y * dx + 1e3 * (x * dy + cos(x) * dx))\n"),
    (DIVIDED, "dx = ?\ndy = ?\ndp = 3 * p / x * dx\ndq = dy + dy\ndr = r * (dp / p - dq / q)\ndz = z * dr\n"),
    (DIVIDED, "dx = ?\ndy = ?\ndz = exp(r) * (3 * x**2 * dx / q - 2 * p * dy / q**2)\n"),
    (
        LOOPING,
        "x = ?\ndx = ?\ny = 1\ndy = 0\ni = 0\nwhile i < 3:\n    old = y\n"
        "    y = (old + x / old) / 2\n"
        "    dy = dy / 2 + dx / (2 * old) - x * dy / (2 * old * old)\n    i += 1\n",
    ),
    (
        LOOPING,
        "x = ?\ndx = ?\ny = (1 + x) / 2\ndy = dx / 2\nfor k in range(2):\n    t = x / y\n"
        "    dt = (dx - t * dy) / y\n    y = (y + t) / 2\n    dy = (dy + dt) / 2\n",
    ),
    (
        BACKWARD,
        backward(
            "gz = 1", "gx = 0", "gy = 0", "ga = gz", "gb = gz", "gx += cos(x) * gb", "gx += y * ga", "gy += x * ga"
        ),
    ),
    (BACKWARD, "gz = 1\ngy = x\ngx = y + cos(x)\n"),
    (
        BACKWARD,
        backward(
            "z_bar = 1",
            "b_bar = z_bar",
            "a_bar = z_bar",
            "x_bar = b_bar * cos(x)",
            "y_bar = a_bar * x",
            "x_bar = x_bar + a_bar * y",
        ),
    ),
    (BACKWARD, backward("gz = ?", "ga, gb = gz, gz", "gx, gy = y * ga + cos(x) * gb, x * ga")),
    (BACKWARD, "gz = 1\nc = cos(x)\npush c\nga = gz\nc = pop()\ngy = ga * x\ngx = c * gz\ngx = gx + ga * y\n"),
]


@pytest.mark.parametrize(("marker", "text"), UNUSUAL)
def test_a_right_answer_is_right_however_it_is_written(marker: Marker, text: str) -> None:
    grade = marker.grade(text)
    assert grade.ok, grade.told
    assert grade.points == grade.most == 10


LANGUAGE = [
    *dict.fromkeys((*wrong_answers.FORWARD, *wrong_answers.BACKWARD)),
    "x = ?\ny = ?\nif x > y:\n    z = x * y\nelse:\n    z = x / (1 + y**2)\n",
    "x = ?\nf(a) = a * sin(a)\nz = f(x) + f(x)**2\n",
    "x = ?\ny = ?\nf(a, b) = a * sin(b)\nz = f(x, y) / f(y, 2)\n",
    "x = ?\nz = 0\nfor i in range(1, 5):\n    z += x**i / i\n",
    "x = ?\ny = ?\np, q = x * y, x + y\np, q = q, p * q\nz = p - q\n",
    "x = ?\nwhile x * x < 20:\n    x = x * 1.7 + 1\nz = x\n",
    "x = ?\ny = ?\nz = max(x, y) + relu(x) * abs(y)\n",
    "x = ?\ny = ?\nz = x * y if x > 0 else y**2\n",
]


@pytest.mark.parametrize("text", LANGUAGE)
def test_what_the_language_writes_is_right(text: str) -> None:
    program = Program(Source(text))
    of = "z" if "z" in program.names else "y"
    forward_program = program.forward(along=dict.fromkeys(program.inputs))
    assert Marker(exercise(program=text, of=(of,))).grade(str(forward_program)).ok
    assert Marker(exercise("adjoint", text, of=(of,))).grade(str(program.reverse(of))).ok


def test_there_are_enough_unusual_answers() -> None:
    assert len(UNUSUAL) >= 20


def test_an_input_with_a_value_of_its_own_is_told() -> None:
    for text in (RIGHT.replace("x = ?", "x = 0", 1), "dx = ?\ndy = ?\nx = 0.5\ndz = y * dx + x * dy + cos(x) * dx\n"):
        grade = FORWARD.grade(text)
        assert grade.first_wrong is not None
        assert grade.first_wrong.mistake == "input-fixed"
        assert "inputs are written `x = ?`" in grade.told


def test_one_mistake_is_found_once() -> None:
    grade = FORWARD.grade(forward(da="da = y * dx"))
    assert statuses(grade) == ["wrong", "right", "carried"]
    assert grade.points == pytest.approx(10 * 2 / 3)
    assert "`dx` and `y` are right; `da` on line 6 is wrong." in grade.told


def test_lines_with_names_that_say_nothing_are_told_by_their_places() -> None:
    text = INPUTS + "p = y * dx\nq = cos(x) * dx\nr = p + q\n"
    grade = FORWARD.grade(text)
    assert grade.first_wrong is not None
    assert (grade.first_wrong.name, grade.first_wrong.line, grade.first_wrong.mistake) == ("p", 5, "product-term")
    assert grade.points == pytest.approx(20 / 3)
    strange = FORWARD.grade(INPUTS + "p = 7\nq = 8 * p\nr = p - q\n")
    assert [each.status for each in strange.findings] == ["missing"] * 3


def test_what_is_above_a_line_without_meaning_is_marked() -> None:
    grade = FORWARD.grade(forward(dz="dz = da + dbb"))
    assert 0 < grade.points < 10
    assert "I don't know the name `dbb`" in grade.told


# --- other kinds --------------------------------------------------------------------------------------------------


def test_value() -> None:
    marker = Marker(exercise("value", "x = ?\nz = x**2 - 1\n"))
    assert marker.grade("x = ?\nz = (x - 1) * (x + 1)\n").ok
    assert marker.grade("t = ?\nresult = (t - 1) * (t + 1)\n").ok
    assert marker.grade("x = ?\nz = x**2 + 1\n").points == 0


@pytest.mark.parametrize("text", ["", "w = x + 1\n", "x\n", "z\n", "y = ?\n", "x = ?\n", "w = x +\n", "z = ?\n"])
def test_the_reference_answers_for_nobody(text: str) -> None:
    grade = Marker(exercise("value", "x = ?\nk = x + 1\nz = k**2 - 1\n")).grade(text)
    assert grade.points == 0
    assert "k**2" not in grade.told


def test_the_line_of_a_sum_that_is_wrong_is_found() -> None:
    first = backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = -cos(x) * gb", "gx += y * ga")
    second = backward("gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = cos(x) * gb", "gx += x * ga")
    for text, line in ((first, 10), (second, 11)):
        grade = BACKWARD.grade(text)
        assert grade.first_wrong is not None
        assert grade.first_wrong.line == line


TEMPORARIES = [
    ("t = y * dx\nda = t\nt = y * dy\nda = da + t\ndb = cos(x) * dx\ndz = da + db", 8, "t", "wrong-value"),
    ("t = y * dx\nu = t\nt = x * dx\nda = u + t\ndb = cos(x) * dx\ndz = da + db", 8, "t", "wrong-differential"),
    ("t = y * dx\nu = x * dy\nda = t - u\ndb = cos(x) * dx\ndz = da + db", 8, "da", "sign-between"),
]


@pytest.mark.parametrize(("lines", "line", "name", "mistake"), TEMPORARIES)
def test_the_summand_that_is_wrong_is_blamed_and_not_the_sum(lines: str, line: int, name: str, mistake: str) -> None:
    wrong = FORWARD.grade(f"{INPUTS}a = x * y\n{lines}\n").first_wrong
    assert wrong is not None
    assert (wrong.line, wrong.name, wrong.mistake) == (line, name, mistake)


def test_the_summand_of_an_adjoint_that_is_wrong_is_blamed() -> None:
    lines = "gz = 1", "gb = gz", "ga = gz", "t = x * ga", "gy = t", "t = cos(x) * gb", "gx = t", "t = x * ga", "gx += t"
    wrong = BACKWARD.grade(backward(*lines)).first_wrong
    assert wrong is not None
    assert (wrong.line, wrong.name, wrong.mistake) == (13, "t", "own-operand")


LOOPED = "x = ?\nk = ?\ns = x\nfor i in range(4):\n    s = s + sin(k * s)\nz = s * x\n"
LOOPED_RIGHT = """x = ?
dx = ?
k = ?
dk = ?
s = x
ds = dx
for i in range(4):
    t = k * s
    dt = dk * s + k * ds
    du = cos(t) * dt
    s = s + sin(t)
    ds = ds + du
z = s * x
dz = ds * x + s * dx
"""


@pytest.mark.parametrize(
    ("right", "written", "line", "mistake"),
    [
        ("du = cos(t)", "du = -cos(t)", 10, "sign"),
        ("range(4)", "range(3)", 11, "other-turns"),
        ("range(4)", "range(6)", 11, "other-turns"),
        ("s = s + sin(t)", "s = s + 2 * sin(t)", 11, "other-statement"),
    ],
)
def test_what_goes_wrong_in_and_around_a_loop(right: str, written: str, line: int, mistake: str) -> None:
    marker = Marker(exercise("derivative", program=LOOPED, of="z"))
    assert marker.grade(LOOPED_RIGHT).ok
    wrong = marker.grade(LOOPED_RIGHT.replace(right, written)).first_wrong
    assert wrong is not None
    assert (wrong.line, wrong.mistake) == (line, mistake)


def test_where_values_are_asked_the_program_is_not_told() -> None:
    asked = exercise("value", program="x = ?\na = x * x\nz = a + 1\n", of="z")
    assert "x * x" not in str(Marker(asked).grade("x = ?\na = x + x\nz = a + 1\n"))


@pytest.mark.parametrize("function", ["exp(x)", "2**x"])
def test_the_rule_for_powers_is_not_for_exponents(function: str) -> None:
    marker = Marker(exercise("derivative", program=f"x = ?\nz = {function}\n", of="z"))
    power = {"exp(x)": "exp(x - 1)", "2**x": "2**(x - 1)"}[function]
    wrong = marker.grade(f"x = ?\ndx = ?\nz = {function}\ndz = x * {power} * dx\n").first_wrong
    assert wrong is not None
    assert (wrong.line, wrong.mistake) == (4, "power-rule")


def test_gradient() -> None:
    marker = Marker(exercise("gradient", LECTURE, tolerance=5e-3, samples=Samples(at=({"x": 0.5, "y": 4.2},))))
    assert marker.grade("dz/dx = 5.078\ndz/dy = 0.5\n").ok
    assert marker.grade("gx: 5.0776\ngy: 0.5\n").ok
    half = marker.grade("dz/dx = 4.2\ndz/dy = 0.5\n")
    assert half.points == 5
    assert half.first_wrong is not None
    assert half.first_wrong.mistake == "use-missing"


def test_adjoints_of_a_loop_are_judged_by_their_results() -> None:
    marker = Marker(exercise("adjoint", "x = ?\ny = x\nfor i in range(3):\n    y = y * x\n"))
    assert marker.grade("x = ?\ngy = 1\ngx = 4 * x**3 * gy\n").ok
    assert marker.grade("x = ?\ngy = 1\ngx = 3 * x**2 * gy\n").points == 0


def test_lines_of_a_loop_are_judged_one_by_one() -> None:
    text = (
        INPUTS[:13] + "y = 1\ndy = 0\nt = 0\ndt = 0\nfor i in range(3):\n    {}\n    t = x * y\n    {}\n    y = t + 1\n"
    )
    marker = Marker(exercise(program="x = ?\ny = 1\nt = 0\nfor i in range(3):\n    t = x * y\n    y = t + 1\n"))
    assert marker.grade(text.format("dt = y * dx + x * dy", "dy = dt")).ok
    half = marker.grade(text.format("dt = y * dx", "dy = dt"))
    assert half.points == 5
    assert half.first_wrong is not None
    assert half.first_wrong.line == 8
    assert marker.grade(text.format("dt = 0", "dy = 0")).points == 0


def test_a_blank_is_filled_for_the_lines_below_and_earns_nothing() -> None:
    marker = Marker(exercise("fill", LECTURE))
    text = INPUTS + "a = x * y\nda = ___\nb = sin(x)\ndb = {}\nz = a + b\ndz = da + db\n"
    grade = marker.grade(text.format("cos(x) * dx"))
    assert statuses(grade) == ["blank", "right", "right"]
    assert grade.points == pytest.approx(20 / 3)
    assert marker.grade(text.format("___").replace("da + db", "___")).points == 0


# --- the exercise file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind = 'derivative'", "`program` is missing"),
        ("program = 'x = ?'", "`kind` is missing"),
        ("kind = 'derivativ'\nprogram = 'x = ?'", "did you mean `derivative`?"),
        ("kind = 'value'\nprogram = 'x = ?\\nz = x'\ntolerence = 1", "did you mean `tolerance`?"),
        ("kind = 'value'\nprogram = 'x = ?\\nz = x'\npoints = -1", "`points` is a number of at least 0"),
        ("kind = 'value'\nprogram = 'none.ad'", "names the file `none.ad`"),
        ("kind = ", "is not a TOML file"),
        ("kind = " + "[" * 5000, "too deep inside each other"),
        ("kind = 'value'\nprogram = 'x = ?\\nz = x'\n[variants]\nk = 3", "not a list"),
        ("kind = 'value'\nprogram = 'x = ?\\nz = x'\n[samples]\nrange = {x = 3}", "not two numbers"),
    ],
)
def test_an_exercise_that_means_nothing_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "e.toml").write_text(text)
    with pytest.raises(ExerciseError) as found:
        load(tmp_path / "e.toml")
    assert message in found.value.message


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (exercise(program="x = ? z ="), "cannot be used"),
        (exercise(of=("q",)), "no name `q`"),
        (exercise(program="x = ?\n3\n"), "computes nothing"),
        (exercise(program="x = ?\nz = 3\n"), "does not depend"),
        (exercise(program="x = ?\nz = log(-1 - x**2)\n"), "no finite values"),
        (exercise(samples=Samples(at=({"q": 1.0},))), "`q`"),
        (exercise("rule", "", rule="nobody"), "no function `nobody`"),
    ],
)
def test_an_exercise_that_cannot_be_marked_is_refused(made: Exercise, message: str) -> None:
    with pytest.raises(ExerciseError) as found:
        Marker(made)
    assert message in found.value.message


def test_variants_differ_and_can_be_made_again() -> None:
    made = exercise(program="x = ?\nz = {k} * x**2\n", variants=Variants("spring", {"k": ("2", "3", "5")}))
    programs = {student: made.variant(student).program for student in "abcdefghijkl"}
    assert len(set(programs.values())) == 3
    assert programs == {student: made.variant(student).program for student in "abcdefghijkl"}
    for student, program in programs.items():
        k = program.split("= ")[2].split(" ")[0]
        assert check(f"x = ?\ndx = ?\ndz = 2 * {k} * x * dx\n", made, student).ok


def test_python_helpers() -> None:
    grade = check(RIGHT, exercise())
    assert grade
    assert require(Program(Source(RIGHT)), exercise()).points == 10
    with pytest.raises(AssertionError, match="`da` on line 6 is wrong"):
        require(forward(da="da = y * dx"), exercise())
    assert check(ROOT / "examples/course/forward/solution.ad", ROOT / "examples/course/forward/exercise.toml")


# --- reports ------------------------------------------------------------------------------------------------------

HIDDEN = exercise(checks=(Check("far away", {"x": 12.345678, "y": -30.25}, {"x": 1.0}, 2.0, False),))


def sample() -> list[Grade]:
    marker = Marker(HIDDEN)
    texts = {"anna.ad": RIGHT, "=cmd().ad": forward(da="da = y * dx"), "<b>&|.ad": "x = ", "\x1b[2Jevil\u202e.ad": ""}
    return [marker.grade(text, name, Path(name).stem) for name, text in texts.items()]


@pytest.mark.parametrize("form", GRADE_FORMATS)
def test_a_report_is_clean_and_tells_no_secret(form: str) -> None:
    text = report(form, sample())
    assert "\x1b" not in text
    assert "\u202e" not in text
    for secret in ("12.345678", "-30.25", "y * dx + x * dy"):
        assert secret not in text.replace(RIGHT, "")


def test_reports_can_be_read_back() -> None:
    grades = sample()
    facts = json.loads(report("json", grades))
    assert [each["points"] for each in facts["grades"]][:2] == [12.0, pytest.approx(20 / 3, abs=1e-5)]
    rows = list(csv.DictReader(io.StringIO(report("csv", grades))))
    assert rows[1]["file"].startswith("'=")
    assert rows[1]["mistake"] == "product-term"
    suites = list(ElementTree.fromstring(report("junit", grades)))
    assert [suite.get("failures") for suite in suites][:2] == ["0", "1"]
    assert json.loads(report("gradescope", grades[:1]))["tests"][1]["visibility"] == "hidden"
    assert json.loads(report("prairielearn", grades[:1]))["score"] == 1.0
    assert json.loads(report("coderunner", grades[:1]))["fraction"] == 1.0
    assert "<b>" not in report("coderunner", grades)
    assert len(json.loads(report("gradescope", grades))) == 4


def test_passed_is_said_of_visible_checks_only() -> None:
    marker = Marker(HIDDEN)
    grade = marker.grade(RIGHT)
    assert "All visible checks passed." in grade.told
    assert "Everything" not in grade.told
    assert "All visible" not in marker.grade("").told
    assert "far away" not in grade.told


@pytest.mark.parametrize(
    ("level", "told", "untold"),
    [
        ("none", ["received"], ["points", "wrong", "product"]),
        ("score", ["6.67 of 10 points"], ["wrong", "product"]),
        ("line", ["`da` on line 6 is wrong"], ["roduct rule"]),
        ("mistake", ["`da` on line 6 is wrong", "Product rule with a term missing"], ["y * dx + x * dy"]),
    ],
)
def test_a_student_is_told_as_much_as_the_exercise_says(level: str, told: list[str], untold: list[str]) -> None:
    text = Marker(exercise(feedback=level)).grade(forward(da="da = y * dx"), "a.ad").told
    assert [each for each in told if each not in text] == []
    assert [each for each in untold if each in text] == []


# --- hostile submissions ------------------------------------------------------------------------------------------

NOTHING = [
    "",
    "\n\n# 10 of 10 points\n# Everything is right.\n",
    "points = 10\nmost = 10\nok = 1\nx = ?\ny = ?\n",
    "x = ?\ny = ?\n",
    INPUTS,
    "dx = ?\ndy = ?\nda = ?\ndb = ?\ndz = ?\n",
    "x = ?\ny = ?\nz = x * y + sin(x)\ngrad z\nforward z\n",
    "1\n" * 10_000,
    INPUTS + "dz = ?\nresult = dz\n",
    INPUTS + "da = 0\ndb = 0\ndz = 0\n",
    INPUTS + "da = 1\ndb = 1\ndz = 2\n",
    "dz = 1 / 0\n",
    "dz = log(-1)\n",
    INPUTS + "f(x) = f(x)\ndz = f(1)\n",
    INPUTS + "while x * x > -1:\n    x += 1\n",
    INPUTS + "while x * x > -1:\n    push x\n",
    INPUTS + "z = 9**9**9**9\n",
    "x = " + "(" * 5000 + "1" + ")" * 5000,
    "x = 1" + " + 1" * 60_000,
    "a" * 99_000 + " = 1\n",
    "x = 'a'",
    "\x00\x01\x02",
    "x = ?\x1b[2J\ny = ?\n",
    "import os; os.system('true')",
    "__import__('os')",
    "def f(x):\n    return f'(x)\n",
]


@pytest.mark.parametrize("text", NOTHING, ids=lambda text: repr(text[:20]))
def test_nothing_earns_nothing(text: str) -> None:
    grade = FORWARD.grade(text)
    assert grade.points == 0
    assert not grade.ok
    assert grade.state in (GRADED, BROKEN, STOPPED, REFUSED)
    assert "All visible checks passed" not in grade.told
    assert "Everything is right" not in grade.told
    assert "\x1b" not in grade.told


def test_the_derivatives_of_the_language_are_refused() -> None:
    grade = FORWARD.grade(INPUTS + "f(x, y) = x * y + sin(x)\ndz = f'[x](x, y) * dx + f'[y](x, y) * dy\n")
    assert grade.state == REFUSED
    assert grade.points == 0
    assert "by hand" in grade.told


def test_an_input_in_place_of_an_answer_is_a_blank() -> None:
    grade = FORWARD.grade(INPUTS + "da = ?\ndb = ?\ndz = da + db\n")
    assert [each.status for each in grade.findings] == ["blank", "blank", "right"]
    assert grade.points == pytest.approx(10 / 3)


@pytest.mark.parametrize(
    "clash", ["held_1", "c0", "reference", "exercise", "da_1", "t1", "lines", "primal", "candidates"]
)
def test_names_of_the_grader_are_free(clash: str) -> None:
    extra = f"{clash} = y * dx + x * dy\n"
    assert FORWARD.grade(INPUTS + extra + f"da = {clash}\ndb = cos(x) * dx\ndz = da + db\n").ok
    wrong = FORWARD.grade(INPUTS + f"{clash} = 1\nda = y * dx\ndb = cos(x) * dx\ndz = da + db\n").first_wrong
    assert wrong is not None
    assert wrong.mistake == "product-term"


def test_functions_of_the_exercise_cannot_be_redefined_to_be_right() -> None:
    marker = Marker(exercise("value", "f(x) = x**2\nx = ?\nz = f(x) + 1\n"))
    assert not marker.grade("f(x) = 0\nx = ?\nz = f(x) + 1\n").ok


def test_what_the_program_shows_is_not_looked_at() -> None:
    shown = RIGHT.replace("da = y * dx + x * dy", "da = y * dx") + "da + x * dy\ndz + x * dy\n"
    assert not FORWARD.grade(shown).ok


def test_files_that_are_none_cost_nothing_to_the_others(tmp_path: Path) -> None:
    made = []
    for name, data in {
        "good.ad": RIGHT.encode(),
        "binary.ad": bytes(range(256)) * 10,
        "loop.ad": (INPUTS + "while x * x > -1:\n    x += 1\n").encode(),
        "bomb.ad": (INPUTS + "while x * x > -1:\n    push x\n").encode(),
        "large.ad": b"x = 1\n" * 3_000_000,
        "names.ad": "".join(f"v{each} = {each}\n" for each in range(8000)).encode(),
        "late.ad": RIGHT.encode(),
    }.items():
        path = tmp_path / name
        path.write_bytes(data)
        made.append(str(path))
    made.insert(3, str(tmp_path / "none.ad"))
    grades = grade_files(HIDDEN, made, jobs=2)
    assert [Path(each.file).name for each in grades] == [Path(each).name for each in made]
    assert [Path(each.file).name for each in grades if each.ok] == ["good.ad", "late.ad"]
    assert [each.points for each in grades if not each.ok] == [0.0] * 6
    assert {each.state for each in grades} <= {GRADED, BROKEN, STOPPED, "fault"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork, so submissions share a process")
def test_a_process_that_outgrows_its_limits_is_stopped() -> None:
    done = process("-W", "error", "-c", OUTGROWING)  # a process with one thread, as a worker is: the tests' has more
    assert (done.returncode, done.stderr, done.stdout.split()) == (0, "", [STOPPED, STOPPED])


OUTGROWING = """
from lang.grade import worker
from lang.grade.marking import Marker
from tests.test_grade import FORWARD

Marker.grade = lambda *_: bytearray(1 << 40)
print(worker._in_a_child(FORWARD, b"", "a.ad", "a").state)

def silent(*_):
    while True:
        pass

worker.WALL_SECONDS = 0.2
Marker.grade = silent
print(worker._in_a_child(FORWARD, b"", "a.ad", "a").state)
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="this system does not tell how many threads there are")
@pytest.mark.parametrize("text", [LECTURE, "x = ?\nz = gamma(x) + erfinv(x * 0.1) + polygamma(2, x * x + 1)\n"])
def test_a_worker_has_one_thread_whatever_the_process_has_that_started_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.ad").write_text(text)
    done: list[Grade] = []
    worker = Worker(exercise("adjoint", text))

    def grade() -> None:
        done.append(worker.grade(str(tmp_path / "a.ad"), "a"))

    others = [threading.Thread(target=threading.Event().wait, daemon=True) for _ in range(4)]
    for each in (*others, threading.Thread(target=grade)):
        each.start()
    each.join()
    try:
        assert done[0].state != "fault"
        assert worker.process is not None
        assert len(os.listdir(f"/proc/{worker.process.pid}/task")) == 1
    finally:
        worker.close()


@pytest.mark.parametrize("written", ["y * dx / (x - x)", "exp(1000) * dx + x * dy"])
def test_a_line_that_gives_no_number_is_told_and_not_what_it_makes_of_others(written: str) -> None:
    grade = FORWARD.grade(RIGHT.replace("y * dx + x * dy", written))
    assert statuses(grade) == ["wrong", "right", "carried"]
    assert grade.first_wrong is not None
    assert grade.first_wrong.mistake == "not-finite"


def test_a_difference_quotient_is_near_and_not_exact() -> None:
    text = INPUTS + "h = 1e-6\ndz = ((x + h * dx) * (y + h * dy) + sin(x + h * dx) - x * y - sin(x)) / h\n"
    grade = FORWARD.grade(text)
    assert grade.first_wrong is not None
    assert (grade.first_wrong.mistake, grade.first_wrong.line) == ("approximate", 6)


def test_a_missing_seed_is_asked_for_and_no_derivative() -> None:
    grade = str(FORWARD.grade("da = y * dx + x * dy\n"))
    assert "help: give `dx` its seed on a line above" in grade


def test_where_nothing_was_saved_no_other_line_is_blamed() -> None:
    marker = Marker(exercise("adjoint", "x = ?\ns = 0\nfor i in range(3):\n    s = s + sin(x * s) + x\n", of=("s",)))
    text = """x = ?
s = 0
for i in range(3):
    push s
    s = s + sin(x * s) + x
gs = 1
gx = 0
for i in range(3):
    s = pop()
    gx += (cos(x * s) * s + 1) * gs
    gs = gs + cos(x * s) * x * gs
"""
    assert marker.grade(text).ok
    grade = marker.grade(text.replace("    push s\n", ""))
    told = [(each.line, each.name, each.mistake) for each in grade.findings if each.status == "wrong"]
    assert told == [(8, "s", "nothing-saved")]
    grade = marker.grade(text.replace("gs + cos(x * s) * x", "gs + cos(x * s) * s"))
    told = [(each.line, each.name, each.mistake) for each in grade.findings if each.status == "wrong"]
    assert told == [(11, "gs", "own-factor")]


# --- rules --------------------------------------------------------------------------------------------------------

DAMP = Marker(exercise("rule", "damp(a, b) = a * exp(-b)\n", rule="damp"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("c = damp(a, b) => dc = exp(-b) * dx - c * db", "`dx` stands in a rule that has no `x`"),
        ("c = damp(a, b) => dc = exp(-b) * dx - c * db", "1 | c = damp(a, b) => dc = exp(-b) * dx"),
        ("c = damp(a, b) -> dc = exp(-b) * da - c * db", "`->` makes no rule"),
        ("c = damp(a, b) => dc = ___", "`dc` is still blank"),
        ("c = damp(a, b) => dc = exp(-b) * db - c * da", "Two differentials have changed places"),
        ("c = damp(a, b) => dc = exp(-b) - c", "No differential in it"),
        ("c = damp(a, b) => dc = exp(-b) * da * db", "Not a differential in each term"),
    ],
)
def test_a_wrong_rule_is_told_in_its_own_words(text: str, told: str) -> None:
    grade = DAMP.grade(text + "\n")
    assert not grade.ok
    assert told in str(grade)


def test_of_several_rules_the_last_holds_as_in_a_program() -> None:
    right = "c = damp(a, b) => dc = exp(-b) * da - c * db\n"
    assert DAMP.grade(f"c = damp(a, b) => dc = da\n{right}").ok
    assert not DAMP.grade(f"{right}c = damp(a, b) => dc = da + db\n").ok


# --- the command line ---------------------------------------------------------------------------------------------


def test_command_line(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "course" / "forward"
    words = ("-m", "lang", "grade", str(folder / "exercise.toml"), str(folder / "wrong"), str(folder / "solution.ad"))
    done = process(*words, "--fail-under", "50", "--jobs", "2")
    assert (done.returncode, done.stderr) == (0, "")
    done = process(*words, "--fail-under", "60", "--format", "csv", "-o", str(tmp_path / "out.csv"))
    assert (done.returncode, done.stdout) == (4, "")
    assert (tmp_path / "out.csv").read_text().count("\n") == 5


def test_a_folder_where_nobody_has_handed_in_is_told_and_stops_no_others(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "course" / "forward"
    (tmp_path / "readme.pdf").touch()
    words = ("-m", "lang", "grade", str(folder / "exercise.toml"), str(tmp_path))
    done = process(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("note: there is no submission in the folder")
    done = process(*words, str(folder / "solution.ad"))
    assert (done.returncode, done.stderr.count("note:")) == (0, 1)
    assert "12 of 12 points" in done.stdout
    done = process(*words, "--format", "csv", "--fail-under", "50")
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)
    assert process(*words, "--format", "gradescope").returncode == 2


def test_a_program_in_the_place_of_the_exercise_is_told(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "course" / "forward"
    done = process("-m", "lang", "grade", str(folder / "solution.ad"), str(folder / "exercise.toml"))
    assert done.returncode == 1
    assert "the exercise comes first: `ad grade exercise.toml anna.ad`" in done.stderr


def test_a_wrong_folder_is_told(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "course" / "forward"
    words = ("-m", "lang", "grade", str(folder / "exercise.toml"))
    (tmp_path / "spring").mkdir()
    (tmp_path / "spring" / "anna.ad").write_text("x = ?")
    assert f"no file .ad, .csv, .md, .txt; `{tmp_path / 'spring'}` has some" in process(*words, str(tmp_path)).stderr
    assert "is the folder of the exercise" in process(*words, str(folder)).stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("grade",), "which exercise"),
        (("grade", "none.toml", "a.ad"), "there is no file"),
        (("grade", "examples/course/forward/exercise.toml", "none.ad"), "there is no file"),
        (("grade", "examples/course/forward/exercise.toml", "README.md", "--fail-under", "x"), "percentage"),
        (("grade", "examples/course/forward/exercise.toml", "README.md", "--jobs", "-1"), "number of processes"),
        (("grade", "pyproject.toml", "README.md"), "`kind` is missing"),
        (("exercise",), "which exercise"),
        (("exercise", "examples/lecture.ad", "--blanks", "--by", "magic"), "forward or reverse"),
    ],
)
def test_a_wrong_command_line_is_told(words: tuple[str, ...], message: str) -> None:
    done = process("-m", "lang", *words)
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["derivative", "adjoint"])
def test_blanks_hold_no_answer_and_are_taken_back(kind: str) -> None:
    from lang.grade.blanks import blanks

    made = exercise(kind)
    text = blanks(made)
    assert text.count("___") == (3 if kind == "derivative" else 5)
    assert "cos" not in text
    grade = Marker(made).grade(text)
    assert grade.points == 0
    wanted = expected(made)
    for line in wanted.text.splitlines():
        name, _, right = line.partition(" = ")
        text = text.replace(f"\n{name} = ___", f"\n{name} = {right}")
    assert Marker(made).grade(text).ok


def test_every_role_is_worded() -> None:
    assert TANGENT in expected(exercise()).roles.values()
    assert feedback.points(7.0) == "7"
