"""Batches: many rows at once give what single calls give; rows without an answer stop no other."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import lang
from lang import batch
from lang.backend.rows import code as on_lanes
from lang.backend.rows import columns
from lang.backend.rows import lanes as written
from lang.backend.rows import together as sharing
from lang.backend.rows.code import LaneCode
from lang.backend.rows.job import CONVERTED
from lang.backend.rows.single import RowCode
from lang.backend.unit import Unavailable
from lang.rules import table
from tests import programs

HERE = Path(__file__).parent

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


def test_blocks_cover_every_row_and_tell_how_far_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_lanes, "BLOCK", 4096)
    monkeypatch.setattr(on_lanes, "FEW", 1)
    f = lang.parse(LECTURE).compile("z")
    count = 3 * on_lanes.BLOCK + 5
    x = points(count, 2)
    seen: list[tuple[int, int]] = []
    values = f.batch(x, progress=lambda done, of: seen.append((done, of)))
    np.testing.assert_allclose(values, x[:, 0] * x[:, 1] + np.sin(x[:, 0]), rtol=1e-14)
    assert seen[-1] == (count, count)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_the_columns_of_a_block_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x = ?\nv0 = x\n" + "".join(f"v{at + 1} = v{at} * 0.5 + x\n" for at in range(1_000)) + "z = v1000\n"
    monkeypatch.setattr(columns, "HELD", 1 << 20)
    monkeypatch.setattr(written, "MOST", 1_000)
    f = lang.parse(long).compile("z")
    unit = f.questions.ways["value"].unit()
    assert columns.Columns(unit, False).block * len(unit.steps) <= columns.HELD * 2
    assert f.batch([[1.0], [2.0]]).tolist() == [f(1.0), f(2.0)]


@pytest.mark.parametrize("data", [[[1.0]], [1.0, 2.0], "text", [["a", "b"]], np.zeros((2, 3))])
def test_rows_of_another_shape_are_refused(data: object) -> None:
    with pytest.raises(lang.InputError, match="rows of inputs"):
        lang.parse(LECTURE).compile("z").batch(data)


def test_answers_go_where_they_are_wanted() -> None:
    f = lang.parse(LECTURE).compile("z")
    x = points(1000, 2)
    values, slopes = np.full(1000, 7.0), np.full((1000, 2), 7.0)
    found = f.grad_batch(x, out=(values, slopes))
    assert found[0] is values
    assert found[1] is slopes
    for given, wanted in zip(found, f.grad_batch(x), strict=True):
        np.testing.assert_array_equal(given, wanted)
    assert f.batch(x, out=values) is values


def test_marks_do_not_outlast_their_batch() -> None:
    f = lang.parse("x = ?; z = 1 / x").compile("z")
    for x, count in (([1.0, 2.0], 0), ([0.0, 2.0], 1), ([1.0, 2.0], 0), ([2.0, 0.0], 1), ([1.0, 2.0, 4.0], 0)):
        values = f.batch([[each] for each in x])
        assert np.isnan(values).sum() == count
        assert (f.bad.count if f.bad else 0) == count


@pytest.mark.parametrize("out", [
    np.zeros(4), np.zeros((5, 1)), np.zeros(5, dtype=np.float32), np.zeros(10)[::2], [0.0] * 5,
    np.zeros(5, dtype=">f8"),
])  # fmt: skip
def test_room_that_cannot_take_the_answers_is_refused(out: object) -> None:
    f = lang.parse(LECTURE).compile("z")
    with pytest.raises(lang.InputError, match="answers go to an array of float64 of shape"):
        f.batch(points(5, 2), out=out)  # type: ignore[arg-type]
    fixed = np.zeros(5)
    fixed.flags.writeable = False
    with pytest.raises(lang.InputError, match="can be written"):
        f.batch(points(5, 2), out=fixed)


def test_rows_that_are_still_read_take_no_answers() -> None:
    x = points(5, 2)
    f = lang.parse(LECTURE).compile("z")
    with pytest.raises(lang.InputError, match="another array than the rows"):
        f.grad_batch(x, out=(np.empty(5), x))
    with pytest.raises(lang.InputError, match="a pair"):
        f.grad_batch(x, out=np.empty((5, 3)))  # type: ignore[arg-type]


def test_no_rows_give_no_answers() -> None:
    f = lang.parse(LECTURE).compile("z")
    values, slopes = f.grad_batch(np.zeros((0, 2)))
    assert values.shape == (0,)
    assert slopes.shape == (0, 2)


# --- lanes ------------------------------------------------------------------------------------------------------

WAYS = {
    "straight": LECTURE,
    "one side saves": "x = ?\nz = x\nif x > 1:\n    z = z**2\nelse:\n    z = -z\n"
    "if z > 2:\n    z = z * x\n",
    "three sides": "x = ?\ny = ?\nz = x\nif x > 1.5:\n    z = z * sin(y)\nelif y > 1:\n    z = exp(z)\n    z = z * y\n"
    "else:\n    z = z / y\nif z > 1 and y < 1.5:\n    z = log(z)\nz = z * z\n",
    "a loop": LOOP,
    "turns from an input": "n = ?\nx = ?\nz = x\nfor i in range(n):\n    z = z + sin(z) / (i + 1)\n",
    "a loop in a loop": "x = ?\nz = x\nfor i in range(3):\n"
    "    for j in range(i, -2, -1):\n        z = z + j * tanh(z)\n",
    "a choice in a loop": "x = ?\nz = x\nfor i in range(4):\n    if z > 1:\n        z = z * 0.7\n    z = z + 0.3\n",
    "functions": "x = ?\nk = 2\nf(a) = a * sin(k * a)\n"
    "def g(a):\n    if a > 1:\n        return f(a)\n    else:\n        return a * k\n"
    "z = f(x) * g(2 * x) + g(x)\n",
    "special functions": "x = ?\ny = ?\n"
    "z = lgamma(x) + erf(y) * sigmoid(x) + beta(x, y) + erfinv(y / 3) + digamma(x)\n",
    "turns that differ": "x = ?\nz = 1\nwhile z < 5:\n    z = z * (1 + x)\n",
    "recursion": "x = ?\n"
    "def f(a):\n    if a > 5:\n        return a * x\n    else:\n        return f(a * (1 + x))\nz = f(1)\n",
}
ROW_BY_ROW = {"turns that differ", "recursion", "a choice in a loop"}
"""Those that go row by row (the last one only for its gradient)."""


def alone(f: lang.Compiled, rows: np.ndarray) -> np.ndarray:
    """Value and slopes of each row by a single call; nan where there is none."""
    found = []
    for row in rows.tolist():
        try:
            value, slopes = f.value_and_grad(*row)
        except lang.AdError:
            value, slopes = np.nan, [np.nan] * len(f.wrt)
        found.append([value, *slopes])
    return np.array(found).reshape(len(rows), 1 + len(f.wrt))


def together(f: lang.Compiled, rows: np.ndarray, exact: bool = True) -> np.ndarray:
    values, slopes = f.grad_batch(rows, exact=exact)
    return np.column_stack([values, slopes])


@pytest.mark.parametrize("name", WAYS)
def test_every_way_through_a_program_gives_the_bits_of_single_calls(name: str) -> None:
    f = lang.parse(WAYS[name]).compile("z")
    x = points(37, len(f.inputs))
    if "n" in f.inputs:
        x[:, 0] = 4
    expected = alone(f, x)
    assert np.isfinite(expected).all()
    np.testing.assert_array_equal(together(f, x), expected)
    np.testing.assert_allclose(together(f, x, exact=False), expected, rtol=1e-12, atol=1e-13)
    kind = RowCode if name in ROW_BY_ROW else LaneCode
    assert isinstance(f._batches.made["gradient"]._code(x, True), kind)


def test_turns_may_differ_from_row_to_row() -> None:
    f = lang.parse(WAYS["turns from an input"]).compile("z")
    x = points(200, 2)
    x[:, 0] = np.arange(200) % 7
    x[13, 0] = 2.5
    np.testing.assert_array_equal(together(f, x), alone(f, x))
    assert f.bad.count == 1
    assert f.bad.first == 13


@pytest.mark.parametrize("seed", range(0, 240, 8))
def test_random_programs_give_the_bits_of_single_calls(seed: int) -> None:
    made = programs.generate(seed)
    f = lang.parse(made.text).compile("z", limits=lang.Limits(steps=200_000), kinks="silent")
    x = np.array([list(made.inputs.values())] * 11)
    x *= np.random.default_rng(seed).uniform(0.7, 1.3, x.shape)
    x[::4] *= -1
    np.testing.assert_array_equal(together(f, x), alone(f, x))


@pytest.mark.parametrize("primitive", table().primitives, ids=lambda each: f"{each.name}-{each.arity}")
def test_every_primitive_is_answered_on_lanes(primitive: object) -> None:
    name, arity = primitive.name, primitive.arity
    words = [f"x{at}" for at in range(arity)]
    fixed = {"polygamma": "2", "polysinc": "1"}
    if name in fixed:
        words[0] = fixed[name]
    if name == "where":
        words[0] = "x1 > 1"
    call = f" {name} ".join(words) if not name[0].isalpha() and arity == 2 else f"{name}({', '.join(words)})"
    text = "".join(f"{each} = ?\n" for each in words if each.startswith("x") and " " not in each) + f"z = {call}\n"
    f = lang.parse(text).compile("z")
    for low, high in ((0.1, 0.9), (1.1, 3.0)):
        x = np.random.default_rng(1).uniform(low, high, (9, len(f.inputs)))
        expected = [_value(f, row) for row in x]
        np.testing.assert_array_equal(f.batch(x, exact=True), expected)
        np.testing.assert_allclose(f.batch(x), expected, rtol=2e-15)


def _value(f: lang.Compiled, row: np.ndarray) -> float:
    try:
        return f(*row)
    except lang.AdError:
        return float("nan")


@pytest.mark.parametrize("lanes", [2, 4, 8])
def test_any_number_of_lanes_gives_the_same(lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if lanes > on_lanes.width():
        pytest.skip(f"this processor has registers for {on_lanes.width()} lanes")
    monkeypatch.setattr(on_lanes, "width", lambda: lanes)
    for name in ("straight", "three sides", "a loop", "special functions"):
        f = lang.parse(WAYS[name]).compile("z")
        x = points(21, len(f.inputs))
        np.testing.assert_array_equal(together(f, x), alone(f, x))
        assert f._batches.made["gradient"]._code(x, True).lanes == lanes


@pytest.mark.parametrize("count", [*range(1, 10), 16, 17, 31])
def test_a_bad_row_is_found_wherever_it_stands(count: int) -> None:
    f = lang.parse("x = ?\ny = ?\nz = sqrt(x) * y\n").compile("z")
    for place in range(count):
        x = points(count, 2)
        x[place, 0] = -1
        for rows in (x, np.asfortranarray(x)):
            values, slopes = f.grad_batch(rows)
            assert np.flatnonzero(np.isnan(values)).tolist() == [place]
            assert np.flatnonzero(np.isnan(slopes).any(axis=1)).tolist() == [place]
            assert (f.bad.count, f.bad.first) == (1, place)


def test_a_side_not_taken_makes_no_row_bad() -> None:
    f = lang.parse("x = ?\nif x > 0:\n    z = log(x) + 1 / x\nelse:\n    z = exp(-1000 * x)\n").compile("z")
    x = np.array([[2.0], [0.0], [-0.5], [3.0], [-1e-9]])
    values, slopes = f.grad_batch(x, exact=True)
    np.testing.assert_array_equal(values, [_value(f, row) for row in x])
    assert f.bad is None
    assert np.isfinite(slopes).all()


def test_an_infinity_inside_a_function_that_forgets_it_makes_a_bad_row() -> None:
    f = lang.parse("x = ?\nz = 1 / exp(x)\n").compile("z")
    assert np.isnan(f.batch([[1000.0], [1.0]])).tolist() == [True, False]
    assert "exp(1000)" in f.bad.reason


def test_a_vertical_tangent_is_an_answer() -> None:
    f = lang.parse("x = ?\nz = sqrt(x)\n").compile("z")
    values, slopes = f.grad_batch([[0.0], [4.0]])
    assert values.tolist() == [0.0, 2.0]
    assert slopes.tolist() == [[np.inf], [0.25]]
    assert f.bad is None


def test_many_bad_rows_are_told_from_those_with_an_awkward_slope() -> None:
    f = lang.parse("x = ?\nz = sqrt(x)\n").compile("z")
    x = np.tile([[-1.0], [0.0], [4.0], [np.nan]], (batch.MANY, 1))
    values, slopes = f.grad_batch(x)
    np.testing.assert_array_equal(np.unique(values[0::4]), [np.nan])
    np.testing.assert_array_equal(slopes[:4, 0], [np.nan, np.inf, 0.25, np.nan])
    np.testing.assert_array_equal(slopes[-4:, 0], [np.nan, np.inf, 0.25, np.nan])
    assert (f.bad.count, f.bad.first) == (2 * batch.MANY, 0)
    assert "sqrt(-1)" in f.bad.reason
    free = lang.parse("x = ?\nz = sqrt(x)\n").compile("z", ieee=True)
    free.batch(x[x[:, 0] >= 0])
    assert free.bad is None


def test_kinks_that_are_errors_make_bad_rows() -> None:
    f = lang.parse("x = ?\nz = abs(x)\n").compile("z", kinks="error")
    values, slopes = f.grad_batch([[-2.0], [0.0]])
    assert slopes[0].tolist() == [-1.0]
    assert np.isnan(values).tolist() == [False, True]


@pytest.mark.parametrize("count", range(1, 10))
def test_any_number_of_columns_is_read_and_written(count: int) -> None:
    names = [f"x{at}" for at in range(count)]
    text = "".join(f"{name} = ?\n" for name in names) + "z = "
    f = lang.parse(text + " + ".join(f"{at + 2} * {each} * x0" for at, each in enumerate(names)) + "\n").compile("z")
    x = points(43, count)
    np.testing.assert_array_equal(together(f, x), alone(f, x))
    np.testing.assert_array_equal(together(f, np.asfortranarray(x)), alone(f, x))


# --- data of other kinds ------------------------------------------------------------------------------------


def test_rows_may_be_of_any_kind_and_lie_anyhow(tmp_path: Path) -> None:
    f = lang.parse(LECTURE).compile("z")
    x = np.arange(1, 77).reshape(38, 2)
    expected = alone(f, x.astype(float))
    wide = np.zeros((76, 6))
    wide[::2, 1:5:3] = x
    np.save(tmp_path / "x.npy", x.astype(float))
    for rows in (
        x, x.tolist(), x.astype(np.float32), x.astype(np.int8), x.astype(">f8"), np.asfortranarray(x.astype(float)),
        wide[::2, 1:5:3], x[::-1].astype(float)[::-1], np.load(tmp_path / "x.npy", mmap_mode="r"),
    ):  # fmt: skip
        np.testing.assert_array_equal(together(f, rows), expected)


@pytest.mark.parametrize("data", [[[1j, 2j]], np.zeros((2, 2), dtype=complex)])
def test_what_is_no_real_number_is_refused(data: object) -> None:
    with pytest.raises(lang.InputError, match="rows of inputs"):
        lang.parse(LECTURE).compile("z").batch(data)


def test_memory_is_bounded_by_blocks() -> None:
    f = lang.parse(LECTURE).compile("z")
    x = points(1_000_000, 2).astype(np.float32)
    f.batch(x[:100])
    tracemalloc.start()
    f.batch(x)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 9_000_000 + 4 * 16 * CONVERTED  # results and marks, and a few blocks as doubles (all: 16 MB)


# --- threads, limits, Ctrl-C ----------------------------------------------------------------------------------


def test_threads_may_share_a_compiled_function() -> None:
    f = lang.parse(LECTURE).compile("z")
    x = points(30_001, 2)
    expected = lang.parse(LECTURE).compile("z").batch(x)
    found: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: found.append(f.batch(x))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 4
    for each in found:
        np.testing.assert_array_equal(each, expected)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> ThreadPoolExecutor:
    """Two helpers, tiny shares and blocks, so that every batch is shared; the helpers, to be kept busy."""
    monkeypatch.setattr(on_lanes, "TAKEN", 1)
    monkeypatch.setattr(on_lanes, "FEW", 1)
    monkeypatch.setattr(on_lanes, "BLOCK", 1024)
    monkeypatch.setattr(on_lanes, "WORK", 1024)
    pool = ThreadPoolExecutor(2)
    monkeypatch.setattr(sharing, "helpers", lambda: pool)
    return pool


def test_rows_that_threads_share_are_answered_once_each(hands: ThreadPoolExecutor) -> None:
    x = points(100_003, 2)
    x[::1000] = np.nan
    f = lang.parse(LECTURE).compile("z")
    for _ in range(5):
        values, slopes = f.grad_batch(x, threads=3)
        assert f.bad is not None
        assert (f.bad.count, f.bad.first) == (101, 0)
        good = ~np.isnan(x[:, 0])
        np.testing.assert_allclose(values[good], (x[:, 0] * x[:, 1] + np.sin(x[:, 0]))[good], rtol=1e-14)
        np.testing.assert_array_equal(slopes[good, 1], x[good, 0])
        assert np.isnan(values[~good]).all()


def test_nobody_waits_for_a_thread_that_comes_late(hands: ThreadPoolExecutor) -> None:
    until = threading.Event()
    busy = [hands.submit(until.wait) for _ in range(2)]
    f = lang.parse(LECTURE).compile("z")
    x = points(10_000, 2)
    _, slopes = f.grad_batch(x, threads=3)
    until.set()
    assert all(each.result() for each in busy)
    hands.shutdown()
    np.testing.assert_array_equal(slopes[:, 1], x[:, 0])
    assert f.bad is None


def interrupted(threads: int) -> None:
    """A caller that is interrupted leaves the rest as it is, and nobody goes on with it."""

    def stop(done: int, rows: int) -> None:
        raise KeyboardInterrupt

    f = lang.parse(LECTURE).compile("z")
    x, some = points(1_000_000, 2), False
    for _ in range(20):  # helpers may have done all before the caller is told anything
        out = np.full(1_000_000, 7.0), np.full((1_000_000, 2), 7.0)
        with pytest.raises(KeyboardInterrupt):
            f.grad_batch(x, threads=threads, progress=stop, out=out)
        before = out[0].copy()
        time.sleep(0.02)
        np.testing.assert_array_equal(out[0], before)
        some = some or bool((before == 7.0).any())
        if some:
            break
    assert some


def test_a_caller_that_is_interrupted_leaves_nobody_at_work(hands: ThreadPoolExecutor) -> None:
    interrupted(threads=3)
    hands.shutdown()


@pytest.mark.parametrize("text", [
    "x = ?\nz = x\nwhile z < 10:\n    z = z + x\n",
    "n = ?\nz = 0\nfor i in range(n):\n    z = z + i\n",
])  # fmt: skip
def test_a_limit_stops_one_row_and_no_other(text: str) -> None:
    f = lang.parse(text).compile("z", limits=lang.Limits(steps=100_000))
    x = np.full((100, 1), 3.0)
    x[41] = 0.0 if "while" in text else 1e9
    values = f.batch(x)
    assert np.flatnonzero(np.isnan(values)).tolist() == [41]
    assert (f.bad.count, f.bad.first) == (1, 41)
    assert "100,000 steps" in f.bad.reason


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("x = ?\nz = x\nwhile z < 1e15:\n    z = z + x\n", "np.ones((1000, 1))"),
        ("n = ?\nz = 0\nfor i in range(n):\n    z = z + i\n", "np.full((1000, 1), 1e15)"),
        ("x = ?\nz = sin(x) * exp(x) + log(x)\n", "np.broadcast_to(np.ones((1, 1)), (2_000_000_000, 1))"),
    ],
)
def test_ctrl_c_ends_a_batch_that_takes_long(text: str, rows: str) -> None:
    code = (
        "import lang, numpy as np\n"
        f"f = lang.parse({text!r}).compile('z', limits=lang.Limits(steps=10**12, seconds=1e6))\n"
        "print('ready', flush=True)\n"
        f"try:\n    f.batch({rows})\nexcept KeyboardInterrupt:\n    print('stopped')\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=HERE.parent)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=30)
    assert out == "stopped\n"
    assert child.returncode == 0


# --- without a compiler ---------------------------------------------------------------------------------------


def test_without_llvmlite_columns_and_single_calls_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    gone = lambda name, *more: None if name == "llvmlite" else real(name, *more)  # noqa: E731
    monkeypatch.setattr(batch, "find_spec", gone)
    for text, kind in ((LECTURE, columns.Columns), (LOOP, type(None))):
        f = lang.parse(text).compile("z", engine="python")
        x = points(40, 2)
        x[3] = np.nan
        np.testing.assert_allclose(together(f, x, exact=False), alone(f, x), rtol=1e-13)
        assert isinstance(f._batches.made["gradient"]._code(x, False), kind)
        assert f.bad.first == 3


def test_what_lanes_cannot_take_is_said() -> None:
    unit = lang.parse(WAYS["turns that differ"]).compile("z").questions.ways["value"].unit()
    with pytest.raises(Unavailable, match="different number of turns"):
        LaneCode(unit, lang.Limits(), False)


def test_rows_of_a_long_program_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    from lang.backend.native import function as native

    monkeypatch.setattr(native, "LONG", 0)
    f = lang.parse("x = ?\ny = ?\nz = sin(x) * y + 2.5 / x").compile("z", engine="native")
    code = RowCode(f.questions.ways["gradient"].unit(), lang.Limits())
    assert code.module.begin is not None
    rows = points(50, 2)
    values, slopes, bad = np.empty(50), np.empty((50, 2)), np.zeros(50, dtype=np.uint8)
    code(rows, values, slopes, bad, np.zeros(1, dtype=np.int64), None)
    assert not bad.any()
    assert [(value, tuple(row)) for value, row in zip(values, slopes, strict=True)] == [
        f.value_and_grad(*map(float, row)) for row in rows
    ]


class Table:
    """What pandas and others call a table: columns with names, in an order of their own."""

    def __init__(self, columns: dict[str, list[float]]) -> None:
        self.columns = list(columns)
        self._held = columns

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array(self._held[name])

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.array([self._held[each] for each in self.columns]).T


@pytest.mark.parametrize("kind", [Table, dict], ids=["a table", "a mapping"])
def test_columns_with_names_go_by_these(kind: type) -> None:
    f = lang.parse("x = ?\ny = ?\nz = x - 10 * y\n").compile("z")
    rows = kind({"y": [1.0, 2.0], "other": [7.0, 7.0], "x": [3.0, 4.0]})
    np.testing.assert_array_equal(f.batch(rows), [-7.0, -16.0])
    np.testing.assert_array_equal(f.grad_batch(rows)[1], [[1.0, -10.0]] * 2)
    with pytest.raises(lang.InputError, match=r"there is no (column|value) `y`") as failed:
        f.batch(kind({"x": [1.0], "w": [2.0]}))
    assert "x, w" in failed.value.hint


def test_points_with_names_go_by_these() -> None:
    f = lang.parse("x = ?\ny = ?\nz = x - 10 * y\n").compile("z")
    point = {"y": 1.0, "x": 3.0}
    assert f(point) == -7.0
    assert tuple(f.grad(point)) == (1.0, -10.0)
    assert f.jvp(point, {"y": 1.0, "x": 0.0}) == (-7.0, -10.0)
    with pytest.raises(lang.InputError, match="there is no value `y`"):
        f({"x": 3.0})


BOOLEAN_ROWS = (np.array([[True, False]]), [[True, False]], [[1.0, True]], ((2.0, False),))


@pytest.mark.parametrize("rows", BOOLEAN_ROWS, ids=str)
def test_booleans_are_no_numbers_in_rows_either(rows: object) -> None:
    f = lang.parse("x = ?\ny = ?\nz = x * y").compile("z")
    for call in (f.batch, f.grad_batch):
        with pytest.raises(lang.InputError, match="rows of inputs are numbers"):
            call(rows)
