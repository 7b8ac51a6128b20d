"""The native engine answers with the bits of the interpreter, or leaves the answer to it.

NATIVE=2000 pytest tests/test_native.py        # more random programs
"""

from __future__ import annotations

import errno
import gc
import inspect
import math
import os
import pickle
import random
import struct
import sys
import sysconfig
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lang
import lang.source
from lang import switch
from lang.compiled.function import Compiled
from lang.entry import as_part, prepare
from lang.evaluate.machine import Machine
from lang.evaluate.run import Run
from lang.evaluate.settings import Settings
from lang.kernels import KERNELS
from lang.rules import table
from tests.programs import generate

pytest.importorskip("llvmlite", reason="the native engine needs llvmlite")

from lang.backend.native import around, carried, host, jit, kernelcode, objects
from lang.backend.native import function as native
from lang.backend.native.ahead import AT_ONCE
from lang.backend.native.function import build, ready
from lang.backend.native.primitives import FORMS
from lang.backend.native.processor import AARCH64, X86_64, processor
from lang.backend.unit import Unavailable, Unit

COUNT = int(os.environ.get("NATIVE", "60"))
BATCH = 20
POINTS = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 1e-9, 0.7, -2.3, 5.5, 40.0, -40.0, 1e5, 1e300, -1e300, 1e-300)
LIMITS = lang.Limits()


