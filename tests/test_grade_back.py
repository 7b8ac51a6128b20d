"""Marking adjoint programs with loops, branches and names assigned again: line by line, however they are written."""

from __future__ import annotations

from collections import Counter

import pytest

from lang.grade.exercise import Exercise
from lang.grade.facts import CARRIED, RIGHT, WRONG
from lang.grade.grade import Grade
from lang.grade.marking import Marker
from tests import adjoint_answers, wrong_answers
from tests.adjoint_answers import AGAIN, BRANCH, CALLED, INSIDE, NESTED, NEWTON, POWERS, SWAP, TWO_STEPS, WHILE


def marker(program: str) -> Marker:
    return Marker(Exercise("an exercise", "adjoint", program, of=(adjoint_answers.result(program),), points=10.0))


MARKERS = {program: marker(program) for program in adjoint_answers.PROGRAMS}


def grade(program: str, text: str) -> Grade:
    return MARKERS[program].grade(text)


# --- wrong answers ------------------------------------------------------------------------------------------------


def test_wrong_answers_are_named_on_their_lines() -> None:
    named: Counter[bool] = Counter()
    for wrong in adjoint_answers.generated(NEWTON, AGAIN, CALLED, WHILE):
        found = wrong.marker.grade(wrong.text)
        assert not found.ok
        assert found.points < found.most
        first = found.first_wrong
        assert first is not None
        there = wrong.mistake.startswith("seed") or wrong.mistake == "use-missing" or first.line in wrong.lines
        named[there and first.mistake == wrong.mistake] += 1
    assert named.total() >= 60
    assert named[True] >= 0.95 * named.total()


def test_wrong_differentials_are_named_there_too() -> None:
    named: Counter[bool] = Counter()
    for wrong in wrong_answers.generated(*(("derivative", each) for each in (POWERS, AGAIN, SWAP, CALLED))):
        found = wrong.marker.grade(wrong.text)
        assert not found.ok
        first = found.first_wrong
        named[first is not None and first.mistake == wrong.mistake] += 1
    assert named.total() >= 50
    assert named[True] >= 0.95 * named.total()


THERE = "x = ?\ny = 1\nfor i in range(3):\n    push y\n    y = (y + x / y) / 2\n"
BACK = "gy = 1\ngx = 0\nfor i in range(3):\n    y = pop()\n    gx += gy / (2 * y)\n    gy = gy * (1 - x / y**2) / 2\n"

BY_HAND = [
    (NEWTON, THERE + BACK.replace("gx +=", "gx ="), 10, "overwritten"),
    (NEWTON, THERE + BACK.replace("gy = gy *", "gy += gy *"), 11, "adjoint-kept"),
    (NEWTON, THERE + BACK.replace("1 - x", "1 + x"), 11, "sign"),
    (NEWTON, THERE + BACK.replace("gy = 1", "gy = 0"), 6, "seed-zero"),
    (NEWTON, THERE + BACK.replace("    y = pop()\n", ""), 9, "last-value"),
    (NEWTON, THERE + BACK.replace("    y = pop()\n", "") + "    y = pop()\n", 9, "value-not-restored"),
    (NEWTON, THERE + BACK.replace("in range(3)", "in range(2)"), 11, "turn-missing"),
    (
        NEWTON,
        THERE
        + "gy = 1\ngx = 0\nfor i in range(3):\n    y = pop()\n"
        + "    gy = gy * (1 - x / y**2) / 2\n    gx += gy / (2 * y)\n",
        11,
        "adjoint-early",
    ),
    (
        TWO_STEPS,
        "x = ?\ny = 1\nfor i in range(3):\n    push y\n    t = x * y\n    push t\n    y = sin(t) + y / 2\nz = y * y\n"
        "gz = 1\ngy = 2 * y * gz\ngx = 0\nfor i in range(3):\n    t = pop()\n    y = pop()\n"
        "    gt = sin(t) * gy\n    gx += y * gt\n    gy = gy / 2 + x * gt\n",
        15,
        "function-itself",
    ),
]


