"""The native engine answers with the bits of the interpreter, or leaves the answer to it.

NATIVE=2000 pytest tests/test_native.py        # more random programs
"""

from __future__ import annotations

import math
import os
import struct
from typing import Any

import pytest

import lang
from lang.compiled import Compiled
from lang.evaluate.machine import Machine
from lang.evaluate.run import Run
from lang.evaluate.settings import Settings
from lang.kernels import KERNELS
from lang.rules import table
from lang.session import as_part
from tests.programs import generate

pytest.importorskip("llvmlite", reason="the native engine needs llvmlite")

from lang.backend.native import build
from lang.backend.primitives import FORMS
from lang.backend.unit import Unavailable, Unit

COUNT = int(os.environ.get("NATIVE", "60"))
BATCH = 20
POINTS = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 1e-9, 0.7, -2.3, 5.5, 40.0, -40.0, 1e5, 1e300, -1e300, 1e-300)
LIMITS = lang.Limits()


def bits(value: float) -> bytes:
    """All of a number; one nan is like another."""
    return b"nan" if value != value else struct.pack("d", value)


def interpreted(unit: Unit, point: list[float]) -> tuple[float, ...] | None:
    """The interpreter's answer; None where it stops."""
    given = dict(zip(unit.inputs, point, strict=True))
    run = Run(Settings(), unit.source, lambda name, step: given.get(name))
    try:
        Machine(run).execute(as_part(unit.source, unit.steps))
        run.finish()
    except lang.AdError:
        return None
    return tuple(run.values[name] for name in unit.results)  # type: ignore[misc]


def agree(unit: Unit, point: list[float]) -> bool:
    """The same bits, or no answer from both; False where the engine cannot do this program."""
    try:
        found = build(unit, LIMITS)(point)
    except Unavailable:
        return False
    expected = interpreted(unit, point)
    if expected is None:
        assert found is None
    elif found is not None:
        assert list(map(bits, found)) == list(map(bits, expected))
    return found is not None or expected is None


@pytest.mark.parametrize("key", sorted(FORMS), ids=str)
def test_a_primitive_has_the_bits_of_its_kernel(key: tuple[str, int]) -> None:
    primitive = table().find(*key)
    if primitive is None or key == ("where", 3):
        return
    names = "abc"[: primitive.arity]
    call = f"{key[0]}{names}" if primitive.arity == 1 and primitive.is_operator else f"{key[0]}({', '.join(names)})"
    text = f" {key[0]} ".join(names) if primitive.is_operator and primitive.arity == 2 else call
    program = lang.parse("".join(f"{name} = ?\n" for name in names) + f"z = {text}")
    finite, ieee = (program.compile("z", engine="native", ieee=each)._executable("value") for each in (False, True))
    assert finite is not None
    assert ieee is not None
    points = [[a] for a in POINTS] if primitive.arity == 1 else [[a, b, 1.0][: primitive.arity] for a in POINTS
                                                                 for b in POINTS]  # fmt: skip
    for point in points:
        expected = KERNELS[key](*point)
        answer = finite(point)
        assert (answer is None) == (not math.isfinite(expected)), point
        assert answer is None or bits(answer[0]) == bits(expected), point
        free = ieee(point)
        assert free is not None
        assert bits(free[0]) == bits(expected), point


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_random_programs_agree(first: int) -> None:
    done = 0
    for seed in range(first, min(COUNT, first + BATCH)):
        made = generate(seed)
        program = lang.parse(made.text)
        compiled = program.compile("z")
        point = list(map(float, made.inputs.values()))
        for way in (compiled._value_unit, compiled._gradient_unit):
            try:
                unit = way()
            except lang.AdError:
                continue
            done += agree(unit, point)
    assert done > BATCH // 2


def function(text: str, **options: Any) -> Compiled:
    """A result z, compiled natively."""
    found = lang.parse(text).compile("z", engine="native", **options)
    assert (found.engine, found.why) == ("native", "")
    return found


def test_a_function_answers_like_the_methods_of_the_program() -> None:
    text = "x = ?; y = ?; z = x * y + sin(x)"
    f, program = function(text), lang.parse(text)
    assert f(2, 3) == program.run(x=2, y=3)["z"]
    assert f.value_and_grad(2, 3) == (f(2, 3), (math.cos(2) + 3, 2.0))
    assert f.jvp((2, 3), (1, 0)) == (f(2, 3), math.cos(2) + 3)
    assert f.hessian(2, 3).tolist() == program.hessian("z", x=2, y=3).tolist()
    assert [type(each) for each in f.grad(2, 3)] == [float, float]


