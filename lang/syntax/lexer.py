"""Text -> words, one after another: (kind, place, spelling), with the line ends, indents and dedents that
blocks are made of.

Law: every piece of the text is found by the one pattern built from the grammar's words; what the pattern
finds is looked up by its spelling, so that each distinct spelling is examined once. Nothing here knows which
word may follow which.

Inside parentheses and brackets line ends mean nothing. Outside, the piece at a line's end reaches to the
first character of the next line that is not blank or comment, so what follows its last line break is that
line's indent:

    if x > 0:\\n    # sure\\n\\n    y = 1     ->   IF NAME COMPARISON NUMBER COLON NEWLINE INDENT NAME EQUAL
    NUMBER ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf
from typing import Any
from unicodedata import normalize

from lang.errors import LimitExceeded
from lang.limits import Limits
from lang.source import Source, Span
from lang.syntax.tables import NAME, NUMBER, Tables

ODD = 10_000  # a piece that is no word of the language: always an error
RESERVED = ODD - 1  # a word that Python keeps for itself: no place in the grammar takes it

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
        if kind != self.line_end:  # a line's end may hold comments: too many spellings to keep
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
        levels: the widths of the indents of the blocks that are open now.
        comments: the span of every comment so far.
        meanings: what each spelling of a name or number stands for.
    """

    def __init__(self, source: Source, tables: Tables, limits: Limits) -> None:
        self.source = source
        self.text = source.text + "\n"
        self.limits = limits
        self.pattern = tables.pattern
        self.spellings = Spellings(tables)
        self.meanings = self.spellings.meanings
        self.kinds = tuple(map(tables.kind, ("(", "[", ")", "]", "_NEWLINE", "_INDENT", "_DEDENT", "$END")))
        self.open: list[int] = []
        self.levels = [0]
        self.comments: list[Span] = []
        self.filler = ""

    def words(self) -> Iterator[tuple[int, int, str]]:
        """Kind, place and spelling of every word; the last is the end of the text."""
        round_open, square_open, round_close, square_close, line_end, indent, _, end = self.kinds
        spellings, special = self.spellings, round_open
        first = self.pattern.match(self.text)
        if first and first.start(1) and first[1][0] not in "#\n":
            yield indent, first.start(1), ""
        for match in self.pattern.finditer(self.text):
            piece = match[1]
            kind = spellings[piece]
            if kind < special:
                yield kind, match.start(1), piece
            elif kind == line_end:
                if "#" in piece:
                    self._note_comments(match.start(1), match.end(1))
                if not self.open:
                    if match.start():
                        yield kind, match.start(), ""
                    width = len(piece) - 1 - piece.rindex("\n")
                    if width != self.levels[-1] or (width and piece[-1] != self.filler):
                        yield from self._indent(width, match.end())
            else:
                at = match.start(1)
                if kind in (round_open, square_open):
                    self.open.append(at)
                    self._check_nesting(at)
                elif kind in (round_close, square_close):
                    self._close(at, "(" if kind == round_close else "[")
                elif kind == ODD:
                    from lang.syntax import letters

                    raise letters.odd(self.source.text, at)
                yield kind, at, piece
        yield end, match.start(), ""

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
        indent, dedent = self.kinds[5:7]
        blanks = self.text[at - width : at]
        self.filler = self.filler or blanks[:1]
        if blanks.strip(self.filler):
            from lang.syntax import slips

            raise slips.mixed_indent(at - width, at, self.filler)
        levels = self.levels
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
