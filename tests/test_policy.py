"""When `auto` moves from Python to machine code: by what calls took, told here by a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import lang
from lang.backend import Unavailable
from lang.backend.unit import SOONER
from lang.compiled import codes
from lang.compiled.function import Compiled
from lang.compiled.policy import LARGE, SMALL, Policy
from lang.evaluate.settings import Settings
from tests.bench.workloads import mixed


class Clock:
    """A clock that a call moves on by a second, and the work that was begun."""

    def __init__(self) -> None:
        self.now = 0.0
        self.begun: list[Callable[[], None]] = []
        self.policy = Policy(self.time, self.begun.append)

    def time(self) -> float:
        self.now += 0.5
        return self.now


def straight(count: int) -> tuple[lang.Program, list[float]]:
    lines, point = mixed(count, 5)
    text = "".join(f"{name} = ?\n" for name in point) + "".join(f"{line.target} = {line.right}\n" for line in lines)
    return lang.parse(text), list(point.values())


def compiled(program: lang.Program, clock: Clock, engine: str = "auto") -> Compiled:
    return Compiled(program._recipe({}, Settings()), "z", program.inputs, engine, clock.policy)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling natively takes two seconds and a half."""
    monkeypatch.setattr("lang.compiled.policy.START_SECONDS", 2.5)
    monkeypatch.setattr("lang.compiled.policy.STEP_SECONDS", 0.0)


@pytest.mark.usefixtures("patient")
def test_calls_that_take_as_long_as_compiling_are_answered_by_machine_code() -> None:
    program, point = straight(120)
    clock = Clock()
    f = compiled(program, clock)
    first = f.value_and_grad(*point)
    kept = f.grad
    answers = [first, *(f.value_and_grad(*point) for _ in range(5))]
    assert len(clock.begun) == 1
    assert "value_and_grad" in vars(f)
    clock.begun[0]()
    before = clock.now
    answers += [f.value_and_grad(*point), (first[0], kept(*point)), (first[0], f.grad(*point))]
    assert clock.now == before
    assert set(map(repr, answers)) == {repr(first)}
    assert len(clock.begun) == 1


@pytest.mark.usefixtures("patient")
def test_errors_and_notes_are_the_same_before_and_after() -> None:
    text = "x = ?\ny = x\n" + "y = y + sin(y) * 0.001\n" * SMALL + "z = sqrt(y - x) * log(x)\n"
    program = lang.parse(text)
    clock = Clock()
    f = compiled(program, clock)

    def told() -> list[Any]:
        found: list[Any] = [f.value_and_grad(1.5)]
        try:
            f.grad(-1.0)
        except lang.DomainError as error:
            found.append((error.message, error.span))
        found += [f(1.5), [note.message for note in f.notes]]
        return found

    before = told()
    assert f.engine == "python"
    for _ in range(6):
        f(1.5)
    for work in clock.begun:
        work()
    assert f.engine == "native"
    assert told() == before


def test_without_machine_code_python_stays(monkeypatch: pytest.MonkeyPatch, patient: None) -> None:
    program, point = straight(120)
    clock = Clock()
    f = compiled(program, clock)
    first = f.value_and_grad(*point)

    def missing(*_: object) -> None:
        raise Unavailable("llvmlite is not installed")

    monkeypatch.setattr(codes, "build", missing)
    answers = [f.value_and_grad(*point) for _ in range(6)]
    clock.begun.pop()()
    answers += [f.value_and_grad(*point) for _ in range(6)]
    assert clock.begun == []
    assert answers == [first] * 12


def test_who_asks_for_an_engine_keeps_it_and_small_functions_are_not_timed() -> None:
    program, point = straight(120)
    clock = Clock()
    f = compiled(program, clock, "python")
    f.grad(*point)
    f.grad(*point)
    small = lang.parse("x = ?; y = ?; z = x * y + sin(x)")
    g = compiled(small, clock)
    assert g.grad(2.0, 3.0) == g.grad(2.0, 3.0)
    assert clock.now == 0.0


def chain(count: int, line: str = "z = z * x") -> Compiled:
    text = "x = ?\nz = x\n" + f"{line}\n" * count
    return lang.parse(text).compile("z")


def test_steps_of_branches_cost_more_than_steps_that_run_straight_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def cost(f: Compiled) -> float | None:
        return Policy.cost(f.questions.ways["value"].unit())

    branch = "if z > 0: z = z * x"
    assert 0.0 < (cost(chain(2_000)) or 0.0) < (cost(chain(1_000, branch)) or 0.0)
    monkeypatch.setattr("lang.compiled.policy.LARGE", 1_000)
    assert cost(chain(1_000, branch)) is None is not cost(chain(1_000))


def test_what_is_very_long_is_machine_code_from_the_beginning() -> None:
    assert (chain(SOONER + 1).engine, chain(1_000).engine) == ("native", "python")


def test_what_compiling_costs_grows_with_the_steps() -> None:
    units = [straight(count)[0].compile("z").questions.ways["value"].unit() for count in (50, 400, 4_000)]
    costs = [Policy.cost(unit) for unit in units]
    assert costs[0] is None
    assert 0.1 < (costs[1] or 0) < (costs[2] or 0) < 1.0
    assert LARGE > SMALL