def test_vectors_come_back_as_vectors() -> None:
    import numpy as np

    f = function("x = ?; y = ?; z = x**2 * y")
    value, slopes = f.value_and_grad(np.array([2, 3]))
    assert (value, slopes.tolist(), slopes.dtype) == (12.0, [12.0, 4.0], np.float64)
    assert f.grad([2.0, 3.0]) == (12.0, 4.0)


def test_derivatives_by_some_names_only() -> None:
    f = lang.parse("x = ?; y = ?; z = x**2 * y").compile("z", wrt="y", engine="native")
    assert f.grad(3, 1) == (9.0,)
    assert f.jvp((3, 1), (2,)) == (9.0, 18.0)


def test_a_result_that_is_not_finite_is_explained_by_the_interpreter() -> None:
    f = function("x = ?; z = 1 / exp(x)")
    assert f(1.0) == 1 / math.exp(1)
    with pytest.raises(lang.DomainError, match=r"exp\(1000\) is too large"):
        f(1000)
    assert function("x = ?; z = 1 / exp(x)", ieee=True)(1000) == 0.0


def test_awkward_points_have_the_notes_of_the_interpreter() -> None:
    f = function("x = ?; z = sqrt(x)")
    assert f.grad(4.0) == (0.25,)
    assert f.grad(0.0) == (math.inf,)
    assert "vertical" in str(f.notes)
    assert f.grad(4.0) == (0.25,)
    assert f.notes == ()


def test_functions_recurse_natively_to_the_limit_of_depth() -> None:
    text = "x = ?\nf(n, a) = a if n < 1 else f(n - 1, a * x)\nn = ?\nz = f(n, 1)"
    f = function(text)
    assert f(2.0, 10.0) == 1024.0
    assert f.grad(2.0, 10.0)[0] == 5120.0
    with pytest.raises(lang.LimitExceeded, match="calls stand inside each other"):
        f(1.0, 5000.0)


def test_loops_end_at_the_limits() -> None:
    text = "x = ?\nz = 0\nwhile x < 1:\n  z += 1"
    for limits, limit in ((lang.Limits(steps=10_000), "steps"), (lang.Limits(steps=10**13, seconds=0.05), "seconds")):
        with pytest.raises(lang.LimitExceeded) as found:
            function(text, limits=limits)(0)
        assert (found.value.limit, found.value.span is not None) == (limit, True)
        assert function(text, limits=limits)(2) == 0.0


def test_saved_values_end_at_the_limit_of_the_tape() -> None:
    text = "x = ?\nn = ?\nz = x\nfor i in range(n): z = sin(z)"
    f = function(text, limits=lang.Limits(tape_bytes=1_000_000))
    assert f.grad(1.0, 1000.0)
    with pytest.raises(lang.LimitExceeded, match="tape"):
        f.grad(1.0, 1_000_000.0)


def test_wrong_arguments_are_named() -> None:
    f = function("x = ?; y = ?; z = x * y")
    for given in ((1,), (1, 2, 3)):
        with pytest.raises(lang.InputError, match="takes 2 numbers"):
            f(*given)
    with pytest.raises(lang.InputError, match="`y` takes a finite"):
        f(1, math.inf)


def test_what_cannot_be_compiled_runs_on_the_interpreter_and_says_why() -> None:
    f = lang.parse("x = ?\nf(a) = a\nf(a) = 2 * a\nz = f(x)").compile("z", engine="native")
    assert (f(3), f.engine) == (6.0, "interpreter")
    assert "defined twice" in f.why


def test_without_llvmlite_everything_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("lang.backend.unit").backend.unit.NEEDS, "native", ("no_such_module",))
    f = lang.parse("x = ?; z = x**2").compile("z", engine="native")
    assert (f(3), f.grad(3), f.engine) == (9.0, (6.0,), "interpreter")
    assert "not installed" in f.why


def test_long_programs_are_cut() -> None:
    text = "x = ?\nz = x\n" + "z = sin(z) + x\n" * 3000
    program = lang.parse(text)
    f = program.compile("z", engine="native")
    assert f(0.5) == program.run(x=0.5)["z"]
    assert f.value_and_grad(0.5)[1][0] == pytest.approx(program.grad("z", x=0.5)["x"], rel=1e-12)
    made: Any = f._executable("gradient")
    assert made.text.count("@piece") > 20
