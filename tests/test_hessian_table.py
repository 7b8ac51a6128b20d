"""A table of second derivatives in one native call has the bits of its rows, each computed alone."""

from __future__ import annotations

from typing import Any

import pytest

import lang
from tests.bench.workloads import rosenbrock

pytest.importorskip("llvmlite", reason="the native engine needs llvmlite")

PROGRAMS = {
    "unrolled": (rosenbrock(7)[0], True),
    "functions": ("x = ?\ny = ?\nw = ?\nz = sin(x * y) / w + exp(x) ** 2 - tanh(w - y) * log(w)\n", True),
    "linear": ("x = ?\ny = ?\nz = 3 * x - y\n", True),
    "a loop": ("x = ?\ny = ?\nz = x\nfor i in range(20):\n  z = z + 0.01 * sin(y * z)\n", False),
    "a choice": ("x = ?\ny = ?\nif x > y:\n  z = x * x * y\nelse:\n  z = sin(x) * y\n", False),
    "a function": ("f(a, b) = a * sin(a * b)\nx = ?\ny = ?\nz = f(x, y) + f(y, 2)\n", False),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_table_has_the_bits_of_its_rows(name: str) -> None:
    text, together = PROGRAMS[name]
    program = lang.parse(text)
    f = program.compile("z", engine="native")
    point = [0.7 + 0.3 * index for index in range(len(program.inputs))]
    found = f.hessian(*point)
    table: Any = f._made["table"]
    assert (table.module.stride > 0) == together
    count = len(point)
    rows = [f._answer("second", (*point, *(float(row == at) for at in range(count)))) for row in range(count)]
    assert found.tolist() == [list(row[1:]) for row in rows]
    expected = program.hessian("z", at=dict(zip(program.inputs, point, strict=True)))
    assert found.ravel().tolist() == pytest.approx(expected.ravel().tolist(), rel=1e-9, abs=1e-12)
    assert f.hessian(*point).tolist() == found.tolist()


def test_where_a_table_has_no_answer_the_interpreter_gives_it() -> None:
    program = lang.parse("x = ?\ny = ?\nz = sqrt(x) * y\n")
    f = program.compile("z", engine="native")
    assert f.hessian(4, 1)[0].tolist() == pytest.approx([-1 / 32, 0.25])
    with pytest.raises(lang.DomainError):
        f.hessian(-4, 1)
    assert f.hessian(4, 1)[0].tolist() == pytest.approx([-1 / 32, 0.25])


def test_large_tables_are_compiled_and_small_ones_are_not() -> None:
    assert lang.parse("x = ?\nz = x * x\n").compile("z").hessian(3).tolist() == [[2.0]]
    text, point = rosenbrock(60)
    f = lang.parse(text).compile("z")
    f.hessian(*point.values())
    assert type(f._made["table"]).__name__ == "Native"
