"""Batches: many rows at once give what single calls give; rows without an answer stop no other."""

from __future__ import annotations

import numpy as np
import pytest

import lang
from lang.backend import columns

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
BRANCHES = "x = ?\nz = x**2 if x > 0 else -x\n"
LOOP = "x = ?\ny = ?\ns = x\nfor i in range(5):\n    s = s + 0.1 * sin(y * s)\nz = s\n"


def points(count: int, inputs: int) -> np.ndarray:
    return np.random.default_rng(5).uniform(0.2, 2.0, (count, inputs))


@pytest.mark.parametrize("text", [LECTURE, LOOP])
def test_rows_have_the_values_and_slopes_of_single_calls(text: str) -> None:
    f = lang.parse(text).compile("z")
    x = points(300, 2)
    values, slopes = f.grad_batch(x)
    assert values.shape == (300,)
    assert slopes.shape == (300, 2)
    np.testing.assert_array_equal(f.batch(x, exact=True), [f(*row) for row in x])
    for row, value, slope in zip(x, values, slopes, strict=True):
        one, other = f.value_and_grad(*row)
        np.testing.assert_allclose([value, *slope], [one, *other], rtol=1e-13)
    assert f.bad is None


def test_exact_gives_the_same_bits() -> None:
    f = lang.parse(LECTURE).compile("z")
    x = points(500, 2)
    values, slopes = f.grad_batch(x, exact=True)
    for row, value, slope in zip(x, values, slopes, strict=True):
        assert (value, tuple(slope)) == f.value_and_grad(*row)


def test_bad_rows_are_nan_counted_and_stop_nobody() -> None:
    f = lang.parse("x = ?\nz = log(x) + 1 / x\n").compile("z")
    x = points(1000, 1)
    x[7], x[9], x[500] = 0.0, -1.0, np.nan
    values, slopes = f.grad_batch(x)
    assert np.flatnonzero(np.isnan(values)).tolist() == [7, 9, 500] == np.flatnonzero(np.isnan(slopes[:, 0])).tolist()
    assert (f.bad.count, f.bad.first) == (3, 7)
    assert "log(0)" in str(f.bad)
    f.batch(points(10, 1))
    assert f.bad is None


def test_an_infinity_on_the_way_makes_a_bad_row() -> None:
    f = lang.parse("x = ?\na = x * 1e300\nz = 1 / a\n").compile("z")
    assert f.batch([[1e300], [1.0]]).tolist()[1] == 1e-300
    assert f.bad.count == 1
    assert "too large" in f.bad.reason


def test_rows_may_take_different_branches() -> None:
    f = lang.parse(BRANCHES).compile("z")
    values, slopes = f.grad_batch([[2.0], [-3.0]])
    assert values.tolist() == [4.0, 3.0]
    assert slopes.tolist() == [[4.0], [-1.0]]


def test_blocks_cover_every_row_and_tell_how_far_they_are() -> None:
    f = lang.parse(LECTURE).compile("z")
    count = 3 * columns.BLOCK + 5
    x = points(count, 2)
    seen: list[tuple[int, int]] = []
    values = f.batch(x, progress=lambda done, of: seen.append((done, of)))
    np.testing.assert_allclose(values, x[:, 0] * x[:, 1] + np.sin(x[:, 0]), rtol=1e-14)
    assert seen[-1] == (count, count)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_the_columns_of_a_block_are_bounded() -> None:
    long = "x = ?\nv0 = x\n" + "".join(f"v{at + 1} = v{at} * 0.5 + x\n" for at in range(20_000)) + "z = v20000\n"
    unit = lang.parse(long).compile("z").questions.ways["value"].unit()
    assert columns.Columns(unit, False).block * len(unit.steps) <= columns.HELD * 2


@pytest.mark.parametrize("data", [[[1.0]], [1.0, 2.0], "text", [["a", "b"]], np.zeros((2, 3))])
def test_rows_of_another_shape_are_refused(data: object) -> None:
    with pytest.raises(lang.InputError, match="rows of inputs"):
        lang.parse(LECTURE).compile("z").batch(data)


def test_no_rows_give_no_answers() -> None:
    f = lang.parse(LECTURE).compile("z")
    values, slopes = f.grad_batch(np.zeros((0, 2)))
    assert values.shape == (0,)
    assert slopes.shape == (0, 2)
