"""Derivatives by values on the way: what is meant is the adjoint of a name's last value, on every engine and face.

A name that nothing reads after its last assignment has derivative 0, though it holds the same number as another name
(`w = y`), and though an older value of it was read.
"""

from __future__ import annotations

import pytest

import lang

PROGRAMS = {
    # program, dz/dw, dz/dx at x = 1.5
    "a copy that nothing reads": ("x = ?\ny = 2 * x\nw = y\nz = 3 * y\n", 0.0, 6.0),
    "a copy that is read": ("x = ?\ny = 2 * x\nw = y\nz = 3 * y + w\n", 1.0, 8.0),
    "a result of a function that gives back what it got": (
        "x = ?\nf(a) = a\ny = 2 * x\nw = f(y)\nz = 3 * y + 5 * w\n", 5.0, 16.0,
    ),
    "a copy in a branch": ("x = ?\ny = 2 * x\nif x > 0:\n  w = y\nelse:\n  w = 3\nz = y * w\n", 3.0, 12.0),
    "both names of a number": ("x = ?\ny = 2 * x\nw = y\ny = w\nz = 3 * y\n", 3.0, 6.0),
    "a value that is not needed": ("x = ?\ny = 2 * x\nz = 3 * y\nw = z * 2\n", 0.0, 6.0),
    "a last value that is not needed": ("x = ?\nw = 2 * x\nz = 3 * w\nw = z * w\n", 0.0, 6.0),
    "the same in a branch": ("x = ?\nw = 2 * x\nif x > 0:\n  z = 3 * w\n  w = z + 1\nelse:\n  z = 3\n", 0.0, 6.0),
    "a last value in a loop": (
        "x = ?\nw = 2 * x\nz = 3 * x\nfor i in range(3):\n  w = w * 2\n  z = w * z\n  w = w + 1\n", 0.0, 27648.0,
    ),
    "a value of a loop that is read behind it": (
        "x = ?\nw = x\nfor i in range(3):\n  w = w * x\nz = w * w\nv = w\n", 2 * 1.5**4, 8 * 1.5**7,
    ),
}  # fmt: skip
INSIDE = {
    # what only a run can tell: which assignment in a block is the last; dz/dw at x = 1.5
    "a last turn's value that the turn reads": ("x = ?\nz = 0\nfor w in range(3): z += w * x\n", 1.5),
    "a branch's value that the branch reads": ("x = ?\nz = 0\nw = x\nif x > 0:\n  w = 2 * x\n  z = w * x\n", 1.5),
    "a branch that is not taken": ("x = ?\nw = 2 * x\nz = 3 * w\nif x < 0: w = 5\n", 3.0),
}
every = pytest.mark.parametrize(("text", "by_w", "by_x"), PROGRAMS.values(), ids=PROGRAMS)


@every
@pytest.mark.parametrize("engine", ["interpreter", "native"])
@pytest.mark.parametrize("by", ["reverse", "forward"])
def test_gradients_agree(text: str, by_w: float, by_x: float, by: str, engine: str) -> None:
    found = lang.parse(text).grad("z", wrt=["w", "x"], by=by, engine=engine, x=1.5)
    assert found == pytest.approx({"w": by_w, "x": by_x})


@every
def test_the_tables_say_the_same(text: str, by_w: float, by_x: float) -> None:
    program, options = lang.parse(text), {"wrt": ["w", "x"], "at": {"x": 1.5}}
    expected = pytest.approx({"w": by_w, "x": by_x})
    assert program.tape("z", **options)["wrt"] == expected
    assert program.trace("z", **options)["derivatives"] == expected
    paths = program.why("z", **options)["wrt"]
    assert {name: each["derivative"] for name, each in paths.items()} == expected
    assert {name: sum(path["product"] for path in each["paths"]) for name, each in paths.items()} == expected


