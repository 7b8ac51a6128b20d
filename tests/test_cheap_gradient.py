"""The cheap gradient principle, counted: how many primitive operations a program, its forward program (one seed) and
its adjoint program (with the program in it) execute.

Law: for programs of + - * / sin cos exp log sqrt tanh the forward program does at most 4 times the operations of the
program, the adjoint program at most 5 times, however nested its calls and loops. A unary minus counts; branches,
comparisons, copies, pushes and pops are no operations, as in the lecture's count.

python -m tests.test_cheap_gradient        # prints the table
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

import lang
from lang.evaluate import machine
from lang.program import Program
from lang.steps import form

FORWARD, REVERSE = 4.0, 5.0
CHAIN = "".join(f"f{n + 1}(a) = f{n}(a) * f{n}(a * a)\n" for n in range(5))
DEEP = "".join(f"f{n + 1}(a) = sin(f{n}(a)) * a\n" for n in range(12))
DEEP_BLOCKS = "".join(
    f"def f{n + 1}(a, b):\n    c = f{n}(b, a * b)\n    d = tanh(c)\n    return c * d\n" for n in range(12)
)
SPEELPENNING = "x = ?\ny = ?\nz = " + " * ".join(["x", "y"] * 10) + "\n"

PROGRAMS = {
    "lecture": "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n",
    "one product": "x = ?\ny = ?\nz = x * y\n",
    "one square": "x = ?\nz = x * x\n",
    "one quotient": "x = ?\ny = ?\nz = x / y\n",
    "quotients": "x = ?\ny = ?\nz = x / y / (x + y) / (y / x)\n",
    "quotients by one name": "x = ?\ny = ?\nz = x / y / y / y / y / y\n",
    "differences of one name": "x = ?\ny = ?\nz = x - y - y - y - -y\n",
    "sum": "x = ?\ny = ?\nz = x + y + x + y - x - y\n",
    "sin": "x = ?\nz = sin(x)\n",
    "cos": "x = ?\nz = cos(x)\n",
    "exp": "x = ?\nz = exp(x)\n",
    "log": "x = ?\nz = log(x)\n",
    "sqrt": "x = ?\nz = sqrt(x)\n",
    "tanh": "x = ?\nz = tanh(x)\n",
    "sines of sines": "x = ?\nz = sin(sin(sin(sin(sin(x)))))\n",
    "tanhs of tanhs": "x = ?\nz = tanh(tanh(tanh(tanh(tanh(x)))))\n",
    "cosines of cosines": "x = ?\nz = cos(cos(cos(cos(cos(x)))))\n",
    "roots of roots": "x = ?\nz = sqrt(sqrt(sqrt(sqrt(sqrt(x)))))\n",
    "logs and exps": "x = ?\ny = ?\nz = log(exp(x) + exp(y)) * sqrt(x * x + y * y)\n",
    "product of many": SPEELPENNING,
    "neuron": "x = ?\ny = ?\na = tanh(x * y + x)\nb = tanh(a * y - x)\nz = (a - b) * (a - b)\n",
    "for": "x = ?\ny = ?\nz = x\nfor i in range(50):\n    z = sin(z) * y + x\n",
    "for with a quotient": "x = ?\nz = x\nfor i in range(50):\n    z = (z + x / z) / 2\n",
    "while": "x = ?\nz = x\nn = 0\nwhile n < 50:\n    z = z * x / (z + x)\n    n = n + 1\n",
    "stride": "x = ?\nz = x\nfor i in range(100, 0, -3):\n    z = tanh(z * x)\n",
    "loop in loop": "x = ?\ny = ?\nz = x\nfor i in range(8):\n    for j in range(8):\n        z = cos(z) * y + z\n",
    "branch in loop": (
        "x = ?\nz = x\nfor i in range(40):\n    if z > 1:\n        z = z * x\n"
        "    else:\n        z = z * z + x + exp(z)\n"
    ),
    "carried values": "x = ?\ny = ?\na = x\nb = y\nfor i in range(30):\n    a, b = sin(a * b), cos(a)\nz = a * b\n",
    "function": "x = ?\ny = ?\nf(a, b) = sin(a) * b + a / b\nz = f(x, y) * f(y, x)\n",
    "block function": "x = ?\ndef f(a):\n    b = a * a\n    c = exp(b) + b\n    return c * c\nz = f(f(x))\n",
    "calls 12 deep": f"x = ?\nf0(a) = a * a\n{DEEP}z = f12(x)\n",
    "blocks 12 deep": f"x = ?\ny = ?\nf0(a, b) = a * b\n{DEEP_BLOCKS}z = f12(x, y)\n",
    "calls that double": f"x = ?\nf0(a) = sin(a)\n{CHAIN}z = f5(x)\n",
    "loop in a function in a loop": (
        "x = ?\ny = ?\ndef f(a, b):\n    s = a\n    for i in range(6):\n        s = sin(s) * b\n    return s\n"
        "z = x\nfor i in range(6):\n    z = f(z, y) + x\n"
    ),
    "loops in functions in loops in functions": (
        "x = ?\ndef f(a):\n    s = a\n    for i in range(5):\n        s = s * a + sin(s)\n    return s\n"
        "def g(a):\n    t = a\n    for i in range(5):\n        t = tanh(f(t)) * a\n    return t\n"
        "z = x\nfor i in range(3):\n    z = g(z) * x\n"
    ),
    "recursion": "x = ?\npower(a, n) = 1 if n < 1 else a * power(a, n - 1)\nz = power(x, 30)\n",
    "recursion in two": (
        "x = ?\ndef f(a, n):\n    if n < 2:\n        return sin(a)\n    else:\n        u = f(a, n - 1)\n"
        "        v = f(a * 0.5, n - 2)\n        return u * v + cos(a)\nz = f(x, 8)\n"
    ),
    "program name in a function": "x = ?\ny = ?\nf(a) = sin(a * y) + y\nz = x\nfor i in range(20):\n    z = f(z) * x\n",
}
"""Programs of the operations the principle is about, each of another kind."""


class Count(NamedTuple):
    """Operations executed."""

    program: int
    forward: int
    reverse: int


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count the primitive operations that the machine executes."""
    total = [0]

    class Counting(machine.Machine):
        def _straight(self, segment: list[tuple[object, ...]], registers: list[object]) -> None:
            total[0] += sum(is_operation(each[4]) for each in segment)
            super()._straight(segment, registers)

        def _straight_total(self, segment: list[tuple[object, ...]], registers: list[object]) -> None:
            raise AssertionError("numbers here are finite")

    with pytest.MonkeyPatch.context() as patch:
        for place in ("lang.session.Machine", "lang.evaluate.recipe.Machine"):
            patch.setattr(place, Counting, raising=False)
        yield total


