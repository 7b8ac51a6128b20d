"""Notes -> what is laid out as errors are: message, place, carets; each once, however many answers met it.

Law: a note that several answers share is said once, with the largest count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lang.diagnostic import Segment, segments
from lang.errors import AdError
from lang.evaluate.notes import Note
from lang.evaluate.run import Shown
from lang.verbs.core.answer import Answer

CALM = {"caret": "mark", "label": "mark"}


class Remark:
    """A note as `lang.diagnostic` lays it out."""

    kind = "note"
    hint = ""
    marks = ()

    def __init__(self, note: Note) -> None:
        self.message, self.span, self.source = note.message, note.span, note.source
        self.label = f"met {note.count:,} times" if note.count > 1 else ""


def merged(shown: Iterable[Shown | Answer], notes: Iterable[Note]) -> list[Note]:
    """The notes of a run and of its answers, each place and message once."""
    kept: dict[tuple[object, ...], Note] = {}
    answers = [note for each in shown if isinstance(each, Answer) for note in each.notes]
    for note in (*answers, *notes):
        key = (note.kind, note.message, note.span, note.source.name, note.source.text)
        if key not in kept or kept[key].count < note.count:
            kept[key] = note
    return list(kept.values())


def note(each: Note, columns: int = 0) -> list[Segment]:
    """A note's lines, without a last line end; its carets are calmer than an error's.

    Args:
        columns: the window's width; 0 leaves the lines as long as they are.
    """
    return [(piece, CALM.get(role, role)) for piece, role in segments(Remark(each), columns=columns)]


def note_fact(each: Note) -> dict[str, Any]:
    """A note for programs to read."""
    sides = [{"by": side.by, "used": side.used, "below": side.below, "above": side.above} for side in each.sides]
    return {
        "kind": each.kind,
        "message": each.message,
        **_place(each.source, each.span),
        "count": each.count,
        "sides": sides,
    }


def error_fact(error: AdError) -> dict[str, Any]:
    """An error for programs to read."""
    related = [{"label": mark.label, **_place(mark.source or error.source, mark.span)} for mark in error.marks]
    return {
        "severity": "error",
        "kind": type(error).__name__,
        "message": error.message,
        "label": error.label,
        "hint": error.hint,
        **_place(error.source, error.span),
        "related": related,
    }


def _place(source: Any, span: Sequence[int] | None) -> dict[str, Any]:
    if source is None or span is None:
        return {
            "file": source.name if source else None,
            "line": None,
            "column": None,
            "end_line": None,
            "end_column": None,
        }
    (line, column), (end_line, end_column) = source.position(span[0]), source.position(span[1])
    return {"file": source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