@pytest.fixture(params=["lines", "groups"])
def _layout(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in which a straight unit becomes machine code, whatever its length."""
    monkeypatch.setattr("lang.backend.native.function.LONG", 0 if request.param == "groups" else 1 << 60)


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


READ = sorted(key for key in KERNELS if key not in FORMS and kernelcode.code(key, "name") is not None)


def test_most_kernels_are_read() -> None:
    assert {("sech", 1), ("sigmoid", 1), ("softplus", 1), ("gauss", 1), ("silu", 1)} <= set(READ)
    assert {("hypot", 2), ("//", 2), ("cbrt", 1), ("sinpi", 1), ("sinc", 1)} <= set(READ)


def test_kernels_with_series_and_fixed_turns_are_read() -> None:
    assert {("csch", 1), ("gelu_slope", 1), ("erfinv", 1), ("gauss_erfinv", 1), ("powlog", 3)} <= set(READ)


@pytest.mark.usefixtures("_layout")
@pytest.mark.parametrize("key", [*sorted(FORMS), *READ], ids=str)
def test_a_primitive_has_the_bits_of_its_kernel(key: tuple[str, int]) -> None:
    primitive = table().find(*key)
    if primitive is None or key == ("where", 3):
        return
    names = "abc"[: primitive.arity]
    call = f"{key[0]}{names}" if primitive.arity == 1 and primitive.is_operator else f"{key[0]}({', '.join(names)})"
    text = f" {key[0]} ".join(names) if primitive.is_operator and primitive.arity == 2 else call
    program = lang.parse("".join(f"{name} = ?\n" for name in names) + f"z = {text}")
    finite, ieee = (program.compile("z", engine="native", ieee=each)._codes.of("value") for each in (False, True))
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


@pytest.mark.usefixtures("_layout")
@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_random_programs_agree(first: int) -> None:
    done = 0
    for seed in range(first, min(COUNT, first + BATCH)):
        made = generate(seed)
        program = lang.parse(made.text)
        compiled = program.compile("z")
        point = list(map(float, made.inputs.values()))
        for way in (compiled.questions.ways[each].unit for each in ("value", "gradient")):
            try:
                unit = way()
            except lang.AdError:
                continue
            done += agree(unit, point)
    assert done > BATCH // 2


def test_a_look_of_the_host_changes_no_register() -> None:
    """Saved values that are the same each turn wait in registers of four, while stacks grow and steps are granted."""
    text = """
        a = ?; b = ?
        def f(u, v):
            return a, b
        u, v, h = 10, 10, 0.01
        for i in range(60000):
            a1, b1 = f(u, v)
            a2, b2 = f(u, v / 2 * b1)
            a3, b3 = f(u + h / 2 * a2, v + h / 2 * b2)
            u += h / 6 * a1
            v += h / 6 * (b1 + 2 * b3)
        z = u
    """
    program = lang.parse(inspect.cleandoc(text))
    f, wanted = program.compile("z", engine="native"), program.compile("z", engine="python").grad(0.9, 0.9)
    for _ in range(2):
        assert f.grad(0.9, 0.9) == wanted


@pytest.mark.parametrize("first", range(0, COUNT // 4, BATCH))
def test_random_programs_agree_however_often_the_host_looks(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "GRANT", 40)
    monkeypatch.setattr(host, "FIRST_ROOM", AT_ONCE)
    test_random_programs_agree(first)


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
    f = function("x = ?; y = ?; z = x**2 * y")
    value, slopes = f.value_and_grad(np.array([2, 3]))
    assert (value, slopes.tolist(), slopes.dtype) == (12.0, [12.0, 4.0], np.float64)
    assert f.grad([2.0, 3.0]) == (12.0, 4.0)


def test_vectors_go_to_machine_code_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    f = function("x = ?; y = ?; z = sin(x) / y")
    wanted = [(f(*point), f.grad(*point)) for point in ((0.5, 2.0), (0.7, 3.0))]
    rows = np.array([[0.5, 2.0], [0.7, 3.0]])
    assert f(rows[0]) == f(0.5, 2.0)
    assert f.grad(rows[0]).tolist() == list(wanted[0][1])  # now it takes them
    monkeypatch.setattr(Compiled, "_point", lambda *_: pytest.fail("the vector was taken to pieces"))
    for row, (value, slopes) in zip(rows, wanted, strict=True):
        before = sys.getrefcount(row), sys.getrefcount(None)
        for _ in range(100):
            assert f(row) == value
            assert f.value_and_grad(row)[1].tolist() == list(slopes)
            assert f.grad(row).flags.owndata
            assert (f(*row.tolist()), f.grad(*row.tolist())) == (value, slopes)
        assert sys.getrefcount(row) == before[0]
        assert abs(sys.getrefcount(None) - before[1]) < 50


@pytest.mark.parametrize("change", [
    lambda x: x.astype(int), lambda x: x.astype("f4"), lambda x: x.astype(">f8"), lambda x: np.repeat(x, 2)[::2],
    lambda x: x.astype(object), lambda x: list(x), lambda x: pickle.loads(pickle.dumps(x)), np.ma.array,
    lambda x: np.frombuffer(b"-" + x.tobytes(), offset=1),
], ids=["integers", "singles", "bytes swapped", "every other", "objects", "list", "unpickled", "masked",
        "between words"])  # fmt: skip
def test_vectors_of_any_kind_have_the_same_answer(change: Any) -> None:
    f = function("x = ?; y = ?; z = x**2 * y")
    given = change(np.array([2.0, 3.0]))
    for _ in range(2):
        value, slopes = f.value_and_grad(given)
        assert (f(given), value, list(slopes), list(f.grad(given))) == (12.0, 12.0, [12.0, 4.0], [12.0, 4.0])


@pytest.mark.parametrize("known", [True, False])
def test_numbers_and_vectors_take_turns(known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "vectors", lambda: known)
    f = function("x = ?; y = ?; z = x**2 * y")
    point = np.array([2.0, 3.0])
    for _ in range(3):
        assert (f(2.0, 3.0), f.grad(2.0, 3.0), f.value_and_grad(2.0, 3.0)) == (12.0, (12.0, 4.0), (12.0, (12.0, 4.0)))
        assert (f(point), f.grad(point).tolist(), f.value_and_grad(point)[0]) == (12.0, [12.0, 4.0], 12.0)
        with pytest.raises(lang.InputError, match="here are 1"):
            f.grad(point[:1])
        with pytest.raises(lang.InputError, match="`y`"):
            f.grad(np.array([1.0, math.nan]))


def test_a_vector_at_a_kink_is_told_and_the_next_one_is_not() -> None:
    f = function("x = ?; y = ?; z = abs(x) * y")
    for _ in range(2):
        assert (f.grad(np.array([0.0, 3.0])).tolist(), len(f.notes)) == ([0.0, 0.0], 1)
        assert (f.grad(np.array([1.0, 3.0])).tolist(), f.notes) == ([3.0, 1.0], ())
        assert (f.grad(1.0, 3.0), f.notes) == ((3.0, 1.0), ())


@pytest.mark.parametrize("given", [[1.0], [1.0, 2.0, 3.0], [1.0, math.nan], [math.inf, 1.0], [[1.0, 2.0]]])
def test_a_vector_that_is_no_point_is_an_error(given: Any) -> None:
    f = function("x = ?; y = ?; z = x * y")
    f.grad(1.0, 1.0)
    for call in (f, f.grad, f.value_and_grad):
        with pytest.raises(lang.InputError):
            call(np.array(given))
    with pytest.raises(lang.DomainError, match="1e"):
        f(np.array([1e200, 1e200]))


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


def test_calls_of_a_gradient_go_straight_to_machine_code() -> None:
    f = function("x = ?; y = ?; z = log(x) * y")
    for _ in range(2):
        assert f.value_and_grad(1.0, 3.0) == (0.0, (3.0, 0.0))
        assert f.grad(1.0, 3.0) == (3.0, 0.0)
        assert f.grad(1, 3) == (3.0, 0.0)
        assert f.grad(np.array([1.0, 3.0])).tolist() == [3.0, 0.0]
        with pytest.raises(lang.DomainError, match="log"):
            f.grad(-1.0, 3.0)
        with pytest.raises(lang.InputError, match="takes 2 numbers"):
            f.value_and_grad(1.0)
    assert type(f.grad) is type(f.value_and_grad) is type(len)
    assert f.grad.__name__ == "grad"
    assert f.grad.__doc__ == Compiled.grad.__doc__
    assert str(inspect.signature(f.value_and_grad)) == "(*arguments)"
    grad, weak = f.grad, weakref.ref(f)
    del f
    gc.collect()
    assert grad(1.0, 3.0) == grad(1, 3) == (3.0, 0.0)
    del grad
    gc.collect()
    assert weak() is None


LOOPED = {
    "a loop": "x = ?\nn = ?\nz = x\nfor i in range(n): z = z + 0.001 * sin(z)",
    "a while": "x = ?\nn = ?\nz = x\ni = 0\nwhile i < n:\n  z = z * cos(z)\n  i = i + 1",
    "recursion": "x = ?\nn = ?\nf(a, k) = a if k <= 0 else f(f(a * 0.9, k / 2 - 1), k / 2 - 1)\nz = f(x, n)",
}


@pytest.mark.parametrize("name", LOOPED)
def test_short_runs_need_no_host_and_long_ones_get_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hosted: list[int] = []
    whole = native.Native._watched

    def watched(self: Any, *given: Any) -> int:
        hosted.append(1)
        return whole(self, *given)

    monkeypatch.setattr(native.Native, "_watched", watched)
    few, many = (5.0, 40_000.0) if name != "recursion" else (5.0, 20_000.0)
    wanted = lang.parse(LOOPED[name]).compile("z", wrt=["x"], engine="python")
    answers = {n: wanted.value_and_grad(0.7, n) for n in (few, many)}
    f = lang.parse(LOOPED[name]).compile("z", wrt=["x"], engine="native")
    for n, runs in ((few, 0), (few, 0), (many, 1), (few, 1), (many, 1)):
        hosted.clear()
        assert f.value_and_grad(0.7, n) == answers[n]
        assert len(hosted) == runs
    for _ in range(70):  # after one that was long, a few are not tried
        assert f.value_and_grad(0.7, few) == answers[few]
    hosted.clear()
    assert f.value_and_grad(0.7, few) == answers[few]
    assert f.grad(np.array([0.7, few])).tolist() == list(answers[few][1])
    assert f.hessian(0.7, few).shape == (1, 1)
    assert len(hosted) == 1  # a table has one


@pytest.mark.parametrize(("limits", "limit"), [
    (lang.Limits(steps=100), "steps"), (lang.Limits(tape_bytes=100), "tape_bytes"),
])  # fmt: skip
def test_short_runs_keep_the_limits(limits: lang.Limits, limit: str) -> None:
    f = function(LOOPED["a loop"], limits=limits)
    for _ in range(3):
        with pytest.raises(lang.LimitExceeded) as met:
            f.grad(0.7, 50.0)
        assert met.value.limit == limit


def test_marks_of_the_processor_from_elsewhere_do_not_count() -> None:
    text = "x = ?; z = exp(x) * polygamma(2, x)"
    f, wanted = function(text), lang.parse(text).compile("z", engine="interpreter").value_and_grad(1.5)
    huge = 1e308
    for _ in range(3):
        assert math.isinf(huge * 10)
        assert f.value_and_grad(1.5) == wanted
        with pytest.raises(lang.DomainError):
            f(1000.0)
        assert f(1.5) == wanted[0]


def test_what_a_run_saves_does_not_count_against_the_next() -> None:
    save = "for i in range(n):\n  push x\nfor i in range(m):\n  push2 x\n"
    take = "for i in range(n):\n  v = pop()\n  z += v\nfor i in range(m):\n  v = pop2()\n  z += v\n"
    f = function(f"x = ?; n = ?; m = ?; z = 0\n{save}{take}", limits=lang.Limits(tape_bytes=4_000_000))
    for _ in range(2):
        assert f(1.0, 120_000.0, 3.0) == f(1.0, 3.0, 120_000.0) == 120_003.0
        with pytest.raises(lang.LimitExceeded, match="tape"):
            f(1.0, 120_000.0, 120_000.0)


def test_a_function_keeps_no_more_room_than_a_next_run_may_be_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lang.backend.native.host.KEPT_ROOM", 10_000)
    f = function("x = ?\nn = ?\nz = x\nfor i in range(n): z = sin(z)")
    f.grad(1.0, 5_000.0)
    kept = f._codes.made["gradient"]._local.stacks  # type: ignore[union-attr]
    for turns, rooms in ((100.0, 1), (5_000.0, 1), (100_000.0, 0), (100.0, 1)):
        f.grad(1.0, turns)
        assert len(kept) == rooms


def test_wrong_arguments_are_named() -> None:
    f = function("x = ?; y = ?; z = x * y")
    for given in ((1,), (1, 2, 3)):
        with pytest.raises(lang.InputError, match="takes 2 numbers"):
            f(*given)
    with pytest.raises(lang.InputError, match="`y` takes a finite"):
        f(1, math.inf)


@pytest.mark.parametrize("text", [
    "x = ?; y = ?; z = x * y + sin(x) / gamma(y)",
    "x = ?\ns = x\nfor i in range(9):\n    s = s + 0.1 * sin(s * x)\nz = s",
    "x = ?\nf(a) = a if a < 1 else a * f(a - 1)\nz = f(x)", "x = ?; z = polygamma(2, x) * erfinv(x)",
])  # fmt: skip
def test_a_module_for_the_other_kind_of_processor_assembles(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from llvmlite import binding

    questions = lang.parse(text).compile("z").questions
    kind, triple = (AARCH64, "aarch64-linux-gnu") if processor() is X86_64 else (X86_64, "x86_64-linux-gnu")
    for module in (around, carried):
        monkeypatch.setattr(module, "processor", lambda: kind)
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    target = binding.Target.from_triple(triple).create_target_machine(reloc="pic", codemodel="small", jit=True)
    for way in ("value", "gradient"):
        module, _ = ready(questions.ways[way].unit().quicker(), LIMITS)
        assert ("fpsr" in module.text) == (kind is AARCH64)
        assert len(target.emit_assembly(binding.parse_assembly(module.text))) > 1000


def test_where_llvm_refuses_the_interpreter_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "_machine_code", lambda llvm, *_: llvm.parse_assembly("declare pointer @f()"))
    f = lang.parse("x = ?; z = x**2 + 0.123").compile("z", engine="native")
    assert (f(3), f.engine) == (9.123, "interpreter")
    assert "llvmlite" in f.why
    assert "expected type" in f.why


def test_a_table_is_not_called_for_one_row() -> None:
    f = function("x = ?; y = ?; z = x**2 * y")
    assert f.hessian(2.0, 3.0).tolist() == [[6.0, 4.0], [4.0, 0.0]]
    table = f._codes.made["table"]
    assert table is not None
    assert table((2.0, 3.0, 1.0, 0.0)) is None


def test_on_an_unknown_processor_the_interpreter_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "vax")
    processor.cache_clear()
    try:
        f = lang.parse("x = ?; z = x**2").compile("z", engine="native")
        assert (f(3), f.engine) == (9.0, "interpreter")
        assert "vax" in f.why
    finally:
        monkeypatch.undo()
        processor.cache_clear()


def test_what_cannot_be_compiled_runs_on_the_interpreter_and_says_why() -> None:
    f = lang.parse("x = ?\nf(a) = a\nz = f(x) * 2 if f(x > 1) else x").compile("z", engine="native")
    assert (f(3), f.engine) == (6.0, "interpreter")
    assert "true or false" in f.why


def test_without_llvmlite_everything_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("lang.backend.unit").backend.unit.NEEDS, "native", ("no_such_module",))
    f = lang.parse("x = ?; z = x**2").compile("z", engine="native")
    assert (f(3), f.grad(3), f.engine) == (9.0, (6.0,), "interpreter")
    assert "not installed" in f.why


def test_a_very_long_straight_program_is_a_list_of_groups() -> None:
    def made(turns: int) -> Any:
        turn = "t = z * y\nb = t < 1\nz = where(not b, sin(t), cos(t)) + x / 2.5\n"
        program = lang.parse("x = ?\ny = ?\nz = x\n" + turn * turns)
        f = program.compile("z", engine="native")
        assert f(0.5, 0.1) == program.run(x=0.5, y=0.1)["z"]
        return f._codes.of("value")

    short, *long = map(made, (500, 2_000, 4_000, 6_000))
    assert short.module.begin is None
    assert len({each.text for each in long}) == 1
    first, second, third = (len(each.module.kept) for each in long)
    assert third - second == second - first


def test_groups_give_the_answers_that_a_unit_may_have() -> None:
    text = "x = ?\ny = ?\nw = ?\nt = 0\n" + "t = t + x\n" * 10_000 + "b = t > 0\nc = not b\nk = 7\nu = x\n"
    unit = Unit(lang.session.prepare(lang.source.Source(text), LIMITS).steps, lang.source.Source(""), ("x", "y", "w"),
                ("t", "b", "c", "k", "u", "none", "y"), optional=True)  # fmt: skip
    made = build(unit, LIMITS)
    assert made.module.begin is not None
    found = made([1.0, 5.0, 2.0])
    assert found is not None
    assert found[:5] == (10_000.0, 1.0, 0.0, 7.0, 1.0)
    assert math.isnan(found[5])
    assert found[6] == 5.0
    assert made.booleans == (False, True, True, False, False, False, False)
    assert made([1e306, 5.0, 2.0]) is None
    assert made([2.0, 5.0, 2.0])[0] == 20_000.0  # type: ignore[index]


def test_long_programs_with_choices_are_cut() -> None:
    text = "x = ?\nz = x\n" + "z = sin(z) + x\n" * 700 + "if z > 5:\n  z = 5\n"
    program = lang.parse(text)
    f = program.compile("z", engine="native")
    assert f(0.5) == program.run(x=0.5)["z"]
    assert f.value_and_grad(0.5)[1][0] == pytest.approx(program.grad("z", x=0.5)["x"], rel=1e-12)
    made: Any = f._codes.of("gradient")
    assert made.text.count("define internal i32 @straight") > 1


def test_long_straight_programs_are_lines_without_branches() -> None:
    text = "x = ?\ny = ?\nz = x\n" + "t = z * y\nz = sin(t) + x / cos(t)\n" * 700
    program = lang.parse(text)
    f = program.compile("z", engine="native")
    assert f(0.5, 0.1) == program.run(x=0.5, y=0.1)["z"]
    expected = program.grad("z", x=0.5, y=0.1)
    assert f.grad(0.5, 0.1) == pytest.approx(tuple(expected.values()), rel=1e-12)
    made: Any = f._codes.of("value")
    main = made.text.split("@ad_main")[1].split("ret i32")[0]
    assert "br i1" not in main
    assert main.count("@ad_sincos") == 700 or "sincos" not in jit.joints()


def test_values_that_wait_in_a_frame_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"v{index} = x * {index + 0.5}" for index in range(100)]
    text = "x = ?\ns = sin(x)\nb = s > 0\n" + "\n".join(lines) + "\nz = cos(s)\n"
    text += "".join(f"z += v{index}\n" for index in range(100)) + "z = where(b, z, s)\n"
    program = lang.parse(text)
    expected = program.run(x=0.5)["z"]
    for frame in (12_000, 10):
        monkeypatch.setattr("lang.backend.native.lines.FRAME", frame)
        f = program.compile("z", engine="native")
        made: Any = f._codes.of("value")
        assert (made.module.frame > 0) == (frame == 10)
        assert f(0.5) == expected


@pytest.mark.usefixtures("_layout")
@pytest.mark.parametrize("line", ["t = exp(x)", "t = x * 1e308 * 10", "t = 1 / (x - 1000)", "b = x * 1e308 * 10 > 3"])
def test_a_value_that_nobody_reads_is_looked_at(line: str) -> None:
    unit = Unit(prepare(lang.source.Source(f"x = ?\n{line}\nz = x + 1\n"), LIMITS).steps,
                lang.source.Source(""), ("x",), ("z",))  # fmt: skip
    made = build(unit, LIMITS)
    assert made([1.0]) == ((2.0,) if "e308" not in line else None)
    assert made([1000.0]) is None


@pytest.mark.usefixtures("_layout")
def test_two_functions_of_one_number_have_the_bits_of_each_alone() -> None:
    chance = random.Random(3)
    points = [math.ldexp(1 - 2 * chance.random(), chance.randrange(-60, 60)) for _ in range(300)]
    points += [index * math.pi / 4 for index in range(-20, 21)]
    f = lang.parse("x = ?\nz = sin(x)\nw = cos(x)\n").compile("z", engine="native")
    for point in points:
        assert f.value_and_grad(point) == (math.sin(point), (math.cos(point),))


# --- runs that take long -----------------------------------------------------------------------------------------


LOOPS = """b = 1 < 2
f(a) = a * 0.5 + k
k = 1
z = 0
for i in range(60000):
  z = f(z) + sin(i)
  if z > 1: late = i
z, b
y = ? 2
while b and y < 100000: y += 1
y > 5
"""


@pytest.mark.parametrize("engine", ["auto", "native"])
def test_a_long_run_leaves_what_the_interpreter_leaves(engine: str) -> None:
    one, other = lang.Session(engine=engine), lang.Session(engine="interpreter")
    for text in (LOOPS, "z * 2\nf(z)", "for i in range(200000): k = k + z\nk"):
        found, expected = one.run(text), other.run(text)
        assert (found.error, found.values) == (expected.error, expected.values)
        assert [(each.text, each.values) for each in found.shown] == [
            (each.text, each.values) for each in expected.shown
        ]
    assert one.values == other.values


TWICE = "x = ?\ny = ? 1\nz = x\nfor i in range(60000): z = sqrt(z) + y\nz\nb = z > 2\n"


def test_every_run_of_a_long_program_leaves_what_the_interpreter_leaves() -> None:
    program = lang.parse(TWICE)
    for given in ({"x": 2}, {"x": 3}, {"x": 3, "y": 4}, {"x": -1}, {"x": 2, "y": -9}, {"x": 2, "y": 0.5}):
        found, expected = [
            lang.Session(inputs=given, engine=engine).execute(program.entry, codes)
            for engine, codes in (("auto", program._codes), ("interpreter", {}))
        ]
        assert str(found.error) == str(expected.error)
        assert found.values == expected.values
        assert [each.values for each in found.shown] == [each.values for each in expected.shown]
    with pytest.raises(lang.LimitExceeded):
        program.run(x=2, limits=lang.Limits(steps=110_000))


def test_a_program_that_took_long_begins_in_machine_code_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    program = lang.parse(TWICE)
    expected = program.run(x=3).values
    program.run(x=2)
    monkeypatch.delattr(Machine, "_loop")
    assert program.run(x=3).values == expected


def test_other_limits_wait_for_no_compiler_and_little_code_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    program = lang.parse(TWICE)
    for more in range(2 * switch.KEPT):
        program.run(x=2, limits=lang.Limits(steps=1_000_000 + more))
    assert 0 < len(program._codes[program._part].made) <= switch.KEPT
    monkeypatch.setattr(switch, "LONG", 1_000_000)
    monkeypatch.setattr(switch, "_compiled", None)
    assert program.run(x=2, limits=lang.Limits(steps=5_000_000)).values["b"] is True


def test_commands_between_long_parts_are_answered() -> None:
    text = "x = ? 2\nz = x\nfor i in range(50000): z = z + x\ngrad z\nfor i in range(50000): z = z - x\nz"
    shown = lang.parse(text).run().shown
    assert shown[0].value == {"x": 50001.0}
    assert shown[1].values == (2.0,)


def test_an_error_after_a_long_time_is_the_interpreters() -> None:
    session = lang.Session()
    outcome = session.run("a = 1\nz = 200000\nwhile z > -2: z = z - 1 if sqrt(z) >= 0 else 0")
    assert "sqrt(-1) is not a real number" in str(outcome.error)
    assert session.values == {"a": 1.0, "z": 200000.0}


def test_an_error_whose_value_nobody_reads_is_an_error() -> None:
    for text in ("1 / (100000 - i)", "sqrt(100000 - i)", "log(100000 - i)", "exp(i / 100)", "i % (100000 - i)"):
        with pytest.raises(lang.DomainError):
            lang.parse(f"for i in range(200000): t = {text}").run()


def test_a_limit_passed_in_machine_code_leaves_what_was_before() -> None:
    session = lang.Session(limits=lang.Limits(steps=3_000_000))
    outcome = session.run("a = 1\nfor i in range(100000): a += 1\nb = 0\nwhile b < 1: a += 1\nc = 1")
    assert isinstance(outcome.error, lang.LimitExceeded)
    assert outcome.error.span is not None
    assert session.values == {"a": 100001.0, "i": 99999.0, "b": 0.0}
    assert session.run("a").shown[0].values == (100001.0,)


def test_small_calls_are_built_in_functions() -> None:
    f = function("x = ?; y = ?; z = x * y + sin(x)")
    assert f.value_and_grad(2, 3) == f.value_and_grad(2.0, 3.0)
    assert f._quick["gradient"](2.0, 3.0) == f.value_and_grad(2.0, 3.0)
    assert f._quick["gradient"](2, 3) is None
    assert f._quick["gradient"](2.0) is None
    assert f._quick["gradient"](2.0, math.inf) is None


def test_threads_share_a_compiled_function() -> None:
    from concurrent.futures import ThreadPoolExecutor

    f = function("x = ?\nn = ?\nz = x\nfor i in range(n): z = sin(z) + x\n")
    expected = [f.value_and_grad(0.1 * each, 3000.0) for each in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda each: f.value_and_grad(0.1 * each, 3000.0), range(8))) == expected


def test_the_cache_is_only_the_users_and_is_checked(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lang.backend.native import jit

    folder = tmp_path / "native"
    folder.mkdir(mode=0o700)
    function("x = ?; z = x**3 + 16")(2)  # what it calls is compiled apart, and there from now on
    monkeypatch.setattr(jit, "_folder", lambda: folder)
    text = "x = ?; z = x**3 + 17"
    assert function(text)(2) == 25
    (kept,) = folder.glob("*.code")
    assert kept.stat().st_mode & 0o077 in (0, 0o44)
    kept.write_bytes(kept.read_bytes()[:-9])
    assert function(text)(2) == 25
    assert function(text)(3) == 44


def test_machine_code_with_another_byte_or_under_another_name_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "some.code"
    jit._write(path, b"code" * 50)
    whole = path.read_bytes()
    assert jit._read(path) == b"code" * 50
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert jit._read(path) is None
        path.write_bytes(whole[:at])
        assert jit._read(path) is None
    other = tmp_path / "other.code"
    other.write_bytes(whole)
    assert jit._read(other) is None


def test_a_full_disk_leaves_no_half_of_machine_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some.code"
    written = Path.write_bytes

    def half(self: Path, data: bytes) -> int:
        written(self, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    jit._write(path, b"code" * 50)
    assert list(tmp_path.iterdir()) == []


def test_verbs_take_an_engine() -> None:
    program = lang.parse("x = ?\ny = ? 2\nz = x\nfor i in range(5000): z = sin(z) * y + x")
    expected = program.grad("z", x=0.3)
    for engine in ("native", "auto", "interpreter"):
        assert program.grad("z", x=0.3, engine=engine) == pytest.approx(expected, rel=1e-9)
    with pytest.raises(lang.InputError, match="engine is auto"):
        program.grad("z", x=0.3, engine="fast")
    kinked = lang.parse("x = ?\nz = abs(x)")
    assert kinked.ask("grad", "z", inputs={"x": 0}, engine="native").notes
    with pytest.raises(lang.DerivativeError):
        kinked.compile("z", engine="native", kinks="error").grad(0)


def test_a_long_body_is_a_part_and_a_short_one_is_not() -> None:
    turn = "".join(f"  t = sin(s) * x\n  s = s + t / (1 + t * t) + {index}\n" for index in range(200))
    for count, long in ((4, False), (400, True)):
        lines = turn.splitlines()[:count]
        f = function("x = ?\ns = x\nfor i in range(3):\n" + "\n".join(lines) + "\nz = s")
        wanted = lang.parse(str("x = ?\ns = x\nfor i in range(3):\n" + "\n".join(lines) + "\nz = s"))
        assert f.value_and_grad(0.3) == wanted.compile("z", engine="python").value_and_grad(0.3)
        made: Any = f._codes.of("gradient")
        assert ("@straight0" in made.text) is long


def test_a_cache_in_a_home_that_cannot_be_written_is_read_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    path = tmp_path / "some.code"
    jit._write(path, b"code")
    for name in ("utime", "unlink", "remove", "replace", "rename"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert jit._read(path) == b"code"
    jit._write(path, b"other")
    assert jit._read(path) == b"code"


def test_small_functions_are_built_into_python() -> None:
    assert objects.known() is (sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED"))
    f = lang.parse("x = ?\ny = ?\nz = x * y\n").compile("z", engine="native")
    f.value_and_grad(2.0, 3.0)
    assert (type(f.value_and_grad) is type(math.sin)) is objects.known()


def test_where_python_keeps_its_objects_otherwise_machine_code_is_called_in_another_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(objects, "known", lambda: False)
    f = lang.parse("x = ?\ny = ?\nz = x * y\n").compile("z", engine="native")
    assert [f.value_and_grad(2.0, 3.0) for _ in range(3)] == [(6.0, (3.0, 2.0))] * 3
    assert type(f.value_and_grad) is not type(math.sin)
    assert f(2.0, 3.0) == 6.0


def test_bodies_of_many_choices_are_cut_into_pieces_with_the_same_bits() -> None:
    ways = [f"if z > {i}: z = z * x / 2\nelse: z = z + x" for i in range(130)]
    body = "\n".join(ways).replace("\n", "\n  ")
    texts = (
        f"x = ?\nz = x\n{chr(10).join(ways)}",
        f"x = ?\nz = x\nfor i in range(3):\n  {body}",
        f"x = ?\ndef f(z):\n  {body}\n  return z\nz = f(x)",
    )
    for text in texts:
        program = lang.parse(text)
        f = program.compile("z", engine="native")
        value, slopes = program.value_and_grad("z", x=0.7, engine="interpreter")
        assert f.value_and_grad(0.7) == (value, tuple(slopes.values()))
        made: Any = f._codes.of("gradient")
        functions = made.text.split("\ndefine ")
        assert len(functions) > 10
        assert max(each.count("\nb") for each in functions) < 400
