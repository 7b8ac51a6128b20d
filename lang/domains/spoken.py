"""SymPy's expressions -> text of this language, so that a closed form can be read, run and checked like any program.

Law: what is written means the same number. What the language has no word for (a delta, a derivative left open) is
refused.
"""

from __future__ import annotations

from typing import Any

from lang.domains.optional import library

OURS = {
    "Abs": "abs", "Max": "max", "Min": "min", "loggamma": "lgamma", "ceiling": "ceil",
}  # fmt: skip
"""What the language calls what SymPy calls so."""
SHARED = (
    "sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "acot", "atan2", "sinh", "cosh", "tanh", "sech",
    "csch", "coth", "asinh", "acosh", "atanh", "exp", "log", "sqrt", "erf", "erfc", "erfinv", "gamma", "digamma",
    "polygamma", "floor", "sign",
)  # fmt: skip
NAMES = OURS | dict(zip(SHARED, SHARED, strict=True))
OPEN = ("Derivative", "Subs", "DiracDelta", "Integral", "ITE")


class Wordless(Exception):
    """The language has no word for it."""


def speaker() -> Any:
    """A printer of expressions: SymPy's own, which finds a method for each class by its name."""
    base = library("sympy.printing.str").StrPrinter
    functions = {f"_print_{name}": _function for name in ("Function", *OURS)}
    refused = {f"_print_{name}": _refused for name in OPEN}
    return type("Speaker", (base,), {"emptyPrinter": _refused, **functions, **refused, **METHODS})()


def _function(self: Any, node: Any) -> str:
    name = NAMES.get(type(node).__name__)
    if name is None:
        return _refused(self, node)
    arguments = [self._print(each) for each in node.args]
    while name in ("max", "min") and len(arguments) > 2:
        arguments[:2] = [f"{name}({arguments[0]}, {arguments[1]})"]
    if name == "polygamma" and arguments[0] in ("0", "1"):
        return f"{('digamma', 'trigamma')[int(arguments[0])]}({arguments[1]})"
    return f"{name}({', '.join(arguments)})"


def _refused(self: Any, node: Any) -> str:
    raise Wordless(type(node).__name__)


def _sinc(self: Any, node: Any) -> str:
    return f"sinc({self._print(node.args[0] / library('sympy').pi)})"


def _piecewise(self: Any, node: Any) -> str:
    text = ""
    for value, condition in reversed(node.args):
        written = self._print(value)
        always = bool(condition == library("sympy").true)
        if not always and not text:
            return _refused(self, node)
        text = written if always else f"({written} if {self._print(condition)} else {text})"
    return text


def _heaviside(self: Any, node: Any) -> str:
    """1/2 at 0, as SymPy means it and as ties are shared here; `step(0)` is 0."""
    return f"((1 + sign({self._print(node.args[0])})) / 2)"


def _relation(self: Any, node: Any) -> str:
    return f"{self._print(node.lhs)} {node.rel_op} {self._print(node.rhs)}"


def _and(self: Any, node: Any) -> str:
    return "(" + " and ".join(f"({self._print(each)})" for each in node.args) + ")"


def _or(self: Any, node: Any) -> str:
    return "(" + " or ".join(f"({self._print(each)})" for each in node.args) + ")"


def _not(self: Any, node: Any) -> str:
    return f"(not ({self._print(node.args[0])}))"


METHODS = {
    "_print_sinc": _sinc,
    "_print_Heaviside": _heaviside,
    "_print_Piecewise": _piecewise,
    "_print_Relational": _relation,
    "_print_And": _and,
    "_print_Or": _or,
    "_print_Not": _not,
    "_print_Float": lambda self, node: repr(float(node)),
    "_print_Exp1": lambda self, node: "e",
}
