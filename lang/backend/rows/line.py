"""A line of LLVM on numbers -> the same line on lanes, and how many lanes there are on this machine.

Law: a line on lanes does in each lane, bit for bit, what the line on numbers does; only the functions of the table
`VECTOR` may differ from the C library's, and only where nobody asked for the bits of a single call.

    %v3 = fadd double %v1, 0x3FF0000000000000      %v3 = fadd <4 x double> %v1, <double 0x3FF0..., ... four times>
"""

from __future__ import annotations

import ctypes
import re
from functools import cache
from itertools import count

from lang.backend.native import jit
from lang.backend.native.processor import processor

VECTOR: dict[tuple[str, int], str] = {
    ("sin", 1): "sin", ("cos", 1): "cos", ("tan", 1): "tan", ("exp", 1): "exp", ("log", 1): "log",
    ("exp2", 1): "exp2", ("exp10", 1): "exp10", ("expm1", 1): "expm1", ("log2", 1): "log2", ("log10", 1): "log10",
    ("log1p", 1): "log1p", ("asin", 1): "asin", ("acos", 1): "acos", ("atan", 1): "atan", ("atan2", 2): "atan2",
    ("sinh", 1): "sinh", ("cosh", 1): "cosh", ("tanh", 1): "tanh", ("asinh", 1): "asinh", ("acosh", 1): "acosh",
    ("atanh", 1): "atanh", ("cbrt", 1): "cbrt", ("hypot", 2): "hypot", ("erf", 1): "erf", ("erfc", 1): "erfc",
    ("**", 2): "pow",
}  # fmt: skip
"""Primitives, and what glibc's libmvec calls them; each is looked for when it is first needed."""

ALIGNED = "alignstack(64)"
"""Registers that are put aside lie within one line of the cache; LLVM lets them straddle two, three times slower."""

_CONSTANT = re.compile(r"(?<![\w.%@])(?:(0x[0-9A-F]{16}|-?\d+\.\d+)|(true|false))(?![\w.])")
_INTRINSIC = re.compile(r"@llvm\.(\w+)\.f64")
_TYPE = re.compile(r"\b(double|i1|i64)\b")
_OUTSIDE = re.compile(r"@ad_(\w+)\(")


@cache
def width() -> int:
    """Lanes of a register of this processor."""
    features = jit.features()
    return next((lanes for feature, lanes in processor().wider if feature in features), 2)


@cache
def vector_symbol(key: tuple[str, int], lanes: int) -> str | None:
    """The vector function of a primitive, made known to machine code; None where this machine has none."""
    letter = processor().letters.get(lanes)
    if key not in VECTOR or letter is None:
        return None
    name = f"_ZGV{letter}N{lanes}{'v' * key[1]}_{VECTOR[key]}"
    try:
        found = getattr(ctypes.CDLL("libmvec.so.1"), name)
    except (OSError, AttributeError):
        return None
    jit.symbol(name, ctypes.cast(found, ctypes.c_void_p).value or 0)
    return name


def splat(kind: str, constant: str, lanes: int) -> str:
    """A constant in every lane."""
    return "<" + ", ".join([f"{kind} {constant}"] * lanes) + ">"


def on_lanes(line: str, lanes: int) -> str:
    """The line on lanes; a function `@ad_NAME` becomes `@lanes_NAME`."""
    line = _OUTSIDE.sub(r"@lanes_\1(", line)
    line = _INTRINSIC.sub(rf"@llvm.\1.v{lanes}f64", _TYPE.sub(rf"<{lanes} x \1>", line))
    return _CONSTANT.sub(lambda met: splat("double" if met[1] else "i1", met[0], lanes), line)


def parameters(count: int, lanes: int) -> str:
    """The parameters of a function of so many numbers on lanes."""
    return ", ".join(f"<{lanes} x double> %a{index}" for index in range(count))


def one_by_one(name: str, called: str, arguments: int, lanes: int) -> str:
    """A function on lanes that calls a function on numbers for one lane after another."""
    kind, numbers = f"<{lanes} x double>", count()
    lines = []
    whole = "undef"
    for lane in range(lanes):
        given = []
        for index in range(arguments):
            given.append(f"double %v{next(numbers)}")
            lines.append(f"{given[-1].split()[1]} = extractelement {kind} %a{index}, i64 {lane}")
        value, filled = f"%v{next(numbers)}", f"%v{next(numbers)}"
        lines.append(f"{value} = call double @{called}({', '.join(given)})")
        lines.append(f"{filled} = insertelement {kind} {whole}, double {value}, i64 {lane}")
        whole = filled
    body = "\n  ".join([*lines, f"ret {kind} {whole}"])
    head = f"define internal {kind} @{name}({parameters(arguments, lanes)}) nounwind noinline {ALIGNED}"
    return f"{head} {{\n  {body}\n}}"
