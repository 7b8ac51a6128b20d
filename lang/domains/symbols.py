r"""Steps -> closed forms: the program run on SymPy's expressions, and SymPy's derivatives of them.

Law: an expression may only become as large as a person could ever read; the walk counts nodes before SymPy sees them,
and stops with the reason. Numbers stay small: what would be a long integer becomes a double.

    x = ?                 x
    y = sin(x) * x        x*sin(x)          dy/dx = x*cos(x) + sin(x)

A choice by an input becomes a case (`Piecewise`); a loop is unrolled where its count is a number; where it depends on
an input there is no closed form, and the walk says so.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

from lang.domains.optional import library
from lang.domains.refusal import Undecided
from lang.domains.spellings import CLOSED, RATIONAL, SHORT, SPELLINGS
from lang.domains.walk import Supply, Walker
from lang.kernels import KERNELS
from lang.limits import Limits
from lang.rules import Primitive
from lang.steps import form
from lang.steps.drive import Walk

NODES = 4_000
"""More nodes than this are an expression that nobody reads."""
DEPTH = 120
BITS = 128
WHOLE = 2.0**53
CONSTANTS = {math.pi: "pi", math.e: "E", math.tau: "tau"}


class Written:
    """An expression with its size as a tree and its depth, which SymPy would have to walk for."""

    __slots__ = ("depth", "expression", "nodes")

    def __init__(self, expression: Any, nodes: int = 1, depth: int = 1) -> None:
        self.expression = expression
        self.nodes = nodes
        self.depth = depth


class Formulas:
    """SymPy's functions under the names that the table uses."""

    def __init__(self, sympy: Any) -> None:
        self.sympy = sympy
        self.pi = sympy.pi
        self.abs, self.smaller, self.larger = sympy.Abs, sympy.Min, sympy.Max
        self.lgamma, self.digamma, self.psi = sympy.loggamma, sympy.digamma, sympy.polygamma

    def __getattr__(self, name: str) -> Any:
        """sin, cos, ..., erf: what SymPy calls the same."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.sympy, name)

    def power(self, a: Any, b: Any) -> Any:
        """a to the power of b."""
        return a**b

    def cbrt(self, a: Any) -> Any:
        """The real cube root."""
        return self.sympy.sign(a) * self.sympy.Abs(a) ** self.sympy.Rational(1, 3)

    def less(self, a: Any, b: Any) -> Any:
        """A condition."""
        return self.sympy.Lt(a, b)

    def choose(self, condition: Any, then: Any, otherwise: Any) -> Any:
        """A case."""
        return self.sympy.Piecewise((then, condition), (otherwise, True))

    def sinc(self, n: int, a: Any) -> Any:
        """sin(pi a) / (pi a)."""
        if n:
            raise LookupError
        return self.sympy.sinc(self.sympy.pi * a)

    def order(self, n: Any) -> int:
        """An operand that counts."""
        return int(n)

    def nearest(self, a: Any) -> Any:
        """SymPy has no rounding."""
        raise LookupError


class Symbols:
    """The domain of expressions."""

    def __init__(self) -> None:
        self.sympy = library("sympy")
        self.formulas = Formulas(self.sympy)
        self.names: dict[str, Any] = {}
        self.operators = {
            "<": self.sympy.Lt, "<=": self.sympy.Le, ">": self.sympy.Gt, ">=": self.sympy.Ge,
            "==": self.sympy.Eq, "!=": self.sympy.Ne,
        }  # fmt: skip

    def constant(self, value: float | bool) -> Any:
        """A number as people write it: 2, 1/2, pi, 0.1."""
        if isinstance(value, bool):
            return value
        return Written(self._number(value))

    def _number(self, value: float) -> Any:
        if value in CONSTANTS:
            name = CONSTANTS[value]
            return 2 * self.sympy.pi if name == "tau" else getattr(self.sympy, name)
        if value == int(value) and abs(value) < WHOLE:
            return self.sympy.Integer(int(value))
        top, bottom = value.as_integer_ratio()
        return self.sympy.Rational(top, bottom) if bottom <= 64 else self.sympy.Float(value)

    def enter(self, step: form.Input, value: float | None) -> Any:
        """An input is a symbol; asked for twice, it is two."""
        name = step.target
        count = 1
        while name in self.names:
            name, count = f"{step.target}_{count}", count + 1
        self.names[name] = self.sympy.Symbol(name, real=True)
        return Written(self.names[name])

    def apply(self, primitive: Primitive, arguments: tuple[Any, ...], step: form.Step) -> Any:
        """A primitive on expressions.

        Raises:
            Undecided: the result would be too large, or SymPy has no such function.
        """
        nodes = 1 + sum(each.nodes for each in arguments if isinstance(each, Written))
        depth = 1 + max((each.depth for each in arguments if isinstance(each, Written)), default=0)
        if nodes > NODES or depth > DEPTH:
            raise Undecided(f"expression swell: the closed form grows past {NODES:,} nodes", step)
        plain = [each.expression if isinstance(each, Written) else each for each in arguments]
        if all(isinstance(each, bool) or each.is_number for each in plain):
            folded = self._folded(primitive, plain)
            if folded is not None:
                return Written(folded)
        spelled = SPELLINGS.get((primitive.name, primitive.arity))
        try:
            found = None if spelled is None else self.sympy.sympify(spelled(self.formulas, *plain))
        except (LookupError, TypeError, ValueError):
            found = None
        if found is None:
            raise Undecided(f"SymPy has no `{primitive.name}`", step)
        if found.has(self.sympy.zoo, self.sympy.nan, self.sympy.oo, self.sympy.I):
            raise Undecided(f"`{primitive.name}` has no real value here", step)
        return Written(found, nodes, depth) if found.args else Written(found)

    def _folded(self, primitive: Primitive, plain: list[Any]) -> Any:
        """Numbers on numbers: exact where that stays short, else as doubles; None for SymPy's own form."""
        rational = all(isinstance(each, bool) or each.is_Rational for each in plain)
        if rational and primitive.name in RATIONAL:
            return None if all(self._short(each) for each in plain) else self._double(primitive, plain)
        if rational and primitive.name in SHORT:
            short = all(self._short(each) for each in plain) and plain[-1] != 0
            return None if short else self._double(primitive, plain)
        if primitive.name in CLOSED and rational and abs(plain[0]) < 100 and plain[0].q < 100:
            return None
        return self._double(primitive, plain)

    def _short(self, value: Any) -> bool:
        return isinstance(value, bool) or (abs(value.p).bit_length() < BITS and value.q.bit_length() < BITS)

    def _double(self, primitive: Primitive, plain: list[Any]) -> Any:
        numbers = [each if isinstance(each, bool) else float(each) for each in plain]
        value = KERNELS[primitive.name, primitive.arity](*numbers)
        return self._number(value) if value - value == 0.0 else self.sympy.nan

    # --- conditions -----------------------------------------------------------------------------------------

    def compare(self, operator: str, left: Any, right: Any, step: form.Step) -> Any:
        """A condition, decided where both sides are numbers."""
        one, other = left.expression, right.expression
        if one.is_number and other.is_number:
            one, other = one.evalf(), other.evalf()
        found = self.operators[operator](one, other)
        if found in (self.sympy.true, self.sympy.false):
            return bool(found)
        return Written(found, left.nodes + right.nodes + 1, max(left.depth, right.depth) + 1)

    def negate(self, condition: Any) -> Any:
        """The opposite."""
        if isinstance(condition, bool):
            return not condition
        return Written(self.sympy.Not(condition.expression), condition.nodes + 1, condition.depth + 1)

    def decide(self, condition: Any, step: form.Step) -> bool | None:
        """True or false, or None where inputs decide."""
        return condition if isinstance(condition, bool) else None

    def join(self, condition: Any, then: Any, otherwise: Any, step: form.Step) -> Any:
        """A case distinction."""
        if isinstance(then, bool) and isinstance(otherwise, bool):
            if then == otherwise:
                return then
            return condition if then else self.negate(condition)
        if not isinstance(then, Written) or not isinstance(otherwise, Written):
            raise Undecided("a condition is chosen by a condition", step)
        nodes = condition.nodes + then.nodes + otherwise.nodes + 1
        if nodes > NODES:
            raise Undecided(f"expression swell: the closed form grows past {NODES:,} nodes", step)
        found = self.sympy.Piecewise(
            (then.expression, condition.expression), (otherwise.expression, True), evaluate=False
        )
        return Written(found, nodes, max(condition.depth, then.depth, otherwise.depth) + 1)

    def whole(self, value: Any, step: form.Step) -> int:
        """A bound of `range`.

        Raises:
            Undecided: it depends on an input.
        """
        if not value.expression.is_number:
            raise Undecided("the number of turns of this loop depends on an input", step)
        return int(value.expression)

    def called(
        self, walker: Walker, procedure: form.Procedure, arguments: tuple[Any, ...], values: Any, step: form.Step
    ) -> Generator[Walk, Any, Any]:
        """A user's rule says nothing here: the closed form is the body's."""
        yield from ()
        return values


def closed(parts: tuple[form.Procedure, ...], supply: Supply, limits: Limits, started: float) -> tuple[Any, Symbols]:
    """What each name is as an expression, and the domain.

    Raises:
        Undecided: there is no closed form, and why. LimitExceeded: it takes too long.
    """
    domain = Symbols()
    walker = Walker(domain, supply, limits, started)
    return walker.run(parts), domain


def size(expression: Any) -> int:
    """The nodes of an expression as a tree."""
    count, pending = 0, [expression]
    while pending:
        node = pending.pop()
        count += 1
        pending.extend(node.args)
    return count


