"""A text and its session -> the names that mean something in it.

Law: a name counts as known wherever in the text it is given a meaning; what comes before what is for the checker
to say.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from lang.assist.words import Word, statements, words
from lang.check.scope import CONSTANTS, Signature
from lang.rules import table
from lang.session import Session

MOST_LINES = 1 << 17
"""Lines that are remembered: more than a program has, or each key would look at all of them anew."""


class Names(NamedTuple):
    """Names that a text gives a meaning."""

    values: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()

    def __or__(self, other: Names) -> Names:
        return Names(self.values | other.values, self.functions | other.functions)


@lru_cache(maxsize=MOST_LINES)
def introduced(line: str) -> Names:
    """The names that a line gives a meaning: targets, parameters, loop variables, operands of a rule, functions."""
    values: set[str] = set()
    functions: set[str] = set()
    for statement in statements(words(line)):
        _introduce(statement, values, functions)
    return Names(frozenset(values), frozenset(functions))


def _introduce(statement: tuple[Word, ...], values: set[str], functions: set[str]) -> None:
    signs = [word.text for word in statement]
    names = [word for word in statement if word.kind in ("name", "soft")]
    if not names:
        return
    if signs[0] == "def":
        functions.add(names[0].text)
        values.update(word.text for word in names[1:])
    elif signs[0] == "for":
        values.add(names[0].text)
    elif "=>" in signs:
        left = [word.text for word in statement[: signs.index("=>")] if word.kind == "name"]
        values.update(left)
        values.update("d" + name for name in left)
    else:
        at = assignment(statement)
        if at is None:
            return
        left = [word.text for word in statement[:at] if word.kind in ("name", "soft")]
        if len(signs) > 1 and signs[1] == "(":
            functions.update(left[:1])
            left = left[1:]
        values.update(left)


def assignment(statement: tuple[Word, ...]) -> int | None:
    """Which word of a statement is the `=` that assigns; None where none does, as in `grad z at x = 2`."""
    for at, word in enumerate(statement):
        if word.text in ("=", "+=", "-=", "*=", "/=", "**="):
            return at
        if word.kind == "keyword" or (at and word.kind in ("name", "soft") and statement[at - 1].kind == "name"):
            return None
    return None


def of_text(text: str) -> Names:
    """The names that a text gives a meaning."""
    each = [introduced(line) for line in text.split("\n")]
    values = frozenset(chain.from_iterable(one.values for one in each))
    return Names(values, frozenset(chain.from_iterable(one.functions for one in each)))


def of_session(session: Session | None) -> Names:
    """The names that a session knows."""
    if session is None:
        return Names()
    return Names(frozenset(session.values), frozenset(session.scope.functions))


def user_function(name: str, session: Session | None) -> Signature | None:
    """The head of a function of the session."""
    return session.scope.functions.get(name) if session else None


def is_built_in(name: str) -> bool:
    """Is it a function of the language?"""
    return bool(table().arities(name))


def built_in() -> tuple[str, ...]:
    """The functions of the language."""
    return table().function_names()


__all__ = ["CONSTANTS", "Names", "assignment", "introduced", "is_built_in", "of_session", "of_text"]
