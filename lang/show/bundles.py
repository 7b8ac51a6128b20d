"""What a run showed -> bundles of forms, from which a notebook takes the best one it can show.

Comes in: `Shown`, `Answer`, notes, an error. Goes out: `{"text/plain": ..., "text/html": ..., "text/latex": ...}`.

Law: a bundle always holds plain text that says all of it, so a terminal, a mail and a search see the same as the page.
A form that was asked for by name (`as markdown`, `as latex`, `as svg`) comes as itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lang.diagnostic import segments
from lang.errors import AdError
from lang.evaluate.notes import Note
from lang.evaluate.run import Shown
from lang.show import ansi, forms, html, latex, remarks, text
from lang.verbs.core.answer import Answer, Listing, Values

Bundle = dict[str, Any]
AS_THEMSELVES = {"markdown": "text/markdown", "latex": "text/latex", "html": "text/html"}
LISTINGS = {"svg": "image/svg+xml", "latex": "text/latex"}


def everything(shown: Iterable[Shown | Answer]) -> list[Bundle]:
    """All that was shown, in order; expressions that follow each other in one bundle."""
    return [answer(each) if isinstance(each, Answer) else rows(each) for each in forms.grouped(shown)]


def answer(each: Answer) -> Bundle:
    """An answer in the form it asked for; by default in all that a notebook may want."""
    plain = ansi.text(forms.answer(each))
    if each.form in AS_THEMSELVES:
        return {"text/plain": plain, AS_THEMSELVES[each.form]: plain}
    if each.form != "text":
        return {"text/plain": plain}
    alone = each.pieces[0] if len(each.pieces) == 1 else None
    if isinstance(alone, Listing) and alone.language in LISTINGS:
        return {"text/plain": plain, LISTINGS[alone.language]: alone.text}
    return {
        "text/plain": plain,
        "text/html": html.framed(html.pieces(each.pieces)),
        "text/latex": latex.pieces(each.pieces),
    }


def rows(named: Sequence[text.Row]) -> Bundle:
    """Names with their values."""
    bundle = {"text/plain": ansi.text(text.rows(named)), "text/html": html.framed(html.rows(named))}
    if all(len(values) == 1 for _, values in named):
        bundle["text/latex"] = latex.pieces((Values(tuple((name, values[0]) for name, values in named)),))
    return bundle


def note(each: Note) -> Bundle:
    """A note, located."""
    laid_out = remarks.note(each)
    return {"text/plain": ansi.text(laid_out), "text/html": html.framed(html.laid_out(laid_out, "note"))}


def error(each: AdError) -> Bundle:
    """An error, located."""
    laid_out = segments(each)
    return {"text/plain": ansi.text(laid_out), "text/html": html.framed(html.laid_out(laid_out, "error"))}


def outcome(
    values: Mapping[str, float | bool],
    shown: Sequence[Shown | Answer],
    notes: Sequence[Note],
    stopped: AdError | None = None,
) -> str:
    """What a text did, as HTML: what it showed, else its values; notes; what stopped it."""
    made = [each if isinstance(each, Answer) else text.shown(each) for each in shown]
    body = [html.pieces(each.pieces) if isinstance(each, Answer) else html.rows([each]) for each in made]
    if not body and values:
        body.append(html.rows([(name, (value,)) for name, value in values.items()]))
    body += [html.laid_out(remarks.note(each), "note") for each in remarks.merged(shown, notes)]
    if stopped is not None:
        body.append(html.laid_out(segments(stopped), "error"))
    return html.framed("\n".join(body))


def code(program: str) -> str:
    """A program's text as HTML."""
    return html.framed(html.listing(program))
