"""A primitive -> LLVM instructions with the bits of its kernel.

Law: the same function of the same library, in the same order, as the kernel in `lang.kernels`: an instruction where
IEEE 754 settles the result, a call into the C library where Python's `math` calls it too, and a call of the kernel
itself for the rest. `FORMS` is checked against the kernels, bit for bit, by the tests.

A form is lines of LLVM with `{0}`, `{1}`, ... for the operands and `%name` for values of its own; the last line's value
is the result. Functions of the C library go by names of our own (`ad_sin`): LLVM would put `exp2(x)` for `pow(2, x)`,
whose bits differ. What only IEEE arithmetic would see (`clamp` with its bounds crossed) is a line `stop if CONDITION`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

COMPARISONS = {"<": "olt", "<=": "ole", ">": "ogt", ">=": "oge", "==": "oeq", "!=": "une"}
"""How numbers are compared, in LLVM's words."""
ARITHMETIC = {("+", 2): "fadd", ("-", 2): "fsub", ("*", 2): "fmul", ("/", 2): "fdiv"}

LIBRARY = (
    "sin", "cos", "tan", "exp", "log", "exp2", "expm1", "log2", "log10", "log1p", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc",
)  # fmt: skip
"""Functions that Python's `math` takes from the C library as they are."""


def hexadecimal(value: float) -> str:
    """A constant as LLVM reads it, all its bits."""
    import struct

    return "0x" + struct.pack(">d", value).hex().upper()


def _intrinsic(name: str, count: int = 1) -> str:
    return f"call double @llvm.{name}.f64({', '.join(f'double {{{each}}}' for each in range(count))})"


def _over(function: str) -> str:
    return f"%below = call double @ad_{function}(double {{0}})\nfdiv double 1.0, %below"


_REMAINDER = """\
%rest = call double @ad_fmod(double {0}, double {1})
%none = fcmp oeq double %rest, 0.0
%under = fcmp olt double {1}, 0.0
%below = fcmp olt double %rest, 0.0
%differ = xor i1 %under, %below
%moved = fadd double %rest, {1}
"""

FORMS: dict[tuple[str, int], str] = {
    **{key: f"{word} double {{0}}, {{1}}" for key, word in ARITHMETIC.items()},
    **{(name, 1): f"call double @ad_{name}(double {{0}})" for name in LIBRARY},
    ("-", 1): "fneg double {0}",
    ("+", 1): "{0}",
    ("**", 2): "call double @ad_power(double {0}, double {1})",
    ("exp10", 1): "call double @ad_pow(double 10.0, double {0})",
    ("atan2", 2): "call double @ad_atan2(double {0}, double {1})",
    ("rem", 2): "call double @ad_fmod(double {0}, double {1})",
    ("copysign", 2): _intrinsic("copysign", 2),
    ("sqrt", 1): _intrinsic("sqrt"),
    ("abs", 1): _intrinsic("fabs"),
    ("floor", 1): _intrinsic("floor"),
    ("ceil", 1): _intrinsic("ceil"),
    ("round", 1): _intrinsic("rint"),
    ("trunc", 1): _intrinsic("trunc"),
    ("square", 1): "fmul double {0}, {0}",
    ("inv", 1): "fdiv double 1.0, {0}",
    ("rsqrt", 1): "%below = " + _intrinsic("sqrt") + "\nfdiv double 1.0, %below",
    ("sec", 1): _over("cos"),
    ("csc", 1): _over("sin"),
    ("cot", 1): _over("tan"),
    ("coth", 1): _over("tanh"),
    ("deg2rad", 1): f"fmul double {{0}}, {hexadecimal(math.pi / 180.0)}",
    ("rad2deg", 1): f"fmul double {{0}}, {hexadecimal(180.0 / math.pi)}",
    ("where", 3): "select i1 {0}, double {1}, double {2}",
    ("max", 2): "%under = fcmp ult double {0}, {1}\n%odd = fcmp uno double {0}, {0}\n%not = xor i1 %odd, true\n"
                "%second = and i1 %under, %not\nselect i1 %second, double {1}, double {0}",
    ("min", 2): "%over = fcmp ugt double {0}, {1}\n%odd = fcmp uno double {0}, {0}\n%not = xor i1 %odd, true\n"
                "%second = and i1 %over, %not\nselect i1 %second, double {1}, double {0}",
    ("relu", 1): "%keep = fcmp ugt double {0}, 0.0\nselect i1 %keep, double {0}, double 0.0",
    ("step", 1): "%above = fcmp ogt double {0}, 0.0\n%odd = fcmp uno double {0}, {0}\n"
                 "%else = select i1 %odd, double {0}, double 0.0\nselect i1 %above, double 1.0, double %else",
    ("sign", 1): "%above = fcmp ogt double {0}, 0.0\n%under = fcmp olt double {0}, 0.0\n"
                 "%else = select i1 %under, double -1.0, double {0}\nselect i1 %above, double 1.0, double %else",
    ("clamp", 3): "%crossed = fcmp ugt double {1}, {2}\nstop if %crossed\n"
                  "%under = fcmp olt double {0}, {1}\n%over = fcmp ogt double {0}, {2}\n"
                  "%upper = select i1 %over, double {2}, double {0}\nselect i1 %under, double {1}, double %upper",
    ("log", 2): "%above = call double @ad_log(double {0})\n%below = call double @ad_log(double {1})\n"
                "fdiv double %above, %below",
    ("mod", 2): _REMAINDER + "%kept = select i1 %differ, double %moved, double %rest\n"
                "%zero = call double @llvm.copysign.f64(double 0.0, double {1})\n"
                "select i1 %none, double %zero, double %kept",
}  # fmt: skip
"""Primitives in LLVM; every other calls its kernel."""

