"""Source -> tree: `parse` reads a program, `parse_rules` the lines of rules.ad.

Law: this file knows the order of the stages and nothing else: text -> words (`lexer`) -> tree (`lalr`). What words an
error (`hints`) is loaded when there is one.
"""

from __future__ import annotations

from typing import Any

from lang.errors import AdError
from lang.garbage import paused
from lang.limits import Limits
from lang.source import Source
from lang.syntax import lalr, tables, text, tree
from lang.syntax.grammar import END
from lang.syntax.lexer import RESERVED, Lexer

_ANYTHING = Limits()


@paused
def parse(source: Source, limits: Limits = _ANYTHING) -> tree.Program:
    """The tree of a program.

    Returns:
        The program; its `source` is the text that spans refer to (line ends normalised).

    Raises:
        ParseError: the text is not a program; the error has its place and one hint.
        LimitExceeded: the text passes `limits.source_chars` or `limits.nesting`.
    """
    body, source, comments = _read(source, limits, "program")
    return tree.Program(body, source, comments)


def parse_rules(source: Source) -> tuple[tree.Rule | tree.Alias, ...]:
    """The rules and aliases of a text such as rules.ad, in order.

    Raises:
        ParseError: a line is neither.
    """
    lines: tuple[tree.Rule | tree.Alias, ...] = _read(source, _ANYTHING, "rules")[0]
    return lines


def unfinished(source: Source) -> bool:
    """Is this text the beginning of a program that only lacks its end (an open parenthesis, a block to
    come)?
    """
    table = tables.load()
    lexer = Lexer(text.normal(source), table, _ANYTHING)
    try:
        lalr.drive(table, lexer, table.starts["program"])
    except lalr.StuckError as stuck:
        return stuck.kind != RESERVED and table.names[stuck.kind] == END
    except AdError:
        return False
    return False


def _read(source: Source, limits: Limits, start: str) -> tuple[Any, Source, tuple[tuple[int, int], ...]]:
    source = text.admit(source, limits)
    table = tables.load()
    lexer = Lexer(source, table, limits)
    try:
        value = lalr.drive(table, lexer, table.starts[start])
    except lalr.StuckError as stuck:
        from lang.syntax import hints

        raise hints.explain(source, table, lexer, stuck) from None
    except AdError as error:
        from lang.syntax import hints

        raise hints.reconsider(source, error) from None
    return value, source, tuple(lexer.comments)
