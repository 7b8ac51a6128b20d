"""Lines of a derivative program -> their text, without the trees of it.

Law: the text is what `unparse` writes of the statement. A stencil is unparsed once, with marks in its holes, and names
are put in the places of the marks: a name never needs parentheses, nor does a number that has no sign.

    -c / b * g    ->    "-%s / %s * %s"  alone;   " - %s / %s * %s"  added to something
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lang.clock import watched
from lang.syntax import tree
from lang.syntax.unparse import expression, number, simple, unparse
from lang.transform.coding import Take, take
from lang.transform.expressions import name, summed
from lang.transform.lines import Line, Term
from lang.transform.stencil import PATTERNS, Stencil

MARK = re.compile("\0([0-9]+)\0")
"""A hole in a text, with its place in the filling; no program can spell it."""
OTHER = name("x")
"""Something that a stencil is added to."""


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """The text of a stencil, with `%s` in its holes.

    Attributes:
        alone: as a statement's right side.
        first: in front of a sum.
        added: what it adds to a sum, with its sign.
        take: takes what stands in the holes, in the order of the text, out of a filling.
    """

    alone: str
    first: str
    added: str
    take: Take


def text(body: Iterable[tree.Statement | Line]) -> str:
    """The text of lines and statements."""
    made = watched(body, "writing the derivative program")
    return "".join([_line(each) if isinstance(each, Line) else unparse((each,)) for each in made])


def _line(line: Line) -> str:
    right = _right(line.terms)
    return f"{simple(line.statement()) if right is None else f'{line.target} = {right}'}\n"


def _right(terms: Sequence[Term]) -> str | None:
    """The right side of a line; None where something has to be looked at more closely."""
    pieces: list[str] = []
    for stencil, words, _ in terms:
        phrase = _phrase(stencil)
        holes = phrase.take(words)
        template = phrase.added if pieces else phrase.first if len(terms) > 1 else phrase.alone
        try:
            pieces.append(template % tuple([each if each.__class__ is str else _spelled(each) for each in holes]))
        except ValueError:
            return None
    return "".join(pieces)


def _spelled(each: Any) -> str:
    """A name or number as it stands anywhere.

    Raises:
        ValueError: it may need parentheses.
    """
    if isinstance(each, str):
        return each
    if isinstance(each, bool) or not each > 0.0:
        raise ValueError
    return number(each)


@lru_cache(PATTERNS)
def _phrase(stencil: Stencil) -> Phrase:
    marked = stencil.fill(stencil.right, {hole: name(f"\0{place}\0") for hole, place in stencil.holes})
    alone = expression(marked)
    first = expression(summed([marked, OTHER])).removesuffix(f" + {OTHER.name}")
    added = expression(summed([OTHER, marked])).removeprefix(OTHER.name)
    places = [int(place) for place in MARK.findall(alone)]
    return Phrase(_template(alone), _template(first), _template(added), take(places))


def _template(marked: str) -> str:
    return "%s".join([piece.replace("%", "%%") for piece in MARK.split(marked)[::2]])
