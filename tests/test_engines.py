"""Derivative programs on every engine: compiled code gives the interpreter's numbers, to the last bit.

`cases/translate/NAME.ad` are the programs; what `forward z` and `reverse z` write of each is compiled.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import lang
from lang.evaluate.notes import Note
from lang.program import Derived
from tests.test_translations import CASES, points

ENGINES = ("python", "native")


def derived(path: Path, mode: str) -> tuple[Derived, list[str]]:
    """A derivative program of a case, and the names of its derivatives that it computes itself."""
    program: Derived = getattr(lang.parse(path.read_text(encoding="utf-8")), mode)("z")
    return program, [word for word in program.derivatives.values() if word not in program.inputs]


@pytest.mark.parametrize("text", ["z = x**2 + y", "z = x**y", "z = x**(y + 1) + x", "z = square(x)\nz = z**2"])
def test_a_square_has_the_same_bits_however_it_came_about(text: str) -> None:
    program = lang.parse(f"x = ?\ny = ?\n{text}")
    wanted = program.compile("z", engine="interpreter")
    for point in [(2.2131, 2.0), (1.2704, 2.0), (1.0204, 1.0), (-2.0408, 2.0)]:
        for engine in ENGINES:
            found = program.compile("z", wrt="x", engine=engine)
            assert found.engine == engine
            assert found(*point) == wanted(*point)
            assert found.grad(*point)[0] == program.grad("z", wrt="x", at=dict(zip("xy", point, strict=True)))["x"]
            assert found.batch([point] * 20, exact=True).tolist() == [wanted(*point)] * 20


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_derivative_programs_run_on_every_engine(path: Path, mode: str) -> None:
    program, words = derived(path, mode)
    for point in points(path.read_text(encoding="utf-8")):
        seeds = {name: 0.5 + place for place, name in enumerate(program.inputs) if name not in point}
        given = {name: {**point, **seeds}[name] for name in program.inputs}
        wanted = program.run(at=given, ieee=True, engine="interpreter").values
        for engine in ENGINES:
            for word in words[:2]:
                compiled = program.compile(word, engine=engine, ieee=True)
                assert compiled.engine == engine, compiled.why
                found = compiled(*given.values())
                same = found == wanted[word] or (math.isnan(found) and math.isnan(wanted[word]))
                assert same, (engine, word, found, wanted[word], str(program))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("statement", ["x = y * y", "x = 2 * y\nfor i in range(2):\n    x = x * y", "x, y = y * y, y"])
def test_an_input_that_is_overwritten_before_it_is_used_moves_nothing(statement: str, engine: str) -> None:
    program = lang.parse(f"x = ?\ny = ?\n{statement}\nz = sin(x)\n")
    wanted = pytest.approx(program.hessian("z", x=0.3, y=0.7, engine="interpreter"), rel=1e-14)
    f = program.compile("z", engine=engine)
    assert f.engine == engine
    assert f.hessian(0.3, 0.7) == wanted
    assert f.jvp((0.3, 0.7), (5.0, 0.0))[1] == 0
    assert program.hessian("z", x=0.3, y=0.7, engine=engine) == wanted


OUTSIDE = {"z = log(x)": -1.0, "z = atanh(x)": 2.5, "z = clamp(x, 1, -1)": 0.0, "t = acoth(x)\nz = t * y": 0.0,
           "z = log'(x)": -1.0, "z = log''(x) + y": -1.0, "z = 1 + 0 * logit'(x)": -1.0,
           "f(a) = log(a)\nc = f(a) => dc = da / a\nz = f'(x)": -1.0}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", OUTSIDE)
def test_where_there_is_no_value_no_derivative_is_made_up(text: str, engine: str) -> None:
    f = lang.parse("x = ?\ny = ?\n" + text).compile("z", engine=engine)
    assert f.engine == engine
    point = (OUTSIDE[text], 1.0)
    for call in (f, f.grad, f.hessian, lambda *at: f.jvp(at, (1.0, 0.0))):
        with pytest.raises(lang.DomainError):
            call(*point)
    values, slopes = f.grad_batch([point, (0.3, 2.0)] * 20)
    assert np.isnan(values[::2]).all()
    assert np.isnan(slopes[::2]).all()
    assert f.bad is not None
    assert f.bad.count == (40 if "clamp" in text or "acoth" in text else 20)


def said(notes: tuple[Note, ...]) -> list[str]:
    """Notes as people read them."""
    return [str(each) for each in notes]


KINKS_INSIDE = ("f(a) = abs(a)\nz = f'(x) + y", "f(a) = abs(a)\nz = f'(0) * y", "z = floor'(x) * y",
                "f(a) = a if a > 0 else 2 * a\nz = f'(0) * x", "f(a) = relu(a) * a\nz = f''(x) * y")  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", [*KINKS_INSIDE, "z = sign(x) + y"])
def test_a_kink_inside_a_derivative_that_a_program_calls_is_noted(text: str, engine: str) -> None:
    text = "x = ?\ny = ?\n" + text
    calls = [lambda f: f(0, 2), lambda f: f.grad(0, 2), lambda f: f.hessian(0, 2), lambda f: f.jvp((0, 2), (1, 1))]
    for call in calls[text.endswith("sign(x) + y") :]:
        f, wanted = (lang.parse(text).compile("z", engine=each) for each in (engine, "interpreter"))
        assert np.array_equal(call(f), call(wanted))
        assert f.engine == engine
        assert said(f.notes) == said(wanted.notes) != []
        with pytest.raises(lang.DerivativeError):
            call(lang.parse(text).compile("z", engine=engine, kinks="error"))
    program, at = lang.parse(text), {"x": 0, "y": 2}
    for verb in ("grad", "hessian"):
        asked = [said(program.ask(verb, "z", at=at, engine=each).notes) for each in (engine, "interpreter")]
        assert asked[0] == asked[1]
    strict = program.compile("z", engine=engine, kinks="error")
    assert np.isnan(strict.grad_batch([(0, 2)])[0]).all()
    if text.endswith(KINKS_INSIDE):
        assert np.isnan(strict.batch([(0, 2)])).all()


STILL = ("y = x if x > 1 else 0\nz = sqrt(y)", "z = max(sqrt(x), 1)", "y = x\nif w > 5:\n    y = 0\nz = cbrt(y) + x",
         "z = 3\nfor i in range(2):\n    z = sqrt(x) if x > 1 else z\nz = z * 1 + asin(1 if x < 1 else x)")  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", STILL)
def test_what_the_way_taken_does_not_use_contributes_nothing(text: str, engine: str) -> None:
    program = lang.parse("x = ?\nw = ?\n" + text)
    f, wanted = (program.compile("z", engine=each) for each in (engine, "interpreter"))
    point = (0.0, 6.0)
    assert f.engine == engine
    assert all(map(math.isfinite, wanted.grad(*point)))
    for call in (lambda f: f.grad(*point), lambda f: f.hessian(*point), lambda f: f.jvp(point, (1.0, 2.0))):
        assert np.array_equal(call(f), call(wanted))
    assert f.grad_batch([point] * 9)[1].tolist() == [list(wanted.grad(*point))] * 9
    at = {"x": 0.0, "w": 6.0}
    assert program.grad("z", at=at, engine=engine) == program.grad("z", at=at, engine="interpreter")
    assert np.array_equal(*(program.hessian("z", at=at, engine=each) for each in (engine, "interpreter")))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", [
    "f(a, b) = log(b)\nz = f'[a](x, y)", "f(a, b) = xlogy(a, b)\nz = f'[a, a](x, y)",
    "f(a, b) = a + log(b)\nz = f''[a](x, y)",
    "f(a) = a // 0\nz = f'(x)", "def f(a, b):\n    return 2, 3 * log(b)\nz, w = f'[a](x, y)", "z = xlogy'[a, a](x, y)",
])  # fmt: skip
def test_a_derivative_that_is_0_whatever_comes_has_no_value_where_its_function_has_none(text: str, engine: str) -> None:
    f = lang.parse("x = ?\ny = ?\n" + text).compile("z", engine=engine)
    assert f.engine == engine
    for call in (f, f.grad, f.hessian):
        with pytest.raises(lang.DomainError):
            call(1.0, -1.0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", ["f(a) = floor(a)\nz = f'(x) * y", "f(a) = abs(a - 1)\nz = f''(x) + y",
                                  "f(a) = 2 if a > 1 else 3\nz = f'(x) * y"])  # fmt: skip
def test_a_kink_in_a_function_whose_derivative_is_0_is_noted(text: str, engine: str) -> None:
    program = lang.parse("x = ?\ny = ?\n" + text)
    f, wanted = (program.compile("z", engine=each) for each in (engine, "interpreter"))
    for call in (lambda f: f(1.0, 2.0), lambda f: f.grad(1.0, 2.0)):
        assert call(f) == call(wanted)
        assert f.engine == engine
        assert said(f.notes) == said(wanted.notes) != []


@pytest.mark.parametrize("engine", ENGINES)
def test_derivatives_by_two_names_are_taken_by_the_first_name_first(engine: str) -> None:
    text = "x = ?\nf(a, b) = a + b\nc = f(a, b) => dc = c * da + sin(c) * db\nz = f'[{}](x, x)"
    wanted = {"a, b": math.sin(3.0), "b, a": 3 * math.cos(3.0)}  # such a rule is taken at its word
    for by, value in wanted.items():
        program = lang.parse(text.format(by))
        for each in (engine, "interpreter"):
            f = program.compile("z", engine=each)
            assert f(1.5) == pytest.approx(value, rel=1e-15)
        assert f.grad(1.5) == pytest.approx(program.compile("z", engine=engine).grad(1.5), rel=1e-14)
        derived = program.forward("z", wrt="x")
        assert derived.run(x=1.5)[derived.derivatives["z"]] == pytest.approx(f.grad(1.5)[0], rel=1e-14)


@pytest.mark.parametrize("text", ["while abs(a) > 1:\n    pi = 0.1 * x\n    a = a * 0.5", "if x > 1: e = x * x",
                                  "for i in range(2):\n    if x > 1: pi = pi * x",
                                  "for e in range(0): a = x"])  # fmt: skip
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_constant_that_only_a_way_not_taken_gives_a_value_keeps_its_own(text: str, mode: str) -> None:
    program = lang.parse(f"x = ?\na = x\n{text}\nz = a * e + pi * x\n")
    derived = getattr(program, mode)("z", wrt="x")
    found = derived.derivatives["z" if mode == "forward" else "x"]
    for x in (0.5, 2.5):
        wanted = program.grad("z", x=x)["x"]
        assert derived.run(x=x)[found] == pytest.approx(wanted, rel=1e-14)
        for engine in ENGINES:
            assert program.compile("z", engine=engine).grad(x)[0] == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_derivative_of_0_has_no_sign_in_compiled_code(engine: str) -> None:
    f = lang.parse("x = ?\ny = ?\nz = -x * y\n").compile("z", engine=engine)
    assert repr(f.grad(2.0, 0.0)) == "(0.0, -2.0)"
    assert repr(f.jvp((2.0, 0.0), (1.0, 0.0))) == "(-0.0, 0.0)"
    assert repr(f.hessian(2.0, 0.0).tolist()) == "[[0.0, -1.0], [-1.0, 0.0]]"
    assert repr(f.grad_batch([(2.0, 0.0)] * 20, exact=True)[1][7].tolist()) == "[0.0, -2.0]"
    assert f.engine == engine


@pytest.mark.parametrize("engine", ENGINES)
def test_what_does_not_move_is_left_out_where_infinities_may_flow(engine: str) -> None:
    program = lang.parse("x = ?\ny = ?\nz = x**y\n")
    f, wanted = (program.compile("z", engine=each, ieee=True) for each in (engine, "interpreter"))
    assert f.engine == engine
    for call in (lambda g: g.hessian(-20.0, -2.0).tolist(), lambda g: g.jvp((-20.0, -2.0), (1.0, 0.0))):
        assert repr(call(f)) == repr(call(wanted))
        assert said(f.notes) == said(wanted.notes)
    assert f.hessian(-20.0, -2.0)[0, 0] == pytest.approx(3.75e-5, rel=1e-15)


IDLE = {  # what computes something for nothing, at 0
    "a loop": "u = x\nz = y\nfor i in range(2):\n    u = abs(u)\n    z = z * y",
    "a branch": "if y > 0:\n    u = abs(x)\n    z = y * x\nelse:\n    z = x",
    "a function": "def f(a):\n    u = abs(a)\n    return a * y\nz = f(x)",
    "a function's loop": (
        "def f(a):\n    u = a\n    for i in range(2):\n        u = abs(u)\n        a = a * y\n    return a\nz = f(x)"
    ),
    "the counter of a loop": "z = x * y\nfor i in range(2):\n    z = z + i\n    i = abs(x)",
}


@pytest.mark.parametrize("text", IDLE.values(), ids=IDLE)
def test_what_a_result_does_not_need_is_not_noted_on_any_engine(text: str) -> None:
    program = lang.parse(f"x = ?\ny = ?\n{text}\n")
    for verb, options in (("grad", {}), ("grad", {"by": "forward"}), ("hessian", {}), ("jvp", {"along": {"x": 1.0}})):
        for engine in ("interpreter", *ENGINES):
            assert program.ask(verb, "z", at={"x": 0.0, "y": 2.0}, engine=engine, **options).notes == (), (verb, engine)
            assert program.ask(verb, "z", at={"x": 0.0, "y": 2.0}, engine=engine, kinks="error", **options).notes == ()
    for engine in ("interpreter", *ENGINES):
        f = program.compile("z", engine=engine)
        f.grad(0.0, 2.0)
        assert f.notes == (), engine


@pytest.mark.parametrize("text", IDLE.values(), ids=IDLE)
def test_verbs_do_every_statement_and_functions_what_they_need_on_each_engine(text: str) -> None:
    program = lang.parse(f"x = ?\ny = ?\n{text}\n".replace("abs", "log"))
    wanted = program.compile("z", engine="interpreter").grad(-1.0, 2.0)
    for engine in ("interpreter", *ENGINES):
        f = program.compile("z", engine=engine)
        assert f.grad(-1.0, 2.0) == wanted
        assert f(-1.0, 2.0) == f.value_and_grad(-1.0, 2.0)[0]
        for verb in ("grad", "hessian"):
            with pytest.raises(lang.DomainError):
                program.ask(verb, "z", at={"x": -1.0, "y": 2.0}, engine=engine)


def test_what_a_needed_call_saves_is_saved() -> None:
    loop = "def f(a):\n    for i in range(2):\n        a = sin(a)\n    return a\n"
    adjoint = lang.parse(f"x = ?\n{loop}z = f(x) + abs(x)\n").reverse("z")
    assert "push" in str(adjoint)
    answer = adjoint.ask("grad", adjoint.derivatives["x"], at={"x": 0.0})
    assert [note.kind for note in answer.notes] == ["kink"]
