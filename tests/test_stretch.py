"""A stretch recorded at one stroke is what its steps are one by one: the same bits, notes, errors; in less memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import lang
from lang.evaluate.settings import Settings
from lang.evaluate.stretch import FIRST, LONG, Stretch
from lang.evaluate.tape import Tape
from lang.evaluate.wanted import recorded
from tests.bench.workloads import mixed
from tests.programs import generate

OFTEN = 2
"""The run of a plan that is written as Python, here."""


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lang.evaluate.stretch.OFTEN", OFTEN)


def answer(ask: Callable[[], Any]) -> object:
    try:
        found = ask()
    except lang.AdError as error:
        return type(error), error.message, error.span
    return repr(found.value), repr(found.fact["value"]), [(note.kind, note.message, note.line) for note in found.notes]


def both(text: str, point: dict[str, float], monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[object, object]:
    """The gradient with stretches, asked until they are written as Python, and without."""
    program = lang.parse(text)

    def ask() -> object:
        return answer(lambda: program.ask("grad", "z", inputs=point, **options))

    first = ask()
    for _ in range(FIRST + OFTEN):
        assert ask() == first
    with monkeypatch.context() as patched:
        patched.setattr(Stretch, "record", lambda *_: False)
        return first, ask()


@pytest.fixture
def strokes(monkeypatch: pytest.MonkeyPatch) -> Counter[bool]:
    """How often stretches were recorded at one stroke, and how often they were not."""
    found: Counter[bool] = Counter()
    record = Stretch.record

    def counted(self: Stretch, *arguments: Any) -> bool:
        done = record(self, *arguments)
        found[done] += 1
        return done

    monkeypatch.setattr(Stretch, "record", counted)
    return found


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_random_programs_have_the_same_bits_and_notes(
    first: int, monkeypatch: pytest.MonkeyPatch, strokes: Counter[bool]
) -> None:
    for seed in range(first, first + 50):
        case = generate(seed)
        at_once, one_by_one = both(case.text, case.inputs, monkeypatch)
        assert at_once == one_by_one, (seed, case.text)
    assert strokes[True] > 20


AWKWARD = {
    "a value is too large": ("x = ?\na = x * 1e200\nb = a * x\nc = b * 1e200\nz = c + x", 1.0),
    "an infinity would vanish": ("x = ?\na = x * 1e300\nb = a * 1e300\nc = 1 / b\nz = c + x", 1.0),
    "outside the domain": ("x = ?\na = x * 2\nb = sin(a)\nc = log(b - 5)\nz = c + x", 1.0),
    "divided by 0": ("x = ?\na = x * 2\nb = a - a\nc = a / b\nz = c + x", 1.0),
    "a vertical tangent": ("x = ?\na = x * 2\nb = a * a\nc = sqrt(b)\nz = c + x", 0.0),
    "a partial overflows": ("x = ?\na = x * 2\nb = a * 3\nc = a / b\nd = sin(b)\nz = 1e-300 / x + d", 1e-300),
    "an adjoint overflows": ("x = ?\na = x * 1e150\nb = a * 1e150\nc = b * 1e-290\nz = c * c * 1e290", 1e-9),
    "an adjoint is not a number": ("x = ?\na = x**3\nb = a * 1\nc = b * 1\nd = c * 1\nz = d**(1 / 3)", 0.0),
    "a kink between": ("x = ?\na = x * 2\nb = a * a\nc = b + a\nd = abs(x)\nk = d * 2\nf = k * a\nz = f + c", 0.0),
    "nothing of it moves": ("x = ?\na = 2 * 3\nb = a * a\nc = b + a\nz = c * x", 1.5),
    "zero to a power": ("x = ?\na = x * 0\nb = a**2\nc = b * 3\nd = x**0\nz = c + d", 2.0),
    "copies": ("x = ?\ny = x\na = y * x\nx = a + 1\nb = x * y\ny = x\nc = b * y\nz = c", 1.5),
    "the same twice": ("x = ?\na = x * x\nb = a + a\nc = b / b\nz = c * x - x", 1.5),
    "the result is an input": ("x = ?\na = x * 2\nb = a * 3\nc = b * 4\nz = x", 1.5),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_points_are_told_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, x = AWKWARD[name]
    for options in ({}, {"kinks": "error"}, {"kinks": "silent"}, {"ieee": True}):
        at_once, one_by_one = both(text, {"x": x}, monkeypatch, **options)
        assert at_once == one_by_one, options


def test_names_on_the_way_have_their_adjoints(monkeypatch: pytest.MonkeyPatch, strokes: Counter[bool]) -> None:
    text = "x = ?\ny = ?\na = x * y\nb = sin(a)\nc = b + a * a\nd = c * b\nz = d * d + y\n"
    point = {"x": 0.7, "y": 1.3}
    for names in (["a"], ["b", "d"], ["x", "a", "c"], ["d", "z"]):
        at_once, one_by_one = both(text, point, monkeypatch, wrt=names)
        assert at_once == one_by_one
    loop = "x = ?\ns = x\nfor i in range(7):\n    t = s * x\n    u = t * t\n    s = sin(u) * x + s\nz = s * s\n"
    for names in (["s"], ["t", "x"], ["x", "u", "s"]):
        at_once, one_by_one = both(loop, {"x": 0.7}, monkeypatch, wrt=names)
        assert at_once == one_by_one
    assert strokes[True]


def test_functions_that_read_names_see_them_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "x = ?\nk = x * 2\nf(a) = a * k + sin(a) * k * k\nk = k * x + 1\nb = x * k * k\nz = f(b) * x\n"
    at_once, one_by_one = both(text, {"x": 0.7}, monkeypatch)
    assert at_once == one_by_one
    ruled = "x = ?\nk = 2\nk = k * k\nf(a) = a * k\nc = f(a) => dc = k * da\nb = x * x * x * k\nz = f(b) * x\n"
    at_once, one_by_one = both(ruled, {"x": 0.7}, monkeypatch)
    assert at_once == one_by_one


def test_second_derivatives_and_derivative_calls_are_not_disturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "x = ?\nf(a) = a * a * sin(a) + a\ny = x * x * x * x\nz = f'(y) * x * f(x)\n"
    at_once, one_by_one = both(text, {"x": 0.7}, monkeypatch)
    assert at_once == one_by_one
    program = lang.parse(text)
    found = program.hessian("z", x=0.7)
    monkeypatch.setattr(Stretch, "record", lambda *_: False)
    assert repr(found) == repr(lang.parse(text).hessian("z", x=0.7))


def straight(count: int) -> tuple[lang.Program, dict[str, float]]:
    lines, point = mixed(count, 50)
    text = "".join(f"{name} = ?\n" for name in point) + "".join(f"{line.target} = {line.right}\n" for line in lines)
    return lang.parse(text), point


def peak(program: lang.Program, point: dict[str, float]) -> float:
    """The most bytes that a tape and its sweep take."""
    recipe = program._recipe(point, Settings(engine="interpreter"))
    tapes: list[Tape] = []

    def prepare(run: Any) -> Any:
        tapes.append(Tape(run))
        return dict.fromkeys(point, recorded(tapes[0], {}))

    for _ in range(FIRST + OFTEN):
        recipe.adjoints({"z": 1.0}, tuple(point))
    tracemalloc.start()
    try:
        run = recipe.start(prepare, kept=("z",))
        tapes[0].sweep([(run.values["z"], 1.0)], range(len(point)))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_tape_takes_less_than_100_bytes_an_operation() -> None:
    program, point = straight(5_000)
    assert peak(program, point) < 100 * 5_000
    loop = "x = ?\ny = ?\ns = x\nfor i in range(5000):\n    s = s + 0.001 * sin(y * s)\nz = s * s\n"
    assert peak(lang.parse(loop), {"x": 0.7, "y": 1.3}) < 100 * 4 * 5_000


@pytest.mark.parametrize("runs", [0, 1])
def test_the_tape_of_a_first_and_of_a_second_run_takes_less_than_100_bytes_an_operation(runs: int) -> None:
    program, point = straight(10_000)
    recipe = program._recipe(point, Settings(engine="interpreter"))
    for part in recipe.parts:
        recipe.code(part)
    for _ in range(runs):
        recipe.adjoints({"z": 1.0}, tuple(point))
    tracemalloc.start()
    try:
        recipe.adjoints({"z": 1.0}, tuple(point))
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most - kept < 100 * 10_000
    assert kept < 100 * 10_000


def test_the_longest_stretch_counts_as_far_as_it_has_to(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"x{index}" for index in range(2 * LONG)]
    lines = [f"q{index} = log({names[2 * index]}, {names[2 * index + 1]})" for index in range(LONG)]
    text = "\n".join([*(f"{name} = ?" for name in names), *lines, f"z = {' + '.join(f'q{i}' for i in range(LONG))}"])
    point = {name: 2.0 + index / 1000 for index, name in enumerate(names)}
    at_once, one_by_one = both(text, point, monkeypatch, engine="interpreter")
    assert at_once == one_by_one


def taped(program: lang.Program, point: dict[str, float]) -> list[Tape]:
    """The tapes of so many runs that the last ones are written code."""
    tapes: list[Tape] = []

    def prepare(run: Any) -> Any:
        tapes.append(Tape(run))
        return dict.fromkeys(point, recorded(tapes[-1], {}))

    for _ in range(FIRST + OFTEN):
        program._recipe(point, Settings(engine="interpreter")).start(prepare, kept=("z",))
    return tapes


def test_only_what_is_read_afterwards_has_a_place_on_the_tape() -> None:
    tapes = taped(*straight(1_000))
    assert [tape.length() for tape in tapes] == [tapes[0].length()] * len(tapes)
    assert all(tape.count < 200 for tape in tapes)
    assert tapes[0].length() > 1_000


def test_a_first_run_that_goes_wrong_says_what_a_later_one_says(strokes: Counter[bool]) -> None:
    text = "x = ?\na = x * x\nb = a - 1\nc = b * a\nd = log(b)\ne = d + a\nz = d * c * e"
    program = lang.parse(text)
    found = [answer(lambda: program.ask("grad", "z", inputs={"x": 0.5}, engine="interpreter")) for _ in range(5)]
    assert found[0] == (lang.DomainError, "log(-0.75) is not a real number", found[0][2])  # type: ignore[index]
    assert found == [found[0]] * 5
    assert strokes == {False: 5}
    assert program.grad("z", x=2.0)["x"] > 0


def test_the_size_that_limits_count_is_near_the_truth() -> None:
    program, point = straight(5_000)
    tape = taped(program, point)
    assert 0.7 * peak(program, point) < tape[-1].size() < 1.5 * peak(program, point)


def test_a_stretch_that_fails_again_and_again_is_no_longer_tried(strokes: Counter[bool]) -> None:
    text = "x = ?\ns = x\nfor i in range(100):\n    a = s * 0\n    b = a**2\n    c = b * x\n    s = s + c\nz = s\n"
    lang.parse(text).grad("z", x=1.5)
    assert strokes[False] < 10


def test_a_chain_of_100000_needs_no_recursion() -> None:
    program = lang.parse("x = ?\nz = " + " + ".join(["x"] * 100_000))
    assert program.grad("z", x=1.0) == {"x": 100_000.0}


def test_what_is_written_holds_places_alone() -> None:
    sizes = []
    for text in ("secret = ?\nz = secret * 123.5 + sin(secret) * secret", "x = ?\nz = x * 0.25 + sin(x) * x"):
        program = lang.parse(text)
        for _ in range(FIRST + OFTEN):
            program.grad("z", at=dict.fromkeys(program.inputs, 0.5), engine="interpreter")
        (code,) = program._codes.values()
        plans = [plan for instruction in code.instructions for plan in _plans(instruction)]
        assert [plan.forth is not None and len(plan.backs) for plan in plans] == [1]
        names = plans[0].forth.__code__.co_names, plans[0].forth.__code__.co_consts
        sizes.append(names)
    assert sizes[0] == sizes[1]


def _plans(instruction: tuple[Any, ...]) -> list[Any]:
    found = getattr(instruction[1], "stretches", None) if len(instruction) > 1 else None
    return [plan for stretch in found or () for plan in stretch.plans.values()]
