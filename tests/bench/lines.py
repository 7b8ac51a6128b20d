"""Straight-line programs for all contenders: lines `target = op(operands)`, which are text in three languages at once.

Law: a line's right side is the same text in adlang, in Python and in C, so that all compute the same.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

FUNCTIONS: dict[str, Callable[..., float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
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


LECTURE = (Line("a", "*", ("x", "y")), Line("b", "sin", ("x",)), Line("z", "+", ("a", "b")))


def text(lines: tuple[Line, ...], inputs: dict[str, float]) -> str:
    """The program in adlang: its inputs, then its lines."""
    return "\n".join([*(f"{name} = ?" for name in inputs), *(f"{line.target} = {line.right}" for line in lines)]) + "\n"


def mixed(count: int, inputs: int, seed: int = 1, plain: int = 1) -> tuple[tuple[Line, ...], dict[str, float]]:
    """Random lines of ten kinds of operation, and the point they are evaluated at.

    Each of `+ - * /` is drawn `plain` times as often as each of the others. The lines come in blocks of twenty, each of
    which begins at inputs and ends in a sum, so the derivatives of 100,000 lines neither vanish nor explode and all
    libraries can agree on them to 1e-9.
    """
    chance = random.Random(seed)
    point = {f"x{index}": round(chance.uniform(0.5, 1.5), 3) for index in range(inputs)}
    values = dict(point)
    lines: list[Line] = []
    kinds = [op for op in FUNCTIONS for _ in range(plain if op in "+-*/" else 1)]

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
            loose = _grow(chance, kinds, values, loose, fresh, add)
        for each in loose[-1:]:
            last = len(lines) >= count - 1
            total = add("+", (total or fresh[0], each), "z" if last else "")
    return tuple(lines), point


def _grow(
    chance: random.Random,
    kinds: list[str],
    values: dict[str, float],
    loose: list[str],
    fresh: list[str],
    add: Callable[..., str],
) -> list[str]:
    """One more line, on the values that nothing uses yet, of a kind whose result stays in a good range."""
    first = loose[0]
    second = loose[1] if len(loose) > 1 else chance.choice(fresh)
    while True:
        op = chance.choice(kinds)
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
