"""What moves in derivative programs with functions: compiled code answers where nothing is awkward, and only there."""

from __future__ import annotations

import pytest

import lang

ENGINES = ("python", "native")
FIBONACCI = "x = ?\ny = ?\nf(n, a) = a if n < 2 else sin(f(n - 1, a)) + y * f(n - 2, a)\nz = f({}, x)\n"


def leaves_it_to_the_interpreter(program: lang.Program, engine: str) -> None:
    """Where x is 0 compiled code gives the question back, and the notes are those of the interpreter."""
    f = program.compile("z", engine=engine)
    assert f.exactly("gradient", (0.0, 0.5)) is None
    f.grad(0.0, 0.5)
    expected = program.ask("grad", "z", inputs={"x": 0.0, "y": 0.5}, engine="interpreter")
    assert [note.message for note in f.notes] == [note.message for note in expected.notes]
    assert f.notes


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", range(1, 8))
def test_a_counter_of_a_recursion_does_not_move(engine: str, size: int) -> None:
    program = lang.parse(FIBONACCI.format(size))
    f = program.compile("z", engine=engine)
    found = f.exactly("gradient", (0.7, 0.3))
    assert found is not None, "compiled code answers itself although the counter meets `n < 2` with 2"
    expected = program.grad("z", x=0.7, y=0.3)
    assert found[1:] == pytest.approx([expected["x"], expected["y"]], rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "body",
    [
        "abs(a) if n < 1 else sin(f(n - 1, a))",
        "a if n < 1 else max(f(n - 1, a), y * f(n - 1, 2 * a))",
        "a if n < 1 else (f(n - 1, a) if a < 0 else f(n - 1, y * a))",
    ],
)
def test_what_is_awkward_in_a_recursion_is_left_to_the_interpreter(engine: str, body: str) -> None:
    program = lang.parse(f"x = ?\ny = ?\nf(n, a) = {body}\nz = f(3, x)\n")
    leaves_it_to_the_interpreter(program, engine)


LOOPED = """\
def f(a, n):
    s = 1
    k = 0
    while k < n:
        s = s + 0.01 * sin(s * a) * k
        if k % 5 == 0:
            s = s * 0.9
        k += 1
    return s
"""
COUNTED = {
    "a counter in a function, saved on a stack": "x = ?\ny = ?\n" + LOOPED + "z = f(x, 12) * y\n",
    "a counter beside a function of the same temporaries": (
        "x = ?\ny = ?\ng(a) = sin(a * a) * a + cos(a)\ns = 0\nk = 0\nwhile k < 12:\n    s = s * 0.5 + g(s + x) * y\n"
        "    if (k + 1) % 4 == 0:\n        s = s + y\n    k += 1\nz = s\n"
    ),
    "a counter beside a derivative": (
        "x = ?\ny = ?\nf(u) = u**3 - x * u\nu = 1.5\nk = 0\nwhile k < 20:\n    u = u - 0.01 * f'(u) * y\n"
        "    if k % 10 == 0:\n        u = u + 0.01 * x\n    k += 1\nz = u\n"
    ),
    "a derivative that is compared with what it is equal to": (
        "x = ?\ny = ?\nf(u) = u * u\nz = x * y if f'(2) > 4 else x + y\n"
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("way", ["gradient", "table"])
@pytest.mark.parametrize("name", COUNTED)
def test_what_only_counts_does_not_move(name: str, way: str, engine: str) -> None:
    program = lang.parse(COUNTED[name])
    at = {"x": 0.7, "y": 0.3}
    f = program.compile("z", engine=engine)
    if way == "gradient":
        found = f.exactly("gradient", (0.7, 0.3))
        assert found is not None
        assert found[1:] == pytest.approx(list(program.grad("z", at=at, engine="interpreter").values()), rel=1e-11)
        return
    rows = [f.exactly("second", (0.7, 0.3, *seeds)) for seeds in ((1.0, 0.0), (0.0, 1.0))]
    wanted = program.hessian("z", at=at, engine="interpreter")
    for row, expected in zip(rows, wanted, strict=True):
        assert row is not None
        assert row[1:] == pytest.approx(list(expected), rel=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", [
    "f(u) = abs(u)\nu = 0\nz = x\nfor i in range(3):\n    z = z * 0.5 + f'(u) * y\n",
    "k = 2\nf(u) = u * k\nk = x\ng(u) = f'(u) * u\nz = g(x) * y\nif z > 0:\n    z = x * y\n",
    "f(u) = u * u\ng(u) = 1 if f'(u) < 0 else u\nz = g'(0) * y + x\n",
])  # fmt: skip
def test_what_moves_inside_a_derivative_is_asked_there(text: str, engine: str) -> None:
    program = lang.parse("x = ?\ny = ?\n" + text)
    leaves_it_to_the_interpreter(program, engine)
