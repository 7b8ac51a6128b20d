"""Answers and notes -> fragments of HTML for a page or a notebook: tables, lists of values, programs.

Law: no script, no style that a page could not override, and every character of the user's is escaped. Classes say what
each part is: `ad-values`, `ad-grid`, `ad-listing`, `ad-note`, `ad-error`; `framed` adds the style that a notebook
needs, which takes its colours from the notebook's own, light or dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from lang.diagnostic import Segment, visible
from lang.editors import words
from lang.show import laying
from lang.show.laying import laid
from lang.show.numbers import halves, number, numbers
from lang.verbs.core.answer import Grid, Listing, Piece, Values

DIGIT, POINT = "\u2007", "\u2008"
PLAIN = ("", words.NAME, words.OPERATOR, words.PUNCTUATION)
STYLE = """
.ad{--ad-soft:color-mix(in srgb,currentColor 64%,transparent);
--ad-line:color-mix(in srgb,currentColor 18%,transparent);--ad-red:#c62f2f;--ad-blue:#2563b8;--ad-green:#1a7f4b;
--ad-violet:#8339b3;--ad-amber:#a85b00;line-height:1.45;margin:.2em 0;overflow-x:auto}
[data-jp-theme-light=false] .ad,.vscode-dark .ad{--ad-red:#ff7b72;--ad-blue:#79b8ff;--ad-green:#6fd39b;
--ad-violet:#d2a8ff;--ad-amber:#f0b35f}
.ad :is(pre,table){font:inherit;font-family:var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,monospace);
font-size:var(--jp-code-font-size,13px);color:inherit;background:none}
.ad pre{margin:.3em 0;padding:.1em 0 .1em .9em;border:0;border-left:3px solid var(--ad-line);overflow-x:auto;
white-space:pre;line-height:1.5}
.ad table{border-collapse:collapse;border:0;margin:.3em 0;width:auto;font-variant-numeric:tabular-nums}
.ad.ad :is(th,td){padding:.16em .9em .16em 0;border:0;text-align:left;white-space:pre;font-weight:normal;
background:none}
.ad.ad tbody tr{background:none}
.ad .ad-values th{padding-right:.5em}
.ad .ad-grid :is(th,td){padding:.22em .9em}
.ad caption{caption-side:top;text-align:left;color:var(--ad-soft);padding:.2em .9em}
.ad .ad-grid thead th{color:var(--ad-soft);border-bottom:1px solid var(--ad-line)}
.ad .ad-grid tbody tr:hover{background:color-mix(in srgb,currentColor 5%,transparent)}
.ad pre.ad-error{border-left-color:var(--ad-red)}
.ad pre.ad-remark{border-left:0;padding-left:0;color:var(--ad-soft)}
.ad pre.ad-help{border-left:0;padding-left:0}
.ad pre.ad-note{border-left-color:var(--ad-blue)}
.ad :is(.ad-gutter,.ad-place,.ad-comment){color:var(--ad-soft)}
.ad :is(.ad-title,.ad-message,span.ad-error,span.ad-note,span.ad-help){font-weight:600}
.ad :is(span.ad-error,.ad-caret,.ad-label){color:var(--ad-red)}
.ad :is(span.ad-note,.ad-mark,.ad-function){color:var(--ad-blue)}
.ad :is(span.ad-help,.ad-number){color:var(--ad-green)}
.ad :is(.ad-keyword,.ad-logic,.ad-command,.ad-clause){color:var(--ad-violet)}
.ad .ad-command{font-weight:600}
.ad :is(.ad-input,.ad-constant,.ad-special){color:var(--ad-amber)}
""".strip()


def pieces(answer: Sequence[Piece]) -> str:
    """The pieces, one element each, without a last line end."""
    return "\n".join(map(_piece, answer))


def rows(named: Iterable[tuple[str, Sequence[float | bool]]]) -> str:
    """Names with their values."""
    body = "".join(
        f"<tr><th>{_text(name)}</th><td>{'= ' if name else ''}{numbers(each)}</td></tr>"
        for name, each in laying.rows(named)
    )
    return f'<table class="ad-values"><tbody>{body}</tbody></table>'


def listing(text: str) -> str:
    """A program, the parts of its text with their roles as classes."""
    body = "".join(_span(piece, role) for piece, role in laid(words.pieces(_lines(text))))
    return f'<pre class="ad-listing">{body}</pre>'


def framed(body: str) -> str:
    """A fragment with the style to stand in a notebook by itself."""
    return f'<div class="ad"><style>{STYLE}</style>\n{body}\n</div>'


def remark(words: str) -> str:
    """A few words of the notebook's own."""
    return f'<pre class="ad-remark">{_text(words)}</pre>'


def laid_out(segments: Iterable[Segment], kind: str) -> str:
    """A note or an error, laid out by `lang.diagnostic`, with its roles as classes."""
    return f'<pre class="ad-{kind}">{"".join(_span(text, role) for text, role in segments)}</pre>'


def _piece(piece: Piece) -> str:
    if isinstance(piece, Values):
        return rows((name, (value,)) for name, value in piece.rows)
    if isinstance(piece, Grid):
        return _grid(piece)
    assert isinstance(piece, Listing)
    if piece.language == "ad":
        return listing(piece.text)
    return f'<pre class="ad-listing">{escape(_lines(piece.text))}</pre>'


def _grid(grid: Grid) -> str:
    """A table that a screen reader can read out: it has a name, and each cell knows its column's and its row's head."""
    named = f"<caption>{_text(grid.title)}</caption>" if grid.title else ""
    head = "".join(f'<th scope="col">{_text(each)}</th>' if each else "<td></td>" for each in laid(grid.columns))
    tails = [_tail([row[at] for row in grid.rows], grid.digits) for at in laying.rows(range(len(grid.columns)))]
    body = "".join(f"<tr>{_cells(row, grid.digits, tails)}</tr>" for row in laying.rows(grid.rows))
    return f'<table class="ad-grid">{named}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(row: Sequence[str | float], digits: int | None, tails: Sequence[int]) -> str:
    made = []
    for at, cell in enumerate(laid(row)):
        if isinstance(cell, str):
            text, style = _indented(cell), ""
        else:
            shown = number(cell, digits)
            text, style = shown + _blanks(halves(shown)[1], tails[at]), ' style="text-align: right"'
        made.append(f'<th scope="row">{text}</th>' if not at and cell != "" else f"<td{style}>{text}</td>")
    return "".join(made)


def _tail(cells: Sequence[str | float], digits: int | None) -> int:
    """How much the longest number of a column has behind its point."""
    return max((len(halves(number(cell, digits))[1]) for cell in laid(cells) if not isinstance(cell, str)), default=0)


def _blanks(rest: str, longest: int) -> str:
    """Blanks as wide as digits, and one as wide as a point, so that the points of a column stand below each other."""
    missing = longest - len(rest)
    return "" if not missing else POINT * (not rest) + DIGIT * (missing - (not rest))


def _indented(text: str) -> str:
    """A cell's text; blanks at its beginning stay."""
    bare = text.lstrip(" ")
    return "&nbsp;" * (len(text) - len(bare)) + _text(bare)


def _span(text: str, role: str) -> str:
    return f'<span class="ad-{role}">{escape(text)}</span>' if role not in PLAIN else escape(text)


def _lines(text: str) -> str:
    return "\n".join(map(visible, laid(text.rstrip("\n").split("\n"))))


def _text(text: str) -> str:
    return escape(visible(text))
