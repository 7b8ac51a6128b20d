"""Helpers that stay awake between batches: they are called, not woken, and hold on to nothing."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import lang
from lang.backend.rows import code as on_lanes
from lang.backend.rows import together
from lang.backend.rows.crew import ASLEEP, AWAKE, Crew
from tests.test_batch import interrupted

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"


def points(count: int) -> np.ndarray:
    return np.random.default_rng(5).uniform(0.2, 2.0, (count, 2))


class Awake(Crew):
    """One helper that is awake whenever it is called, until it is sent home."""

    def __init__(self) -> None:
        super().__init__(1)
        self.called = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._stay)
        self.thread.start()

    def _stay(self) -> None:
        while not self.over.is_set():
            self.linger()

    def call(self, wanted: int, share: int, words: tuple[int | None, ...]) -> int:
        end = time.monotonic() + 30
        while not (called := super().call(wanted, share, words)):
            assert time.monotonic() < end
        self.called += called
        return called


@pytest.fixture
def awake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Awake]:
    """A crew of one helper, and nobody who could be woken; tiny shares, so that there are many."""
    monkeypatch.setattr(on_lanes, "TAKEN", 1)
    monkeypatch.setattr(on_lanes, "FEW", 1)
    monkeypatch.setattr(on_lanes, "BLOCK", 1024)
    monkeypatch.setattr(on_lanes, "WORK", 1024)
    one = Awake()
    monkeypatch.setattr(together, "crew", lambda: one)
    monkeypatch.setattr(together, "helpers", lambda: pytest.fail("somebody was woken"))
    yield one
    one.over.set()
    one.thread.join()
    assert one.words[0] == ASLEEP


def test_a_helper_that_is_awake_shares_the_next_batch(awake: Awake) -> None:
    f = lang.parse(LECTURE).compile("z")
    x = points(100_003)
    x[::1000] = np.nan
    for count in range(1, 20):
        values, slopes = f.grad_batch(x, threads=2)
        assert awake.called == count
        assert f.bad is not None
        assert (f.bad.count, f.bad.first) == (101, 0)
        good = ~np.isnan(x[:, 0])
        np.testing.assert_allclose(values[good], (x[:, 0] * x[:, 1] + np.sin(x[:, 0]))[good], rtol=1e-14)
        np.testing.assert_array_equal(slopes[good, 1], x[good, 0])


def test_the_helper_does_work(awake: Awake, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(table: together.Share, words: tuple[int | None, ...], patience: int) -> None:
        time.sleep(0.001)
        take(table, words, patience)

    take = together.Share.take
    monkeypatch.setattr(together.Share, "take", slow)
    shares: list[int] = []
    x = points(50_000)
    f = lang.parse(LECTURE).compile("z")
    f.grad_batch(x, threads=1, progress=lambda done, rows: shares.append(done))
    alone = len(shares)
    shares.clear()
    f.grad_batch(x, threads=2, progress=lambda done, rows: shares.append(done))
    assert len(shares) < alone


def test_several_callers_at_once_get_their_own_answers(awake: Awake) -> None:
    f = lang.parse(LECTURE).compile("z")
    tables = [points(20_000) * scale for scale in (1.0, 0.9, 0.8)]
    expected = [f.batch(each, threads=1) for each in tables]
    with ThreadPoolExecutor(3) as pool:
        for _ in range(5):
            for found, wanted in zip(pool.map(lambda x: f.batch(x, threads=2), tables), expected, strict=True):
                np.testing.assert_array_equal(found, wanted)


def test_a_caller_that_is_interrupted_leaves_no_helper_at_work(awake: Awake) -> None:
    interrupted(threads=2)
    assert not together._OPEN


def test_a_helper_that_stays_holds_on_to_no_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_lanes, "FEW", 1)
    one = Crew(1)
    one.moments *= 5_000
    pool = ThreadPoolExecutor(1)
    monkeypatch.setattr(together, "crew", lambda: one)
    monkeypatch.setattr(together, "helpers", lambda: pool)
    f = lang.parse(LECTURE).compile("z")
    for _ in range(30):  # on a busy machine a helper may come late, or fall asleep before it is looked at
        x = points(100_000)
        gone = weakref.ref(x)
        f.grad_batch(x, threads=2)
        end = time.monotonic() + 1
        while one.words[0] != AWAKE and time.monotonic() < end:
            time.sleep(0.001)
        del x
        gc.collect()
        held = gone() is not None
        if one.words[0] == AWAKE:
            assert not held
            return
    pytest.fail("no helper stayed awake")


FORKED = f"""
import multiprocessing, numpy as np, lang
def child():
    values = f.batch(x, threads=2)
    assert (values == expected).all()
if __name__ == "__main__":
    f = lang.parse({LECTURE!r}).compile("z")
    x = np.random.default_rng(5).uniform(0.2, 2.0, (500_000, 2))
    for _ in range(3):
        expected = f.batch(x, threads=2)
    for _ in range(3):
        expected = f.batch(x, threads=2)
        one = multiprocessing.get_context("fork").Process(target=child)
        one.start()
        one.join(30)
        assert one.exitcode == 0, one.exitcode
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_child_does_not_wait_for_the_helpers_of_its_parent() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], check=True, timeout=120)