@pytest.mark.parametrize(("program", "text", "line", "mistake"), BY_HAND)
def test_a_mistake_made_by_hand_is_named_on_its_line(program: str, text: str, line: int, mistake: str) -> None:
    first = grade(program, text).first_wrong
    assert first is not None
    assert (first.mistake, first.line) == (mistake, line)


def test_one_mistake_in_a_loop_is_found_once() -> None:
    found = grade(NEWTON, THERE + BACK.replace("1 - x", "1 + x"))
    assert {each.name: each.status for each in found.findings} == {"gx": CARRIED, "gy": WRONG}
    assert found.points == 5
    assert "`gx` is right for what it was given." in found.told


def test_two_mistakes_are_two_lines() -> None:
    found = grade(NEWTON, THERE + BACK.replace("1 - x", "1 + x").replace("gy / (2 * y)", "gy / 2"))
    assert [(each.line, each.status) for each in found.findings] == [(10, WRONG), (11, WRONG)]
    assert found.points == 0


def test_a_wrong_value_on_the_way_there_is_told_first() -> None:
    first = grade(NEWTON, THERE.replace("y + x", "y - x") + BACK).first_wrong
    assert first is not None
    assert (first.name, first.line) == ("y", 5)


def test_saved_values_that_are_left_over_are_told_and_not_right() -> None:
    found = grade(NEWTON, "x = ?\npush x\n" + THERE[6:] + BACK)
    assert not found.ok
    assert "saved value" in found.told
    assert [each.status for each in found.findings] == [RIGHT, RIGHT]


@pytest.mark.parametrize("text", ["", "gy = 1\n", "gx = 0\n", THERE, THERE + "gy = 1\ngx = 0\n", "gx = ?\n"])
def test_nothing_earns_nothing(text: str) -> None:
    assert grade(NEWTON, text).points == 0


# --- right answers ------------------------------------------------------------------------------------------------

