"""A program -> Pygments tokens: how notebooks, Sphinx, MkDocs and `pygmentize` colour it.

Law: the roles are `words.pieces`; here they only get the names that Pygments' styles know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygments.lexer import Lexer
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, Text

from lang.editors import words

TOKENS = {
    words.COMMENT: Comment.Single,
    words.NUMBER: Number,
    words.KEYWORD: Keyword,
    words.LOGIC: Operator.Word,
    words.COMMAND: Keyword.Reserved,
    words.CLAUSE: Keyword.Pseudo,
    words.FUNCTION: Name.Builtin,
    words.DEFINED: Name.Function,
    words.CONSTANT: Name.Constant,
    words.NAME: Name,
    words.OPERATOR: Operator,
    words.INPUT: Keyword.Type,
    words.PUNCTUATION: Punctuation,
    words.BLANK: Text,
}


class AdLexer(Lexer):
    """The Pygments lexer of adlang, found under the names `adlang` and `ad`."""

    name = "adlang"
    aliases = ["adlang", "ad"]  # noqa: RUF012  Pygments' own way
    filenames = ["*.ad"]  # noqa: RUF012
    mimetypes = ["text/x-adlang"]  # noqa: RUF012
    url = "https://pypi.org/project/adlang/"

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Place, token and text of every piece."""
        at = 0
        for piece, role in words.pieces(text):
            yield at, TOKENS[role], piece
            at += len(piece)
