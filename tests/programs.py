"""Seeded random programs with their inputs, as language text and as Python that mpmath can run.

Law: a seed gives the same program for ever. The Python side shares nothing with `lang`: it is the text
rewritten line by line, run on 120-digit numbers, and its derivatives are differences so small that they are
exact to a double."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mpmath import mp, mpf

DIGITS = 120
STEP = mpf(2) ** -80
"""A power of two, so that the slope of a straight line is exact, and a comparison with it decided, at any precision."""
SPECIAL = (0.0, 0.0, 1.0, -1.0, 2.0, 0.5, -0.5, 3.0)


class UndefinedError(Exception):
    """The program has no real value here."""


# --- the Python side ------------


def _real(condition: Callable[..., bool], function: Callable[..., Any]) -> Callable[..., Any]:
    def checked(*values: Any) -> Any:
        values = tuple(mpf(each) for each in values)
        if not condition(*values):
            raise UndefinedError
        return function(*values)

    return checked


def _any(function: Callable[..., Any]) -> Callable[..., Any]:
    return _real(lambda *values: True, function)


def _sigmoid(a: mpf) -> mpf:
    return 1 / (1 + mp.exp(-a))


BUILT_IN: dict[str, Callable[..., Any]] = {
    "sin": _any(mp.sin), "cos": _any(mp.cos), "tanh": _any(mp.tanh), "atan": _any(mp.atan),
    "exp": _any(mp.exp),
    "square": _any(lambda a: a * a), "abs": _any(abs), "max": _any(max), "min": _any(min),
    "hypot": _any(mp.hypot),
    "sigmoid": _any(_sigmoid), "softplus": _any(lambda a: mp.log(1 + mp.exp(a))), "erf": _any(mp.erf),
    "relu": _any(lambda a: max(a, mpf(0))), "log1p": _real(lambda a: a > -1, lambda a: mp.log(1 + a)),
    "sqrt": _real(lambda a: a >= 0, mp.sqrt), "log": _real(lambda a: a > 0, mp.log),
    "asin": _real(lambda a: abs(a) <= 1, mp.asin), "atan2": _any(mp.atan2),
    "expm1": _any(lambda a: mp.exp(a) - 1),
    "inv": _real(lambda a: a != 0, lambda a: 1 / a), "mod": _real(lambda a, b: b != 0, lambda a, b: a % b),
    "floor": _any(mp.floor), "cbrt": _any(lambda a: mp.sign(a) * mp.cbrt(abs(a))), "sinh": _any(mp.sinh),
}  # fmt: skip


def difference(function: Callable[..., Any], by: tuple[int, ...], level: int = 0) -> Callable[..., Any]:
    """The derivative of a Python function by its operands `by`, by central differences with a tiny step."""
    if not by:
        return function
    inner = difference(function, by[1:], level + 1)
    step = STEP / mpf(2) ** (10 * level)

    def slope(*values: Any) -> Any:
        above, under = list(values), list(values)
        above[by[0]], under[by[0]] = mpf(values[by[0]]) + step, mpf(values[by[0]]) - step
        one, other = inner(*above), inner(*under)
        if isinstance(one, tuple):
            return tuple((a - b) / (2 * step) for a, b in zip(one, other, strict=True))
        return (one - other) / (2 * step)

    return slope


def python_of(text: str) -> str:
    """The text as Python: inputs and rules left out, functions and derivatives rewritten."""
    lines = []
    parameters: dict[str, list[str]] = {}
    for line in text.splitlines():
        head = re.match(r"(?:def )?(\w+)\(([^()]*)\)(?: = |:)", line)
        if head:
            parameters[head[1]] = [each.strip() for each in head[2].split(",")]

    def derivative(match: re.Match[str]) -> str:
        names = parameters[match[1]]
        by = [names.index(each.strip()) for each in match[3].split(",")] if match[3] else [0] * len(match[2])
        return f"difference({match[1]}, {tuple(by)})("

    for line in text.splitlines():
        if line.endswith("= ?") or "=>" in line:
            continue
        line = re.sub(r"(\w+)('+)(?:\[([^\]]*)\])?\(", derivative, line)
        lines.append(re.sub(r"^(\w+\([^()]*\)) = (.*)$", r"def \1: return \2", line))
    return "\n".join(lines)


def reference(text: str, inputs: Mapping[str, float], target: str = "z") -> Callable[..., Any]:
    """The target as a Python function of the inputs, in order."""
    code = compile(python_of(text), "<python>", "exec")
    names = list(inputs)

    def value(*point: Any) -> Any:
        scope = {**BUILT_IN, "difference": difference, **dict(zip(names, map(mpf, point), strict=True))}
        try:
            exec(code, scope)
        except ZeroDivisionError:
            raise UndefinedError from None
        if not isinstance(scope[target], mpf | float | int):
            raise UndefinedError
        return mpf(scope[target])

    return value


# --- the generator ------------


@dataclass(frozen=True)
class Generated:
    """A program and where to run it; `special` where inputs are small whole numbers (ties, kinks, zeros)."""

    seed: int
    text: str
    inputs: dict[str, float]
    special: bool


RULED = (
    ("{f}(a, b) = a * sin(b)", "c = {f}(a, b) => dc = sin(b) * da + a * cos(b) * db", 2),
    ("{f}(a) = sigmoid(a)", "c = {f}(a) => dc = c * (1 - c) * da", 1),
    ("{f}(a) = tanh(a)", "c = {f}(a) => dc = (1 - c * c) * da", 1),
    ("{f}(a, b) = a / (1 + square(b))", "c = {f}(a, b) => dc = (da - 2 * b * c * db) / (1 + square(b))", 2),
)
BOUNDED = ("sin", "cos", "tanh", "atan", "sigmoid", "erf")
SMOOTH = (*BOUNDED, "square", "softplus")
RISKY = ("log", "sqrt", "asin", "log1p", "inv", "cbrt")


class Writer:
    """Writes one random program."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.special = self.rng.random() < 0.3
        self.risk = 0.6 if self.special else self.rng.choice((0.0, 0.0, 0.4))
        self.lines: list[str] = []
        self.functions: list[tuple[str, int, bool]] = []
        self.pairs: list[tuple[str, int]] = []
        self.names: list[str] = []
        self.count = 0

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def number(self) -> str:
        return str(self.rng.choice((1, 2, 3, 0.5, 0.25, 1.5, 0.1, 0.7, 1.25)))

    def expression(self, names: list[str], depth: int, smooth: bool = False) -> str:
        rng = self.rng
        if depth <= 0 or rng.random() < 0.12:
            return rng.choice(names) if rng.random() < 0.8 else self.number()
        kind = rng.randrange(13)
        one = lambda: self.expression(names, depth - 1, smooth)  # noqa: E731
        if kind < 4:
            return f"({one()} {rng.choice('+-*')} {one()})"
        if kind == 4:
            return f"({one()} / (1 + square({one()})))"
        if kind == 5:
            return f"({one()}) ** {rng.choice((2, 2, 3, 1, 0))}" if smooth else f"abs({one()}) ** 1.5"
        if kind < 9 or smooth:
            return f"{rng.choice(SMOOTH)}({one()})"
        if kind == 9 and self.functions:
            return self.call(names, depth)
        if kind == 10:
            return f"({one()} if {self.condition(names, 1)} else {one()})"
        if rng.random() < self.risk:
            return f"{rng.choice(RISKY)}({one()})"
        return f"{rng.choice(('max', 'min', 'hypot'))}({one()}, {one()})"

    def call(self, names: list[str], depth: int) -> str:
        name, arity, derivable = self.rng.choice(self.functions)
        arguments = ", ".join(self.expression(names, depth - 2) for _ in range(arity))
        primes = ""
        if derivable and self.rng.random() < 0.4:
            order = self.rng.choice((1, 1, 1, 2))
            primes = (
                "'" * order if arity == 1 else f"'[{', '.join(self.rng.choice('ab') for _ in range(order))}]"
            )
        return f"{name}{primes}({arguments})"

    def condition(self, names: list[str], depth: int) -> str:
        rng = self.rng
        left, right = self.expression(names, depth), self.expression(names, depth)
        kind = rng.randrange(6)
        if kind == 0:
            return f"{left} < {right} <= 2"
        if kind == 1:
            return f"({left} > {right} and not {right} > 1)"
        if kind == 2:
            return f"({left} > {right} or {left} > 1)"
        return f"{left} {rng.choice(('<', '>', '<=', '>='))} {right}"

    # --- functions ------------

    def function(self) -> None:
        rng = self.rng
        name = self.fresh("f")
        kind = rng.randrange(7)
        if kind == 0:
            body, rule, arity = rng.choice(RULED)
            self.lines += [body.format(f=name), rule.format(f=name)]
            self.functions.append((name, arity, True))
        elif kind == 1:
            self.lines += [
                f"{name}(n, a) = a if n < 1 else sin({name}(n - 1, a * 0.9)) + {self.expression(['a'], 1)}",
                f"{name}r(a) = {name}(3, a)",
            ]
            self.functions.append((name + "r", 1, True))
        elif kind == 2:
            self.lines += [
                f"def {name}(a, b):",
                f"  u = {self.expression(['a', 'b'], 2)}",
                f"  return sin(u), {self.expression(['a', 'b', 'u'], 2)}",
            ]
            self.pairs.append((name, 2))
        elif kind == 3:
            self.branching(name)
        else:
            arity = rng.choice((1, 2))
            own = ["a", "b"][:arity]
            seen = own + ([rng.choice(self.names)] if rng.random() < 0.4 else [])
            self.lines.append(
                f"{name}({', '.join(own)}) = {self.expression(seen, 3, smooth=rng.random() < 0.6)}"
            )
            self.functions.append((name, arity, True))

    def branching(self, name: str) -> None:
        own = ["a", "b"]
        self.lines += [
            f"def {name}(a, b):",
            f"  if {self.condition(own, 1)}:",
            f"    return {self.expression(own, 2)}",
            "  else:",
            f"    u = {self.expression(own, 2)}",
            "    return tanh(u) * a",
        ]
        self.functions.append((name, 2, True))

    # --- statements ------------

    def statement(self) -> None:
        write = self.rng.choice(
            (
                self.assign,
                self.assign,
                self.augment,
                self.swap,
                self.branch,
                self.loop,
                self.repeat,
                self.several,
            )
        )
        write()

    def assign(self) -> None:
        name = self.rng.choice([*self.names, *[self.fresh("v")] * 3])
        self.lines.append(f"{name} = {self.expression(self.names, 3)}")
        self.know(name)

    def know(self, *names: str) -> None:
        self.names += [each for each in names if each not in self.names]

    def augment(self) -> None:
        name = self.rng.choice(self.names)
        self.lines.append(f"{name} {self.rng.choice(('+=', '-=', '*='))} {self.expression(self.names, 2)}")

    def swap(self) -> None:
        one, other = self.rng.choice(self.names), self.fresh("v")
        self.lines.append(
            f"{other}, {one} = {self.expression(self.names, 2)}, {self.expression(self.names, 2)}"
        )
        self.know(other)

    def branch(self) -> None:
        name = self.fresh("v")
        self.lines += [
            f"if {self.condition(self.names, 2)}:",
            f"  {name} = {self.expression(self.names, 2)}",
            f"elif {self.condition(self.names, 1)}:",
            f"  {name} = {self.expression(self.names, 2)}",
            "else:",
            f"  {name} = {self.expression(self.names, 1)}",
        ]
        self.know(name)

    def loop(self) -> None:
        turn, total = self.fresh("i"), self.fresh("s")
        bounds = self.rng.choice(("3", "1, 4", "5, 0, -2", "0", "2, 2"))
        self.lines += [
            f"{total} = {self.expression(self.names, 1)}",
            f"for {turn} in range({bounds}):",
            f"  {total} = sin({total}) + {self.expression([*self.names, turn, total], 2)}",
        ]
        self.know(total)

    def repeat(self) -> None:
        count, total = self.fresh("n"), self.fresh("s")
        self.lines += [
            f"{count}, {total} = 0, {self.expression(self.names, 1)}",
            f"while {count} < 3:",
            f"  {total} = {total} * 0.5 + tanh({self.expression([*self.names, total], 2)})",
            f"  {count} += 1",
        ]
        self.know(total)

    def several(self) -> None:
        if not self.pairs:
            self.assign()
            return
        name, arity = self.rng.choice(self.pairs)
        one, other = self.fresh("v"), self.fresh("v")
        arguments = ", ".join(self.expression(self.names, 1) for _ in range(arity))
        self.lines.append(f"{one}, {other} = {name}({arguments})")
        self.know(one, other)

    def program(self, seed: int) -> Generated:
        rng = self.rng
        inputs = [self.fresh("x") for _ in range(rng.randint(1, 3))]
        self.lines += [f"{name} = ?" for name in inputs]
        self.names = list(inputs)
        for _ in range(rng.randint(0, 3)):
            self.function()
        for _ in range(rng.randint(2, 6)):
            self.statement()
        last = rng.sample(self.names, min(3, len(self.names)))
        self.lines.append("z = " + " + ".join(f"sin({name})" for name in [*last, inputs[0]]))
        draw = (
            (lambda: rng.choice(SPECIAL)) if self.special else (lambda: round(rng.uniform(-2, 2), 6) + 1e-9)
        )
        return Generated(seed, "\n".join(self.lines) + "\n", {name: draw() for name in inputs}, self.special)


def generate(seed: int) -> Generated:
    """The random program of a seed."""
    return Writer(seed).program(seed)
