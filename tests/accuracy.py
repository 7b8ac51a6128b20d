"""Samples over whole domains -> how many units in the last place each kernel and each rule is off.

Law: the truth comes from mpmath, never from the code under test (`tests/references.py` says what each
primitive is).

    python -m tests.accuracy              # every primitive
    python -m tests.accuracy tan lgamma   # some of them
    python -m tests.accuracy --count 4000

The partials are the right sides of `grammar/rules.ad`, one differential put to 1, the others structurally
absent."""

from __future__ import annotations

import argparse
import ast
import math
import operator
import random
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mpmath import mp, mpf

from lang.kernels import KERNELS
from tests.references import PARTIALS, VALUES, Key

RULES = Path(__file__).parents[1] / "grammar" / "rules.ad"
SMALLEST_NORMAL = mpf(2) ** -1022
LARGEST = mpf(2) ** 1024 - mpf(2) ** 970
WIDE = {
    "tan", "**", "powlog", "polysinc", "erf", "erfc", "erfinv", "gelu", "gelu_slope", "gauss",
    "gauss_erfinv", "gamma", "lgamma", "digamma", "trigamma", "polygamma", "polygamma_diff", "beta", "lbeta",
    "polybeta",
}  # fmt: skip


def bound(name: str) -> float:
    """The units in the last place a primitive may be off."""
    return 16.0 if name in WIDE else 4.0


def ulp_error(computed: float, truth: mpf) -> float:
    """How far a float is from the truth, in units in its last place; inf for nan or a wrong infinity."""
    if truth == 0:
        return 0.0 if computed == 0.0 else math.inf
    if not math.isfinite(computed):
        return math.inf
    _, exponent = mp.frexp(truth)
    unit = mpf(2) ** max(int(exponent) - 53, -1074)
    return float(abs(mpf(computed) - truth) / unit)


def is_normal(truth: mpf) -> bool:
    """Is the truth within the range of floats that have all their digits (or exactly 0)?"""
    return truth == 0 or bool(SMALLEST_NORMAL <= abs(truth) <= LARGEST)


# --- the right sides, evaluated -------------------------------------------------------------------


@dataclass(frozen=True)
class Dual:
    """A value with the tangent it carries; a tangent that is structurally zero is None."""

    primal: float
    tangent: float | None = None


SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "mod",
    ast.Pow: "**", ast.UAdd: "+", ast.USub: "-",
}  # fmt: skip
ORDERS = {
    ast.Lt: operator.lt, ast.Gt: operator.gt, ast.LtE: operator.le, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
CONSTANTS = {"pi": Dual(math.pi), "e": Dual(math.e), "tau": Dual(math.tau)}


@cache
def rules() -> dict[Key, tuple[tuple[str, ...], ast.expr]]:
    """(name, arity) -> names of the parameters, right side."""
    found: dict[Key, tuple[tuple[str, ...], ast.expr]] = {}
    for line in RULES.read_text(encoding="utf-8").splitlines():
        match = re.match(
            r"c = (.+?)\s+=>\s+dc = (.+?)(?:\s+(?:domain|kink|vertical|fixed|lecture)\s.*)?$", line
        )
        if match:
            name, operands = operation(ast.parse(match[1], mode="eval").body)
            parameters = tuple(each.id for each in operands if isinstance(each, ast.Name))
            found[name, len(parameters)] = (parameters, ast.parse(match[2], mode="eval").body)
    return found


@cache
def domains() -> dict[Key, ast.expr]:
    """(name, arity) -> the condition of the line's domain clause, where it has one."""
    found: dict[Key, ast.expr] = {}
    for line in RULES.read_text(encoding="utf-8").splitlines():
        match = re.match(r"c = (.+?)\s+=>.*\sdomain (.+?)(?:\s+(?:kink|vertical|fixed|lecture)\s.*)?$", line)
        if match:
            name, operands = operation(ast.parse(match[1], mode="eval").body)
            found[name, len(operands)] = ast.parse(match[2], mode="eval").body
    return found


def in_domain(primitive: Key, args: tuple[float, ...]) -> bool:
    """Does the domain clause of the primitive's line hold?"""
    return _holds(domains()[primitive], dict(zip(rules()[primitive][0], map(Dual, args), strict=True)))


def operation(node: ast.expr) -> tuple[str, list[ast.expr]]:
    """The function or operator of an expression, and its operands."""
    if isinstance(node, ast.BinOp):
        return SIGNS[type(node.op)], [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return SIGNS[type(node.op)], [node.operand]
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return node.func.id, node.args


def partial(primitive: Key, index: int, args: tuple[float, ...]) -> float:
    """The partial derivative that the primitive's line gives; 0.0 where it is structurally zero."""
    value = _right_side(primitive, index, tuple(map(Dual, args)))
    return 0.0 if value is None else value.primal


def second_partial(primitive: Key, first: int, second: int, args: tuple[float, ...]) -> float:
    """The derivative by operand `second` of the partial by operand `first`, by the rules again."""
    moving = tuple(Dual(each, 1.0 if place == second else None) for place, each in enumerate(args))
    value = _right_side(primitive, first, moving)
    return 0.0 if value is None or value.tangent is None else value.tangent


def _right_side(primitive: Key, index: int, args: tuple[Dual, ...]) -> Dual | None:
    """The right side with one differential put to 1 and the others absent; None where nothing is left."""
    parameters, right = rules()[primitive]
    names: dict[str, Dual | None] = {
        **CONSTANTS,
        **dict(zip(parameters, args, strict=True)),
        "c": _apply(primitive, args),
    }
    names |= {"d" + name: Dual(1.0) if place == index else None for place, name in enumerate(parameters)}
    return _value(right, names)


def _apply(primitive: Key, args: tuple[Dual, ...]) -> Dual:
    primals = tuple(each.primal for each in args)
    tangent: float | None = None
    for place, each in enumerate(args):
        if each.tangent is not None:
            slope = _right_side(primitive, place, tuple(map(Dual, primals)))
            if slope is not None:
                tangent = slope.primal * each.tangent + (tangent or 0.0)
    return Dual(KERNELS[primitive](*primals), tangent)


def _value(node: ast.expr, names: dict[str, Dual | None]) -> Dual | None:
    """The value of an expression; None where an absent differential or a literal 0 leaves nothing."""
    if isinstance(node, ast.Constant):
        return Dual(float(node.value)) if node.value else None  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.IfExp):
        return _value(node.body if _holds(node.test, names) else node.orelse, names)
    name, operands = operation(node)
    values = [_value(each, names) for each in operands]
    if name in ("+", "-") and None in values:
        kept = [each for each in values if each is not None]
        if kept and name == "-" and values[-1] is not None:
            return _apply(("-", 1), (kept[0],))
        return kept[0] if kept else None
    if None in values and name in ("*", "/"):
        return None
    return _apply((name, len(values)), tuple(each or Dual(0.0) for each in values))


def _holds(node: ast.expr, names: dict[str, Dual | None]) -> bool:
    if isinstance(node, ast.BoolOp):
        return (all if isinstance(node.op, ast.And) else any)(_holds(each, names) for each in node.values)
    if isinstance(node, ast.Compare):
        left, right = (_value(each, names) or Dual(0.0) for each in (node.left, node.comparators[0]))
        return bool(ORDERS[type(node.ops[0])](left.primal, right.primal))
    found = _value(node, names)
    return found is not None and bool(found.primal)


# --- where to look --------------------------------------------------------------------------------

# Zeros, poles and ends of domains of the primitives and their derivatives, approached from both sides.
PLACES = (
    0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0, 20.0, 22.0, 37.0, 38.0, 170.5, 355.0,
    705.0, 708.0, 745.0, math.pi/4, math.pi/2, math.pi, 1.5 * math.pi, math.tau, 100 * math.pi, math.e,
    math.log(2), math.sqrt(0.5), 1.4616321449683623, 0.5040830082644554, 1.5734984731623905,
    2.6107208684441447, 3.6352933664369010, 1.5374596, 2.4570247, 2.7476826, 3.1435808, 3.9552942,
    0.7517915246935645, 1.2784645427610738, 2.3993572805154681, 1.4302966531242027, 2.4590240274, 3.4708865,
    6.5, 26.5, 88.0, 1e8, 1e16, 1e154, 1.3e154, 1e200, 1.7e308,
)  # fmt: skip


def places(rng: random.Random, count: int) -> list[float]:
    """Single arguments: all magnitudes, the usual ranges, and the neighbourhoods of `PLACES`; both signs."""
    found: list[float] = []
    for place in PLACES:
        near = [place, math.nextafter(place, math.inf), math.nextafter(place, -math.inf)]
        near += [
            place + rng.choice((-1, 1)) * 10.0 ** rng.uniform(-17, -1) * max(place, 1e-3)
            for _ in range(count // 150)
        ]
        found += near
    for exponent in (-324, -300, -150, -16, -5):
        found += [10.0 ** rng.uniform(exponent, -exponent - 16.0) for _ in range(count // 16)]
    found += [5e-324, 2.2250738585072014e-308, 1e-310, 1e-300, 1e300]
    for reach in (0.5, 3.0, 10.0, 40.0, 750.0):
        found += [rng.uniform(0.0, reach) for _ in range(count // 16)]
    return found + [-each for each in found]


ORDER_FIRST = {"polygamma", "polysinc", "polygamma_diff"}
ORDER_LAST = {"powlog"}
ORDERS_FIRST = {"polybeta"}


def samples(primitive: Key, count: int = 1000) -> Iterator[tuple[float, ...]]:
    """Seeded argument tuples of one primitive, the same on every run."""
    name, arity = primitive
    rng = random.Random(zlib.crc32(f"{name}/{arity}".encode()))
    pool = places(rng, count)
    if name == "where":
        yield from ((rng.random() < 0.5, rng.choice(pool), rng.choice(pool)) for _ in range(count))
    elif name in ORDERS_FIRST:
        for rest in _tuples(rng, pool, arity - 2, count // 2):  # the truth takes long
            yield (float(rng.choice((0, 1, 1, 2, 3))), float(rng.choice((0, 1, 1, 2))), *rest)
    elif name in ORDER_FIRST or name in ORDER_LAST:
        for rest in _tuples(rng, pool, arity - 1, count):
            order = float(rng.choice((0, 1, 1, 1, 2, 2, 3, 4, 7)))
            yield (order, *rest) if name in ORDER_FIRST else (*rest, order)
    else:
        yield from _tuples(rng, pool, arity, count)


def _tuples(rng: random.Random, pool: list[float], arity: int, count: int) -> Iterator[tuple[float, ...]]:
    if arity == 1:
        yield from ((each,) for each in pool)
        return
    usual = [each for each in pool if 1e-6 < abs(each) < 800.0]
    for number in range(2 * count):
        a = rng.choice(usual if number % 3 else pool)
        near = (a, math.nextafter(a, math.inf), a * (1.0 + rng.uniform(-1e-3, 1e-3)), -a)
        b = rng.choice(near) if number % 10 == 0 else rng.choice(usual if number % 2 else pool)
        yield (a, b, *(rng.choice(usual) for _ in range(arity - 2)))


# --- the table ------------------------------------------------------------------------------------


@dataclass
class Worst:
    """The largest error seen, and its arguments."""

    error: float = 0.0
    at: tuple[float, ...] = ()
    count: int = 0

    def add(self, error: float, at: tuple[float, ...]) -> None:
        """Take one more measurement into account."""
        self.count += 1
        if error > self.error:
            self.error, self.at = error, at


@dataclass
class Report:
    """What was measured for one primitive: its value, and the partial by each parameter.

    `faint` holds the partials at arguments where the value itself is subnormal and so has lost digits.
    """

    value: Worst
    partials: dict[int, Worst] = field(default_factory=dict)
    faint: dict[int, Worst] = field(default_factory=dict)


def measure(primitive: Key, points: Iterable[tuple[float, ...]]) -> Report:
    """The worst errors of one primitive over the points where the true result is a normal float."""
    report = Report(Worst())
    reference = VALUES[primitive]
    for args in points:
        exact = tuple(each if isinstance(each, bool) else mpf(each) for each in args)
        truth = reference(*exact)
        if truth is None or not mp.isfinite(truth) or abs(truth) > LARGEST:
            continue
        normal = is_normal(truth)
        if normal:
            report.value.add(ulp_error(KERNELS[primitive](*args), truth), args)
        for index, slope in enumerate(PARTIALS[primitive]):
            truth = None if slope is None else slope(*exact)
            if truth is not None and mp.isfinite(truth) and is_normal(truth):
                kept = report.partials if normal else report.faint
                kept.setdefault(index, Worst()).add(ulp_error(partial(primitive, index, args), truth), args)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="primitives; all without")
    parser.add_argument("--count", type=int, default=1000, help="about how many samples of each")
    parser.add_argument("--over", action="store_true", help="only what passes its bound")
    chosen = parser.parse_args()
    print(f"{'primitive':18} {'':8} {'points':>6} {'ulp':>10}  at")
    for primitive in rules():
        name, arity = primitive
        if chosen.names and name not in chosen.names:
            continue
        report = measure(primitive, samples(primitive, chosen.count))
        rows = [("value", report.value)] + [
            (f"by {rules()[primitive][0][i]}", each) for i, each in report.partials.items()
        ]
        rows += [(f"({rules()[primitive][0][i]} faint)", each) for i, each in report.faint.items()]
        for what, worst in rows:
            if worst.error > bound(name) or not chosen.over:
                print(
                    f"{name + '/' + str(arity):18} {what:8} {worst.count:6} {worst.error:10.3g}  {worst.at}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
