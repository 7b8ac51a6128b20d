"""Text -> a class for each of its pieces, for whoever has colours.

Law: a class says what a piece is, never how it looks. A derivative's name (`dx`, `gz`, `ddx_1`) is one only where it is
built on a name that is known, so `dx` means something and `day` does not. What nobody knows is `unknown`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from lang.assist.names import CONSTANTS, Names, introduced, is_built_in, of_session, of_text
from lang.assist.words import Word, statements, words
from lang.session import Session
from lang.syntax.tree import RULE_CLAUSES
from lang.verbs.core import registry

CLASSES = (
    "comment", "number", "keyword", "operator", "bracket", "input", "name", "derivative", "constant", "function",
    "own_function", "verb", "clause", "choice", "unknown",
)  # fmt: skip
CLAUSES = ("wrt", "at", "along", "by", "as")
_DERIVED = re.compile(r"[dg]+(.+?)(?:_\d+)?")


class Mark(NamedTuple):
    """A piece of text and its class; `start` and `end` count characters."""

    start: int
    end: int
    role: str


def highlight(text: str, session: Session | None = None, cursor: int | None = None) -> list[Mark]:
    """The classes of a text's pieces, in order; blanks have none.

    Args:
        cursor: where somebody is typing: the name that ends there is not called unknown yet.
    """
    known = of_session(session) | of_text(text)
    marks: list[Mark] = []
    start = 0
    for line in text.split("\n"):
        here = line_marks(line, known)
        marks += [Mark(start + at, start + end, role) for at, end, role in here]
        start += len(line) + 1
    if cursor is not None:
        marks = [
            each._replace(role="name") if each.end == cursor and each.role == "unknown" else each for each in marks
        ]
    return marks


@lru_cache(maxsize=4096)
def line_marks(line: str, known: Names) -> tuple[Mark, ...]:
    """The classes of one line's pieces, where these names are known."""
    pieces = words(line)
    marks: list[Mark] = []
    known = known | introduced(line)
    for statement in statements(pieces):
        marks += _verb(statement, known) if _is_verb(statement, known) else _plain(statement, known)
    marks += [Mark(word.start, word.end, "comment") for word in pieces if word.kind == "comment"]
    return tuple(marks)


def _is_verb(statement: tuple[Word, ...], known: Names) -> bool:
    """Is it a command: a verb with names behind it, or alone where no value has its name?"""
    if not statement or statement[0].text not in registry.names():
        return False
    rest = [word for word in statement[1:] if word.text != ";"]
    return rest[0].kind in ("name", "soft", "odd") if rest else statement[0].text not in known.values


def _verb(statement: tuple[Word, ...], known: Names) -> list[Mark]:
    free = statement[0].text in registry.FREE_TARGETS
    marks = [Mark(statement[0].start, statement[0].end, "verb")]
    clause = ""
    for at, word in enumerate(statement[1:], 1):
        ends = statement[at - 1].text != ","
        if word.text in CLAUSES and ends and (at > 1 or word.kind == "soft"):
            clause = word.text
            role = "clause"
        elif word.kind in ("name", "soft"):
            role = "choice" if clause in ("by", "as") else _free(word) if free else _name(statement, at, known)
        else:
            role = _role(word)
        marks.append(Mark(word.start, word.end, role))
    return marks


def _free(word: Word) -> str:
    from lang.rules import table

    return "function" if table().lookup(word.text) else "choice"


def _plain(statement: tuple[Word, ...], known: Names) -> list[Mark]:
    return [
        Mark(
            word.start,
            word.end,
            _name(statement, at, known) if word.kind in ("name", "soft") else _role(word),
        )
        for at, word in enumerate(statement)
    ]


def _name(statement: tuple[Word, ...], at: int, known: Names) -> str:
    """The class of a name by what stands behind it and who knows it."""
    name = statement[at].text
    after = statement[at + 1] if at + 1 < len(statement) else None
    if after is not None and (after.text == "(" or after.kind == "primes"):
        return _called(name, known)
    if name in known.values:
        found = _DERIVED.fullmatch(name)
        return "derivative" if found and found[1] in known.values else "name"
    if name in CONSTANTS:
        return "constant"
    if name in RULE_CLAUSES or name[:4] == "push":
        return "keyword"
    if name in known.functions or is_built_in(name):
        return _called(name, known)
    return "unknown"


def _called(name: str, known: Names) -> str:
    if name in known.functions:
        return "own_function"
    return "function" if is_built_in(name) else "keyword" if name in ("range", "pop") else "unknown"


def _role(word: Word) -> str:
    if word.kind == "sign":
        return "input" if word.text == "?" else "bracket" if word.text in "()[]" else "operator"
    return {"number": "number", "keyword": "keyword", "primes": "operator", "odd": "unknown"}.get(word.kind, "name")


__all__ = ["CLASSES", "Mark", "highlight", "line_marks"]
