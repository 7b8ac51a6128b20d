"""What a run showed -> the text to print: each answer in the form it asked for.

Law: a form that no renderer here knows is the verb's own (`lecture`, `dot`), and what it made is printed as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from lang.diagnostic import Segment
from lang.evaluate.run import Shown
from lang.show import text
from lang.verbs.core.answer import Answer

MARKUP = ("markdown", "latex", "csv", "html")


def everything(shown: Iterable[Shown | Answer], columns: int = text.WIDTH) -> list[Segment]:
    """All that was shown, in order, without a last line end.

    Expressions that follow each other stand in one block with their `=` aligned; blocks have a blank line between them.
    """
    blocks = [answer(each, columns) if isinstance(each, Answer) else text.rows(each) for each in grouped(shown)]
    return _spaced([block for block in blocks if block])


def grouped(shown: Iterable[Shown | Answer]) -> Iterator[list[text.Row] | Answer]:
    """The answers, and the rows of the expressions that stand between them, in order."""
    group: list[text.Row] = []
    for each in shown:
        if isinstance(each, Shown):
            group.append(text.shown(each))
            continue
        if group:
            yield group
            group = []
        yield each
    if group:
        yield group


def answer(each: Answer, columns: int = text.WIDTH) -> list[Segment]:
    """An answer in its form."""
    if each.form == "json":
        from lang.show import json

        return [(json.text(each.as_json()), "")]
    if each.form in MARKUP:
        return [(import_module(f"lang.show.{each.form}").pieces(each.pieces), "")]
    return text.pieces(each.pieces, columns)


def _spaced(blocks: list[list[Segment]]) -> list[Segment]:
    made: list[Segment] = []
    for block in blocks:
        made += [("\n\n", "")] * bool(made) + block
    return made