UNUSUAL = [
    (NEWTON, THERE + BACK),
    # other names, the adjoint of the operand first kept aside, the sum the other way round
    (
        NEWTON,
        "x = ?\nw = 1\nfor k in range(3):\n    push w\n    w = 0.5 * w + 0.5 * x / w\n"
        "w_bar = 1\nx_bar = 0\nfor k in range(3):\n    w = pop()\n    old = w_bar\n"
        "    w_bar = 0.5 * old - 0.5 * x * old / (w * w)\n    x_bar = 0.5 * old / w + x_bar\n",
    ),
    # unrolled
    (
        NEWTON,
        "x = ?\ny1 = (1 + x) / 2\ny2 = (y1 + x / y1) / 2\ny3 = (y2 + x / y2) / 2\ngy3 = 1\n"
        "gy2 = gy3 * (1 - x / y2**2) / 2\ngy1 = gy2 * (1 - x / y1**2) / 2\n"
        "gx = gy3 / (2 * y2) + gy2 / (2 * y1) + gy1 / 2\n",
    ),
    # what the way back needs is saved, not the value
    (
        NEWTON,
        "x = ?\ny = 1\nfor i in range(3):\n    q = 1 / (2 * y)\n    push q\n    y = (y + x / y) / 2\n"
        "gy, gx = 1, 0\nfor i in range(3):\n    q = pop()\n    gx, gy = gx + q * gy, gy / 2 - 2 * q * q * x * gy\n",
    ),
    # no loop on the way back
    (POWERS, "x = ?\ngz = 1\ngx = gz * (1 + x + x**2 + x**3)\n"),
    # forwards is as good as backwards where turns do not depend on each other
    (POWERS, "x = ?\ngz = ?\ngx = 0\nfor i in range(1, 5):\n    gx += gz * x**(i - 1)\n"),
    (
        BRANCH,
        "x = ?\ny = ?\ngz = 1\nif x > y:\n    gx = (y * sin(x) + x * y * cos(x)) * gz\n    gy = x * sin(x) * gz\n"
        "else:\n    p = 1 + y * y\n    gx = gz * sin(x) / p + gz * x * cos(x) / p\n"
        "    gy = -2 * gz * x * y * sin(x) / p**2\n",
    ),
    (
        BRANCH,
        "x = ?\ny = ?\nu = x * y if x > y else x / (1 + y**2)\nz = u * sin(x)\ngz = 1\ngu = sin(x) * gz\n"
        "gx = u * cos(x) * gz\ngx += gu * (y if x > y else 1 / (1 + y**2))\n"
        "gy = gu * (x if x > y else -2 * x * y / (1 + y**2)**2)\n",
    ),
    # in place, and with a name for each value
    (
        AGAIN,
        "x = ?\ny = ?\npush x\nx = x * y\npush x\nx = sin(x)\nz = x + y * x\ngz = 1\ngy = x * gz\ngx = (1 + y) * gz\n"
        "x = pop()\ngx = cos(x) * gx\nx = pop()\ngy += x * gx\ngx = y * gx\n",
    ),
    (
        AGAIN,
        "x = ?\ny = ?\nx1 = x * y\nx2 = sin(x1)\nz = x2 + y * x2\ngz = 1\ngx2 = gz + y * gz\ngx1 = gx2 * cos(x1)\n"
        "gx = gx1 * y\ngy = gx1 * x + x2 * gz\n",
    ),
    (
        TWO_STEPS,
        "x = ?\ny = 1\nfor i in range(3):\n    push y\n    y = sin(x * y) + y / 2\nz = y**2\ngz = 1\n"
        "gx = 0\ngy = 2 * gz * y\nfor i in range(3):\n    y = pop()\n    c = cos(x * y) * gy\n    gx += c * y\n"
        "    gy = gy / 2\n    gy += c * x\n",
    ),
    (
        WHILE,
        "x = ?\nz = x\nn = 0\nwhile z * z < 20:\n    z = z * 1.7 + exp(-x)\n    n += 1\ngz = 1\ngx = 0\n"
        "while n > 0:\n    gx -= exp(-x) * gz\n    gz *= 1.7\n    n -= 1\ngx += gz\n",
    ),
    (
        SWAP,
        "x = ?\ny = ?\nfor i in range(2):\n    push x\n    push y\n    x, y = x * cos(y), x + y\nz = x - y\n"
        "gz = 1\ngx = gz\ngy = -gz\nfor i in range(2):\n    y = pop()\n    x = pop()\n"
        "    t = gx\n    gx = cos(y) * t + gy\n    gy = gy - x * sin(y) * t\n",
    ),
    (
        INSIDE,
        "x = ?\ny = ?\nz = x\nfor i in range(3):\n    big = 1 if z > y else 0\n    push z\n    push big\n"
        "    z = z / y if big == 1 else z * x + y\ngz = 1\ngx = 0\ngy = 0\nfor i in range(3):\n    big = pop()\n"
        "    z = pop()\n    if big == 1:\n        gy -= gz * z / y**2\n        gz /= y\n    else:\n        gy += gz\n"
        "        gx += gz * z\n        gz *= x\ngx = gx + gz\n",
    ),
    (
        CALLED,
        "x = ?\ny = ?\np = x * exp(-y) + y\nq = p * exp(-y) + y\nz = q**2\ngz = 1\ngq = 2 * q * gz\n"
        "gp = exp(-y) * gq\ngx = exp(-y) * gp\ngy = gq * (1 - p * exp(-y)) + gp * (1 - x * exp(-y))\n",
    ),
    (
        CALLED,
        "x = ?\ny = ?\nf(a, b) = a * exp(-b)\nback(a, b, g) = g * exp(-b)\nfor i in range(2):\n    push x\n"
        "    x = f(x, y) + y\nz = x * x\ngz = 1\ngy = 0\ngx = 2 * x * gz\nfor i in range(2):\n    x = pop()\n"
        "    gy += gx - f(x, y) * gx\n    gx = back(x, y, gx)\n",
    ),
    (
        NESTED,
        "x = ?\nz = 1\nfor i in range(2):\n    push z\n    z = z * x + 1\n    push z\n    z = z * x + 1\n    push z\n"
        "    z = sqrt(z) * x\ngz = 1\ngx = 0\nfor i in range(2):\n    z = pop()\n    gx += sqrt(z) * gz\n"
        "    gz = x * gz / (2 * sqrt(z))\n    for j in range(2):\n        z = pop()\n        gx += z * gz\n"
        "        gz = x * gz\n",
    ),
]


