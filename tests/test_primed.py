"""Runs of programs that call derivatives are compiled like others: same values to the last bit, notes, errors, steps.

Law: the interpreter is the oracle; where machine code is to answer, the interpreter is not asked.
"""

from __future__ import annotations

from typing import Any

import pytest

import lang
from lang import switch
from lang.evaluate.machine import Machine
from lang.evaluate.recipe import Recipe
from tests.test_limits import fewest

pytest.importorskip("llvmlite", reason="machine code needs llvmlite")

FUNCTIONS = [
    "u**3 - 2 * u", "sin(u) * u", "exp(-u * u)", "log(1 + exp(u))", "1 / (1 + u * u)", "sqrt(u + 2)", "u**2.5", "u**u",
    "2**u", "(u + 1) / (u + 3)", "atan(u) * cos(u)", "hypot(u, 2)", "logaddexp(u, 1)", "sigmoid(u) * u", "erf(u)",
    "gamma(u + 2)", "u if u > 1 else u * u", "max(u, 0.3) * u", "abs(u) * u", "clamp(u, 0, 1) * u", "floor(u) * u",
    "mod(u, 0.7) * u", "log(u + 1, 3) + log(u)", "cbrt(u + 1)", "sinc(u)", "expm1(u) / u", "-u**2 + u / 3", "u**-2",
]  # fmt: skip
PROGRAMS = {
    "Newton": "x = ? 2\nf(u) = u**3 - x\nu = 1.5\nfor i in range(40): u = u - f(u) / f'(u)\nz = u\n",
    "damped Newton": (
        "x = ? 2\nf(u) = u**4 - x * u**2 + u\nu = 3\nk = 0\nwhile k < 30:\n  h = f''(u)\n  if h < 1: h = 1\n"
        "  u = u - 0.1 * f'(u) / h\n  if k % 7 == 0: u = u + 0.01\n  k += 1\nz = u\n"
    ),
    "logistic regression": (
        "x = ? 2\nw = 0.1\nb = 0.2\n"
        "loss(w, b) = log(1 + exp(-(w * x + b))) + log(1 + exp(w * 0.5 + b)) + 0.01 * (w**2 + b**2)\n"
        "for i in range(30):\n  p, q = loss'[w](w, b), loss'[b](w, b)\n  w -= 0.1 * p\n  b -= 0.1 * q\nz = w * b\n"
    ),
    "a fixed point": (
        "x = ? 2\nf(u) = cos(u) + 0.1 * u * x\nu = 0.5\nk = 0\n"
        "while k < 60 and abs(f(u)) > 1e-9:\n  u = u - 0.3 * f'(u)\n  k += 1\nz = u\n"
    ),
    "a derivative in a function": (
        "x = ? 2\nf(u, v) = u**2 * sin(v) + v\ndef turn(v):\n  a = f'[u](x, v)\n  return v - 0.01 * a\n"
        "v = 0.3\nfor i in range(30): v = turn(v)\nz = v\n"
    ),
    "loops and choices in the function": (
        "x = ? 2\ndef f(u):\n  s = u\n  w = u * 7\n  for i in range(5):\n    if s > 1:\n      s = s * 0.9\n"
        "    elif s > 0.5 and s < 0.7:\n      s = s * u\n    else:\n      s = s + 0.1\n  return s\n"
        "z = 0\nfor i in range(20): z += f'(x * i * 0.1)\n"
    ),
    "primitives": (
        "x = ? 2\nz = 0\nfor i in range(1, 20): z += sin'(x * i) + exp''(0.1 * i) + log'(i) + log'[a](i, x)\n"
    ),
    "what does not move": (
        "x = ? 2\nf(u) = floor(u) + x\ng(u) = 3\nz = 0\nfor i in range(20): z += f'(x + i + 0.4) + g'(i)\n"
    ),
    "recursion": (
        "x = ? 2\nfib(n, u) = u if n < 2 else fib(n - 1, u) * u + fib(n - 2, u)\n"
        "z = 0\nfor i in range(6): z += fib'[u](i, x * 0.1)\n"
    ),
    "names of the program": (
        "x = ? 2\nk = 3\nh(u) = u * k\ng(u) = h'(u) * u\nz = 0\n"
        "for i in range(20):\n  k = k + 0.1\n  z += g'(x * i + 0.5)\n"
    ),
    "several results": (
        "x = ? 2\ndef f(u, v):\n  return u * v, u + v\nz = 0\nfor i in range(20):\n  p, q = f'[u](x, i)\n  z += p * q\n"
    ),
    "conditions": (
        "x = ? 2\nf(u) = u if u < 1 < 2 or u > 30 else clamp(u, 0, 3) * u\n"
        "z = 0\nfor i in range(20): z += f'(x * i + 0.3) if f'(i + 0.5) > 1.5 else 1\n"
    ),
    "a derivative that decides inside": (
        "x = ? 2\ng(u) = u * u\nf(u) = u if g'(u) > 3 else 2 * u\nz = 0\nfor i in range(20): z += f'(x * i * 0.17)\n"
    ),
    "what is shown": "x = ? 2\nf(u) = u * u * x\ns = 0\nfor i in range(9): s += f'(i)\ns\nf'(x), s < 3\nz = s\n",
}  # fmt: skip
RULED = (
    "x = ? 2\nf(u) = u * u\nc = f(u) => dc = 2 * u * du\ng(u) = f(u) + f(2 * u)\nz = 0\n"
    "for i in range(20): z += f'(x * i + 0.5) + g'(i)\n"
)
NOTED = {
    "a kink": "x = ? 2\nf(u) = abs(u - 3)\nz = 0\nfor i in range(5): z += f'(i)\n",
    "equal values": "x = ? 2\nf(u) = u if u > 3 else 2 * u\nz = 0\nfor i in range(5): z += f'(i)\n",
    "a vertical tangent": "x = ? 2\nf(u) = sqrt(u)\nz = 0\nfor i in range(2): z += 1 if f'(i) > 3 else 2\n",
    "a kink of the second order": "x = ? 2\nf(u) = relu(u) * u\nz = 0\nfor i in range(5): z += f''(i)\n",
    "a kink of a primitive": "x = ? 2\nz = 0\nfor i in range(5): z += abs'(i - 2)\n",
}
IDLE = "x = ? 2\ndef f(u):\n  w = {}\n  return u * u\nz = 0\nfor i in range(5): z += f'(3 - i)\n"
STOPPED = {
    "no value": "x = ? 2\nf(u) = log(u - 1)\nz = 0\nfor i in range(5): z += f'(3 - i)\n",
    "no value in what nothing needs": IDLE.format("log(u)"),
    "a kink in what nothing needs": IDLE.format("abs(u)"),
    "true and false": "x = ? 2\nf(u) = u > 1\nz = 0\nfor i in range(5): z += f'(i)\n",
    "true and false beside a number": "x = ? 2\ndef f(u):\n  return u > 1, u\np, q = f'(x)\n",
    "its own derivative": "x = ? 2\nf(u) = 1 if u < 0 else f'(u - 1) * u\nz = f(3)\n",
    "an operand without derivative": "x = ? 2\nf(u) = polygamma(u, 2)\nz = f'(1)\n",
    "calls without end": "x = ? 2\nf(u) = f(u + 1) * u\nz = f'(1)\n",
}


