"""Facts -> JSON on one line, as strict readers take it.

Law: numbers that JSON has no word for become strings (`"nan"`, `"inf"`, `"-inf"`), and characters that nobody can see
are escaped, so the text is safe on a terminal too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from unicodedata import category

from lang.errors import AdError
from lang.evaluate.notes import Note
from lang.evaluate.run import Shown
from lang.show.laying import laid, rows
from lang.show.numbers import number
from lang.show.remarks import error_fact, note_fact
from lang.verbs.core.answer import Answer

SCHEMA = "adlang/1"
FLAT = (float, int, str, bool, type(None))
PART = 1_000
"""Numbers of a row that are written at once."""


def text(fact: Any) -> str:
    """A fact as JSON."""
    written = "".join(_pieces(fact))
    return written if written.isascii() and written.isprintable() else "".join(map(_seen, laid(written)))


def _pieces(fact: Any) -> Iterator[str]:
    """The same in pieces: what holds much is written a part at a time, each with a look at the clock."""
    if isinstance(fact, Mapping):
        yield "{"
        for at, (key, value) in enumerate(laid(fact.items())):
            yield ", " * bool(at) + _dumped(str(key)) + ": "
            yield from _pieces(value)
        yield "}"
    elif isinstance(fact, Sequence) and not isinstance(fact, str):
        yield "["
        for at in rows(range(0, len(fact), PART)):
            part = fact[at : at + PART]
            if all(isinstance(value, FLAT) for value in part):
                yield ", " * bool(at) + _dumped([_plain(value) for value in part])[1:-1]
                continue
            for within, value in enumerate(part):
                yield ", " * bool(at or within)
                yield from _pieces(value)
        yield "]"
    else:
        yield _dumped(_plain(fact))


def _dumped(fact: Any) -> str:
    return json.dumps(fact, ensure_ascii=False, allow_nan=False)


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
    """A number, a word or nothing in what JSON knows."""
    return number(fact) if isinstance(fact, float) and not math.isfinite(fact) else fact


def _seen(char: str) -> str:
    if category(char)[0] not in "CZ" or char == " ":
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
