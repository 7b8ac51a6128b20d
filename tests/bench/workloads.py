"""What is measured: one list of workloads, each in a form that every contender can take.

Law: a workload is the same computation for all. Straight-line programs are lines `target = op(operands)`, from which
the text of adlang, of Python and of C is written; loops and Rosenbrock's function are written once by hand in each.

A question is `gradient` (value and all partial derivatives), `jvp` (value and derivative by the first input),
`hessian`, or `batch` (values and gradients of many rows).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

FUNCTIONS: dict[str, Callable[..., float]] = {
    "sin": math.sin, "cos": math.cos, "tanh": math.tanh, "exp": math.exp, "log": math.log, "sqrt": math.sqrt,
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
}
BLOCK = 20
ALL_KINDS = 10
"""The first seed with which twenty operations on four inputs are of all ten kinds, and use all inputs."""


@dataclass(frozen=True)
class Line:
    """`target = op(operands)`."""

    target: str
    op: str
    operands: tuple[str, ...]

    @property
    def right(self) -> str:
        """The right side, as Python, C and adlang write it."""
        if len(self.operands) == 2:
            return f"{self.operands[0]} {self.op} {self.operands[1]}"
        return f"{self.op}({self.operands[0]})"


@dataclass(frozen=True)
class Workload:
    """One thing to measure.

    Attributes:
        key: a short name for the command line.
        title: what the table calls it.
        question: `gradient`, `jvp`, `hessian` or `batch`.
        text: the program in adlang; its result is `z`.
        point: the inputs' values, in order.
        operations: how many operations one evaluation of the program executes.
        lines: the program as lines; empty for loops and vectors.
        family: which hand-written code it belongs to: `lines`, `loop` or `rosenbrock`.
        size: turns of the loop, or inputs.
        rows: rows of a batch.
        threads: cores that may work at a batch; 0 for all.
    """

    key: str
    title: str
    question: str
    text: str
    point: dict[str, float]
    operations: int
    lines: tuple[Line, ...] = ()
    family: str = "lines"
    size: int = 0
    rows: int = 0
    threads: int = 0
    seeds: tuple[int, ...] = field(default=())


def _program(lines: tuple[Line, ...], inputs: dict[str, float]) -> str:
    return "\n".join([*(f"{name} = ?" for name in inputs), *(f"{line.target} = {line.right}" for line in lines)]) + "\n"


LECTURE = (Line("a", "*", ("x", "y")), Line("b", "sin", ("x",)), Line("z", "+", ("a", "b")))


def mixed(count: int, inputs: int, seed: int = 1) -> tuple[tuple[Line, ...], dict[str, float]]:
    """Random lines of ten kinds of operation, and the point they are evaluated at.

    They come in blocks of twenty, each of which begins at inputs and ends in a sum, so the derivatives of 100,000 lines
    neither vanish nor explode and all libraries can agree on them to 1e-9.
    """
    chance = random.Random(seed)
    point = {f"x{index}": round(chance.uniform(0.5, 1.5), 3) for index in range(inputs)}
    values = dict(point)
    lines: list[Line] = []

    def add(op: str, operands: tuple[str, ...], target: str = "") -> str:
        target = target or f"v{len(lines)}"
        values[target] = FUNCTIONS[op](*(values[each] for each in operands))
        lines.append(Line(target, op, operands))
        return target

    total = ""
    while len(lines) < count:
        fresh = [f"x{chance.randrange(inputs)}" for _ in range(4)]
        loose: list[str] = list(fresh)
        for _ in range(min(BLOCK - 2, count - len(lines) - 1)):
            loose = _grow(chance, values, loose, fresh, add)
        for each in loose[-1:]:
            last = len(lines) >= count - 1
            total = add("+", (total or fresh[0], each), "z" if last else "")
    return tuple(lines), point


def _grow(
    chance: random.Random, values: dict[str, float], loose: list[str], fresh: list[str],
    add: Callable[..., str],
) -> list[str]:
    """One more line, on the values that nothing uses yet, of a kind whose result stays in a good range."""
    first = loose[0]
    second = loose[1] if len(loose) > 1 else chance.choice(fresh)
    while True:
        op = chance.choice(list(FUNCTIONS))
        operands = (first, second) if op in "+-*/" else (first,)
        if op in ("/", "log", "sqrt") and not 0.2 < values[operands[-1]] < 5.0:
            continue
        value = FUNCTIONS[op](*(values[each] for each in operands))
        if 0.01 < abs(value) < 4.0:
            break
        if (op == "+" and abs(value) >= 4.0) or chance.random() < 0.1:
            op, operands = "sin", (first,)
            break
    target = add(op, operands)
    return [each for each in loose if each not in operands] + [target]


def _straight(key: str, title: str, count: int, inputs: int, rows: int = 0, seed: int = 1) -> Workload:
    lines, point = mixed(count, inputs, seed)
    question = "batch" if rows else "gradient"
    return Workload(key, title, question, _program(lines, point), point, count, lines, rows=rows)


LOOP_TEXT = """x = ?
y = ?
s = x
for i in range({turns}):
    s = s + 0.001 * sin(y * s)