OWN = {"ad_power": """\
declare double @ad_pow(double, double)
define double @ad_power(double %a, double %b) nounwind {
  %twice = fcmp oeq double %b, 2.0
  br i1 %twice, label %square, label %other
square:
  %product = fmul double %a, %a
  ret double %product
other:
  %power = call double @ad_pow(double %a, double %b)
  ret double %power
}
"""}
"""Functions that forms call and no library has. They are compiled as they stand: LLVM would multiply before it asks,
and the processor's flags tell of the overflow of a product that nobody wants."""

_NOT_ZERO = "%zero = fcmp oeq double {0}, 0.0\nstop if %zero\n"

FINITE: dict[tuple[str, int], str] = {
    ("/", 2): _NOT_ZERO.replace("{0}", "{1}") + FORMS["/", 2],
    ("sqrt", 1): "%negative = fcmp olt double {0}, 0.0\nstop if %negative\n" + FORMS["sqrt", 1],
    ("rsqrt", 1): "%negative = fcmp ole double {0}, 0.0\nstop if %negative\n" + FORMS["rsqrt", 1],
    ("inv", 1): _NOT_ZERO + FORMS["inv", 1],
    ("csc", 1): _NOT_ZERO + FORMS["csc", 1],
    ("cot", 1): _NOT_ZERO + FORMS["cot", 1],
    ("coth", 1): _NOT_ZERO + FORMS["coth", 1],
    ("mod", 2): _NOT_ZERO.replace("{0}", "{1}") + FORMS["mod", 2],
}
"""Where every value is to be finite: the processor's flags tell of most operations without a value, but LLVM may leave
out an instruction whose result nobody reads, and `sqrt(x) >= 0` becomes `x >= 0`; so these look before they compute."""

ALWAYS = frozenset(f"ad_{name}" for name in ("sin", "cos", "atan", "atan2", "tanh", "asinh", "erf", "erfc"))
"""Functions that have a finite value wherever their arguments are; a call of any other is never left out."""


class Joint(NamedTuple):
    """Two functions of one number that the C library also computes together, for less than the two cost alone.

    Attributes:
        other: the other function.
        name: the C library's function, given the number and two places.
        place: in which of the places this one's value is put.
    """

    other: str
    name: str
    place: int


