"""Every construct of the language against values known without it: by hand, or by Python's own evaluation."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import pytest

import lang


def run(text: str, **inputs: float) -> dict[str, float | bool]:
    return lang.parse(text).run(at=inputs).values


def shown(text: str) -> list[tuple[float | bool, ...]]:
    return [each.values for each in lang.parse(text).run().shown]


def error(text: str, kind: type[lang.AdError] = lang.AdError, **inputs: float) -> lang.AdError:
    with pytest.raises(kind) as caught:
        run(text, **inputs)
    return caught.value


def place(caught: lang.AdError) -> tuple[int, str]:
    """The line of an error, and the text its carets stand under."""
    assert caught.source is not None, caught
    assert caught.span is not None, caught
    return caught.source.position(caught.span[0])[0], caught.source.slice(caught.span)


# --- statements ------------

PROGRAMS: list[tuple[str, dict[str, float], dict[str, float | bool]]] = [
    ("x = ?\nz = x * 2", {"x": 3}, {"x": 3, "z": 6}),
    ("x = ? 1.5\nz = x * 2", {}, {"z": 3}),
    ("x = ? 1.5\nz = x * 2", {"x": -1}, {"z": -2}),
    ("x = ? -1.5\nz = x", {}, {"z": -1.5}),
    ("x = ?; y = ?; a = x * y; b = sin(x); z = a + b", {"x": 2, "y": 3}, {"z": 6 + math.sin(2)}),
    (
        "a = 7; a += 2; b = a; b -= 10; c = b; c *= 4; d = c; d /= 8; e1 = d; e1 **= 3",
        {},
        {"a": 9, "b": -1, "c": -4, "d": -0.5, "e1": -0.125},
    ),
    ("a = 2; a *= 3 + 4", {}, {"a": 14}),
    ("a = 2; a -= 3 - 4", {}, {"a": 3}),
    ("a = 1; a = a + 1; a = a * a", {}, {"a": 4}),
    ("p, q = 1, 2; p, q = q, p", {}, {"p": 2, "q": 1}),
    ("p, q, r = 1, 2, 3; p, q, r = r, p, q", {}, {"p": 3, "q": 1, "r": 2}),
    ("p, q = 1, 2; p, q = p + q, p - q", {}, {"p": 3, "q": -1}),
    ("f(x, y) = x * y + 1; z = f(3, 4)", {}, {"z": 13}),
    ("f() = 7; z = f()", {}, {"z": 7}),
    ("def f(x):\n  a = x * x\n  return a + 1\nz = f(3)", {}, {"z": 10}),
    ("def f(x):\n  return x, 2 * x\np, q = f(5)", {}, {"p": 5, "q": 10}),
    ("def f(x):\n  if x > 0:\n    return 1\n  else:\n    return -1\nz = f(3) - f(-3)", {}, {"z": 2}),
    (
        "def f(x):\n  if x > 2:\n    return 1\n  elif x > 1:\n    return 2\n"
        "  else:\n    if x > 0:\n      return 3\n    else:\n"
        "      return 4\na, b = f(3), f(1.5)\nc, d = f(0.5), f(-1)",
        {},
        {"a": 1, "b": 2, "c": 3, "d": 4},
    ),
    ("fact(n) = 1 if n < 2 else n * fact(n - 1)\nz = fact(10)", {}, {"z": 3628800}),
    (
        "even(n) = 1 if n == 0 else odd(n - 1)\nodd(n) = 0 if n == 0 else even(n - 1)\n"
        "a, b = even(10), even(7)",
        {},
        {"a": 1, "b": 0},
    ),
    (
        "def gcd(a, b):\n  if b == 0:\n    return a\n  else:\n    return gcd(b, a % b)\nz = gcd(48, 36)",
        {},
        {"z": 12},
    ),
    (
        "def fib(n):\n  if n < 1:\n    return 0, 1\n  else:\n    a, b = fib(n - 1)\n    return b, a + b\n"
        "z, w = fib(20)",
        {},
        {"z": 6765, "w": 10946},
    ),
    ("x = ?\nif x > 0:\n  z = 1\nelif x < 0:\n  z = -1\nelse:\n  z = 0", {"x": 5}, {"z": 1}),
    ("x = ?\nif x > 0:\n  z = 1\nelif x < 0:\n  z = -1\nelse:\n  z = 0", {"x": -5}, {"z": -1}),
    ("x = ?\nif x > 0:\n  z = 1\nelif x < 0:\n  z = -1\nelse:\n  z = 0", {"x": 0}, {"z": 0}),
    ("z = 3\nif 1 > 2: z = 4", {}, {"z": 3}),
    ("n = 0\nwhile n < 10: n += 3", {}, {"n": 12}),
    ("n = 5\nwhile n < 3:\n  n = 100", {}, {"n": 5}),
    ("s = 0\nfor i in range(5): s += i", {}, {"s": 10, "i": 4}),
    ("s = 0\nfor i in range(2, 5): s += i", {}, {"s": 9}),
    ("s = 0\nfor i in range(10, 0, -3): s = s * 10 + i", {}, {"s": 10741}),
    ("s = 0\nfor i in range(-3, 3, 2): s = s * 10 + i", {}, {"s": -309}),
    ("s = 0\nfor i in range(0): s = 1", {}, {"s": 0}),
    ("s = 0\nfor i in range(3, 3): s = 1", {}, {"s": 0}),
    ("s = 0\nfor i in range(3, 5, -1): s = 1", {}, {"s": 0}),
    ("s = 0\nfor i in range(-2): s = 1", {}, {"s": 0}),
    ("n = 3; s = 0\nfor i in range(n * 2):\n  n = 100\n  s += 1", {}, {"s": 6}),
    ("s = 0\nfor i in range(3):\n  i = i * 10\n  s += i", {}, {"s": 30, "i": 20}),
    ("s = 0\nfor i in range(3):\n  for j in range(i): s += 10 * i + j", {}, {"s": 10 + 20 + 21}),
    ("s = 0\nn = 0\nwhile n < 5:\n  n += 1\n  if n % 2 == 0: s += n", {}, {"s": 6}),
    ("z = 1 if 1 < 2 else 2", {}, {"z": 1}),
    ("z = 1 if 1 > 2 else 2 if 1 > 3 else 3", {}, {"z": 3}),
    ("b = 1 < 2; z = 5 if b else 6", {}, {"b": True, "z": 5}),
    ("b = 1 < 2 and not 3 < 2 or 1 > 5", {}, {"b": True}),
    ("a = 1 < 2 < 3; b = 1 < 3 < 2; c = 3 > 2 >= 2 == 2 != 1", {}, {"a": True, "b": False, "c": True}),
    ("z = where(1 < 2, 3, 4) + where(1 > 2, 30, 40)", {}, {"z": 43}),
    ("π2 = pi * 2; θ = π2 / tau; ñ = θ", {}, {"θ": 1, "ñ": 1}),
    (
        "learning_rate = 1_000; _x1 = .5; y = 1e-3; z = 5.",
        {},
        {"learning_rate": 1000, "_x1": 0.5, "y": 0.001, "z": 5},
    ),
    ("a = pi; pi = 3; b = pi", {}, {"a": math.pi, "b": 3}),
    ("e = 1; z = e + tau", {}, {"z": 1 + math.tau}),
    ("f(x) = x * pi; pi = 3; z = f(2)", {}, {"z": 6}),
    ("f(pi) = pi + 1; z = f(2) + pi", {}, {"z": 3 + math.pi}),
    ("k = 2; f(x) = k * x; a = f(10); k = 3; b = f(10)", {}, {"a": 20, "b": 30}),
    ("f(x) = x + later; later = 5; z = f(1)", {}, {"z": 6}),
    ("f(x) = x; a = f(2); f(x) = 10 * x; b = f(2)", {}, {"a": 2, "b": 20}),
    ("g(x) = f(x) + 1; f(x) = x; a = g(2); f(x) = 10 * x; b = g(2)", {}, {"a": 3, "b": 21}),
    ("x = 5\ndef f(x):\n  x = x + 1\n  return x\nz = f(1) + x", {}, {"z": 7, "x": 5}),
    ("x = 5\ndef f(a):\n  x = a\n  return x\nz = f(1) + x", {}, {"z": 6, "x": 5}),
    ("f(a) = g(a) + a\ng(a) = a * 10\na = 7; z = f(1)", {}, {"z": 11, "a": 7}),
    ("f(wrt, at) = wrt - at; grad = f(3, 1); by = grad * 2", {}, {"grad": 2, "by": 4}),
    ("range = 3; z = range + 1", {}, {"z": 4}),
    ("a = log(8, 2); b = ln(e); c = arcsin(0)", {}, {"a": 3, "b": 1, "c": 0}),
    ("\ufeffx = 1\r\ny = 2\rz = 3", {}, {"x": 1, "y": 2, "z": 3}),
    ("z = (1 +\n     2\n  + 3)  # six\n# end", {}, {"z": 6}),
    ("if 1 < 2:\n\tx = 1\n\ty = 2\nz = x + y;", {}, {"z": 3}),
    ("a = 1; b = 2;", {}, {"a": 1, "b": 2}),
    ("# nothing but this", {}, {}),
    ("", {}, {}),
]


@pytest.mark.parametrize(("text", "inputs", "expected"), PROGRAMS, ids=[text for text, _, _ in PROGRAMS])
def test_a_program_gives_the_values_known_by_hand(
    text: str, inputs: dict[str, float], expected: dict[str, Any]
) -> None:
    found = run(text, **inputs)
    assert {name: found[name] for name in expected} == expected
    for name, value in expected.items():
        assert isinstance(found[name], bool) == isinstance(value, bool), name


def test_an_expression_that_stands_alone_is_shown() -> None:
    assert shown("x = 3\nx * 2\nx, x + 1\n1 < 2") == [(6.0,), (3.0, 4.0), (True,)]


def test_inputs_are_listed_in_the_order_of_the_text() -> None:
    program = lang.parse("y = ?; x = ? 2; z = x + y")
    assert program.inputs == ("y", "x")
    assert program.names == ("x", "y", "z")


def test_composed_and_decomposed_spellings_are_one_name() -> None:
    assert run("caf\u00e9 = 3; z = cafe\u0301 + 1")["z"] == 4


def test_compatibility_letters_are_the_names_python_makes_of_them() -> None:
    assert run("ﬁ = 3; z = fi + 1")["z"] == 4


# --- what is not evaluated cannot fail ------------

UNTAKEN = [
    "z = 1 if 1 < 2 else 1 / 0",
    "z = 1 / 0 if 1 > 2 else 1",
    "z = 1 if 1 < 2 or 1 / 0 < 3 else 2",
    "z = 2 if 1 > 2 and 1 / 0 < 3 else 1",
    "z = 2 if 2 < 1 < 1 / 0 else 1",
    "z = 1\nif 1 > 2: z = log(-1)",
    "z = 1\nif 1 < 2:\n  z = 1\nelif log(-1) < 0:\n  z = 2",
    "z = 1\nwhile 1 > 2: z = log(-1)",
    "z = 1\nfor i in range(0): z = log(-1)",
    "f(x) = 1 / 0\nz = 1",
    "f(n) = 1 if n < 1 else f(n - 1)\nz = f(5)",
    "z = (1 if 1 < 2 else 1 / 0) if 1 < 2 else (1 / 0 if 1 < 2 else 1)",
]


@pytest.mark.parametrize("text", UNTAKEN)
def test_what_is_not_taken_is_never_evaluated(text: str) -> None:
    assert run(text)["z"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "z = 1 if 1 < 2 and 1 / 0 < 3 else 2",
        "z = 1 if 1 > 2 or 1 / 0 < 3 else 2",
        "z = 1 if 1 < 2 < 1 / 0 else 2",
        "z = 1 / 0 if 1 < 2 else 1",
    ],
)
def test_what_is_taken_is_evaluated(text: str) -> None:
    assert place(error(text, lang.DomainError))[1] == "1 / 0"


def test_a_comparison_chain_evaluates_its_middle_once() -> None:
    text = "n = 0\ndef f(x):\n  return x\nz = 1 if 0 < f(1) < 2 else 0"
    assert run(text)["z"] == 1
    assert not run("z = 1 < 0 < 5")["z"]


# --- the same values as Python ------------


class UndefinedError(Exception):
    """No finite real value."""


class Real:
    """A float whose operations stop where the language stops."""

    def __init__(self, value: Any) -> None:
        if isinstance(value, complex) or value - value != 0.0:
            raise UndefinedError
        self.value = float(value)

    def _with(self, operation: Any, *others: Real) -> Real:
        try:
            return Real(operation(self.value, *(each.value for each in others)))
        except ArithmeticError:
            raise UndefinedError from None

    def __add__(self, other: Real) -> Real:
        return self._with(lambda a, b: a + b, other)

    def __sub__(self, other: Real) -> Real:
        return self._with(lambda a, b: a - b, other)

    def __mul__(self, other: Real) -> Real:
        return self._with(lambda a, b: a * b, other)

    def __truediv__(self, other: Real) -> Real:
        return self._with(lambda a, b: a / b, other)

    def __floordiv__(self, other: Real) -> Real:
        return self._with(lambda a, b: a // b, other)

    def __mod__(self, other: Real) -> Real:
        return self._with(lambda a, b: a % b, other)

    def __pow__(self, other: Real) -> Real:
        return self._with(lambda a, b: a**b, other)

    def __neg__(self) -> Real:
        return self._with(lambda a: -a)

    def __pos__(self) -> Real:
        return self

    def __lt__(self, other: Real) -> bool:
        return self.value < other.value

    def __le__(self, other: Real) -> bool:
        return self.value <= other.value

    def __gt__(self, other: Real) -> bool:
        return self.value > other.value

    def __ge__(self, other: Real) -> bool:
        return self.value >= other.value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Real) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


def number(rng: random.Random, depth: int) -> str:
    """A random expression that is a number; parentheses only sometimes."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(("0", "1", "2", "3", "7", "0.5", "1.25", "x", "y", "x", "y"))
    kind = rng.randrange(10)
    if kind < 6:
        sign = rng.choice(("+", "-", "*", "/", "//", "%", "**"))
        text = f"{number(rng, depth - 1)} {sign} {number(rng, depth - 1)}"
    elif kind < 8:
        text = rng.choice("+-") + number(rng, depth - 1)
    else:
        return f"({number(rng, depth - 1)} if {boolean(rng, depth - 1)} else {number(rng, depth - 1)})"
    return f"({text})" if rng.random() < 0.4 else text


