r"""How mathematics writes names, numbers, and the functions of the table.

Law: every text from a program is escaped; a name becomes a symbol only where its form is certain.
"""

from __future__ import annotations

import re
from unicodedata import name as letter_name

from lang.syntax.unparse import number

SUM, POWER, ATOM, BASE = 5, 8, 9, 10

_GREEK_WORDS = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""
GREEK = frozenset(_GREEK_WORDS.split())

FUNCTIONS = {
    "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "sec": r"\sec", "csc": r"\csc", "cot": r"\cot",
    "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "coth": r"\coth", "log": r"\ln", "ln": r"\ln",
}  # fmt: skip
"""Functions whose whole powers are written `\\sin^{2}`."""

NAMES = FUNCTIONS | {
    "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan",
    "arcsin": r"\arcsin", "arccos": r"\arccos", "arctan": r"\arctan",
    "log2": r"\log_{2}", "log10": r"\log_{10}", "lg": r"\log_{10}", "max": r"\max", "min": r"\min", "gamma": r"\Gamma",
    "beta": r"\mathrm{B}", "digamma": r"\psi", "trigamma": r"\psi_{1}",
}  # fmt: skip

RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}

PATTERNS = {
    ("/", 2): (ATOM, r"\frac{<0>}{<1>}"),
    ("//", 2): (BASE, r"\left\lfloor \frac{<0>}{<1>} \right\rfloor"),
    ("exp", 1): (POWER, r"\mathrm{e}^{<0>}"),
    ("exp2", 1): (POWER, r"2^{<0>}"),
    ("exp10", 1): (POWER, r"10^{<0>}"),
    ("sqrt", 1): (ATOM, r"\sqrt{<0>}"),
    ("cbrt", 1): (ATOM, r"\sqrt[3]{<0>}"),
    ("rsqrt", 1): (ATOM, r"\frac{1}{\sqrt{<0>}}"),
    ("inv", 1): (ATOM, r"\frac{1}{<0>}"),
    ("abs", 1): (BASE, r"\left|<0>\right|"),
    ("floor", 1): (BASE, r"\left\lfloor <0> \right\rfloor"),
    ("ceil", 1): (BASE, r"\left\lceil <0> \right\rceil"),
    ("log", 2): (ATOM, r"\log_{<1>}\left(<0>\right)"),
    ("where", 3): (SUM, r"\begin{cases} <1> & \text{if } <0> \\ <2> & \text{otherwise} \end{cases}"),
}
"""How tightly a function binds as it is written, and what is written; `<0>` is its first operand."""

_SPECIAL = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}",
    "|": "$|$", "<": "$<$", ">": "$>$", "²": "$^2$", "…": r"$\ldots$", "→": r"$\to$",
    **{char: "\\" + char for char in "{}$&#_%"},
}  # fmt: skip


def call_name(name: str) -> str:
    """The name of a function where it is called."""
    if name in NAMES:
        return NAMES[name]
    plain = symbol(name)
    if plain.startswith(r"\textit"):
        return words(name)
    return rf"\operatorname{{{escaped(name)}}}" if plain.startswith(r"\mathit") else plain


def symbol(name: str) -> str:
    """A name: a letter, a Greek letter, either with an index; any other in italics."""
    found = re.fullmatch(r"([^\W\d_]+)_?(\d+)", name)
    if found and _letter(found[1]):
        return f"{_letter(found[1])}_{{{found[2]}}}"
    stem, mark, index = name.partition("_")
    if mark and index and "_" not in index and _letter(stem):
        return f"{_letter(stem)}_{{{_letter(index) or _italic(index)}}}"
    return _letter(name) or _italic(name)


def barred(symbol: str) -> str:
    """A symbol with a bar: over the letter and not its index, over the whole of a longer name."""
    letter, mark, index = symbol.partition("_{")
    if mark and "{" not in letter:
        return rf"\bar{{{letter}}}_{{{index}"
    return rf"\overline{{{symbol}}}" if "{" in symbol else rf"\bar{{{symbol}}}"


def _italic(name: str) -> str:
    # letters with accents are there for text alone
    return rf"\mathit{{{escaped(name)}}}" if name.isascii() else rf"\textit{{{escaped(name)}}}"


def _letter(name: str) -> str:
    """A single letter, Latin or Greek, in either alphabet; empty for a longer name."""
    if name in GREEK:
        return f"\\{name}"
    if len(name) == 1 and name.isalpha():
        parts = letter_name(name, "").split()
        if parts[:1] == ["GREEK"] and len(parts) == 4:
            word = parts[3].lower() if parts[1] == "SMALL" else parts[3].capitalize()
            word = {"lamda": "lambda", "Lamda": "Lambda"}.get(word, word)
            return f"\\{word}" if word in GREEK else rf"\text{{{name}}}"
        return name if name.isascii() else rf"\text{{{name}}}"
    return ""


def digits(value: float) -> str:
    """A number."""
    if value - value != 0.0:
        return r"\mathrm{nan}" if value != value else r"\infty" if value > 0 else r"-\infty"
    return power_of_ten(number(value))


def power_of_ten(text: str) -> str:
    """Digits, with or without an exponent, as mathematics writes them."""
    mantissa, _, power = text.partition("e")
    if not int(power or 0):
        return mantissa
    sign = "-" if mantissa[0] == "-" else ""
    return rf"{sign}10^{{{int(power)}}}" if mantissa.lstrip("-") == "1" else rf"{mantissa} \times 10^{{{int(power)}}}"


def words(text: str) -> str:
    """Words of the language as they stand."""
    return rf"\text{{{escaped(text)}}}"


def escaped(text: str) -> str:
    """A text in which no character means anything to TeX."""
    return "".join(_SPECIAL.get(char) or (char if char.isascii() else _in_text(char)) for char in text)


def _in_text(char: str) -> str:
    """A character that is not ASCII within words: Greek letters are there for mathematics alone."""
    letter = _letter(char)
    return f"${letter}$" if letter[1:] in GREEK else char
