"""Derivative programs on every engine: compiled code gives the interpreter's numbers, to the last bit.

`cases/translate/NAME.ad` are the programs; what `forward z` and `reverse z` write of each is compiled.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import lang
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
