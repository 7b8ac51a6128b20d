"""The benchmark runs, compares answers and tells what it saw; nothing here asserts a time."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.bench import clock, contenders, report, run
from tests.bench.clock import Timing
from tests.bench.lines import FUNCTIONS, mixed
from tests.bench.worker import Ended, Overdue, Worker
from tests.bench.workloads import workloads

OWN = ("C", *contenders.OURS)
SMALL = run.Plan(rounds=2, seconds=0.001, budget=60.0, scale=0.002)
WORKS = {each.key: each for each in workloads(SMALL.scale)}


def planned(names: tuple[str, ...], only: tuple[str, ...]) -> run.Plan:
    return run.Plan(
        SMALL.rounds, SMALL.seconds, SMALL.budget, SMALL.scale, only=frozenset(only), names=frozenset(names)
    )


@pytest.fixture(scope="module")
def results() -> run.Results:
    return run.everything(planned(OWN, (*WORKS, "growth")))


@pytest.mark.parametrize("key", WORKS)
@pytest.mark.parametrize("name", OWN)
def test_every_engine_agrees_with_what_is_written_by_hand(results: run.Results, name: str, key: str) -> None:
    if reason := contenders.missing(name):
        pytest.skip(reason)
    title = WORKS[key].title
    assert (title, name) not in results.wrong
    if name in results.absent[title]:
        assert " " in results.absent[title][name], "a reason is a sentence"
    else:
        assert len(results.times[title][name].times) == SMALL.rounds


def test_only_batches_are_not_for_every_engine(results: run.Results) -> None:
    for work in WORKS.values():
        there = set(results.times[work.title])
        expected = {"C", "native", "exact"} if work.question == "batch" else {"C", "native", "python", "interpreter"}
        assert {name for name in expected if not contenders.missing(name)} <= there | {"C"}


@pytest.mark.parametrize("name", ["numba", *contenders.LIBRARIES])
def test_a_library_agrees_where_it_is_installed(name: str) -> None:
    if reason := contenders.missing(name):
        pytest.skip(reason)
    found = run.everything(planned((name, "interpreter", "native"), ("lecture", "loop-reverse", "rosenbrock", "batch")))
    assert found.wrong == {}
    assert any(name in times for times in found.times.values())


def test_what_stages_cost_grows_with_the_program(results: run.Results) -> None:
    for kind, sizes in results.sizes.items():
        assert sizes == sorted(set(sizes))
        for columns in (results.stages[kind], results.spaces[kind]):
            assert [list(each) for each in columns] == [list(columns[0])] * len(sizes)
    first = [each["the program itself"] for each in results.spaces["mixed operations"]]
    assert first == sorted(first)


def test_the_tables_are_markdown(results: run.Results) -> None:
    text = report.page(results)
    for work in WORKS.values():
        assert f"| {work.title} |" in text
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1, block
    assert "None" not in text


def test_the_short_table_goes_between_the_marks_and_the_rest_into_a_page(tmp_path: Path, results: run.Results) -> None:
    readme, full = tmp_path / "page.md", tmp_path / "full.md"
    readme.write_text(f"before\n{report.MARK}old{report.MARK}\nafter\n", encoding="utf-8")
    report.write(readme, results, full)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{report.MARK}\n\n| ")
    assert text.endswith(f"\n\n{report.MARK}\nafter\n")
    assert "old" not in text
    assert WORKS["light"].title not in text
    assert WORKS["light"].title in full.read_text(encoding="utf-8")


def test_a_file_without_marks_is_left_alone(tmp_path: Path, results: run.Results) -> None:
    readme = tmp_path / "page.md"
    readme.write_text("nothing to see\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="no two"):
        report.write(readme, results, tmp_path / "full.md")
    assert readme.read_text(encoding="utf-8") == "nothing to see\n"


def test_the_readme_has_its_marks_and_its_page() -> None:
    before, between, after = report.marked(Path(__file__).parents[1] / "README.md")
    assert "How fast it is" in before
    assert "| C |" in between
    assert after


# --- who is wrong, late or gone ---------------------------------------------------------------------------------


class Told(Worker):
    """A contender that is told what to answer."""

    def __init__(self, name: str, *answers: Any) -> None:
        super().__init__(name, Path())
        self.answers: Iterator[Any] = iter(answers)
        self.asked: list[str] = []

    def begin(self) -> None:
        pass

    def ask(self, question: str, *arguments: Any, seconds: float = 0.0) -> Any:
        self.asked.append(question)
        if question == "prepare":
            found = next(self.answers)
            if isinstance(found, Exception):
                raise found
            return found
        return 1 if question == "count" else 2.0


def answered(*numbers: float) -> tuple[str, float, np.ndarray]:
    return "ready", 0.5, np.array(numbers)


def measured(*team: Told, works: tuple[str, ...] = ("lecture",)) -> run.Results:
    found = run.Results(SMALL)
    for key in works:
        run._measure(WORKS[key], found, {each.name: each for each in team})
    return found


def test_who_differs_is_told_and_not_timed() -> None:
    right, close, wrong = Told("a", answered(1, 2)), Told("b", answered(1, 2 + 1e-12)), Told("c", answered(1, 2.001))
    found = measured(right, close, wrong)
    assert list(found.times[WORKS["lecture"].title]) == ["a", "b"]
    assert found.wrong == {(WORKS["lecture"].title, "c"): "differs by 5.0e-04"}
    assert wrong.asked == ["prepare"]
    assert "- c, the lecture's gradient, 2 inputs: differs by 5.0e-04" in report.page(found)


@pytest.mark.parametrize("numbers", [(1.0,), (1.0, float("nan"))])
def test_too_few_numbers_and_nan_differ(numbers: tuple[float, ...]) -> None:
    assert not run.difference(np.array(numbers), np.array([1.0, 2.0])) <= run.TOLERANCE


def test_who_is_late_once_is_not_asked_for_more_of_the_same() -> None:
    late = Told("a", Overdue(), answered(1))
    found = measured(late, works=("ops1k", "ops10k", "rosenbrock"))
    title = WORKS["ops1k"].title
    assert found.absent[title]["a"] == "over 60 s until the first answer"
    assert found.absent[WORKS["ops10k"].title]["a"] == f"over 60 s for {title}"
    assert "a" in found.times[WORKS["rosenbrock"].title]


def test_who_crashes_fails_or_stays_away_says_so() -> None:
    found = measured(
        Told("a", Ended("gone")), Told("b", ("failed", "no", None)), Told("c", ("absent", "too old", None))
    )
    title = WORKS["lecture"].title
    assert found.wrong == {(title, "a"): "gone", (title, "b"): "no"}
    assert found.absent[title] == {"c": "too old"}


def test_who_is_gone_while_it_is_timed_says_so() -> None:
    class Gone(Told):
        def ask(self, question: str, *arguments: Any, seconds: float = 0.0) -> Any:
            if question == "time":
                raise Ended("gone")
            return super().ask(question, *arguments, seconds=seconds)

    found = measured(Told("a", answered(1)), Gone("b", answered(1)))
    title = WORKS["lecture"].title
    assert list(found.times[title]) == ["a"]
    assert found.wrong == {(title, "b"): "gone"}


def test_a_process_that_is_late_is_ended_and_begun_anew(tmp_path: Path) -> None:
    worker = Worker("interpreter", tmp_path)
    try:
        worker.begin()
        with pytest.raises(Overdue):
            worker.ask("memory", WORKS["loop-reverse"], 10**9, seconds=0.3)
        word, _, answer = worker.ask("prepare", WORKS["lecture"])
        assert word == "ready"
        assert len(answer) == 3
        with pytest.raises(Ended, match="exit code"):
            worker.ask("nothing of this name")
    finally:
        worker.close()


# --- the clock --------------------------------------------------------------------------------------------------


def test_everybody_is_first_in_turn_and_long_calls_take_part_less_often() -> None:
    order: list[str] = []

    def timer(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    seconds = {"a": 0.1, "b": 0.1, "c": 60.0}
    found = clock.rounds({name: (lambda n=name: timer(n, seconds[n])) for name in seconds}, 5)
    assert order[:9] == ["a", "b", "c", "a", "c", "b", "c", "a", "b"]
    assert {name: len(each.times) for name, each in found.items()} == {"a": 5, "b": 5, "c": clock.FEW}


def test_a_call_is_repeated_until_the_time_is_filled() -> None:
    now = 0.0

    def call() -> None:
        nonlocal now
        now += 0.01

    assert clock.repetitions(call, 1.0, lambda: now) == 100
    assert clock.repetitions(call, 0.001, lambda: now) == 1
    assert clock.timed(call, 7, lambda: now) == pytest.approx(0.01)


def test_a_call_that_had_to_wait_once_is_repeated_as_often_as_others() -> None:
    now, waits = 0.0, iter([0.2])

    def call() -> None:
        nonlocal now
        now += 0.001 + next(waits, 0.0)

    assert clock.repetitions(call, 0.1, lambda: now) == 100


def test_a_ratio_is_what_most_rounds_say() -> None:
    busy, other = Timing((1.0, 5.0, 1.1)), Timing((2.0, 10.0, 22.0))
    assert busy.over(other) == 0.5
    assert busy.median == 1.1
    assert busy.spread == 5.0


def test_garbage_is_not_collected_while_a_call_is_timed() -> None:
    seen: list[bool] = []
    clock.timed(lambda: seen.append(gc.isenabled()), 1)
    assert seen == [False]
    assert gc.isenabled()


def test_a_busy_machine_is_told(results: run.Results) -> None:
    title = WORKS["lecture"].title
    found = run.Results(SMALL, works={title: WORKS["lecture"]}, absent={title: {}}, ready={title: {"C": 1.0}})
    found.times = {title: {"C": Timing((1.0, 1.1))}}
    assert "agree within a quarter" in report.page(found)
    assert "busy" not in report.summary(found)
    found.times = {title: {"C": Timing((1.0, 1.1, 3.0))}}
    assert "3.0 times in C, the lecture's gradient" in report.page(found)
    assert "the machine was busy" in report.summary(found)


# --- the workloads ----------------------------------------------------------------------------------------------


def test_mixed_operations_use_every_kind_and_stay_in_range() -> None:
    lines, point = mixed(1_000, 50)
    assert len(lines) == 1_000
    assert {line.op for line in lines} == set(FUNCTIONS)
    values = dict(point)
    for line in lines:
        values[line.target] = FUNCTIONS[line.op](*(values[each] for each in line.operands))
    assert abs(values["z"]) < 1_000


def test_the_command_line_refuses_what_it_does_not_know() -> None:
    import subprocess

    said = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--only", "nothing"], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert said.returncode == 2
    assert "no workload is called nothing; there are lecture, ops1k" in said.stderr
