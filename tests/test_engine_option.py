"""`engine=` changes how long an answer about derivatives takes and nothing else, in every face.

Law: the interpreter's answer is the oracle: the whole fact to the last bit, the notes, the errors with their places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import Any

import pytest

import lang
import lang.backend
from lang.compiled import together
from lang.compiled.engined import Engined
from lang.compiled.memory import MOST, Answering, Memory
from lang.compiled.policy import Policy
from tests.programs import generate
from tests.test_cli import ad
from tests.test_policy import Clock
from tests.test_translations import CASES, points

ENGINES = ["python", *(["native"] if find_spec("llvmlite") else [])]
native = pytest.mark.skipif("native" not in ENGINES, reason="machine code needs llvmlite")

Verb = tuple[str, tuple[str, ...], dict[str, Any]]

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
LOOP = "x = ?\ny = ?\ns = 0\nfor i in range(5):\n    s = s * 0.5 + sin(s + x) * y\nz = s * x\n"
TANGLE = "x = ?\ny = ?\na = x / y\nb = a * a * x + x**3\nc = b / (a + y)\nz = c * a * b - tanh(x) * c\n"
MET = {
    "the lecture's program": (LECTURE, {"x": 2.0, "y": 3.0}),
    "sums that depend on their order": (TANGLE, {"x": 0.7, "y": 1.3}),
    "a loop": (LOOP, {"x": 0.3, "y": 0.7}),
    "a branch": ("x = ?\ny = ?\nif x > y:\n    z = x * y\nelse:\n    z = x / y\n", {"x": 1.0, "y": 3.0}),
    "equal values": ("x = ?\ny = ?\nif x > y:\n    z = x * y\nelse:\n    z = x + y\n", {"x": 2.0, "y": 2.0}),
    "a kink": ("x = ?\ny = ?\nz = abs(x) * y + max(x, y)\n", {"x": 0.0, "y": 0.0}),
    "a kink that is not needed": ("x = ?\ny = ?\nw = abs(x)\nz = x * y\n", {"x": 0.0, "y": 1.0}),
    "a vertical tangent": ("x = ?\ny = ?\nz = sqrt(x) + y\n", {"x": 0.0, "y": 1.0}),
    "a vertical tangent that is not needed": ("x = ?\ny = ?\nw = sqrt(x)\nz = x * y\n", {"x": 0.0, "y": 1.0}),
    "a slope that is too large and not needed": ("x = ?\ny = ?\nw = y / x\nz = x * y\n", {"x": 1e-200, "y": 1.0}),
    "no value": ("x = ?\ny = ?\nz = log(x) * y\n", {"x": -1.0, "y": 1.0}),
    "no value that is needed": ("x = ?\ny = ?\nw = 1 / x\nz = x * y\n", {"x": 0.0, "y": 1.0}),
    "an overflow that is not needed": ("x = ?\ny = ?\nw = y * 1e300 * 1e300\nz = x * y\n", {"x": 0.0, "y": 1.0}),
    "slopes that are 0": ("x = ?\ny = ?\nz = -x * y\nif y > 1:\n    z = z * x\n", {"x": 0.0, "y": 0.0}),
    "an input that nothing reads": ("x = ?\ny = ? 3\nz = x * x\n", {"x": 2.0}),
    "an input without a value": ("x = ?\ny = ?\nz = x * y\n", {"x": 2.0}),
    "a default that is computed": ("x = ?\ny = ? 2 * 3\nz = x * y\n", {"x": 2.0}),
    "true or false": ("x = ?\ny = ?\nz = x > y\n", {"x": 2.0, "y": 1.0}),
    "a name that only some ways give": ("x = ?\ny = ?\nif x > 0:\n    z = x * y\n", {"x": -1.0, "y": 1.0}),
    "what is shown": ("x = ?\ny = ?\nx * y\nz = x * y\nlog(x) + z\n", {"x": 2.0, "y": 1.0}),
}  # fmt: skip
VERBS: dict[str, Verb] = {
    "grad": ("grad", ("z",), {}),
    "grad by forward": ("grad", ("z",), {"by": "forward"}),
    "grad wrt": ("grad", ("z",), {"wrt": "y"}),
    "jvp": ("jvp", ("z",), {"along": {"x": 1.0, "y": 0.5}}),
    "jvp of some": ("jvp", ("z", "x"), {"along": {"x": 2.0, "y": 0.0}}),
    "vjp": ("vjp", ("z", "x"), {"along": {"z": 0.5, "x": 1.0}}),
    "jacobian": ("jacobian", ("z", "x"), {}),
    "jacobian by forward": ("jacobian", ("z", "x"), {"by": "forward"}),
    "hessian": ("hessian", ("z",), {}),
}


def told(program: lang.Program, verb: Verb, **options: Any) -> tuple[Any, ...]:
    """All that an answer says; or all that an error does."""
    name, targets, question = verb
    try:
        answer = program.ask(name, *targets, **question, **options)
    except lang.AdError as error:
        return type(error), error.message, error.span, error.hint
    return repr(answer.fact), repr(answer.pieces), [str(note) for note in answer.notes]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The engines that were asked to compile, in order."""
    engines: list[str] = []
    compile_ = together.build

    def counted(engine: str, *rest: Any) -> Any:
        engines.append(engine)
        return compile_(engine, *rest)

    monkeypatch.setattr(together, "build", counted)
    return engines


