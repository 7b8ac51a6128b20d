"""Calls in machine code: limits stop a run where they stop the interpreter, whatever functions hand to each other."""

from __future__ import annotations

from typing import Any

import pytest

import lang
from tests.test_limits import FAULTS

pytest.importorskip("llvmlite", reason="the native engine needs llvmlite")

FIBONACCI = "f(n, a) = a if n < 2 else sin(f(n - 1, a)) + y * f(n - 2, a)\n"
PROGRAMS = {
    "two calls": "x = ?\ny = ? 0.3\n" + FIBONACCI + "z = f(9, x)",
    "back and forth": "x = ?\neven(n, a) = a if n < 1 else odd(n - 1, a * 1.1)\n"
                      "odd(n, a) = -a if n < 1 else even(n - 1, sin(a))\nz = even(9, x) + odd(6, x)",
    "three in a ring": "x = ?\nf(n) = x if n < 1 else g(n - 1) + 1\ng(n) = x * x if n < 1 else h(n - 1) * 0.5\n"
                       "h(n) = sin(x) if n < 1 else f(n - 1) + g(n - 1)\nz = f(11)",
    "itself in itself": "x = ?\nf(n, a) = a if n < 1 else f(n / 2 - 1, f(n / 2 - 1, a * 0.9))\nz = f(20, x)",
    "a call at the end": "x = ?\nf(n, a) = a if n < 1 else f(n - 1, a * x)\nz = f(30, 1)",
    "loops inside": "x = ?\ndef f(n, a):\n  for i in range(n):\n    a = a + 0.1 * sin(a)\n"
                    "  if n > 1: b = f(n - 1, a) + f(n - 2, a)\n  else: b = a\n  return b\nz = f(6, x)",
    "a loop of calls": "x = ?\ndef f(n, a):\n  s = a\n  for i in range(n): s = s + f(n - 1 - i, s) * 0.25\n"
                       "  return s\nz = f(5, x)",
    "a leaf in a loop": "x = ?\nf(a) = a * 0.5 + sin(a)\nz = x\nfor i in range(20): z = f(z)",
    "leaves that call leaves": "x = ?\nf(a) = a * 0.5 + 1\ng(a) = f(f(f(a)))\nh(a) = g(g(a)) - g(a)\n"
                               "z = h(x) + h(x * x)",
    "many results": "x = ?\ndef f(n, a, b, c, d, e):\n  if n < 1: p, q, r, s, t = a, b, c, d, e\n"
                    "  else: p, q, r, s, t = f(n - 1, b, c, d, e, a * 1.5)\n  return p, q, r, s, t\n"
                    "p, q, r, s, t = f(7, x, x * x, 2 * x, 3, sin(x))\nz = p * q + r * s - t",
    "truth": "x = ?\nodd(n) = n == 1 if n < 2 else odd(n - 2)\ndef f(n):\n"
             "  if odd(n): r = x * n\n  elif n > 1: r = f(n - 1) + f(n - 2)\n  else: r = x\n  return r\nz = f(8)",
    "a name that comes late": "x = ?\nf(n) = k if n < 1 else f(n - 1) * k + f(n - 1)\nk = x\na = f(3)\nk = a + 1\n"
                              "z = f(4) - a",
    "a name that may be missing": "x = ?\nif x > 0: k = x\nf(n) = 1 if n < 1 else f(n - 1) * (k if n > 2 else 1)\n"
                                  "z = f(2)",
    "a name of its own": "x = ?\nk = 3\nf(n) = k if n < 1 else g(n) + f(n - 1)\n"
                         "def g(k):\n  k = k * x\n  return k\nz = f(5)",
    "stacks": "x = ?\ndef save(n):\n  m = n * 2\n  o = n * 3\n  b = n > 2\n  push n\n  push m\n  push2 o\n"
              "  push3 b\n  if n > 0: a = save(n - 1)\n"
              "  else: a = 0\n  return a + 1\ndef take(n):\n  c = pop3()\n  b = pop2()\n  v = pop()\n  u = pop()\n"
              "  w = u * 1.5 + v * x + b if c else u - b\n  if n > 0: w = w + take(n - 1)\n  return w\n"
              "t = save(6)\nz = take(6) + t",
}  # fmt: skip


