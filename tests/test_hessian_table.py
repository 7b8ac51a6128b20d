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
    table: Any = f._codes.made["table"]
    assert (table.module.stride > 0) == together
    count = len(point)
    rows = [f._answer("second", (*point, *(float(row == at) for at in range(count)))) for row in range(count)]
    assert found.tolist() == [list(row[1:]) for row in rows]
    expected = program.hessian("z", at=dict(zip(program.inputs, point, strict=True)))
    assert found.ravel().tolist() == pytest.approx(expected.ravel().tolist(), rel=1e-9, abs=1e-12)
    assert f.hessian(*point).tolist() == found.tolist()


def _inputs(count: int) -> str:
    return "".join(f"x{at} = ?\n" for at in range(count))


SPARSE = {
    "tridiagonal": (rosenbrock(12)[0], 12, 3),
    "each by itself": (_inputs(9) + "z = " + " + ".join(f"exp(x{at}) * sin(x{at})" for at in range(9)), 9, 1),
    "in pairs": (_inputs(8) + "z = " + " + ".join(f"x{at} * log(x{at + 1})" for at in range(0, 8, 2)), 8, 2),
    "a ring": (_inputs(9) + "z = " + " + ".join(f"x{at} / x{(at + 1) % 9}" for at in range(9)), 9, 3),
    "one with all": (_inputs(9) + "z = " + " + ".join(f"x0 * x{at}**3" for at in range(1, 9)), 9, 0),
    "some not at all": (_inputs(9) + "z = x0 * x8 + 2 * x3 - x4", 9, 1),
    "none": (_inputs(4) + "z = x0 + 2 * x1 - x3", 4, 1),
}


@pytest.mark.parametrize("name", SPARSE)
def test_directions_that_share_a_lane_have_the_bits_they_have_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, count, lanes = SPARSE[name]
    f = lang.parse(text).compile("z", engine="native")
    point = [0.7 + 0.3 * index for index in range(count)]
    found = f.hessian(*point)
    table: Any = f._codes.made["table"]
    assert (table.module.shared, table.module.directions) == (lanes > 0, lanes or count)
    monkeypatch.setattr("lang.backend.native.directions.colours", lambda *_: None)
    alone = lang.parse(text).compile("z", engine="native")
    assert found.tolist() == alone.hessian(*point).tolist()
    other: Any = alone._codes.made["table"]
    assert not other.module.shared
    second = f.hessian(*point[::-1])
    assert second.tolist() == alone.hessian(*point[::-1]).tolist()
    assert found is not second


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
    assert type(f._codes.made["table"]).__name__ == "Native"
