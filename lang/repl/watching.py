"""Names that are watched -> their values and gradients, in one line for the toolbar.

Law: they are worked out once for each change of the session, never for a key; a gradient that takes longer than
`SECONDS` is given up, and that is said.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from lang.errors import AdError, CommandError, LimitExceeded
from lang.repl.telling import rounded
from lang.session import Session
from lang.show.numbers import number
from lang.verbs.core import registry
from lang.verbs.core.answer import Question, Values

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples

DIGITS = 6
SECONDS = 0.5


class Watch:
    """What is watched, and how it looked last.

    Attributes:
        names: what is watched.
        pieces: the toolbar's: `z = 6.909   dz/dx = 2.584   dz/dy = 2`.
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.pieces: StyleAndTextTuples = []
        self._seen: Hashable = None

    def look(self, session: Session, version: int, digits: int = 0) -> None:
        """Work it out again where something has changed.

        Args:
            version: another number for another state of the session.
            digits: significant digits; 0 for a few.
        """
        seen = (self.names, version, digits, session.settings)
        if seen != self._seen:
            self._seen = seen
            self.pieces = [piece for name in self.names for piece in _one(session, name, digits or DIGITS)]


def _one(session: Session, name: str, digits: int) -> StyleAndTextTuples:
    rows: list[tuple[str, float | bool]] = [(name, session.values[name])] if name in session.values else []
    if not rows:
        return [("class:bottom-toolbar.name", f"  {name}"), ("", " has no value")]
    said = ""
    recipe = session.recipe()
    limits = session.settings.limits._replace(seconds=min(SECONDS, session.settings.limits.seconds))
    recipe = recipe.but(settings=session.settings.but(limits=limits, kinks="silent"))
    try:
        answer = registry.verb("grad").ask(recipe, Question((name,)))
        rows = [row for piece in answer.pieces if isinstance(piece, Values) for row in piece.rows] or rows
    except LimitExceeded:
        said = "   its gradient takes too long to be watched"
    except CommandError:
        said = ""  # it depends on no input: the value alone is all there is
    except AdError as error:
        said = f"   {error.message}"
    made: StyleAndTextTuples = []
    for label, value in rows:
        made += [("class:bottom-toolbar.name", f"  {label}"), ("", " = ")]
        made.append(("class:bottom-toolbar.number", number(rounded(value, digits))))
    return [*made, ("", said)]
