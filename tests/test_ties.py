"""Compiled derivatives have the notes of the interpreter: at kinks, and where equal values are compared."""

from __future__ import annotations

import itertools
from importlib.util import find_spec

import numpy as np
import pytest

import lang
from lang.rules import table
from lang.syntax import tree
from lang.syntax.walk import subexpressions

ENGINES = ["python", *(["native"] if find_spec("llvmlite") else [])]

MET = {
    "a kink": ("x = ?\nz = abs(x) * 2\n", (0.0,)),
    "a kink that overwrites its operand": ("x = ?\nz = x\nz = abs(z)\n", (0.0,)),
    "a tie": ("x = ?\ny = ?\nz = max(x, y) * x\n", (2.0, 2.0)),
    "a jump": ("x = ?\nz = floor(x) * x\n", (3.0,)),
    "a kink of two conditions": ("x = ?\ny = ?\nz = copysign(x, y)\n", (1.0, 0.0)),
    "equal values": ("x = ?\nif x > 1:\n    z = x\nelse:\n    z = 2 * x\n", (1.0,)),
    "in a loop": ("x = ?\nz = 0\nfor i in range(5):\n    z = z + relu(x - i)\n", (3.0,)),
    "in a function": ("f(a) = round(a) * a\nx = ?\nz = f(x)\n", (2.5,)),
    "in a condition of a loop": ("x = ?\nz = x\nwhile z < 8:\n    z = z * 2\n", (1.0,)),
    "many": ("x = ?\nz = min(abs(x), 1) + relu(x) + sign(x)\n", (0.0,)),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", MET)
def test_notes_are_those_of_the_interpreter(engine: str, name: str) -> None:
    text, point = MET[name]
    program = lang.parse(text)
    one, other = program.compile("z", engine="interpreter"), program.compile("z", engine=engine)
    assert one.engine == "interpreter"
    assert other.engine == engine
    assert other.grad(*point) == one.grad(*point)
    assert [str(note) for note in other.notes] == [str(note) for note in one.notes]
    assert other.notes
    off = tuple(each + 0.3 / (index + 1) for index, each in enumerate(point))
    assert other.grad(*off) == pytest.approx(one.grad(*off), rel=1e-14)
    assert other.notes == one.notes == ()
    assert other.exactly("gradient", off) is not None
    with pytest.raises(lang.DerivativeError):
        program.compile("z", engine=engine, kinks="error").grad(*point)
    silent = program.compile("z", engine=engine, kinks="silent")
    assert silent.exactly("gradient", point) == (silent(*point), *one.grad(*point))


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_that_do_not_move_are_not_asked(engine: str) -> None:
    f = lang.parse("x = ?\nz = x\nfor i in range(4):\n    z = z * x + floor(i) * abs(i)\n").compile("z", engine=engine)
    assert f.exactly("gradient", (2.0,)) is not None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_branch_that_was_noted_is_not_asked(engine: str) -> None:
    text = "def g(a):\n    if a > 1:\n        return a * a\n    else:\n        return sin(a)\n"
    text += "x = ?\nz = g(x) * g(x / 2)\n"
    f = lang.parse(text).compile("z", engine=engine)
    assert f.exactly("gradient", (1.7,)) is not None
    assert f.grad(2) == lang.parse(text).compile("z", engine="interpreter").grad(2)
    assert f.notes


@pytest.mark.parametrize("engine", ["interpreter", *ENGINES])
def test_what_the_result_does_not_need_is_not_done(engine: str) -> None:
    f = lang.parse("x = ?\ny = ?\nw = sqrt(y)\nz = abs(x) * 2\nv = 1 / x\n").compile("z", engine=engine)
    assert f(0, -1) == 0
    assert f.grad(0, -1) == (0.0, 0.0)
    assert len(f.notes) == 1
    assert f.hessian(0, -1).tolist() == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("primitive", [each for each in table().primitives if each.kink], ids=lambda each: each.name)
def test_every_kink_of_the_table_can_be_asked_in_compiled_code(primitive: lang.rules.Primitive) -> None:
    names = [f"x{index}" for index in range(primitive.arity)]
    call = f" {primitive.name} ".join(names) if primitive.is_operator else f"{primitive.name}({', '.join(names)})"
    program = lang.parse("".join(f"{name} = ?\n" for name in names) + f"z = {call}\n")
    for engine in ENGINES:
        f = program.compile("z", engine=engine)
        for point in ((0.0, 0.0, 0.0), (2.0, 1.0, 4.0), (0.25, 0.75, 1.0), (0.5, 1.5, 2.5), (2.0, 2.0, 3.0)):
            try:
                expected = program.compile("z", engine="interpreter")
                slopes = expected.grad(*point[: primitive.arity])
            except lang.AdError:
                continue
            assert f.grad(*point[: primitive.arity]) == pytest.approx(slopes, rel=1e-14, nan_ok=True)
            assert [str(note) for note in f.notes] == [str(note) for note in expected.notes]


CHOOSE = [
    each
    for each in table().primitives
    if any(isinstance(part, tree.Compare) for part in subexpressions(each.rule.right))
]
"""Primitives whose rules compare on the right side."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("primitive", CHOOSE, ids=lambda each: each.name)
def test_what_a_rule_compares_changes_no_answer_and_no_note(primitive: lang.rules.Primitive, engine: str) -> None:
    """All operands that a derivative exists by move, at numbers that are 0, equal, or whole.

    A table of second derivatives needs no first ones, so compiled code does not see where those are not finite.
    """
    names = [f"x{index}" for index in range(primitive.arity)]
    call = f" {primitive.name} ".join(names) if primitive.is_operator else f"{primitive.name}({', '.join(names)})"
    program = lang.parse("".join(f"{name} = ?\n" for name in names) + f"z = {call}\n")
    wrt = [name for name, each in zip(names, primitive.parameters, strict=True) if each not in primitive.fixed]
    one, other = (program.compile("z", wrt=wrt, engine=each) for each in ("interpreter", engine))
    answers = 0
    for point in itertools.product((0.0, 1.0, 2.0, 0.62, -1.0), repeat=primitive.arity):
        finite = True
        for ask in ("grad", "hessian"):
            if ask == "hessian" and not finite:
                continue
            try:
                expected = np.array(getattr(one, ask)(*point))
            except lang.AdError as error:
                with pytest.raises(type(error)):
                    getattr(other, ask)(*point)
                break
            finite = np.isfinite(expected).all()
            assert np.array(getattr(other, ask)(*point)) == pytest.approx(expected, rel=1e-14, nan_ok=True), point
            assert [str(note) for note in other.notes] == [str(note) for note in one.notes], point
            answers += 1
    assert answers > 9


@pytest.mark.parametrize("engine", ENGINES)
def test_a_power_of_two_names_is_not_left_to_the_interpreter(engine: str) -> None:
    f = lang.parse("x = ?\ny = ?\nz = x ** y\n").compile("z", engine=engine)
    for point in ((1.7, 2.5), (2.0, 3.0), (0.37, 0.3)):
        assert f.exactly("gradient", point) is not None


@pytest.mark.skipif("native" not in ENGINES, reason="the native engine needs llvmlite")
@pytest.mark.parametrize("line", ["t = s * 1e308", "b = s * 1e308 > 3", "t = s * s * 1e300 * 1e300", "t = f(s)"])
def test_in_a_long_run_too_an_overflow_that_nobody_reads_is_an_error(line: str) -> None:
    text = f"f(a) = a * 1e308\ns = 0\nfor i in range(60000):\n    s = s + 1\n    {line}\n"
    for engine in ("interpreter", "auto"):
        with pytest.raises(lang.DomainError, match=r"1e\+?308|1e\+?300|\*"):
            lang.parse(text).run(engine=engine)


@pytest.mark.parametrize("verb", ["grad", "jacobian"])
def test_both_sides_of_a_condition_are_told_by_every_name_in_forward_mode_too(verb: str) -> None:
    """Names that decide a condition together are told together; forward mode asks by one at a time."""
    program = lang.parse("x = ?\ny = ?\nif x < y: z = 2 * x + y\nelse: z = 5 * x + 7 * y\n")
    told = [program.ask(verb, "z", by=by, at={"x": 1.0, "y": 1.0}).notes for by in ("reverse", "forward")]
    assert [each.message for each in told[0]] == [each.message for each in told[1]]
    assert "2 and 5 by x, 1 and 7 by y" in told[1][0].message


@pytest.mark.parametrize("engine", ["interpreter", "python", "native"])
def test_a_table_of_second_derivatives_has_the_notes_of_all_its_rows(engine: str) -> None:
    """Each row is an answer of its own, and the last one sees no difference between the sides."""
    program = lang.parse("x = ?\ny = ?\nif x < y: z = x * x\nelse: z = 5 * x * x + y\n")
    made = program.compile("z", engine=engine)
    assert made.hessian(1.0, 1.0).tolist() == [[10.0, 0.0], [0.0, 0.0]]
    told = program.ask("hessian", "z", at={"x": 1.0, "y": 1.0}).notes
    assert [note.message for note in made.notes] == [note.message for note in told]
    assert "2 and 10 by x" in made.notes[0].message
    assert made.hessian(1.0, 2.0).tolist() == [[2.0, 0.0], [0.0, 0.0]]
    assert made.notes == ()


def test_what_has_no_derivative_on_either_side_has_the_same_on_both() -> None:
    program = lang.parse("x = ?\ny = sqrt(x) ** 2\nif x > 0: z = y\nelse: z = 2 * y\n")
    told = {note.kind: note.message for note in program.ask("grad", "z", at={"x": 0.0}).notes}
    assert told["condition"].endswith("both sides have the same derivative")


def test_a_cost_is_counted_where_derivatives_are_nan() -> None:
    program = lang.parse("x = ?\nz = atan2(x, x)\n")
    assert program.cost("z", x=0.0)["operations"] == program.cost("z", x=1.0)["operations"]