def is_operation(step: object) -> bool:
    return isinstance(step, form.Operation)


def operations(program: Program) -> int:
    """The primitive operations of one run."""
    point = {name: 0.8 + 0.3 * index for index, name in enumerate(program.inputs)}
    with counted() as total:
        program.run(at=point)
    return total[0]


def count(text: str) -> Count:
    """The operations of a program, of its dearest forward program with one seed, and of its adjoint program."""
    program = lang.parse(text)
    forward = max(operations(program.forward("z", wrt=name)) for name in program.inputs)
    return Count(operations(program), forward, operations(program.reverse("z")))


def test_the_count_is_the_lecture_s() -> None:
    assert operations(lang.parse(PROGRAMS["lecture"])) == 3
    assert operations(lang.parse("x = ?\ny = x\nif x > 3:\n    y = x * 2\nz = y\n")) == 0
    assert operations(lang.parse(PROGRAMS["for"])) == 150
    assert operations(lang.parse(PROGRAMS["recursion"])) == 60
    assert operations(lang.parse("x = ?\npush x\nz = x * x\nx = pop()\n")) == 1


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_forward_program_costs_at_most_four_programs(text: str) -> None:
    found = count(text)
    assert found.forward <= FORWARD * found.program, found


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_adjoint_program_costs_at_most_five_programs(text: str) -> None:
    found = count(text)
    assert found.reverse <= REVERSE * found.program, found