@every
@pytest.mark.parametrize("engine", ["interpreter", "python", "native"])
def test_compiled_functions_agree(text: str, by_w: float, by_x: float, engine: str) -> None:
    made = lang.parse(text).compile("z", wrt=["w", "x"], engine=engine)
    assert made.engine == engine
    assert made.grad(1.5) == pytest.approx((by_w, by_x))
    assert made.jvp((1.5,), (1.0, 0.0))[1] == pytest.approx(by_w)
    assert made.jvp((1.5,), (0.0, 1.0))[1] == pytest.approx(by_x)
    assert made.jvp((1.5,), (2.0, 3.0))[1] == pytest.approx(2.0 * by_w + 3.0 * by_x)
    assert made.grad_batch([[1.5]])[1][0] == pytest.approx([by_w, by_x])


@pytest.mark.parametrize(("text", "by_w"), INSIDE.values(), ids=INSIDE)
def test_last_values_inside_blocks_are_those_of_the_run(text: str, by_w: float) -> None:
    program = lang.parse(text)
    for engine in ("interpreter", "python", "native"):
        made = program.compile("z", wrt="w", engine=engine)
        assert made.grad(1.5) == (by_w,), engine
        assert made.jvp((1.5,), (1.0,))[1] == by_w, engine
        assert made.grad_batch([[1.5]])[1][0] == [by_w], engine
    for by in ("reverse", "forward"):
        for engine in ("interpreter", "native"):
            assert program.grad("z", wrt="w", by=by, engine=engine, x=1.5) == {"w": by_w}, (by, engine)
    for verb in ("tape", "why"):
        assert str(by_w) in str(getattr(program, verb)("z", wrt="w", x=1.5)["wrt"]), verb


def test_only_the_last_value_moves() -> None:
    """An earlier value of the name is no variable: no kink is told where it alone would move."""
    program = lang.parse("x = ?\nw = x\nv = abs(w)\nw = 2 * x\nz = v + w\n")
    for by in ("reverse", "forward"):
        answer = program.ask("grad", "z", wrt="w", by=by, at={"x": 0.0})
        assert (answer.value, answer.notes) == ({"w": 1.0}, ())


@pytest.mark.parametrize("engine", ["interpreter", "python", "native"])
@pytest.mark.parametrize("rule", ["k * da", "g(a) * da"])
def test_what_a_rule_reads_is_kept_for_the_interpreter(engine: str, rule: str) -> None:
    text = f"x = ?\nk = 3\ng(a) = k\nf(a) = a * a\nc = f(a) => dc = {rule}\nz = f(x)\n"
    assert lang.parse(text).compile("z", engine=engine).grad(1.5) == (3.0,)


@every
def test_derivative_programs_agree(text: str, by_w: float, by_x: float) -> None:
    program = lang.parse(text)
    adjoint = program.reverse("z", wrt=["w", "x"])
    found = adjoint.run(x=1.5)
    assert found[adjoint.derivatives["w"]] == pytest.approx(by_w)
    assert found[adjoint.derivatives["x"]] == pytest.approx(by_x)
    tangent = program.forward("z", wrt=["w", "x"])
    seeds = {word: {"w": 2.0, "x": 3.0}[name] for name, word in tangent.seeds.items()}
    assert tangent.run(x=1.5, **seeds)[tangent.derivatives["z"]] == pytest.approx(2.0 * by_w + 3.0 * by_x)
    along = {"w": 2.0, "x": 3.0}
    assert program.jvp("z", along=along, x=1.5)["z"][1] == pytest.approx(2.0 * by_w + 3.0 * by_x)
    tangent = program.forward("z", along=along)
    assert tangent.run(x=1.5)[tangent.derivatives["z"]] == pytest.approx(2.0 * by_w + 3.0 * by_x)
    assert program.cost("z", wrt=["w", "x"], x=1.5)["operations"]["reverse"] > 0


def test_what_is_asked_by_must_be_there() -> None:
    with pytest.raises(lang.CommandError, match="no name `q`"):
        lang.parse("x = ?\nz = x * x").compile("z", wrt="q")
