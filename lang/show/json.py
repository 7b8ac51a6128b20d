"""Facts -> JSON on one line, as strict readers take it.

Law: numbers that JSON has no word for become strings (`"nan"`, `"inf"`, `"-inf"`), and characters that nobody can see
are escaped, so the text is safe on a terminal too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import category

from lang.errors import AdError
from lang.evaluate.notes import Note
from lang.evaluate.run import Shown
from lang.show.numbers import number
from lang.show.remarks import error_fact, note_fact
from lang.verbs.core.answer import Answer

SCHEMA = "adlang/1"


def text(fact: Any) -> str:
    """A fact as JSON."""
    written = json.dumps(_plain(fact), ensure_ascii=False, allow_nan=False)
    return written if written.isascii() and written.isprintable() else "".join(map(_seen, written))


def report(
    *,
    ok: bool,
    values: Mapping[str, float | bool] | None = None,
    shown: Iterable[Shown | Answer] = (),
    notes: Iterable[Note] = (),
    errors: Iterable[AdError] = (),
) -> str:
    """The one object that `--json` prints."""
    return text(
        {
            "schema": SCHEMA,
            "ok": ok,
            "values": values or {},
            "shown": [shown_fact(each) for each in shown],
            "notes": [note_fact(each) for each in notes],
            "diagnostics": [error_fact(each) for each in errors],
        }
    )


def shown_fact(each: Shown | Answer) -> dict[str, Any]:
    """Something shown, for programs to read."""
    if isinstance(each, Answer):
        return {**each.as_json(), "ok": each.ok}
    return {"text": each.text, "values": list(each.values), "line": each.source.position(each.span[0])[0]}


def _plain(fact: Any) -> Any:
    """A fact in what JSON knows."""
    if isinstance(fact, float) and not math.isfinite(fact):
        return number(fact)
    if isinstance(fact, Mapping):
        return {str(key): _plain(value) for key, value in fact.items()}
    if isinstance(fact, Sequence) and not isinstance(fact, str):
        return [_plain(value) for value in fact]
    return fact


def _seen(char: str) -> str:
    if category(char)[0] not in "CZ" or char == " ":
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
