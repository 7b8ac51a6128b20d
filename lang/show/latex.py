r"""Answers -> LaTeX that stands in an article and in MathJax alike: `align*`, `array`, `verbatim`.

Law: a name becomes mathematics only where its form is certain (`z`, `x_1`, `theta`, `dz/dx`); anything else stands as
text, with every special character escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import name as letter_name

from lang.diagnostic import visible
from lang.show.numbers import number
from lang.verbs.core.answer import Grid, Listing, Piece, Values

GREEK = {
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
}
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    "²": r"\texttwosuperior{}",
    "…": r"\ldots{}",
    **{char: "\\" + char for char in "{}$&#_%"},
}
WORDS = {
    "nan": r"\mathrm{nan}",
    "inf": r"\infty",
    "-inf": r"-\infty",
    "true": r"\mathrm{true}",
    "false": r"\mathrm{false}",
}


def pieces(answer: Sequence[Piece]) -> str:
    """The pieces, each a display of its own, without a last line end."""
    return "\n\n".join(map(_piece, answer))


def _piece(piece: Piece) -> str:
    if isinstance(piece, Values):
        lines = [rf"  {symbol(name)} &= {digits(value)}" for name, value in piece.rows]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
    if isinstance(piece, Grid):
        return _grid(piece)
    assert isinstance(piece, Listing)
    lines = [visible(line).replace(r"\end{", r"\end {") for line in piece.text.rstrip("\n").split("\n")]
    return "\n".join((r"\begin{verbatim}", *lines, r"\end{verbatim}"))


def _grid(grid: Grid) -> str:
    numeric = [any(not isinstance(row[at], str) for row in grid.rows) for at in range(len(grid.columns))]
    places = "".join("r" if each else "l" for each in numeric[1:])
    head = " & ".join(map(symbol, grid.columns))
    rows = [" & ".join(symbol(cell) if isinstance(cell, str) else digits(cell) for cell in row) for row in grid.rows]
    body = "\n".join(rf"  {row} \\" for row in rows)
    return f"\\[\n\\begin{{array}}{{l|{places}}}\n  {head} \\\\ \\hline\n{body}\n\\end{{array}}\n\\]"


def symbol(text: str) -> str:
    r"""A name in mathematics: `dz/dx` as a fraction, `theta` as a letter, `x_1` with an index, the rest as text."""
    fraction = re.fullmatch(r"d(\w+)/d(\w+)", text)
    if fraction:
        return rf"\frac{{\mathrm{{d}}{_name(fraction[1])}}}{{\mathrm{{d}}{_name(fraction[2])}}}"
    second = re.fullmatch(r"d²(\w+)", text)
    if second:
        return rf"\mathrm{{d}}^2{_name(second[1])}"
    return _name(text) if re.fullmatch(r"[^\W\d]\w*", text) else _words(text)


def digits(value: float | bool) -> str:
    """A number in mathematics."""
    text = number(value)
    mantissa, mark, power = text.partition("e")
    if text in WORDS:
        return WORDS[text]
    return rf"{mantissa} \times 10^{{{int(power)}}}" if mark else text


def _name(text: str) -> str:
    stem, mark, index = text.partition("_")
    if mark and stem and index.isdigit():
        return rf"{_name(stem)}_{{{index}}}"
    if text in GREEK:
        return rf"\{text} "
    if len(text) == 1:
        return _letter(text)
    return rf"\mathit{{{_escaped(text)}}}"


def _letter(char: str) -> str:
    if char.isascii():
        return char
    words = letter_name(char, "").lower().split()
    if words[:3] == ["greek", "small", "letter"] and words[-1] in GREEK:
        return rf"\{words[-1]} "
    return rf"\text{{{char}}}"


def _words(text: str) -> str:
    return rf"\text{{{_escaped(text)}}}" if text else ""


def _escaped(text: str) -> str:
    return "".join(SPECIAL.get(char, char) for char in visible(text))