def boolean(rng: random.Random, depth: int) -> str:
    """A random condition."""
    kind = rng.randrange(6)
    if depth > 0 and kind == 0:
        return f"not {boolean(rng, depth - 1)}"
    if depth > 0 and kind < 3:
        text = f"{boolean(rng, depth - 1)} {rng.choice(('and', 'or'))} {boolean(rng, depth - 1)}"
        return f"({text})" if rng.random() < 0.4 else text
    links = [rng.choice(("<", "<=", ">", ">=", "==", "!=")) for _ in range(rng.choice((1, 1, 2, 3)))]
    parts = [number(rng, max(0, depth - 1)) for _ in range(len(links) + 1)]
    return " ".join([parts[0], *(f"{link} {part}" for link, part in zip(links, parts[1:], strict=True))])


def by_python(text: str, x: float, y: float) -> dict[str, Any] | None:
    """The values Python gives to the names of a straight-line program; None where one does not exist."""
    scope: dict[str, Any] = {"R": Real, "x": Real(x), "y": Real(y), "__builtins__": {}}
    try:
        exec(re.sub(r"(?<![\w.])(\d[\d.]*)", r"R(\1)", text), scope)
    except UndefinedError:
        return None
    return {
        name: value.value if isinstance(value, Real) else value
        for name, value in scope.items()
        if isinstance(value, Real | bool)
    }