def answer(program: Any, engine: str, way: str, limits: lang.Limits) -> Any:
    """The answer of an engine, or the limit that it met."""
    f = program.compile("z", wrt=["x"], engine=engine, limits=limits)
    try:
        return getattr(f, way)(*[0.7, 0.3][: len(program.inputs)])
    except lang.AdError as error:
        return type(error), getattr(error, "limit", error.message), None in (error.span, error.source)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("way", ["__call__", "value_and_grad", "hessian"])
def test_functions_give_the_bits_of_the_python_engine(name: str, way: str) -> None:
    program = lang.parse(PROGRAMS[name])
    if name == "stacks" and way != "__call__":
        return
    one, other = (program.compile("z", wrt=["x"], engine=each) for each in ("native", "python"))
    points = [(0.7, 0.3), (-0.4, 0.3), (1.3, 0.3)]
    for point in points:
        given = point[: len(program.inputs)]
        assert one.engine == "native"
        found, wanted = (getattr(each, way)(*given) for each in (one, other))
        assert str(found) == str(wanted)


@pytest.mark.parametrize("name", PROGRAMS)
def test_steps_are_counted_to_a_step(name: str) -> None:
    program = lang.parse(PROGRAMS[name])
    for way in ("__call__", "value_and_grad") if name != "stacks" else ("__call__",):
        low, high = 0, 100_000
        while high - low > 1:
            middle = (low + high) // 2
            stopped = isinstance(run_alone(program, way, middle), str)
            low, high = (middle, high) if stopped else (low, middle)
        assert high < 100_000
        for steps in {1, 2, 5, low // 2, low - 1, low}:
            assert run_alone(program, way, steps) == "steps"
        right = run_alone(program, way, 10**6)
        assert not isinstance(right, str)
        assert run_alone(program, way, high) == right


def run_alone(program: Any, way: str, steps: int) -> Any:
    """What machine code alone says of a run with so many steps."""
    f = program.compile("z", wrt=["x"], engine="native")
    unit = f.questions.ways["value" if way == "__call__" else "gradient"].unit()
    from lang.backend import build

    try:
        found = build("native", unit, lang.Limits(steps=steps))([0.7, 0.3][: len(unit.inputs)])
    except lang.LimitExceeded as error:
        return "nowhere" if error.span is None else error.limit
    assert found is not None
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_limits_stop_what_they_stop_on_the_interpreter(name: str) -> None:
    program = lang.parse(PROGRAMS[name])
    for limits in (*(lang.Limits(steps=each) for each in (0, 1, 2, 3, 10, 30, 100, 300)),
                   *(lang.Limits(depth=each) for each in range(12))):  # fmt: skip
        found, wanted = (answer(program, engine, "__call__", limits) for engine in ("native", "interpreter"))
        assert found == wanted, limits


@pytest.mark.parametrize("text", [text for text in FAULTS if "'" not in text and "grad" not in text and "?" in text])
def test_faults_are_those_of_the_interpreter(text: str) -> None:
    program = lang.parse(text)
    for steps in range(60):
        results = []
        for engine in ("native", "interpreter"):
            f = program.compile("z", engine=engine, limits=lang.Limits(steps=steps))
            try:
                results.append(f(*[2.0, 3.0][: len(program.inputs)]))
            except lang.LimitExceeded as error:
                results.append(error.limit)
        assert results[0] == results[1], steps


def test_calls_are_counted_where_functions_are_written_twice() -> None:
    program = lang.parse("x = ?\nf(n) = x if n < 1 else f(n - 1) + f(n - 1)\nz = f(9)")
    made: Any = program.compile("z", engine="native")._codes.of("value")
    assert "_next(" in made.text
    for depth in range(15):
        found = answer(program, "native", "__call__", lang.Limits(depth=depth))
        assert found == (0.7 * 512 if depth >= 10 else (lang.LimitExceeded, "depth", False))


def test_a_run_that_recurses_for_long_is_stopped_in_machine_code() -> None:
    text = "x = ?\nf(n) = x if n < 1 else f(n - 1) + f(n - 1)\nz = f(60)"
    for limits, limit in ((lang.Limits(steps=3_000_000), "steps"), (lang.Limits(steps=10**13, seconds=0.1), "seconds")):
        f = lang.parse(text).compile("z", engine="native", limits=limits)
        made: Any = f._codes.of("value")
        with pytest.raises(lang.LimitExceeded) as met:
            made([0.5])
        assert met.value.limit == limit
        assert met.value.span is not None
        assert text[slice(*met.value.span)].startswith("f(n - 1)")