# --- the same answers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", MET)
def test_every_verb_tells_the_same_on_every_engine(name: str, verb: str, engine: str) -> None:
    text, point = MET[name]
    program = lang.parse(text)
    for kinks in ("note", "error", "silent") if engine == "python" else ("note",):
        wanted = told(program, VERBS[verb], at=point, kinks=kinks, engine="interpreter")
        assert told(program, VERBS[verb], at=point, kinks=kinks, engine=engine) == wanted
    ieee = told(program, VERBS[verb], at=point, ieee=True, engine="interpreter")
    assert told(program, VERBS[verb], at=point, ieee=True, engine=engine) == ieee


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("verb", VERBS)
def test_what_is_ordinary_is_answered_by_the_engine(verb: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = lang.parse(TANGLE)
    wanted = told(program, VERBS[verb], at=MET["sums that depend on their order"][1])

    def missing(*_: object, **__: object) -> None:
        raise AssertionError("the interpreter was asked")

    monkeypatch.setattr("lang.evaluate.recipe.Recipe.start", missing)
    assert told(program, VERBS[verb], at=MET["sums that depend on their order"][1], engine=engine) == wanted


def near(one: Any, other: Any) -> Any:
    """Two facts with numbers in them: the same but for their last digits."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(near, one, other))
    return other == pytest.approx(one, rel=1e-11, abs=1e-13, nan_ok=True) if isinstance(one, float) else one == other


def agree(program: lang.Program, verb: Verb, engine: str, **options: Any) -> bool:
    """Hold an engine to what the interpreter tells. Are the bits surely the same, too?"""
    one = told(program, verb, engine="interpreter", **options)
    other = told(program, verb, engine=engine, **options)
    surely = all(each.suits[1] < inf for each in program._memory._kept.values())
    if surely or isinstance(one[0], type):
        assert other == one, (verb, str(program))
    else:
        name, targets, question = verb
        facts = [
            program.ask(name, *targets, **question, **options, engine=each).fact for each in ("interpreter", engine)
        ]
        assert near(*map(dict, facts)), (verb, str(program))
        assert other[2] == one[2], (verb, str(program))
    return surely


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_cases_have_the_same_answers(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for point in points(text):
        inputs = lang.parse(text).inputs
        for verb in ("grad", "jvp", "hessian"):
            question = {"along": dict.fromkeys(inputs, 0.5)} if verb == "jvp" else {}
            if inputs:
                agree(lang.parse(text), (verb, ("z",), question), "python", at=point)


@pytest.mark.parametrize("first", range(1, 121, 40))
def test_random_programs_have_the_same_answers(first: int) -> None:
    surely = 0
    for seed in range(first, first + 40):
        case = generate(seed)
        for verb in ("grad", "jvp", "hessian"):
            question = {"along": dict.fromkeys(case.inputs, 0.5)} if verb == "jvp" else {}
            surely += agree(lang.parse(case.text), (verb, ("z",), question), "python", at=case.inputs)
    assert surely > 20


@pytest.mark.parametrize("engine", ENGINES)
def test_names_on_the_way(engine: str) -> None:
    at = {"x": 0.7, "y": 1.3}
    for text in (TANGLE, "x = ?\ny = ?\na = x\nfor i in range(3):\n    a = a * y\nz = a * a\n"):
        program = lang.parse(text)
        questions = (("grad", {"wrt": "a"}), ("grad", {"wrt": "a, x"}), ("jvp", {"along": {"a": 2}}))
        for verb in ((name, ("z",), question) for name, question in questions):
            assert told(program, verb, at=at, engine=engine) == told(program, verb, at=at)
        stranger = ("grad", ("z",), {"wrt": "q"})
        assert told(program, stranger, at=at, engine=engine) == told(program, stranger, at=at)


@pytest.mark.parametrize("engine", ["interpreter", "auto", *ENGINES])
def test_a_derivative_of_0_has_no_sign(engine: str) -> None:
    program = lang.parse("x = ?\ny = ?\nz = -x * y\n")
    assert repr(program.grad("z", x=2.0, y=0.0, engine=engine)) == "{'x': 0.0, 'y': -2.0}"
    assert repr(program.jvp("z", along={"x": 1.0}, x=2.0, y=0.0, engine=engine)) == "{'z': (-0.0, 0.0)}"


# --- limits -------------------------------------------------------------------------------------------------------

RUNAWAY = "x = ?\ns = 0\nwhile s >= 0:\n    s = s + x\nz = s\n"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("verb", [VERBS["grad"], VERBS["hessian"], ("jvp", ("z",), {"along": {"x": 1.0}})], ids=str)
def test_a_limit_of_steps_is_met_at_the_same_place(verb: Verb, engine: str) -> None:
    program, limits = lang.parse(RUNAWAY), lang.Limits(steps=5_000)
    wanted = told(program, verb, at={"x": 1.0}, limits=limits, engine="interpreter")
    assert wanted[0] is lang.LimitExceeded
    assert told(program, verb, at={"x": 1.0}, limits=limits, engine=engine) == wanted


@pytest.mark.parametrize("engine", ENGINES)
def test_a_limit_of_time_has_a_place_and_holds_for_the_whole_answer(engine: str) -> None:
    program, limits = lang.parse(RUNAWAY), lang.Limits(steps=10**15, seconds=0.5)
    f = program.compile("z", engine=engine, limits=limits)
    for ask in (lambda: program.grad("z", x=1.0, limits=limits, engine=engine), lambda: f.grad(1.0)):
        with pytest.raises(lang.LimitExceeded) as met:
            ask()
        assert met.value.limit == "seconds"
        assert RUNAWAY[slice(*(met.value.span or (0, 0)))]
        assert met.value.reached < 1.9


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8])
@pytest.mark.parametrize("engine", ENGINES)
def test_few_steps_are_an_error_that_leaves_the_program_usable(steps: int, engine: str) -> None:
    program = lang.parse(LOOP)
    at, limits = {"x": 0.3, "y": 0.7}, lang.Limits(steps=steps)
    wanted = told(program, VERBS["grad"], at=at, limits=limits, engine="interpreter")
    assert told(program, VERBS["grad"], at=at, limits=limits, engine=engine) == wanted
    assert program.grad("z", at=at, engine=engine) == program.grad("z", at=at)


# --- compiled once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_asked_a_thousand_times_is_compiled_once(engine: str, built: list[str]) -> None:
    program = lang.parse(LECTURE)
    answers = [program.grad("z", x=2.0, y=float(each % 3), engine=engine) for each in range(1000)]
    assert built == [engine]
    assert answers[:3] == [program.grad("z", x=2.0, y=float(each), engine="interpreter") for each in range(3)]
    program.vjp("z", along={"z": 0.25}, x=2.0, y=3.0, engine=engine)
    program.value_and_grad("z", x=2.0, y=3.0, engine=engine)
    assert built == [engine]
    program.grad("z", wrt="y", x=2.0, y=3.0, engine=engine)
    program.jvp("z", along={"x": 1.0}, x=2.0, y=3.0, engine=engine)
    program.jvp("z", along={"x": 3.0, "y": 0.0}, x=2.0, y=3.0, engine=engine)
    program.hessian("z", x=2.0, y=3.0, engine=engine)
    program.hessian("z", x=1.0, y=3.0, engine=engine)
    assert len(built) == 4


def test_threads_that_ask_at_once_wait_for_the_same_code(built: list[str]) -> None:
    text, point = TANGLE, {"x": 0.7, "y": 1.3}
    wanted = lang.parse(text).grad("z", at=point)
    for _ in range(5):
        program = lang.parse(text)
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(program.grad, "z", at=point, engine="python") for _ in range(24)]
        assert all(each.result() == wanted for each in asked)
    assert len(built) == 5


def test_a_program_keeps_code_for_so_many_questions_only(built: list[str]) -> None:
    program = lang.parse(LECTURE)
    for each in range(MOST + 8):
        program.grad("z", x=2.0, y=3.0, limits=lang.Limits(steps=1000 + each), engine="python")
    assert len(program._memory._kept) == MOST
    program.grad("z", x=2.0, y=3.0, limits=lang.Limits(steps=1000), engine="python")
    assert len(built) == MOST + 9


def test_an_engine_that_is_not_there_is_looked_for_once(monkeypatch: pytest.MonkeyPatch, built: list[str]) -> None:
    monkeypatch.setitem(lang.backend.unit.NEEDS, "native", ("no_such_module",))
    program = lang.parse(LECTURE)
    for _ in range(3):
        wanted = program.grad("z", x=2.0, y=3.0, engine="interpreter")
        assert program.grad("z", x=2.0, y=3.0, engine="native") == wanted
    assert built == ["native"]


# --- auto ---------------------------------------------------------------------------------------------------------


def with_clock(text: str, clock: Clock) -> lang.Program:
    program = lang.parse(text)
    program._memory = Memory(clock.policy)
    return program


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Says how many seconds it takes to compile anything."""

    def costs(seconds: float) -> None:
        monkeypatch.setattr(Policy, "writing", staticmethod(lambda kind, steps, repeats: ("auto", seconds)))

    return costs


@pytest.mark.parametrize("verb", VERBS)
def test_auto_interprets_until_that_has_cost_what_compiling_costs(
    verb: str, built: list[str], cheap: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lang.compiled.memory.NOTICED", 10.0)
    cheap(2.0)
    program, point = with_clock(TANGLE, Clock()), {"x": 0.7, "y": 1.3}
    wanted = told(program, VERBS[verb], at=point, engine="interpreter")
    for _ in range(4):
        assert told(program, VERBS[verb], at=point) == wanted
        assert built == [] or VERBS[verb][2].get("by") or "jacobian" in verb
    for _ in range(4):
        assert told(program, VERBS[verb], at=point) == wanted
    assert set(built) == {"python"}
    count = len(built)
    assert told(program, VERBS[verb], at=point) == wanted
    assert len(built) == count


def test_what_somebody_would_notice_is_compiled_beside(built: list[str], cheap: Callable[[float], None]) -> None:
    cheap(2.0)
    clock = Clock()
    program, point = with_clock(LOOP, clock), {"x": 0.3, "y": 0.7}
    wanted = told(program, VERBS["grad"], at=point)
    for _ in range(9):
        assert told(program, VERBS["grad"], at=point) == wanted
    assert built == []
    assert len(clock.begun) == 1
    clock.begun[0]()
    assert len(built) == 1
    assert told(program, VERBS["grad"], at=point) == wanted
    assert len(clock.begun) == 1


def test_code_that_does_not_answer_is_given_up(cheap: Callable[[float], None], monkeypatch: pytest.MonkeyPatch) -> None:
    cheap(0.1)
    monkeypatch.setattr("lang.compiled.memory.NOTICED", 10.0)
    program = with_clock("x = ?\nz = abs(x) * x\n", Clock())
    asked: list[Any] = []
    monkeypatch.setattr(Engined, "_told", lambda *given: asked.append(given))
    for _ in range(20):
        assert program.ask("grad", "z", inputs={"x": 0.0}).notes
    assert len(asked) == 4


@pytest.mark.parametrize(
    "text",
    [
        "f(a, b) = a * b * a\nx = ?\ny = ?\nz = f(x, y) + f(y, x) * x\n",
        "x = ?\ny = ?\nt = x\nz = t * t * x + y\n",
        "x = ?\ny = ?\ng(a) = a * y\nz = g'(x) * y\n",
    ],
)
def test_where_bits_might_differ_it_is_never_how_often_it_was_asked_that_decides(
    text: str, built: list[str], cheap: Callable[[float], None]
) -> None:
    cheap(0.0)
    clock = Clock()
    program = with_clock(text, clock)
    for _ in range(20):
        program.grad("z", x=0.7, y=1.3)
    assert built == []
    assert clock.begun == []


@native
def test_a_run_that_takes_long_is_begun_again_in_machine_code(
    built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lang.compiled.engined.LONG", 1_000)
    monkeypatch.setattr(Policy, "long", staticmethod(lambda steps: 1_000))
    text = "x = ?\ny = ?\ns = 0\nfor i in range(60000):\n    s = s * 0.5 + sin(s + x) * y\nz = s * x\n"
    at = {"x": 0.3, "y": 0.7}
    for verb in (VERBS["grad"], VERBS["jvp"]):
        program = lang.parse(text)
        wanted = told(program, verb, at=at, engine="interpreter")
        built.clear()
        assert told(program, verb, at=at) == wanted
        assert built == ["native"]
        assert told(program, verb, at=at) == wanted
        assert built == ["native"]


@native
def test_a_long_run_with_a_kink_still_has_its_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lang.compiled.engined.LONG", 1_000)
    monkeypatch.setattr(Policy, "long", staticmethod(lambda steps: 1_000))
    text = "x = ?\ny = ?\ns = 0\nfor i in range(60000):\n    s = s * 0.5 + abs(x) * y\nz = s * x\n"
    program = lang.parse(text)
    wanted = told(program, VERBS["grad"], at={"x": 0.0, "y": 0.7}, engine="interpreter")
    assert wanted[2]
    assert told(program, VERBS["grad"], at={"x": 0.0, "y": 0.7}) == wanted


def test_where_is_decided_by_steps_a_program_is_counted_with_its_functions() -> None:
    program = lang.parse("f(a) = sin(a) * a\nx = ?\nz = f(x)\n")
    program.grad("z", x=1.0)
    (answering,) = program._memory._kept.values()
    assert isinstance(answering, Answering)
    assert answering.long > Policy.long(3)


# --- the other faces ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_a_session_asks_the_engine_and_keeps_its_code(engine: str, built: list[str]) -> None:
    session, plain = lang.Session(engine=engine), lang.Session(engine="interpreter")
    for each in (session, plain):
        assert each.run("x = 2\ny = 3").ok
        assert each.run("u = ? 2\nv = ? 3\nz = u * v + sin(u)").ok

    def same(line: str) -> None:
        one, other = session.run(line), plain.run(line)
        assert one.ok
        assert [(each.fact, each.pieces) for each in one.shown] == [(each.fact, each.pieces) for each in other.shown]

    for line in ("grad z", "hessian z", "grad z", "hessian z"):
        same(line)
    assert len(built) == 2
    same("jvp z along u=1")
    same("vjp z along z=2")
    assert len(built) == 4
    same("z = z * z")
    same("grad z")
    assert len(built) == 5


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
def test_the_command_line_takes_an_engine(engine: str, tmp_path: Path) -> None:
    (tmp_path / "p.ad").write_text(TANGLE + "grad z\nhessian z\n", encoding="utf-8")
    for words in (["run", "p.ad"], ["jacobian", "p.ad", "a", "z"], ["vjp", "p.ad", "z", "--along", "z=2"]):
        one = ad(*words, "x=0.7", "y=1.3", "--engine", "interpreter", cwd=tmp_path)
        other = ad(*words, "x=0.7", "y=1.3", "--engine", engine, cwd=tmp_path)
        assert one.code == 0
        assert (other.code, other.out, other.err) == (one.code, one.out, one.err)
