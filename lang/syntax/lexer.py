"""Text -> words, one after another: (kind, place, spelling), with the line ends, indents and dedents that
blocks are made of.

Law: every piece of the text is found by the one pattern built from the grammar's words; what the pattern
finds is looked up by its spelling, so that each distinct spelling is examined once. Nothing here knows which
word may follow which.

The pieces are found many at a time, for Python does in one call for all of them what it would do in several
for each; but what a piece brings about (an error, a parenthesis that is open) comes about in its turn.

Inside parentheses and brackets line ends mean nothing. Outside, the piece at a line's end reaches to the
first character of the next line that is not blank or comment, so what follows its last line break is that
line's indent:

    if x > 0:\\n    # sure\\n\\n    y = 1     ->   IF NAME COMPARISON NUMBER COLON NEWLINE INDENT NAME EQUAL
    NUMBER ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, islice
from math import inf
from operator import sub
from typing import Any
from unicodedata import normalize

from lang.errors import LimitExceeded
from lang.limits import Limits
from lang.source import Source, Span
from lang.syntax.tables import NAME, NUMBER, Tables

ODD = 255  # a piece that is no word of the language: always an error
RESERVED = 254  # a word that Python keeps for itself: no place in the grammar takes it
PIECES = 8192
"""Pieces that are found at a time."""
BLANKS = " \t"

_PYTHON = """
False None True assert async await break class continue del except finally from global import is lambda
pass nonlocal raise try with yield
"""
PYTHON_WORDS = frozenset(_PYTHON.split())
_COMMENT = "#[^\n]*"  # compiled when there is one: no start waits for it


class Spellings(dict[str, int]):
    """Spelling -> kind; a new spelling is examined when it is first met, and its meaning (a name or number)
    noted.
    """

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables.fixed)
        self.tables = tables
        self.meanings: dict[str, Any] = {tables.spellings[kind]: tables.spellings[kind] for kind in tables.soft}
        self.line_end = tables.kind("_NEWLINE")

    def __missing__(self, text: str) -> int:
        if text.isascii() and text.isidentifier():  # most new spellings, and they are names in any grammar
            kind = self[text] = self._name(text)
            return kind
        match = self.tables.pattern.fullmatch(text)
        found = next((at for at, part in enumerate(match.groups()[1:]) if part is not None), None) if match else None
        kind = ODD if found is None else self.tables.groups[found]
        if kind == NAME:
            kind = self._name(text)
        elif kind == NUMBER:
            kind = self._number(text)
        if kind != self.line_end or "#" not in text:  # comments are too many spellings to keep
            self[text] = kind
        return kind

    def _name(self, text: str) -> int:
        if text in PYTHON_WORDS:
            return RESERVED
        name = text
        if not text.isascii():
            name = normalize("NFKC", text)
            if not (text.isidentifier() and name.isidentifier()) or name in PYTHON_WORDS or name in self.tables.fixed:
                return ODD
        self.meanings[text] = name
        return NAME

    def _number(self, text: str) -> int:
        value = float(text)
        if value == inf or (text[0] == "0" and value and text.replace("_", "").isdigit()):  # `007` is no number
            return ODD
        self.meanings[text] = value
        return NUMBER


class Lexer:
    """The words of one text, and what was met on the way.

    Attributes:
        open: where the parentheses and brackets stand that are open now.
        kinds, starts, spelled: those of the words that were found last, one after another; `edges` is where
            each begins with the blanks before it, and where the last one ends.
        next: whose turn it is among them.
        levels: the widths of the indents of the blocks that are open now.
        comments: the span of every comment so far.
        meanings: what each spelling of a name or number stands for.
    """

    def __init__(self, source: Source, tables: Tables, limits: Limits) -> None:
        self.source = source
        self.text = source.text + "\n"
        self.limits = limits
        self.pieces = tables.pattern.finditer(self.text)
        self.kinds = b""
        self.starts: list[int] = []
        self.edges = [0]
        self.spelled: list[str] = []
        self.next = 0
        self.spellings = Spellings(tables)
        self.meanings = self.spellings.meanings
        self.marks = tuple(map(tables.kind, ("(", "[", ")", "]", "_NEWLINE", "_INDENT", "_DEDENT", "$END")))
        self.open: list[int] = []
        self.levels = [0]
        self.comments: list[Span] = []
        self.filler = ""
        self.margin = "\n"  # a line's end where the next line is indented as this one

    def words(self) -> Iterator[tuple[int, int, str]]:
        """Kind, place and spelling of every word; the last is the end of the text."""
        round_open, square_open, round_close, square_close, line_end, indent, _, end = self.marks
        special = round_open
        while self._find():
            kinds, starts, spelled, many = self.kinds, self.starts, self.spelled, len(self.kinds)
            if not self.edges[0] and starts[0] and spelled[0][0] not in "#\n":
                yield indent, starts[0], ""
            while self.next < many:
                index = self.next
                self.next = index + 1
                kind = kinds[index]
                if kind < special:
                    yield kind, starts[index], spelled[index]
                elif kind == line_end:
                    yield from self._line_end(self.edges[index], starts[index], spelled[index])
                else:
                    at = starts[index]
                    if kind in (round_open, square_open):
                        self.open.append(at)
                        self._check_nesting(at)
                    elif kind in (round_close, square_close):
                        self._close(at, "(" if kind == round_close else "[")
                    elif kind == ODD:
                        from lang.syntax import letters

                        raise letters.odd(self.source.text, at)
                    yield kind, at, spelled[index]
        yield end, self.edges[-2], ""

    def _find(self) -> bool:
        """Find the next pieces of the text; False where there are no more."""
        pieces = [match[0] for match in islice(self.pieces, PIECES)]
        if not pieces:
            return False
        self.spelled = [piece.lstrip(BLANKS) for piece in pieces]
        self.edges = [*accumulate(map(len, pieces), initial=self.edges[-1])]
        self.starts = [*map(sub, self.edges[1:], map(len, self.spelled))]
        self.kinds = bytes(map(self.spellings.__getitem__, self.spelled))
        self.next = 0
        return True

    def _line_end(self, before: int, at: int, piece: str) -> Iterator[tuple[int, int, str]]:
        """The words for a line's end, which is where the line before it ends, and for the indent after it."""
        if "#" in piece:
            self._note_comments(at, at + len(piece))
        if self.open:
            return
        if before:
            yield self.marks[4], before, ""
        width = len(piece) - 1 - piece.rindex("\n")
        if width != self.levels[-1] or (width and piece[-1] != self.filler):
            yield from self._indent(width, at + len(piece))

    def _note_comments(self, start: int, end: int) -> None:
        self.comments.extend(found.span() for found in re.compile(_COMMENT).finditer(self.text, start, end))

    def _close(self, at: int, opening: str) -> None:
        if not self.open or self.text[self.open[-1]] != opening:
            from lang.syntax import slips

            raise slips.closing(self.text, at, self.open)
        self.open.pop()

    def _check_nesting(self, at: int) -> None:
        depth = len(self.open) + len(self.levels) - 1
        allowed = self.limits.nesting
        if depth > allowed:
            message = f"more than {allowed:,} parentheses, calls and blocks stand inside each other here"
            hint = "give a part of it a name on a line above"
            raise LimitExceeded("nesting", allowed, depth, message, (at, at + 1), hint=hint)

    def _indent(self, width: int, at: int) -> Iterator[tuple[int, int, str]]:
        """The words for a change of indent: the line at `at` begins with `width` blanks."""
        indent, dedent = self.marks[5:7]
        blanks = self.text[at - width : at]
        self.filler = self.filler or blanks[:1]
        if blanks.strip(self.filler):
            from lang.syntax import slips

            raise slips.mixed_indent(at - width, at, self.filler)
        levels, self.margin = self.levels, "\n" + blanks
        if width > levels[-1]:
            levels.append(width)
            self._check_nesting(at)
            yield indent, at, ""
            return
        while width < levels[-1]:
            inner = levels.pop()
            if width > levels[-1]:
                from lang.syntax import slips

                raise slips.between_indents(self.text, at - width, at, levels[-1], inner)
            yield dedent, at, ""