@pytest.mark.parametrize("seed", range(20))
def test_an_expression_is_what_python_makes_of_it(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        text = "z = " + (boolean(rng, 3) if rng.random() < 0.3 else number(rng, 4))
        x, y = rng.choice((-2.5, -1.0, 0.0, 1.0, 3.0)), rng.choice((-3.0, 0.5, 2.0))
        expected = by_python(text, x, y)
        program = lang.parse(f"x = ?; y = ?\n{text}")
        try:
            found = program.run(x=x, y=y).values
        except lang.DomainError:
            assert expected is None, (text, x, y, expected)
            continue
        assert expected is not None, (text, x, y, found)
        assert found["z"] == expected["z"], (text, x, y)
        assert isinstance(found["z"], bool) == isinstance(expected["z"], bool)


@pytest.mark.parametrize("seed", range(10))
def test_a_straight_line_program_is_what_python_makes_of_it(seed: int) -> None:
    rng = random.Random(1000 + seed)
    for _ in range(20):
        lines = [f"{rng.choice('xyab')} = {number(rng, 2)}" for _ in range(6)]
        lines.insert(2, f"x, y = y, {number(rng, 2)}")
        lines.append(f"y {rng.choice(('+=', '-=', '*='))} {number(rng, 2)}")
        text = "\n".join(lines)
        expected = by_python(text, 1.5, -2.0)
        program = lang.parse(f"x = ?; y = ?\n{text}")
        if expected is None:
            with pytest.raises(lang.DomainError):
                program.run(x=1.5, y=-2.0)
        else:
            assert program.run(x=1.5, y=-2.0).values == expected


# --- what is not a program, or cannot run ------------

ERRORS: list[tuple[str, type[lang.AdError], int]] = [
    ("a = 1\nz = b", lang.CheckError, 2),
    ("z = sine(1)", lang.CheckError, 1),
    ("z = f(1)\nf(x) = x", lang.CheckError, 1),
    ("z = z + 1", lang.CheckError, 1),
    ("z += 1", lang.CheckError, 1),
    ("a = 1 < 2\n\nb = a + 1", lang.TypeMismatch, 3),
    ("b = -(1 < 2)", lang.TypeMismatch, 1),
    ("b = sin(1 < 2)", lang.TypeMismatch, 1),
    ("b = (1 < 2) < 3", lang.TypeMismatch, 1),
    ("if 3: x = 1", lang.TypeMismatch, 1),
    ("x = 1\nwhile x: x = 2", lang.TypeMismatch, 2),
    ("z = not 3", lang.TypeMismatch, 1),
    ("z = 1 < 2 and 3", lang.TypeMismatch, 1),
    ("z = 3 or 1 < 2", lang.TypeMismatch, 1),
    ("z = 1 if 2 else 3", lang.TypeMismatch, 1),
    ("b = 1 < 2\nfor i in range(b): z = 1", lang.TypeMismatch, 2),
    ("z = where(1, 2, 3)", lang.TypeMismatch, 1),
    ("f(b) = 1 if b else 2\nz = f(3)", lang.TypeMismatch, 1),
    ("f(x) = x + 1\nz = f(1 < 2)", lang.TypeMismatch, 1),
    ("f(x) = 1 < x\nz = f(3) + 1", lang.TypeMismatch, 2),
    ("f(x) = 1 < x\nz = f'(3)", lang.TypeMismatch, 2),
    ("sin = 3", lang.CheckError, 1),
    ("sin(x) = x", lang.CheckError, 1),
    ("f(x, x) = x", lang.CheckError, 1),
    ("f(x) = x\nz = f(1, 2)", lang.CheckError, 2),
    ("f(x) = x\nz = f", lang.CheckError, 2),
    ("x = 3\nz = x(2)", lang.CheckError, 2),
    ("def f(x):\n  return x, 1\nz = f(1)", lang.CheckError, 3),
    ("def f(x):\n  return x, 1\nz = 1 + f(1)", lang.CheckError, 3),
    ("f(x) = x\np, q = f(1)", lang.CheckError, 2),
    ("p, q = 1, 2, 3", lang.AdError, 1),
    ("def f(x):\n  if x > 0:\n    return 1\n  return 2", lang.CheckError, 3),
    ("def f(x):\n  if x > 0:\n    return 1\n  else:\n    return 1, 2", lang.CheckError, 5),
    ("def f(x):\n  y = x", lang.CheckError, 2),
    ("return 3", lang.AdError, 1),
    ("if 1 < 2:\n  x = ?", lang.CheckError, 2),
    ("x = ?; x = ?", lang.CheckError, 1),
    ("break", lang.AdError, 1),
    ("z = 2x", lang.ParseError, 1),
    ("z = 2 ^ 3", lang.ParseError, 1),
    ("z = (1 + 2", lang.ParseError, 1),
    ("z = 1 +", lang.ParseError, 1),
    ("if 1 < 2\n  z = 1", lang.ParseError, 1),
    ("if 1 < 2:\nz = 1", lang.ParseError, 1),
    ("if 1 < 2:\n  x = 1\n\ty = 2", lang.ParseError, 3),
    ("x = 1\n  y = 2", lang.ParseError, 2),
    ("z = 1e400", lang.ParseError, 1),
    ("z = ١", lang.ParseError, 1),
    ("z = 1 = 2", lang.ParseError, 1),
    ("if x = 1: z = 2", lang.ParseError, 1),
    ("1 = x", lang.ParseError, 1),
    ("z = 1 __ 2", lang.ParseError, 1),
    ("z = 1__2", lang.ParseError, 1),
    ("z = 'a'", lang.ParseError, 1),
    ("import math", lang.ParseError, 1),
    ("z = [1, 2]", lang.ParseError, 1),
    ("z = lambda x: x", lang.ParseError, 1),
]


@pytest.mark.parametrize(("text", "kind", "line"), ERRORS, ids=[text for text, _, _ in ERRORS])
def test_a_program_that_cannot_run_is_told_where(text: str, kind: type[lang.AdError], line: int) -> None:
    caught = error(text, kind)
    assert place(caught)[0] == line
    assert caught.message
    assert str(line) in caught.render()


UNSET = "x = ?\nif x > 0:\n  a = 1\n{more}z = a + 1"


def test_a_name_unset_in_the_branch_taken_is_an_error_at_its_use() -> None:
    assert run(UNSET.format(more=""), x=1)["z"] == 2
    caught = error(UNSET.format(more=""), lang.UnsetName, x=-1)
    assert place(caught)[0] == 4
    assert "`a`" in caught.message


def test_a_name_set_only_in_a_loop_that_never_turns_is_an_error_at_its_use() -> None:
    text = "n = ?\nfor i in range(n): a = i\nz = a\nw = i"
    assert run(text, n=2)["z"] == 1
    assert place(error(text, lang.UnsetName, n=0)) == (3, "a")


def test_a_function_that_reads_a_name_without_value_is_an_error_in_its_body() -> None:
    caught = error("f(x) = x + k\nz = f(1)\nk = 2")
    assert place(caught)[0] in (1, 2)
    assert "`k`" in caught.message


def test_a_local_name_unset_in_one_branch_is_an_error_in_the_body() -> None:
    text = "def f(x):\n  if x > 0:\n    a = 1\n  return a\nz = f(?)".replace("?", "{}")
    assert run(text.format(1))["z"] == 1
    assert place(error(text.format(-1), lang.UnsetName))[0] == 4


def test_mixed_kinds_of_a_name_are_told_apart_while_running() -> None:
    text = "x = ?\nif x > 0:\n  a = 1\nelse:\n  a = 1 < 2\nz = a + 1"
    assert run(text, x=1)["z"] == 2
    assert place(error(text, lang.TypeMismatch, x=-1))[0] == 6


def test_range_counts_in_whole_numbers_with_a_step_that_moves() -> None:
    assert place(error("for i in range(2.5): z = i", lang.DomainError))[0] == 1
    assert place(error("s = 0\nfor i in range(0, 5, 0): s = i", lang.DomainError))[0] == 2
    assert run("n = ?; s = 0\nfor i in range(n): s += 1", n=4)["s"] == 4


# --- inputs ------------


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "3", None, True, 1j, [1], 10**400])
def test_an_input_takes_a_finite_real_number(value: Any) -> None:
    with pytest.raises(lang.InputError) as caught:
        lang.parse("x = ?; z = x").run(x=value)
    assert "`x`" in caught.value.message


