r"""Answers -> LaTeX that stands in an article and in MathJax alike: `align*`, `array`, `verbatim`.

Law: a name becomes mathematics only where its form is certain (`z`, `x_1`, `theta`, `dz/dx`); anything else stands as
text, with every special character escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import name as letter_name

from lang.diagnostic import visible
from lang.errors import AdError
from lang.show import laying
from lang.show.laying import laid
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
    "→": r"$\to$",
    **{char: "\\" + char for char in "{}$&#_%"},
}
WRITTEN = re.compile(r"(?=.*[=*/(<>])[\w .,+\-*/()<>=!?'\[\]%]+")
"""What may be a statement or an expression: letters, digits and signs, with something that words do not have."""
ADDED = re.compile(r"g(\w+) \+= ")
"""The beginning of a contribution to an adjoint."""
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
        lines = [rf"  {symbol(name)} &= {digits(value)}" for name, value in laid(piece.rows)]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
    if isinstance(piece, Grid):
        return _grid(piece)
    assert isinstance(piece, Listing)
    lines = [visible(line).replace(r"\end{", r"\end {") for line in laid(piece.text.rstrip("\n").split("\n"))]
    return "\n".join((r"\begin{verbatim}", *lines, r"\end{verbatim}"))


def _grid(grid: Grid) -> str:
    numeric = [any(not isinstance(row[at], str) for row in laid(grid.rows)) for at in laid(range(len(grid.columns)))]
    places = "".join("r" if each else "l" for each in numeric[1:])
    head = " & ".join(map(symbol, laid(grid.columns)))
    bars = _barred(grid)
    rows = [
        " & ".join(_cell(cell, bars) if isinstance(cell, str) else digits(cell, grid.digits) for cell in laid(row))
        for row in laying.rows(grid.rows)
    ]
    body = "\n".join(rf"  {row} \\" for row in rows)
    return f"\\[\n\\begin{{array}}{{l|{places}}}\n  {head} \\\\ \\hline\n{body}\n\\end{{array}}\n\\]"


def _barred(grid: Grid) -> frozenset[str]:
    """The names whose adjoints a table of contributions tells of; none where it is no such table."""
    cells = [cell.lstrip() for row in laying.rows(grid.rows) for cell in row if isinstance(cell, str)]
    if not any(map(ADDED.match, cells)):
        return frozenset()
    return frozenset(found[1] for cell in cells if (found := re.match(r"g(\w+) \+?= ", cell)))


def _cell(text: str, bars: frozenset[str]) -> str:
    """A cell's text: a statement or an expression as mathematics, blanks at its beginning as a space."""
    bare = text.lstrip(" ")
    return r"\quad " * ((len(text) - len(bare)) // 2) + (_formula(bare, bars) or symbol(bare))


def _formula(text: str, bars: frozenset[str]) -> str:
    """A statement or an expression of the language in mathematics; nothing where it is none.

    Args:
        bars: names whose `g` + name is an adjoint.
    """
    if not WRITTEN.fullmatch(text):
        return ""
    added = ADDED.match(text)
    if added:
        term, _, part = text[added.end() :].rpartition(" = ")
        sides = [_formula_of(each, bars) for each in ("g" + added[1], term, part)]
        return f"{sides[0]} \\mathrel{{+}}= {sides[1]} = {sides[2]}" if all(sides) else ""
    return _formula_of(text, bars)


def _formula_of(text: str, bars: frozenset[str]) -> str:
    from lang.export import latex
    from lang.source import Source
    from lang.syntax.parse import parse

    try:
        rows = latex(parse(Source(text)), adjoints=bool(bars), known=bars).splitlines()
    except AdError:
        return ""
    return rows[1].strip().removeprefix("& ").replace(" &= ", " = ") if len(rows) == 3 else ""


def symbol(text: str) -> str:
    r"""A name in mathematics: `dz/dx` as a fraction, `theta` as a letter, `x_1` with an index, the rest as text."""
    fraction = re.fullmatch(r"d(\w+)/d(\w+)", text)
    if fraction:
        return rf"\frac{{\mathrm{{d}}{_name(fraction[1])}}}{{\mathrm{{d}}{_name(fraction[2])}}}"
    second = re.fullmatch(r"d²(\w+)", text)
    if second:
        return rf"\mathrm{{d}}^2{_name(second[1])}"
    return _name(text) if re.fullmatch(r"[^\W\d]\w*", text) else _words(text)


def digits(value: float | bool, count: int | None = None) -> str:
    """A number in mathematics."""
    text = number(value, count)
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
    numbered = re.fullmatch(rf"([^\W\d_]|{'|'.join(GREEK)})(\d+)", text)
    if numbered:
        return rf"{_name(numbered[1])}_{{{numbered[2]}}}"
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
