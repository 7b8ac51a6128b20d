"""The grammar -> what the parser runs on, from the cache when it is there.

Law: the tables depend on the grammar's text and on nothing else, so a cached copy is either exactly right or
thrown away; then the tables are worked out again.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from typing import Any

from lang import cache_files, grammar_files
from lang.syntax.grammar import FORMAT

NAME, NUMBER = 0, 1


class Tables:
    """What drives the parser: words by kind, rules, and for each state what to do at each kind of word.

    Attributes:
        names: a kind's name in the grammar; `spellings` its fixed spelling, if it has one. fixed: spelling ->
        kind. soft: the kinds that may also be names. pattern: finds the next piece of text (group 1) after
        blanks; groups 2, 3, ... are `groups`, kind by kind. rules: (phrase, length, builder's name or place
        of the part passed on); from `passing` on they only pass on. actions, gotos: by state. hops: memory of
        where runs of passing rules lead: ((state below, state), kind) in one number -> state.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        spellings: tuple[str, ...],
        fixed: dict[str, int],
        soft: frozenset[int],
        pattern: re.Pattern[str],
        groups: tuple[int, ...],
        rules: tuple[tuple[int, int, Any], ...],
        passing: int,
        actions: list[dict[int, int]],
        gotos: list[dict[int, int]],
        starts: dict[str, int],
        hops: dict[int, int] | None = None,
    ) -> None:
        self.names, self.spellings, self.fixed = names, spellings, fixed
        self.soft, self.pattern, self.groups = soft, pattern, groups
        self.rules, self.passing, self.actions = rules, passing, actions
        self.gotos, self.starts = gotos, starts
        self.hops = {} if hops is None else hops

    def kind(self, name: str) -> int:
        """The kind of a word that the grammar calls `name` or that is spelled so."""
        return self.fixed[name] if name in self.fixed else self.names.index(name)


@functools.cache
def load() -> Tables:
    """The tables of `grammar/ad.lark`."""
    text = grammar_files.read("ad.lark")
    key = [FORMAT, _lark_version(), text]
    path = cache_files.place(f"tables-{FORMAT}", text)
    data = cache_files.read(path, key)
    if data is not None:
        try:
            return _tables(data)
        except (KeyError, TypeError, ValueError, IndexError, re.error):
            pass
    from lang.syntax.grammar import compile_grammar

    data = compile_grammar(text)
    cache_files.write(path, {"key": key, **data})
    return _tables(data)


def _tables(data: dict[str, Any]) -> Tables:
    words = data["words"]
    patterned = [(kind, word[2]) for kind, word in enumerate(words) if word[2] is not None]
    spelled = sorted((word[1] for word in words if word[1] and not word[1].isidentifier()), key=len, reverse=True)
    odd = [
        r"[.0-9][\w.]*",
        ".",
    ]  # a number that runs into letters is one odd piece, and so is any other character
    pieces = [f"({pattern})" for _, pattern in patterned] + [re.escape(each) for each in spelled] + odd
    blanks = "|".join(data["ignored"])
    return Tables(
        names=tuple(word[0] for word in words),
        spellings=tuple(word[1] or "" for word in words),
        fixed={word[1]: kind for kind, word in enumerate(words) if word[1]},
        soft=frozenset(kind for kind, word in enumerate(words) if word[3]),
        pattern=re.compile(f"(?:{blanks})?({'|'.join(pieces)})"),
        groups=tuple(kind for kind, _ in patterned),
        rules=tuple((phrase, length, builder) for phrase, length, builder in data["rules"]),
        passing=data["passing"],
        actions=[dict(zip(row[::2], row[1::2], strict=True)) for row, _ in data["states"]],
        gotos=[dict(zip(row[::2], row[1::2], strict=True)) for _, row in data["states"]],
        starts=data["starts"],
    )


def _lark_version() -> str:
    """What lark says about itself, read without importing it; empty where there is none to read."""
    for folder in sys.path:
        try:
            with open(os.path.join(folder or ".", "lark", "__init__.py"), encoding="utf-8") as file:
                found = re.search(r"""__version__[^=\n]*=\s*["']([^"']+)""", file.read())
        except (OSError, ValueError):
            continue
        return found.group(1) if found else ""
    return ""
