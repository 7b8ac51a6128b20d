"""What a verb answers: facts in a few plain pieces that every face can show.

Law: a piece is data. How it looks as text, Markdown, LaTeX, CSV, HTML or JSON is settled once, in `lang.show`, so a new
verb needs no new face.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from lang.evaluate.notes import Note
from lang.fact import Telling


class Values(NamedTuple):
    """Names with their numbers, one a line: `dz/dx = 5.07`."""

    rows: tuple[tuple[str, float], ...]


class Grid(NamedTuple):
    """A table.

    Attributes:
        columns: the heads; the first is that of the row labels.
        rows: cells, texts or numbers; each row begins with its label. Blanks at a text's beginning indent it.
        digits: to how many digits its numbers are shown to people; None for all.
        title: what it is, for those who cannot see how it lies.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]
    digits: int | None = None
    title: str = ""


class Listing(NamedTuple):
    """Lines to be shown as they are; `language` says what they are written in (`latex`, `svg`, `python`, `words`)."""

    text: str
    language: str = "ad"


Piece = Values | Grid | Listing


class Answer(Telling):
    """What a verb found.

    Attributes:
        verb: its name.
        fact: the facts for programs to read; the keys are those of the JSON form.
        value: what the Python method of the verb returns.
        pieces: the facts for people to read.
        notes: the awkward points on the way.
        ok: False where a check failed.
        form: the format that the question asked for (`text`, `markdown`, ...).
        data: what a file of that format holds, where it is not text; None where it is.
    """

    __match_args__ = ("verb", "fact", "value", "pieces", "notes", "ok", "form", "data")

    def __init__(
        self,
        verb: str,
        fact: Mapping[str, Any],
        value: Any,
        pieces: tuple[Piece, ...],
        notes: tuple[Note, ...] = (),
        ok: bool = True,
        form: str = "text",
        data: bytes | None = None,
    ) -> None:
        self.verb, self.fact, self.value = verb, fact, value
        self.pieces, self.notes, self.ok = pieces, notes, ok
        self.form, self.data = form, data

    def as_json(self) -> dict[str, Any]:
        """The fact as the JSON form has it."""
        return {"verb": self.verb, **self.fact}


class Question(NamedTuple):
    """What is asked of a program.

    Attributes:
        targets: names of results.
        wrt: names that derivatives are asked by; None for all inputs.
        at: other values for inputs.
        along: the weight of each name; a value None leaves it open (`along z=?`); None without the clause.
        by: the method, None for the verb's own choice.
        form: the format.
    """

    targets: tuple[str, ...] = ()
    wrt: tuple[str, ...] | None = None
    at: Mapping[str, float] = MappingProxyType({})
    along: Mapping[str, float | None] | None = None
    by: str | None = None
    form: str = "text"
