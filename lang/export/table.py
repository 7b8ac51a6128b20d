"""How each language spells the primitives: one table, a row for each, a column for each language.

Law: a cell is the name of a function that computes the primitive as the interpreter does but for rounding, or an
operator between spaces, or a pattern with `{}`. An empty cell is computed by the function `ad_NAME` of `library`, in
that language's own code. A primitive that has neither is an error that names it.

The second column is Python's without exceptions: `total(...)` for a function made total by `ad_total`, the name of a
function of `python.PREAMBLE`, or empty where the first never raises. Which bits differ from the interpreter's:

    Python       none but those of the functions that `library` says are short
    C            hypot, gamma, lgamma (Python's own code, not the C library's); and whatever a compiler evaluates
                 itself, `tanh(0.5)` say, unless it is told not to (gcc: -fno-builtin)
    JavaScript   every function but + - * / sqrt abs floor ceil round trunc rem min max (V8 has its own code)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from lang.export.listing import Expression

ROWS: dict[str, tuple[str, str, str, str]] = {
    # primitive    Python             without exceptions     C              JavaScript
    "+":           (" + ",            "",                    " + ",         " + "),
    "-":           (" - ",            "",                    " - ",         " - "),
    "*":           (" * ",            "",                    " * ",         " * "),
    "/":           (" / ",            "ad_divide",           " / ",         " / "),
    "//":          (" // ",           "ad_floor_divide",     "",            ""),
    "mod":         (" % ",            "ad_mod",              "",            ""),
    "rem":         ("math.fmod",      "total()",             "fmod",        " % "),
    "**":          ("math.pow",       "ad_raw_pow",          "pow",         " ** "),
    "raw_pow":     ("math.pow",       "ad_raw_pow",          "pow",         "Math.pow"),
    "sin":         ("math.sin",       "total()",             "sin",         "Math.sin"),
    "cos":         ("math.cos",       "total()",             "cos",         "Math.cos"),
    "tan":         ("math.tan",       "total()",             "tan",         "Math.tan"),
    "exp":         ("math.exp",       "total()",             "exp",         "Math.exp"),
    "log":         ("math.log",       "total(-math.inf)",    "log",         "Math.log"),
    "sqrt":        ("math.sqrt",      "total()",             "sqrt",        "Math.sqrt"),
    "abs":         ("abs",            "",                    "fabs",        "Math.abs"),
    "exp2":        ("math.exp2",      "total()",             "exp2",        ""),
    "expm1":       ("math.expm1",     "total()",             "expm1",       "Math.expm1"),
    "log2":        ("math.log2",      "total(-math.inf)",    "log2",        "Math.log2"),
    "log10":       ("math.log10",     "total(-math.inf)",    "log10",       "Math.log10"),
    "log1p":       ("math.log1p",     "ad_log1p",            "log1p",       "Math.log1p"),
    "raw_cbrt":    ("math.cbrt",      "",                    "cbrt",        "Math.cbrt"),
    "hypot":       ("math.hypot",     "",                    "hypot",       "Math.hypot"),
    "asin":        ("math.asin",      "total()",             "asin",        "Math.asin"),
    "acos":        ("math.acos",      "total()",             "acos",        "Math.acos"),
    "atan":        ("math.atan",      "",                    "atan",        "Math.atan"),
    "atan2":       ("math.atan2",     "",                    "atan2",       "Math.atan2"),
    "sinh":        ("math.sinh",      "ad_sinh",             "sinh",        "Math.sinh"),
    "cosh":        ("math.cosh",      "total()",             "cosh",        "Math.cosh"),
    "tanh":        ("math.tanh",      "",                    "tanh",        "Math.tanh"),
    "asinh":       ("math.asinh",     "",                    "asinh",       "Math.asinh"),
    "acosh":       ("math.acosh",     "total()",             "acosh",       "Math.acosh"),
    "atanh":       ("math.atanh",     "ad_atanh",            "atanh",       "Math.atanh"),
    "floor":       ("",               "",                    "floor",       "Math.floor"),
    "ceil":        ("",               "",                    "ceil",        "Math.ceil"),
    "trunc":       ("math.modf({})[1]", "",                  "trunc",       "Math.trunc"),
    "round":       ("",               "",                    "rint",        ""),
    "sign":        ("",               "",                    "",            "Math.sign"),
    "copysign":    ("math.copysign",  "",                    "copysign",    ""),
    "erf":         ("math.erf",       "",                    "erf",         ""),
    "erfc":        ("math.erfc",      "",                    "erfc",        ""),
    "gamma":       ("math.gamma",     "ad_gamma",            "tgamma",      ""),
    "raw_lgamma":  ("math.lgamma",    "ad_raw_lgamma",       "lgamma",      ""),
}  # fmt: skip

HELPERS = {("//", 2): "ad_floor_divide", ("**", 2): "ad_pow", ("log", 2): "ad_log_base"}
"""Primitives whose function in the library is not `ad_` and their name."""

LIBRARY_ONLY = {("log", 2)}
"""Primitives that no language has, though it has one of their name with another number of operands."""


@dataclass(frozen=True)
class Spelling:
    """How a language computes a function.

    Attributes:
        text: a function's name, an operator between spaces, or a pattern; empty: the library has it.
        safe: how Python has it without exceptions, where `text` may raise.
    """

    text: str
    safe: str = ""


def spelling(language: str, function: str, arguments: tuple[Expression, ...]) -> Spelling:
    """How a language spells a function of such arguments."""
    row = None if (function, len(arguments)) in LIBRARY_ONLY else ROWS.get(function)
    if row is None:
        return Spelling("")
    if function in SETTLED and not SETTLED[function](*arguments):
        return Spelling("")
    plain, safe, c, javascript = row
    if language == "python":
        raises = function not in DIVISIONS or not _nonzero(arguments[1])
        return Spelling(plain, safe if raises else "")
    return Spelling(c if language == "c" else javascript)


DIVISIONS = ("/", "//", "mod")


def _nonzero(value: Expression) -> bool:
    return isinstance(value, float) and value != 0.0


def _settled_power(base: Expression, exponent: Expression) -> bool:
    """Is the language's own power right? A square is a product, and 1 to the power of nan is not 1 in JavaScript."""
    return base == 2.0 or (isinstance(exponent, float) and isfinite(exponent) and exponent != 2.0)


SETTLED = {"**": _settled_power}
"""For which operands a language's own function is right; for others the library has one."""


def helper(function: str, arity: int) -> str:
    """What the library calls a function."""
    return HELPERS.get((function, arity), f"ad_{function}")
