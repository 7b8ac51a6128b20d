"""What begins like a number and is none -> an error that says what to write instead.

Law: what is seen is shown as far as a line can hold it; a number that was meant is named where it can be read.
"""

from __future__ import annotations

import re

from lang.errors import ParseError
from lang.source import line_start

EXACT_PREFIX = re.compile(r"0[xXbBoO][0-9a-fA-F_]+")
RUN_ON = re.compile(r"([0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?(?:[eE][0-9]+)?|\.[0-9]+)([^\W\d_]\w*)")
EXPONENT = re.compile(r"([0-9][0-9_]*(?:\.[0-9_]*)?)[eE]")


def number(text: str, at: int) -> ParseError:
    """The error for something that begins like a number."""
    found = re.compile(r"[.0-9](?:[^\W¹²³⁰⁴-⁹₀-₉]|\.)*").match(text, at)
    piece = found[0] if found else text[at]
    span = (at, at + len(piece))
    seen = piece if len(piece) <= 24 else f"{piece[:20]}…"
    if EXACT_PREFIX.fullmatch(piece):
        return _based(piece, span)
    if re.fullmatch(r"0[0-9_]*", piece):
        return ParseError(f"`{seen}` begins with a 0", span, hint=f"write `{seen.lstrip('0_')}`")
    if _is_number(piece + _exponent(text, span[1])):
        span = (at, span[1] + len(_exponent(text, span[1])))
        return ParseError(
            "this number is too large",
            span,
            label="the largest is about 1.8e308",
            hint="use a smaller number",
        )
    if ".." in piece:
        return _range(text, piece, at)
    if re.fullmatch(r"[0-9_.]+[jJ]", piece):
        return ParseError("there are no complex numbers here", span, hint=f"leave out the `{piece[-1]}`")
    if EXPONENT.fullmatch(piece):
        behind = re.compile(r"[-+]?[0-9]*\.[0-9]+|[ \t]+[-+]?[0-9]+").match(text, span[1])
        if behind and len(piece) + len(behind[0]) < 30:
            return _exponent_apart(piece, behind[0], (at, behind.end()))
        return ParseError(
            f"`{seen}` lacks the digits of its exponent", span, hint=f"for a product write `{seen[:-1]} * e`"
        )
    return _run_on(text, piece, seen, span)


def _exponent(text: str, at: int) -> str:
    found = re.compile(r"[+-][0-9_]+").match(text, at) if text[at - 1 : at] in ("e", "E") else None
    return found[0] if found else ""


def _exponent_apart(piece: str, exponent: str, span: tuple[int, int]) -> ParseError:
    """`1e-3.5`, `1e 3`: an exponent with a point, or behind a blank."""
    whole = exponent.strip()
    if "." not in whole:
        return ParseError("a number is written without blanks", span, hint=f"write `{piece}{whole}`")
    factor = piece[:-1]
    power = f"10**{whole}" if factor.strip("0.") == "1" else f"{factor} * 10**{whole}"
    return ParseError("an exponent behind `e` is a whole number", span, hint=f"write `{power}`")


def _is_number(piece: str) -> bool:
    try:
        return piece.isascii() and float(piece) > 1
    except ValueError:
        return False


def _based(piece: str, span: tuple[int, int]) -> ParseError:
    message = "numbers are written with the digits 0 to 9 only"
    try:
        value = int(piece, 0) if len(piece) < 20 else None
    except ValueError:
        value = None
    return ParseError(message, span, hint="write it in base ten" if value is None else f"write `{value}`")


def _range(text: str, piece: str, at: int) -> ParseError:
    first, _, last = piece.partition("..")
    span = (at + len(first), at + len(first) + 2)
    line = text[line_start(text, at) : at].strip()
    if line.startswith("for ") and len(piece) < 30:
        last = last.strip(".=") or "n"
        stop = str(int(last) + 1) if last.isascii() and last.isdecimal() else f"{last} + 1"
        hint = f"write `range({first}, {stop})` to count from {first} to {last}"
        return ParseError("`..` does not make a range", span, hint=hint)
    return ParseError("`..` has no meaning here", span, hint="write a number with one point")


def _run_on(text: str, piece: str, seen: str, span: tuple[int, int]) -> ParseError:
    found = RUN_ON.fullmatch(piece)
    if found:
        number, word = found[1], found[2]
        at = span[0] + len(number)
        called = re.compile(r"\([^()\n]{0,30}\)").match(text, span[1])
        if len(piece) <= 40:
            return ParseError(
                f"between `{number}` and `{word}` an operator is missing",
                (at, span[1]),
                hint=f"write `{number} * {word}{called[0] if called else ''}`",
            )
        return ParseError(
            "between a number and a name an operator is missing", (at, span[1]), hint="write `*` between them"
        )
    if piece.count(".") > 1 and re.fullmatch(r"[0-9.]+", piece):
        return ParseError(f"`{seen}` has more than one point", span, hint="a number has one decimal point at most")
    if "_" in piece and re.fullmatch(r"[0-9_.eE]+", piece):
        return ParseError(f"`{seen}` is no number", span, hint="an `_` stands only between two digits, as in `1_000`")
    return ParseError(f"`{seen}` is no number", span, hint="write a number such as `2`, `0.5` or `1e-3`")