JOINT = {"sin": Joint("cos", "sincos", 0), "cos": Joint("sin", "sincos", 1)}
"""Used where the bits are the same as alone (compared on 60 million points; `jit.joint` compares some at the start)."""

PRECISE_ONLY = {("clamp", 3), ("log", 2), ("//", 2)}
"""Those that are right for finite numbers only; where inf and nan may flow, the kernel is called."""

_DECLARED = re.compile(r"call double @([\w.]+)\(([^)]*)\)")


@cache
def lines(key: tuple[str, int], ieee: bool) -> tuple[str, ...] | None:
    """The form of a primitive; None where its kernel is to be called."""
    if key not in FORMS or (ieee and key in PRECISE_ONLY):
        return None
    return tuple((FORMS if ieee else FINITE).get(key, FORMS[key]).split("\n"))


class Template(NamedTuple):
    """A form ready to be filled in.

    Attributes:
        text: lines without names, so that LLVM numbers their values; `%s` where operands stand.
        order: what stands there: operands by index, values of its own by ~index.
        values: how many values it has; the last is the result. 0: the result is the first operand.
        calls: is anything outside called, so that the registers change?
    """

    text: str
    order: tuple[int, ...]
    values: int
    calls: bool = False


@cache
def template(key: tuple[str, int], ieee: bool) -> Template | None:
    """The form of a primitive without looks at its operands; None where its kernel is to be called."""
    if key not in FORMS or (ieee and key in PRECISE_ONLY):
        return None
    if FORMS[key] == "{0}":
        return Template("", (), 0)
    own: dict[str, int] = {}
    text = []
    for line in FORMS[key].split("\n"):
        if line.startswith("stop if "):
            text.append(f"call void @ad_odd_if(i1 {line.removeprefix('stop if ')})")
            continue
        head, equals, rest = line.partition(" = ")
        text.append(rest if equals else line)
        own[head] = ~len(own)
    whole = "\n".join(text)
    places = [found[0] for found in _PLACES.finditer(whole)]
    order = tuple(int(each[1:-1]) if each[0] == "{" else own[each] for each in places)
    return Template(_PLACES.sub("%s", whole), order, len(own), calls(key))


_PLACES = re.compile(r"%\w+|\{\d\}")


@cache
def declared(key: tuple[str, int]) -> dict[str, int]:
    """The functions outside that a form calls, with how many numbers each takes."""
    return {found[1]: found[2].count("double") for found in _DECLARED.finditer(FORMS.get(key, ""))}


@cache
def calls(key: tuple[str, int]) -> bool:
    """Does a form call anything outside, so that the registers change?"""
    return any(name.startswith("ad_") for name in declared(key))


@cache
def hard(key: tuple[str, int]) -> bool:
    """Is a primitive a call, or does it look at its operands first?"""
    found = lines(key, ieee=False)
    return found is None or calls(key) or any(line.startswith("stop if") for line in found)


def kernel_symbol(key: tuple[str, int]) -> str:
    """What a kernel is called in LLVM."""
    word = "".join(each if each.isalnum() else f"_{ord(each)}_" for each in key[0])
    return f"ad_kernel_{word}_{key[1]}"


def filled(line: str, arguments: list[str], names: dict[str, str]) -> str:
    """A line of a form with its operands and values in place."""
    return _NAMES.sub(lambda found: names.get(found[0], found[0]), line).format(*arguments)


def put(
    lines: Sequence[str], arguments: list[str], value: Callable[[str], str], stop: Callable[[str], object]
) -> str:
    """Write the lines of a form; its result.

    Args:
        value: writes an expression and gives it a name.
        stop: writes that the run, or the row, has no value where a condition holds.
    """
    if lines[-1] == "{0}":
        return arguments[0]
    names: dict[str, str] = {}
    for line in lines[:-1]:
        head, _, rest = line.partition(" = ")
        if line.startswith("stop if "):
            stop(names[line.removeprefix("stop if ")])
        else:
            names[head] = value(filled(rest, arguments, names))
    return value(filled(lines[-1], arguments, names))


_NAMES = re.compile(r"%\w+")
