"""The benchmark runs and compares answers; nothing here asserts a time."""

from __future__ import annotations

import shutil

import pytest

from tests.bench import csource, report, run
from tests.bench.workloads import FUNCTIONS, Workload, mixed, workloads

ENGINES = {"C", "interpreter", "python", "native"}


@pytest.fixture(scope="module")
def results() -> run.Results:
    keys = {"lecture", "ops1k", "ops10k", "loop-forward", "loop-reverse", "rosenbrock", "hessian", "batch"}
    return run.everything(rounds=1, seconds=0.001, scale=0.002, starts=False, only=keys, names=ENGINES)


def test_every_engine_agrees_with_the_hand_written_gradients(results: run.Results) -> None:
    assert results.wrong == {}
    assert all("interpreter" in times for title, times in results.times.items() if "rows" not in title)


def test_the_tables_are_markdown(results: run.Results) -> None:
    text = report.markdown(results)
    assert "| the lecture's gradient, 2 inputs |" in text
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1, block


def test_the_tables_go_between_the_marks(tmp_path, results: run.Results) -> None:  # type: ignore[no-untyped-def]
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.MARK}old{report.MARK}\nafter\n", encoding="utf-8")
    report.write(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n{report.MARK}\n\nnew\n{report.MARK}\nafter\n"


def test_mixed_operations_use_every_kind_and_stay_in_range() -> None:
    lines, point = mixed(1_000, 50)
    assert len(lines) == 1_000
    assert {line.op for line in lines} == set(FUNCTIONS)
    values = dict(point)
    for line in lines:
        values[line.target] = FUNCTIONS[line.op](*(values[each] for each in line.operands))
    assert abs(values["z"]) < 1_000


def _batch() -> Workload:
    return next(each for each in workloads(0.0001) if each.key == "batch")


@pytest.mark.skipif(shutil.which("gcc") is None, reason="hand-written C needs gcc, which is not installed")
def test_hand_written_c_compiles_for_batches() -> None:
    assert csource.build(_batch()) is not None
