"""Names that are watched -> their values and gradients, in one line for the toolbar."""

from __future__ import annotations

from collections.abc import Sequence

from prompt_toolkit.formatted_text import StyleAndTextTuples

from lang.errors import AdError
from lang.repl.telling import rounded
from lang.session import Session
from lang.show.numbers import number
from lang.verbs.core import registry
from lang.verbs.core.answer import Question, Values

DIGITS = 6


def watch(session: Session, names: Sequence[str], digits: int = 0) -> StyleAndTextTuples:
    """The toolbar's pieces: `z = 6.909   dz/dx = 2.584   dz/dy = 2`."""
    made: StyleAndTextTuples = []
    for name in names:
        made += _one(session, name, digits or DIGITS)
    return made


def _one(session: Session, name: str, digits: int) -> StyleAndTextTuples:
    rows: list[tuple[str, float | bool]] = []
    try:
        answer = registry.verb("grad").ask(session.recipe(), Question((name,)))
        rows = [row for piece in answer.pieces if isinstance(piece, Values) for row in piece.rows]
    except AdError:
        if name in session.values:
            rows = [(name, session.values[name])]
    if not rows:
        return [("class:bottom-toolbar.name", f"  {name}"), ("", " has no value")]
    made: StyleAndTextTuples = []
    for label, value in rows:
        made += [("class:bottom-toolbar.name", f"  {label}"), ("", " = ")]
        made.append(("class:bottom-toolbar.number", number(rounded(value, digits))))
    return made
