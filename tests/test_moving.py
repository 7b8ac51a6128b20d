"""What moves in derivative programs with functions: compiled code answers where nothing is awkward, and only there."""

from __future__ import annotations

import pytest

import lang

ENGINES = ("python", "native")
FIBONACCI = "x = ?\ny = ?\nf(n, a) = a if n < 2 else sin(f(n - 1, a)) + y * f(n - 2, a)\nz = f({}, x)\n"


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
    f = program.compile("z", engine=engine)
    assert f.exactly("gradient", (0.0, 0.5)) is None
    f.grad(0.0, 0.5)
    expected = program.ask("grad", "z", inputs={"x": 0.0, "y": 0.5}, engine="interpreter")
    assert [note.message for note in f.notes] == [note.message for note in expected.notes]
    assert f.notes
