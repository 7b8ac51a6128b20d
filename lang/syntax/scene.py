"""A failed parse -> what there is to see around the place: the words before and after, and what could have
come instead.

Law: only facts, no wording. The words around are found by a simple pattern, for the text there may be
anything; what could come is asked of the tables, by playing the word on a copy of the states.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lang.source import Source, Span, line_start
from lang.syntax.grammar import END
from lang.syntax.tables import Tables

WORD = re.compile(r"[^\W\d]\w*|[.\d][\w.]*|\*\*=?|//=?|=>|[-+*/<>=!]=|'+|[^\s#]|#.*")
NEAR = 400  # characters of a line that are looked at on either side
BLOCK_WORDS = ("if", "elif", "else", "while", "for", "def")
KEYWORDS = (*BLOCK_WORDS, "return", "and", "or", "not", "in")
_VERBS = """
grad jacobian hessian jvp vjp trace tape forward reverse why compare check cost symbolic graph rules explain export push
"""
VERBS = frozenset(_VERBS.split())  # only to choose words: `grad x + 1` means a command, `sin x + 1` a call
CLAUSES = ("wrt", "at", "along", "by", "as")


@dataclass
class Scene:
    """Where the parse failed.

    Attributes:
        at, word: the word that fits nowhere, empty at a line's end. end: where the last good word ends.
        opened: where the open parentheses stand. states: of the parser, before the word.
        before, after: the words of the same line up to `end`, and those behind `word`.
    """

    source: Source
    table: Tables
    kind: int
    at: int
    word: str
    end: int
    opened: list[int]
    states: list[int]
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        text = self.text
        start = max(line_start(text, self.end), self.end - NEAR)
        behind = self.at + len(self.word)
        stop = text.find("\n", behind)
        stop = min(len(text) if stop < 0 else stop, behind + NEAR)
        self.before = [each for each in WORD.findall(text[start : self.end]) if each[0] != "#"]
        self.after = [each for each in WORD.findall(text[behind:stop]) if each[0] != "#"]
        if not self.is_end and not self.opened and "\n" in text[self.end : self.at]:
            self.before = []

    @property
    def text(self) -> str:
        """The whole text."""
        return self.source.text

    @property
    def name(self) -> str:
        """What the grammar calls the word."""
        return self.table.names[self.kind] if self.kind < len(self.table.names) else ""

    @property
    def is_end(self) -> bool:
        """Does the line, the block or the text end here?"""
        return self.name in ("_NEWLINE", "_DEDENT", END)

    @property
    def is_value(self) -> bool:
        """Is the word a number or a name (soft words are names)?"""
        return self.name in ("NUMBER", "NAME") or self.kind in self.table.soft

    @property
    def here(self) -> Span:
        """The place of the word; at an end, the empty place after the last good word."""
        return (self.at, self.at + len(self.word)) if self.word else (self.end, self.end)

    @property
    def last(self) -> str:
        """The last good word, empty at a line's beginning."""
        return self.before[-1] if self.before else ""

    @property
    def next(self) -> str:
        """The word behind the one that fits nowhere, empty at the line's end."""
        return self.after[0] if self.after else ""

    @property
    def head(self) -> str:
        """The first word of the line."""
        return self.before[0] if self.before else self.word

    @property
    def statement(self) -> list[str]:
        """The words of the statement so far: those behind the last `;` or the `:` of a block's head."""
        begin = 0
        for at, each in enumerate(self.before):
            if each == ";" or (each == ":" and self.head in BLOCK_WORDS):
                begin = at + 1
        return self.before[begin:]

    @property
    def is_command(self) -> bool:
        """Does the statement begin as `verb target` or `verb wrt`?"""
        words = self.statement
        return len(words) > 1 and is_name(words[0]) and is_name(words[1])

    def can(self, word: str) -> bool:
        """Could this word (its spelling or name in the grammar; no soft word) stand here instead?"""
        kind = self.table.kind(word)
        states = self.states[:]
        while True:
            action = self.table.actions[states[-1]].get(kind)
            if action is None or action >= 0:
                return action is not None
            phrase, length, _ = self.table.rules[~action]
            del states[len(states) - length :]
            states.append(self.table.gotos[states[-1]][phrase])

    @property
    def wants_value(self) -> bool:
        """Is a value missing here?"""
        return self.can("NUMBER")

    @property
    def wants_name(self) -> bool:
        """Is a name missing here, and nothing but a name? (Behind a lone `x` a target could follow; it is not
        missing.)
        """
        alone = len(self.statement) == 1 and is_name(self.last)
        return not alone and self.can("NAME") and not self.wants_value

    @property
    def rest(self) -> str:
        """The rest of the line, from the word on, without a comment."""
        stop = self.text.find("\n", self.at)
        stop = len(self.text) if stop < 0 else stop
        return self.text[self.at : min(stop, self.at + NEAR)].partition("#")[0].rstrip()


def is_name(word: str) -> bool:
    """Is this word a name, not a keyword?"""
    return word.isidentifier() and word not in KEYWORDS


def short(text: str, otherwise: str = "x") -> str:
    """The text if a message can hold it, else a stand-in."""
    text = text.strip()
    return text if 0 < len(text) <= 40 and text.isprintable() else otherwise