def test_there_are_enough_unusual_answers() -> None:
    assert len(UNUSUAL) >= 15


@pytest.mark.parametrize(("program", "text"), UNUSUAL)
def test_a_right_answer_is_right_however_it_is_written(program: str, text: str) -> None:
    found = grade(program, text)
    assert found.ok, found.told
    assert found.points == 10


@pytest.mark.parametrize("program", adjoint_answers.PROGRAMS)
def test_what_a_careful_person_writes_is_right(program: str) -> None:
    found = grade(program, adjoint_answers.right(program))
    assert found.ok, found.told


# --- functions of the submission ------------------------------------------------------------------------------------

FUNCTION = "f(a) = a * sin(a)\nx = ?\nz = f(x) + f(x)**2\n"
BRANCHED = (
    "def g(a, b):\n    if a > b:\n        return a * b\n    else:\n        return a / b\n"
    "x = ?\ny = ?\nz = sin(g(x, y))\n"
)
AT_X = "x = ?\ndx = ?\n"
END = "p, dp = f(x, dx)\nz = p + p**2\ndz = dp + 2 * p * dp\n"
BLOCK = AT_X + "def f(a, da):\n    s = sin(a)\n    ds = cos(a) * da\n    return a * s, da * s + a * ds\n" + END
SHORT = (
    AT_X
    + "f(a) = a * sin(a)\ndf(a, da) = da * sin(a) + a * cos(a) * da\n"
    + END.replace("p, dp = f(x, dx)", "p = f(x)\ndp = df(x, dx)")
)
ARMS = (
    "x = ?\ndx = ?\ny = ?\ndy = ?\ndef g(a, da, b, db):\n    if a > b:\n        return a * b, a * db + b * da\n"
    "    else:\n        return a / b, (da * b - a * db) / b**2\nu, du = g(x, dx, y, dy)\nz = sin(u)\ndz = cos(u) * du\n"
)


@pytest.mark.parametrize(
    ("program", "text", "old", "new", "line", "mistake"),
    [
        (FUNCTION, BLOCK, "cos(a) * da", "sin(a) * da", 5, "function-itself"),
        (FUNCTION, BLOCK, "da * s + a * ds", "da * s", 6, "product-term"),
        (FUNCTION, SHORT, "sin(a) + a * cos(a) * da", "sin(a) - a * cos(a) * da", 4, "sign-between"),
        (FUNCTION, SHORT, "2 * p * dp", "p * dp", 8, "exponent-in-front"),
        (BRANCHED, ARMS, "da * b - a * db", "da * b + a * db", 9, "sign-between"),
        (BRANCHED, ARMS, "a * db + b * da", "a * db", 7, "product-term"),
        (BRANCHED, ARMS, "cos(u) * du", "cos(u)", 12, "chain-missing"),
    ],
)
def test_a_mistake_in_a_function_is_found_on_its_line(
    program: str, text: str, old: str, new: str, line: int, mistake: str
) -> None:
    judge = Marker(Exercise("an exercise", "derivative", program, of=("z",), points=10.0))
    assert judge.grade(text).ok
    found = judge.grade(text.replace(old, new))
    assert not found.ok
    assert found.first_wrong is not None
    assert (found.first_wrong.line, found.first_wrong.mistake) == (line, mistake)
    assert "result" not in found.told
