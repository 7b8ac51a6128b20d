"""The python engine gives the interpreter's bits, keeps its limits, and executes nothing that a user spelled."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest

import lang
from lang.backend import Unavailable, Unit, build
from lang.backend.python.source import write
from tests.programs import generate

COUNT = int(os.environ.get("AGREEMENT", "400"))


def unit(text: str, *results: str) -> Unit:
    program = lang.parse(text)
    return Unit(program.entry.steps, program.source, program.inputs, results)


def answer(program: lang.Program, point: dict[str, float], by: str) -> object:
    try:
        if by == "value":
            return repr(program.run(at=point)["z"])
        return program.value_and_grad("z", at=point)
    except lang.AdError as error:
        return type(error), error.message


def compiled(f: object, point: dict[str, float], by: str) -> object:
    try:
        if by == "value":
            return repr(f(*point.values()))
        value, slopes = f.value_and_grad(*point.values())
        return value, dict(zip(point, slopes, strict=True))
    except lang.AdError as error:
        return type(error), error.message


@pytest.mark.parametrize("first", range(1, COUNT, 50))
def test_random_programs_have_the_interpreters_values_and_slopes(first: int) -> None:
    used: Counter[bool] = Counter()
    for seed in range(first, min(first + 50, COUNT)):
        case = generate(seed)
        program = lang.parse(case.text)
        known = answer(program, case.inputs, "value")
        try:
            steps = program.compile("z").questions.ways["value"].unit().steps
            whole = Unit(steps, program.source, program.inputs, ("z",))
            found = build("python", whole, lang.Limits())(list(case.inputs.values()))
        except Unavailable:
            found = None
        used[found is not None] += 1
        if not isinstance(known, str):
            continue  # statements that z does not need are not compiled: they cannot stop it
        assert found is None or repr(found[0]) == known, (seed, case.text)
        f = program.compile("z", engine="python")
        assert compiled(f, case.inputs, "value") == known, (seed, case.text)
        _same_slopes(answer(program, case.inputs, "gradient"), compiled(f, case.inputs, "gradient"), case)
    assert used[True] > 3 * used[False], "the interpreter answered most of what was compiled"


def _same_slopes(expected: Any, found: Any, case: Any) -> None:
    if not isinstance(expected[0], float):
        assert found == expected, case.text
        return
    scale = max(1.0, abs(expected[0]), *(abs(each) for each in expected[1].values() if each - each == 0.0))
    for name, slope in expected[1].items():
        other = found[1][name]
        assert abs(other - slope) <= 1e-12 * scale or repr(other) == repr(slope), (case.seed, name, case.text)


def test_an_infinity_that_would_vanish_is_seen() -> None:
    program = lang.parse("x = ?\na = x * 1e300\nz = 1 / a")
    f = program.compile("z", engine="python")
    assert f.engine == "python"
    with pytest.raises(lang.DomainError, match="too large"):
        f(1e300)
    program = lang.parse("x = ?\na = x * 1e300\na = a - a\ns = sin(a)\nif s < 1:\n    z = 1\nelse:\n    z = x")
    with pytest.raises(lang.DomainError, match="too large"):
        program.compile("z", engine="python")(1e300)


def test_infinities_flow_where_they_are_let() -> None:
    f = lang.parse("x = ?\nz = 1 / (1 / x) + exp(1000) - log(-1)").compile("z", engine="python", ieee=True)
    assert f.engine == "python"
    assert f(0.0) != f(0.0)
    assert lang.parse("x = ?\nz = 1 / x").compile("z", engine="python", ieee=True)(0.0) == float("inf")


LOOP = "x = ?\ns = x\nwhile s < {bound}:\n    s = s + 1\nz = s"


def test_limits_stop_loops_and_recursion_with_the_interpreters_words() -> None:
    few = lang.Limits(steps=10_000)
    f = lang.parse(LOOP.format(bound="1e300"), limits=few).compile("z", engine="python")
    with pytest.raises(lang.LimitExceeded) as caught:
        f(0.0)
    assert caught.value.limit == "steps"
    deep = lang.parse("def f(n):\n    if n < 1:\n        return n\n    else:\n        return f(n - 1)\nx = ?\nz = f(x)")
    f = deep.compile("z", engine="python", limits=lang.Limits(depth=50))
    assert f(40.0) == deep.run(x=40.0)["z"]
    with pytest.raises(lang.LimitExceeded) as caught:
        f(60.0)
    assert caught.value.limit == "depth"
    assert f(40.0) == 0.0


@pytest.mark.parametrize("limits", [lang.Limits(steps=500), lang.Limits(seconds=0.0), lang.Limits(tape_bytes=1000)])
def test_running_code_stops_itself(limits: lang.Limits) -> None:
    text = "x = ?\nfor i in range(300000):\n    push x\nfor i in range(300000):\n    x = pop()\nz = x"
    made = build("python", unit(text, "z"), limits)
    assert made([1.0]) is None
    assert build("python", unit(text, "z"), lang.Limits())([1.5]) == (1.5,)


def test_no_spelling_of_a_user_is_executed() -> None:
    text = "__import__ = ?\nπ = __import__ + 1\nexec_(os, system) = os * system + π\nz = exec_(π, -2.5e-7)\n"
    written = write(unit(text, "z"), lang.Limits(), False).text
    words = set(re.findall(r"[^\W\d]\w*", written))
    keywords = {"def", "main", "return", "if", "raise", "Exhausted", "try", "except", "ORDINARY", "otherwise"}
    keywords |= {"missing", "rest", "or", "spending", "fuel", "more", "depth", "e", "s"}
    strange = {each for each in words - keywords if not re.fullmatch(r"[avfkp]\d+", each)}
    assert strange <= {"None", "__class__", "is", "not", "float", "pass"}, strange


def test_what_cannot_be_compiled_says_why() -> None:
    deep = "x = ?\ny = x\n"
    deep += "".join("    " * at + f"if x < {at}:\n" for at in range(80)) + "    " * 80 + "y = 1\nz = y\n"
    with pytest.raises(Unavailable, match="too deep"):
        build("python", unit(deep, "z"), lang.Limits())
    with pytest.raises(Unavailable, match="twice"):
        build("python", unit("x = ?\nf(a) = a\nf(a) = a * a\nz = f(x)", "z"), lang.Limits())
    f = lang.parse(deep).compile("z", engine="python")
    assert (f(1e9), f.engine) == (1e9, "interpreter")
    assert "too deep" in f.why


def test_calls_that_compiled_code_does_not_answer_come_back_to_the_methods() -> None:
    f = lang.parse("x = ?\ny = ?\nz = x * y + abs(x)").compile("z", engine="python")
    assert f.value_and_grad(2.0, 3.0) == (8.0, (4.0, 2.0))
    assert f.grad.__doc__
    assert f.value_and_grad.__name__ == "value_and_grad"
    assert f.grad(2, 3) == f.grad(2.0, 3.0) == (4.0, 2.0)
    assert f.grad(np.array([2.0, 3.0])).tolist() == [4.0, 2.0]
    value, slopes = f.value_and_grad([2.0, 3.0])
    assert (value, slopes) == (8.0, (4.0, 2.0))
    for wrong in ((), (1.0,), (1.0, 2.0, 3.0)):
        with pytest.raises(lang.InputError, match="takes 2 numbers"):
            f.grad(*wrong)
    for wrong in (float("nan"), float("inf"), None, "2", True):
        with pytest.raises(lang.InputError):
            f.grad(1.0, wrong)
    with pytest.raises(lang.DomainError, match="too large"):
        f.grad(1e300, 1e300)
    assert f.grad(1e300, 1.0) == (2.0, 1e300)


def test_notes_are_those_of_the_last_call() -> None:
    f = lang.parse("x = ?\ny = ?\nz = sqrt(x) * y").compile("z", engine="python")
    assert f.grad(4.0, 1.0) == (0.25, 2.0)
    for _ in range(2):
        assert f.grad(0.0, 1.0)[0] == float("inf")
        assert [note.kind for note in f.notes] == ["vertical tangent"]
        assert f.value_and_grad(4.0, 1.0) == (2.0, (0.25, 2.0))
        assert f.notes == ()


def test_copies_and_products_with_1_cost_nothing() -> None:
    f = lang.parse("x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b").compile("z", engine="python")
    text = write(f.questions.ways["gradient"].unit(), lang.Limits(), False).text
    assert "1.0" not in text
    assert text.count(" = ") <= 3


COPIES = {
    "swapped": "x = ?\ny = ?\na = x\nb = y\na, b = b, a\nz = a - 2 * b",
    "before it changes": "x = ?\na = x\nx = x + 1\nz = a * x",
    "through a loop": "x = ?\ns = x\nfor i in range(4):\n    t = s\n    s = s * 1 + x\n    u = t\nz = s + t * u",
    "last turn's": "x = ?\nk = x\ns = 0\nfor i in range(3):\n    s = s + k\n    k = x * 1\n    k = k\nz = s + k",
    "in a branch": "x = ?\nif x > 0:\n    a = x\n    b = a * 1\nelse:\n    b = 2\n    a = b\nz = a * b",
    "read by a function": "x = ?\nk = x\ng(a) = a * k\nz = g(1) * k",
    "given back": "x = ?\ny = ?\nf(a, b) = b\nz = f(y, x) * 1",
    "a result that is an input": "x = ?\nz = x",
    "a result that is a number": "x = ?\na = 1\nz = a",
}


@pytest.mark.parametrize("name", COPIES)
def test_copies_have_the_value_of_their_moment(name: str) -> None:
    program = lang.parse(COPIES[name])
    point = dict(zip(program.inputs, (1.5, 0.25), strict=False))
    f = program.compile("z", engine="python")
    assert f.engine == "python"
    assert f.exactly("value", list(point.values())) == (program.run(at=point)["z"],)
    value, slopes = program.value_and_grad("z", at=point)
    assert f.value_and_grad(*point.values()) == (value, tuple(slopes.values()))