def test_cost_does_not_grow_with_the_depth_of_calls() -> None:
    ratios = []
    for depth in (2, 4, 8, 12):
        calls = "".join(f"f{n + 1}(a) = sin(f{n}(a)) * a\n" for n in range(depth))
        found = count(f"x = ?\nf0(a) = a * a\n{calls}z = f{depth}(x)\n")
        ratios.append(found.reverse / found.program)
    assert max(ratios) - min(ratios) < 0.5, ratios


def test_cost_does_not_grow_with_the_turns_of_a_loop() -> None:
    ratios = []
    for turns in (4, 16, 64, 256):
        found = count(f"x = ?\nz = x\nfor i in range({turns}):\n    for j in range(3):\n        z = sin(z) * x\n")
        ratios.append(found.reverse / found.program)
    assert max(ratios) - min(ratios) < 0.5, ratios


def test_a_gradient_of_many_inputs_costs_no_more_than_one_derivative() -> None:
    names = [f"x{n}" for n in range(40)]
    text = "".join(f"{name} = ?\n" for name in names) + "z = " + " * ".join(names) + "\n"
    program = lang.parse(text)
    assert operations(program.reverse("z")) <= REVERSE * operations(program)


BINARY, UNARY = ("+", "-", "*", "/"), ("sin", "cos", "exp", "log", "sqrt", "tanh")


def random_line(seed: int) -> str:
    """A straight-line program whose statements each need the one before."""
    rng = random.Random(seed)
    names, lines = ["x", "y"], ["x = ?", "y = ?"]
    binary = rng.random()
    for number in range(rng.randint(1, 30)):
        last, other = names[-1], rng.choice(names[-rng.choice((1, 3, 30)) :])
        pair = [last, other] if rng.random() < 0.5 else [other, last]
        chosen = f" {rng.choice(BINARY)} ".join(pair) if rng.random() < binary else f"{rng.choice(UNARY)}({last})"
        names.append(f"v{number}")
        lines.append(f"{names[-1]} = {chosen}")
    return "\n".join([*lines, f"z = {names[-1]}"]) + "\n"


def written(program: Program) -> int:
    """The operations of a program of straight lines."""
    return sum(is_operation(step) for step in program.entry.steps)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_random_straight_lines_are_cheap(first: int) -> None:
    for seed in range(first, first + 50):
        text = random_line(seed)
        program = lang.parse(text)
        wrt = [name for name in program.inputs if f"{name} " in text.split("?")[-1] or f"({name})" in text]
        forward = max(written(program.forward("z", wrt=name)) for name in wrt or program.inputs)
        assert forward <= FORWARD * written(program), text
        assert written(program.reverse("z")) <= REVERSE * written(program), text


def main() -> None:
    """Print the table."""
    print(f"{'program':42} {'operations':>10} {'forward':>8} {'ratio':>6} {'adjoint':>8} {'ratio':>6}")
    worst = [0.0, 0.0]
    for name, text in PROGRAMS.items():
        found = count(text)
        ratios = [found.forward / found.program, found.reverse / found.program]
        worst = [max(pair) for pair in zip(worst, ratios, strict=True)]
        print(
            f"{name:42} {found.program:10,} {found.forward:8,} {ratios[0]:6.2f} {found.reverse:8,} {ratios[1]:6.2f}"
        )
    print(f"{'the dearest':42} {'':10} {'':8} {worst[0]:6.2f} {'':8} {worst[1]:6.2f}")


if __name__ == "__main__":
    main()
