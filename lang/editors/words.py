"""The grammar, the rules, the registry -> one table of the language's words; and a text -> its pieces with roles.

Law: no word of the language is spelled here. Keywords and patterns are the grammar's, functions the rules', commands
the registry's; a piece of text plays the same part in every editor, because every editor reads this table.

The roles are those of a reader, not of the parser, so that half a program is coloured, too: a command's name is one
only where a statement begins, and `at`, `by`, `wrt` are words of the language only behind a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lang.check.scope import CONSTANTS
from lang.rules import table
from lang.syntax import tables
from lang.verbs.core import registry

COMMENT, NUMBER, KEYWORD, LOGIC, COMMAND, CLAUSE = (
    "comment",
    "number",
    "keyword",
    "logic",
    "command",
    "clause",
)
FUNCTION, DEFINED, CONSTANT, NAME, OPERATOR, INPUT = (
    "function",
    "defined",
    "constant",
    "name",
    "operator",
    "input",
)
PUNCTUATION, BLANK = "punctuation", ""
SPELLING = r"[^\W\d]\w*"
"""A name, as every dialect of regular expressions has it."""


@dataclass(frozen=True)
class Words:
    """The words of the language, by the part they play.

    Attributes:
        keywords: words that no name may have.
        logic: those of them that stand between or before conditions.
        counting: words that are one only in `for i in WORD(...)`.
        clauses: words that are one only behind a command.
        commands, functions, constants: names.
        operators, punctuation: signs, the longest first.
        number, comment: regular expressions.
    """

    keywords: tuple[str, ...]
    logic: tuple[str, ...]
    counting: tuple[str, ...]
    clauses: tuple[str, ...]
    commands: tuple[str, ...]
    functions: tuple[str, ...]
    constants: tuple[str, ...]
    operators: tuple[str, ...]
    punctuation: tuple[str, ...]
    number: str
    comment: str


@cache
def words() -> Words:
    """The table."""
    grammar = tables.load()
    soft = {grammar.spellings[kind] for kind in grammar.soft}
    logic = tuple(each for each in grammar.fixed if each.upper() in ("AND", "OR", "NOT"))
    hard = tuple(each for each in grammar.fixed if each.isidentifier() and each not in soft and each not in logic)
    signs = sorted((each for each in grammar.fixed if not each.isidentifier()), key=len, reverse=True)
    groups = dict(zip(grammar.groups, _groups(grammar.pattern.pattern), strict=True))
    chained = [groups[grammar.kind(name)] for name in ("AUGMENT", "COMPARISON", "PRIMES")]
    signs_alone = [re.escape(each) for each in signs if each not in "()[],;:?"]
    names = [grammar.spellings[grammar.kind(name)] for name in ("WRT", "AT", "ALONG", "BY", "AS")]
    return Words(
        keywords=hard,
        logic=logic,
        counting=(grammar.spellings[grammar.kind("RANGE")],),
        clauses=tuple(names),
        commands=registry.names(),
        functions=tuple(sorted(name for name in table().function_names() if name not in CONSTANTS)),
        constants=CONSTANTS,
        operators=(*chained, *signs_alone),
        punctuation=tuple(each for each in signs if each in "()[],;:"),
        number=groups[tables.NUMBER],
        comment=r"#[^\n]*",
    )


def _groups(pattern: str) -> list[str]:
    """The text of each group inside the first, in order."""
    found: list[str] = []
    starts: list[int] = []
    inside, at = False, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif inside:
            inside = char != "]" or pattern[at - 1] == "["
        elif char == "[":
            inside = True
        elif char == "(":
            starts.append(at)
        elif char == ")":
            start = starts.pop()
            if pattern[start + 1] != "?" and len(starts) == 1:
                found.append(pattern[start + 1 : at])
        at += 1
    return found


@cache
def _pattern() -> re.Pattern[str]:
    """One piece of a text: a comment, a number, a word, a sign, blanks, a line's end, or any other character."""
    known = words()
    signs = "|".join((*known.operators, *map(re.escape, (*known.punctuation, "?"))))
    return re.compile(
        f"(?P<comment>{known.comment})|(?P<number>{known.number})|(?P<word>{SPELLING})|(?P<sign>{signs})"
        r"|(?P<end>\n)|(?P<blank>[^\S\n]+)|(?P<odd>.)"
    )


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """A text as (piece, role); together the pieces are the text.

    Args:
        text: a program, or any part of one; it need not be right.
    """
    known = words()
    line: list[tuple[str, str]] = []
    depth = 0
    for found in _pattern().finditer(text):
        kind, piece = found.lastgroup or "odd", found[0]
        if kind == "sign":
            depth = max(0, depth + (piece in "([") - (piece in ")]"))
        line.append((piece, kind))
        if depth == 0 and (kind == "end" or piece == ";" or (piece == ":" and kind == "sign")):
            yield from _statement(line, known)
            line = []
    yield from _statement(line, known)


def _statement(line: list[tuple[str, str]], known: Words) -> Iterator[tuple[str, str]]:
    """The pieces of one statement with their roles."""
    said = [(piece, kind) for piece, kind in line if kind not in ("blank", "end", "comment")]
    first = said[0][0] if said else ""
    second = said[1] if len(said) > 1 else ("", "end")
    command = first in known.commands and second[1] in ("word", "end") and second[0] not in known.logic
    command = command and second[0] not in known.keywords
    definition = first == "def" or (second[0] == "(" and any(piece == "=" for piece, _ in said))
    ahead = [piece for piece, kind in line if kind not in ("blank", "end")]
    met = 0
    for piece, kind in line:
        if kind in ("blank", "end"):
            yield piece, BLANK
            continue
        met += 1
        follows = ahead[met] if met < len(ahead) else ""
        if kind == "word":
            role = _word(piece, follows, known, command, met == 1)
            if definition and role == NAME and follows == "(" and met <= 2:
                role = DEFINED
            yield piece, role
        elif kind == "sign":
            yield piece, INPUT if piece == "?" else PUNCTUATION if piece in known.punctuation else OPERATOR
        else:
            yield piece, BLANK if kind == "odd" else kind


def _word(word: str, follows: str, known: Words, command: bool, first: bool) -> str:
    """The part a word plays."""
    if word in known.keywords:
        return KEYWORD
    if word in known.logic:
        return LOGIC
    if command and first:
        return COMMAND
    if command and word in known.clauses and follows != "=":
        return CLAUSE
    if word in known.counting and follows == "(":
        return KEYWORD
    if word in known.functions and (follows == "(" or follows.startswith("'")):
        return FUNCTION
    return CONSTANT if word in known.constants and follows != "=" else NAME