def test_a_missing_input_is_an_error_that_names_it() -> None:
    caught = error("x = ?; y = ?; z = x", lang.MissingInput, x=1)
    assert "`y`" in caught.message


def test_an_unknown_input_is_an_error_that_names_it() -> None:
    with pytest.raises(lang.InputError, match="`rate2`") as caught:
        lang.parse("rate = ?; z = rate").run(rate=1, rate2=2)
    assert "rate" in caught.value.hint


def test_inputs_whose_names_are_options_go_into_a_mapping() -> None:
    program = lang.parse("at = ?; limits = ?; kinks = ?; z = at * limits + kinks")
    point = {"at": 2, "limits": 3, "kinks": 4}
    assert program.run(at=point)["z"] == 10
    assert program.grad("z", at=point) == {"at": 3, "limits": 2, "kinks": 1}


def test_numbers_of_other_python_types_are_inputs() -> None:
    import fractions

    import numpy

    program = lang.parse("x = ?; z = x * 2")
    assert [
        program.run(x=value)["z"] for value in (numpy.float64(1.5), numpy.int32(2), fractions.Fraction(1, 2))
    ] == [3, 4, 1]


# --- domains ------------

DOMAINS = ["log(-1)", "log(0)", "1 / 0", "exp(1000)", "(-8) ** (1 / 3)", "0 ** -1", "sqrt(-1)", "asin(2)",
           "7 % 0", "7 // 0",
           "1e200 * 1e200", "1e308 + 1e308", "gamma(0)", "atanh(1)", "log(1, 1)", "acosh(0.5)",
           "9 ** 9 ** 9 ** 9", "mod(1, 0)",
           "lgamma(-1)", "erfinv(1)", "beta(-1, 2)", "log1p(-1)", "inv(0)", "sinh(1000)", "rsqrt(0)",
           "1e308 * 10 - 1e308 * 10"]  # fmt: skip


@pytest.mark.parametrize("expression", DOMAINS)
def test_an_operation_without_a_finite_real_value_stops_the_program_at_its_place(expression: str) -> None:
    caught = error(f"a = 1\nz = a + ({expression})", lang.DomainError)
    line, under = place(caught)
    assert line == 2
    assert under in expression


@pytest.mark.parametrize("expression", DOMAINS)
def test_in_ieee_mode_no_operation_stops_the_program(expression: str) -> None:
    value = lang.parse(f"z = {expression}").run(ieee=True)["z"]
    assert not math.isfinite(value)


def test_a_domain_error_names_the_operation_and_its_arguments() -> None:
    assert "log(-1)" in error("x = ?\nz = 2 * log(x - 3)", lang.DomainError, x=2).message


def test_a_domain_error_in_a_function_tells_the_call_too() -> None:
    caught = error("f(a) = log(a)\ng(a) = f(a - 2)\nz = g(1)", lang.DomainError)
    assert place(caught) == (1, "log(a)")
    assert any("f(a - 2)" in caught.source.slice(mark.span) for mark in caught.marks)