z = s * s
"""
LOOP_POINT = {"x": 0.7, "y": 1.3}


def _loop(key: str, title: str, question: str, turns: int) -> Workload:
    text = LOOP_TEXT.format(turns=turns)
    return Workload(key, title, question, text, LOOP_POINT, 4 * turns, family="loop", size=turns)


def rosenbrock(count: int) -> tuple[str, dict[str, float]]:
    """Rosenbrock's function of `count` inputs, unrolled, and its usual starting point."""
    point = {f"x{index}": -1.2 if index % 2 == 0 else 1.0 for index in range(count)}
    terms = [f"100 * (x{index + 1} - x{index}**2)**2 + (1 - x{index})**2" for index in range(count - 1)]
    return "\n".join([*(f"{name} = ?" for name in point), f"z = {' + '.join(terms)}"]) + "\n", point


def _rosenbrock(key: str, title: str, question: str, count: int) -> Workload:
    text, point = rosenbrock(count)
    return Workload(key, title, question, text, point, 8 * (count - 1), family="rosenbrock", size=count)


def workloads(scale: float = 1.0) -> list[Workload]:
    """All of them; `scale` below 1 makes sizes smaller (for a smoke run)."""

    def sized(count: int, least: int = 20) -> int:
        return max(least, int(count * scale))

    point = {"x": 0.5, "y": 4.2}
    lecture = _program(LECTURE, point)
    rows = sized(1_000_000)
    batch = Workload("batch", f"lecture, {rows:,} rows", "batch", lecture, point, 3, LECTURE, rows=rows)
    return [
        Workload("lecture", "the lecture's gradient, 2 inputs", "gradient", lecture, point, 3, LECTURE),
        _straight("ops1k", f"{sized(1_000):,} mixed operations, 50 inputs", sized(1_000), 50),
        _straight("ops10k", f"{sized(10_000):,} mixed operations", sized(10_000), 50),
        _straight("ops100k", f"{sized(100_000):,} mixed operations", sized(100_000), 50),
        _loop("loop-forward", f"loop of {sized(1_000_000):,} turns, forward", "jvp", sized(1_000_000)),
        _loop("loop-reverse", f"loop of {sized(100_000):,} turns, reverse", "gradient", sized(100_000)),
        _rosenbrock("rosenbrock", f"Rosenbrock, n = {sized(100, 10)}, gradient", "gradient", sized(100, 10)),
        _rosenbrock("hessian", f"Rosenbrock, n = {sized(100, 10)}, Hessian", "hessian", sized(100, 10)),
        batch,
        (ops20 := _straight("batch20", f"20 operations, 4 inputs, {rows:,} rows", 20, 4, rows, ALL_KINDS)),
        replace(batch, key="batch-1", title=f"{batch.title}, one thread", threads=1),
        replace(ops20, key="batch20-1", title=f"{ops20.title}, one thread", threads=1),
    ]