def told(text: str, engine: str, **options: Any) -> tuple[Any, ...]:
    """All that a run says."""
    session = lang.Session(engine=engine, inputs={"x": 1.7}, **options)
    outcome = session.run(text)
    error = outcome.error
    notes = [(str(note), note.span, note.count) for note in outcome.notes]
    stopped = error and (type(error), error.message, error.span, error.hint, len(error.marks))
    return session.values, [each.values for each in outcome.shown], notes, stopped


@pytest.fixture
def compiled_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long runs that fail where the interpreter is asked after machine code."""
    before = switch._natively

    def answered(*given: Any) -> bool:
        assert before(*given), "machine code did not answer"
        return True

    monkeypatch.setattr(switch, "_natively", answered)


@pytest.fixture
def never_interpreted(compiled_only: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of nothing but machine code."""
    monkeypatch.setattr(Machine, "_loop", lambda self: pytest.fail("the interpreter was asked"))


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_a_run_has_the_same_bits(text: str, request: pytest.FixtureRequest) -> None:
    expected = told(text, "interpreter")
    request.getfixturevalue("never_interpreted")
    for kinks in ("note", "silent", "error"):
        assert told(text, "native", kinks=kinks) == expected


@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivatives_of_any_order_have_the_same_bits(order: int, request: pytest.FixtureRequest) -> None:
    lines = "".join(f"f{at}(u) = {each}\n" for at, each in enumerate(FUNCTIONS))
    sums = "".join(f"    s{at} = s{at} + f{at}{order * chr(39)}(0.37 + i * 0.31)\n" for at in range(len(FUNCTIONS)))
    zeros = "".join(f"s{at} = 0\n" for at in range(len(FUNCTIONS)))
    text = f"{lines}{zeros}for i in range(4):\n{sums}"
    expected = told(text, "interpreter")
    assert expected[2:] == ([], None)
    request.getfixturevalue("never_interpreted")
    assert told(text, "native") == expected


