"""A line of text -> its words, each with its place: the lexer's own words, but nothing is an error.

Law: the pieces are those that the parser sees, found by the same pattern; a line is looked at once and remembered,
since a person at a keyboard changes one line at a time.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from lang.source import line_start
from lang.syntax import tables
from lang.syntax.lexer import PYTHON_WORDS, Spellings

OPENING, CLOSING = ("(", "["), (")", "]")


class Word(NamedTuple):
    """A word of a line.

    Attributes:
        kind: `name`, `number`, `keyword`, `soft` (a word that is a name elsewhere), `sign`, `primes`, `comment`, `odd`.
        start, end: its place in the line.
        text: as it is written.
    """

    kind: str
    start: int
    end: int
    text: str


@cache
def _kinds() -> tuple[Spellings, dict[int, str]]:
    """The lexer's kinds, and what each is called here."""
    table = tables.load()
    names = dict.fromkeys(range(len(table.names)), "sign")
    for kind, spelling in enumerate(table.spellings):
        if spelling.isidentifier():
            names[kind] = "soft" if kind in table.soft else "keyword"
    names |= {table.names.index("NAME"): "name", table.names.index("NUMBER"): "number"}
    names[table.names.index("PRIMES")] = "primes"
    return Spellings(table), names


@lru_cache(maxsize=4096)
def words(line: str) -> tuple[Word, ...]:
    """The words of one line, comments included."""
    spellings, names = _kinds()
    found: list[Word] = []
    for match in tables.load().pattern.finditer(line + "\n"):
        piece, start = match[1], match.start(1)
        if piece.startswith("#"):
            found.append(Word("comment", start, len(line), line[start:]))
        elif "\n" not in piece:
            kind = "odd" if piece in PYTHON_WORDS else names.get(spellings[piece], "odd")
            found.append(Word(kind, start, match.end(1), piece))
    return tuple(found)


def statements(line: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    """The words of a line, statement by statement: `;` and the `:` of a block's head end one; comments are left out."""
    made: list[list[Word]] = [[]]
    for word in line:
        if word.kind == "comment":
            continue
        made[-1].append(word)
        if word.text in (";", ":"):
            made.append([])
    return [tuple(each) for each in made]


def place(text: str, cursor: int) -> tuple[str, int]:
    """The line around a cursor, and where that line begins in the text."""
    start = line_start(text, cursor)
    end = text.find("\n", cursor)
    return text[start : end if end >= 0 else len(text)], start
