r"""Answers -> LaTeX that stands in an article and in MathJax alike: `align*`, `array`, `verbatim`.

Law: a name becomes mathematics only where its form is certain (`z`, `x_1`, `theta`, `dz/dx`); anything else stands as
text, with every special character escaped. In a row of a table nothing is higher than the row: a derivative there is
`dz/dx` with a slash, as a fraction only where it has a line to itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lang.diagnostic import visible
from lang.errors import AdError
from lang.export.notation import GREEK, power_of_ten, words
from lang.export.notation import symbol as name_of
from lang.show import laying
from lang.show.laying import laid
from lang.show.numbers import number
from lang.verbs.core.answer import Grid, Listing, Piece, Values

WRITTEN = re.compile(r"(?=.*[=*/(<>])[\w .,+\-*/()<>=!?'\[\]%]+")
"""What may be a statement or an expression: letters, digits and signs, with something that words do not have."""
NAME = re.compile(r"[^\W\d]\w*")
POWER = re.compile(r"-?\d+(\.\d+)?e[+-]?\d+")
"""A number with a power of ten."""
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
        owners = {f"d{name}" for name, _ in laid(piece.rows)}
        signs = [_moved(name) if name in owners else symbol(name) for name, _ in laid(piece.rows)]
        rows = zip(signs, piece.rows, strict=True)
        lines = [rf"  {sign} &{'=' if sign else ''} {digits(value)}" for sign, (_, value) in rows]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
    if isinstance(piece, Grid):
        return _grid(piece)
    assert isinstance(piece, Listing)
    lines = [visible(line).replace(r"\end{", r"\end {") for line in laid(piece.text.rstrip("\n").split("\n"))]
    return "\n".join((r"\begin{verbatim}", *lines, r"\end{verbatim}"))


def _grid(grid: Grid) -> str:
    numeric = [any(not isinstance(row[at], str) for row in laid(grid.rows)) for at in laid(range(len(grid.columns)))]
    places = "".join("r" if each else "l" for each in numeric[1:])
    head = " & ".join(map(_head, laid(grid.columns)))
    bars = _barred(grid)
    slopes = any(each.startswith("/d") for each in laid(grid.columns))

    def cell(at: int, each: str | float) -> str:
        if not isinstance(each, str):
            return digits(each, grid.digits)
        return _cell(each, bars) if at else _label(each, bars, slopes)

    rows = [" & ".join(cell(*each) for each in enumerate(laid(row))) for row in laying.rows(grid.rows)]
    body = "\n".join(rf"  {row} \\" for row in rows)
    return f"\\[\n\\begin{{array}}{{l|{places}}}\n  {head} \\\\ \\hline\n{body}\n\\end{{array}}\n\\]"


def _moved(text: str) -> str:
    """`dz` as the differential that it is."""
    return rf"\mathrm{{d}}{name_of(text[1:])}"


def _barred(grid: Grid) -> frozenset[str]:
    """The names whose adjoints a table of contributions tells of; none where it is no such table."""
    cells = [cell.lstrip() for row in laying.rows(grid.rows) for cell in row if isinstance(cell, str)]
    if not any(map(ADDED.match, cells)):
        return frozenset()
    return frozenset(found[1] for cell in cells if (found := re.match(r"g(\w+) \+?= ", cell)))


def _cell(text: str, bars: frozenset[str]) -> str:
    """A cell's text: a statement or an expression as mathematics, blanks at its beginning as a space."""
    bare = text.lstrip(" ")
    return r"\quad " * ((len(text) - len(bare)) // 2) + (_low(bare) or _formula(bare, bars) or symbol(bare))


def _head(text: str) -> str:
    """What stands over a column: a word as a word, a derivative or a letter as mathematics."""
    return _word(text) or _low(text) or symbol(text)


def _label(text: str, bars: frozenset[str], slopes: bool = False) -> str:
    """What stands before a row: a differential before slopes, a word as a word, else as `_cell` has it."""
    if slopes and re.fullmatch(r"d\w+", text):
        return _moved(text)
    return _word(text) or _cell(text, bars)


def _word(text: str) -> str:
    return _words(text) if re.fullmatch(r"[a-zA-Z]{2,}", text) and text not in GREEK else ""


def _low(text: str) -> str:
    """A derivative, a path or a number as it stands in a row; nothing for anything else."""
    slope = re.fullmatch(r"(?:d(\w+))?/d(\w+)", text)
    if slope:
        over = rf"\mathrm{{d}}{name_of(slope[1])}" if slope[1] else ""
        return rf"{over}/\mathrm{{d}}{name_of(slope[2])}"
    path = text.split(" → ")
    if len(path) > 1 and all(map(NAME.fullmatch, path)):
        return r" \to ".join(map(name_of, path))
    if POWER.fullmatch(text):
        return power_of_ten(text)
    return text if text.isascii() and text.isdecimal() else ""


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
        return rf"\frac{{\mathrm{{d}}{name_of(fraction[1])}}}{{\mathrm{{d}}{name_of(fraction[2])}}}"
    second = re.fullmatch(r"d²(\w+)", text)
    if second:
        return rf"\mathrm{{d}}^2{name_of(second[1])}"
    return name_of(text) if NAME.fullmatch(text) else _words(text)


def digits(value: float | bool, count: int | None = None) -> str:
    """A number in mathematics."""
    text = number(value, count)
    return WORDS[text] if text in WORDS else power_of_ten(text)


def _words(text: str) -> str:
    return words(visible(text)) if text else ""
