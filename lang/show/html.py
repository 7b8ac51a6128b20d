"""Answers and notes -> fragments of HTML for a page or a notebook: tables, lists of values, programs.

Law: no script, no style that a page could not override, and every character of the user's is escaped. Classes say what
each part is: `ad-values`, `ad-grid`, `ad-listing`, `ad-note`, `ad-error`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from lang.diagnostic import Segment, visible
from lang.show.numbers import number, numbers
from lang.verbs.core.answer import Grid, Listing, Piece, Values


def pieces(answer: Sequence[Piece]) -> str:
    """The pieces, one element each, without a last line end."""
    return "\n".join(map(_piece, answer))


def rows(named: Iterable[tuple[str, Sequence[float | bool]]]) -> str:
    """Names with their values."""
    body = "".join(f"<tr><th>{_text(name)}</th><td>= {numbers(values)}</td></tr>" for name, values in named)
    return f'<table class="ad-values"><tbody>{body}</tbody></table>'


def laid_out(segments: Iterable[Segment], kind: str) -> str:
    """A note or an error, laid out by `lang.diagnostic`, with its roles as classes."""
    body = "".join(
        f'<span class="ad-{role}">{escape(text)}</span>' if role else escape(text) for text, role in segments
    )
    return f'<pre class="ad-{kind}">{body}</pre>'


def _piece(piece: Piece) -> str:
    if isinstance(piece, Values):
        return rows((name, (value,)) for name, value in piece.rows)
    if isinstance(piece, Grid):
        head = "".join(f"<th>{_text(each)}</th>" for each in piece.columns)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in piece.rows)
        return f'<table class="ad-grid"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    assert isinstance(piece, Listing)
    return f'<pre class="ad-listing">{escape(_lines(piece.text))}</pre>'


def _cells(row: Sequence[str | float]) -> str:
    made = ["<th>", _text(str(row[0])) if isinstance(row[0], str) else number(row[0]), "</th>"]
    for cell in row[1:]:
        if isinstance(cell, str):
            made.append(f"<td>{_text(cell)}</td>")
        else:
            made.append(f'<td style="text-align: right">{number(cell)}</td>')
    return "".join(made)


def _lines(text: str) -> str:
    return "\n".join(map(visible, text.rstrip("\n").split("\n")))


def _text(text: str) -> str:
    return escape(visible(text))