@pytest.mark.parametrize("name", [*PROGRAMS, "rules"])
def test_a_run_counts_the_same_steps(name: str) -> None:
    text = PROGRAMS.get(name, RULED)
    program = lang.parse(text)
    steps = fewest(lambda limits: program.run(x=1.7, limits=limits, engine="interpreter"))
    assert fewest(lambda limits: program.run(x=1.7, limits=limits, engine="native")) == steps
    for limit in (steps // 3, steps // 2, steps - 1):
        one, other = (told(text, engine, limits=lang.Limits(steps=limit)) for engine in ("interpreter", "native"))
        assert one[3][:2] == other[3][:2]
        if name != "what is shown":  # a place in a function is taken for the first statement that may have called it
            assert one[0] == other[0], "the values are those before the statement that was stopped"


@pytest.mark.parametrize("kinks", ["note", "error", "silent"])
@pytest.mark.parametrize("text", [*NOTED.values(), *STOPPED.values(), RULED], ids=[*NOTED, *STOPPED, "rules"])
def test_what_is_awkward_is_told_in_the_same_words(text: str, kinks: str) -> None:
    assert told(text, "native", kinks=kinks) == told(text, "interpreter", kinks=kinks)


def test_what_is_noted_is_what_the_interpreter_notes() -> None:
    for name, text in NOTED.items():
        assert told(text, "native")[2], name


LONG = (
    "x = ? 2\nf(u) = u * u - x\ng(u) = abs(u + {})\nu = 1.5\nfor i in range(12_000):\n"
    "    u = u - f(u) / f'(u) + 1e-9 * i\n    v = g'(u - 1e-4 * i)\nz = u\n"
)


def test_a_long_run_goes_on_in_machine_code(compiled_only: None, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = told(LONG.format(3), "interpreter")
    begun: list[None] = []
    before = switch._compiled
    monkeypatch.setattr(switch, "_compiled", lambda *given: begun.append(None) or before(*given))
    assert told(LONG.format(3), "auto") == expected
    assert begun


@pytest.mark.parametrize("place", [5, 11_990])
def test_a_kink_before_or_after_a_run_goes_on_in_machine_code_is_noted_once(place: int) -> None:
    text = (
        f"x = ? 2\nf(u) = u * u\ng(u) = abs(u - {place})\ns = 0\n"
        "for i in range(12_000):\n    s = s + f'(i) + g'(i) - f(3) - f'(2)\n"
    )
    expected = told(text, "interpreter")
    assert [note[2] for note in expected[2]] == [1]
    assert told(text, "auto") == expected


def test_functions_of_earlier_texts_are_compiled_and_so_are_their_later_meanings(never_interpreted: None) -> None:
    turns = " = 0\nfor i in range(9): s = s + h(i) + f'(i)\n"
    for first, second in (("u * u", "u**3"), ("sin(u)", "u * k")):
        session = lang.Session(engine="native")
        assert session.run(f"k = 2\nf(u) = {first}\nh(u) = f'(u) * k\n").ok
        assert session.run(f"s{turns}").ok
        before = session.values["s"]
        assert session.run(f"f(u) = {second}\ns{turns}").ok
        whole = lang.Session(engine="native")
        assert whole.run(f"k = 2\nf(u) = {second}\nh(u) = f'(u) * k\ns{turns}").ok
        assert session.values["s"] == whole.values["s"] != before


@pytest.mark.parametrize("text", [
    "f(u) = u * u\na = f'(3)\nf(u) = u**3\nb = f'(3)\n",
    "f(u) = u * u\na = f'(3)\nc = f(u) => dc = 100 * du\nb = f'(3)\n",
    "f(u) = u * u\ng(u) = f'(u)\na = g(3)\nf(u) = u**3\nb = g(3)\n",
])  # fmt: skip
def test_a_function_that_changes_its_meaning_in_a_run_changes_its_derivative(text: str) -> None:
    expected = told(text, "interpreter")
    assert expected[0]["a"] != expected[0]["b"]
    assert told(text, "native") == expected


def test_the_time_of_a_derivative_without_end_is_over_within_its_function() -> None:
    text = "x = ? 2\ndef f(u):\n    s = u\n    while s > 0:\n        s = s + u\n    return s\na = x + 1\ny = f'(x)\n"
    for engine in ("native", "auto"):
        session = lang.Session(engine=engine, limits=lang.Limits(seconds=0.5, steps=10**15))
        error = session.run(text).error
        assert isinstance(error, lang.LimitExceeded)
        assert error.limit == "seconds"
        assert text[slice(*(error.span or (0, 0)))].startswith("while s > 0:")
        assert session.values == {"x": 2.0, "a": 3.0}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_gradient_counts_the_steps_of_the_program(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = lang.parse(PROGRAMS[name])

    def answer(engine: str, steps: int) -> Any:
        return program.grad("z", x=1.7, limits=lang.Limits(steps=steps), engine=engine)

    steps = fewest(lambda limits: answer("interpreter", limits.steps))
    assert fewest(lambda limits: answer("native", limits.steps)) == steps
    right = answer("interpreter", steps)
    made = program.compile("z", engine="native", limits=lang.Limits(steps=steps))
    for of in ("_adjoints", "_tangents"):
        monkeypatch.setattr(Recipe, of, lambda *_: pytest.fail("the interpreter was asked"))
    assert answer("native", steps) == pytest.approx(right, rel=1e-9)
    assert made.grad(1.7) == pytest.approx(tuple(right.values()), rel=1e-9)
    assert made.jvp((1.7,), (1.0,))[1] == pytest.approx(right["x"], rel=1e-9)


@pytest.mark.parametrize("name", STOPPED)
@pytest.mark.parametrize("engine", ["python", "native"])
def test_a_compiled_function_stops_where_a_run_stops(name: str, engine: str) -> None:
    program = lang.parse(STOPPED[name].replace("p, q", "z, q"))
    f, other = (program.compile("z", engine=each) for each in (engine, "interpreter"))
    stopped = why_not(other)
    assert why_not(f) == stopped
    if stopped is None:
        assert f(1.7) == other(1.7)


def why_not(f: Any) -> tuple[Any, ...] | None:
    """The error of a call; None where there is none."""
    try:
        f(1.7)
    except lang.AdError as error:
        return type(error), error.message, error.span
    return None
