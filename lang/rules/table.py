"""`grammar/rules.ad` -> the table of primitives: the only reader of the only place that knows a derivative.

Law: everything else in the project asks the table. The whole text is read once and what its lines are called is kept;
from then on a line is read, and checked, when it is first used.
"""

from __future__ import annotations

import re
from _thread import RLock  # what threading.RLock is; threading would cost a start 1 ms
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from typing import Any

from lang import cache_files
from lang.errors import RuleError
from lang.grammar_files import read
from lang.rules.primitive import Primitive, primitive
from lang.rules.verify import verify_different, verify_rule
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse_rules

OPERATOR_NAMES = {
    "add": ("+", 2),
    "sub": ("-", 2),
    "mul": ("*", 2),
    "div": ("/", 2),
    "pow": ("**", 2),
    "neg": ("-", 1),
    "pos": ("+", 1),
    "floordiv": ("//", 2),
    "mod": ("mod", 2),
}

SIGNS = {"%": "mod", "pow": "**"}
"""An operator that is another way to write a function, and a function that is another way to write an operator."""

PARTS = r"(?ms)^# what the rules above are made of.*?\n\n"
"""The lines of the table with functions that are there for other rules: from their headline to a blank line."""


Key = tuple[str, int]
"""A primitive's name and arity."""


class Table:
    """All primitives and their other names; a primitive is made when it is first asked for.

    Args:
        keys: what there is, in the order of the lines.
        aliases: other names: (new, old).
        make: reads one line.
    """

    def __init__(
        self, keys: Iterable[Key], aliases: Iterable[tuple[str, str]], make: Callable[[Key], Primitive]
    ) -> None:
        self.aliases = dict(aliases)
        self._make = make
        self._made: dict[Key, Primitive | None] = dict.fromkeys(keys)
        self._canonical = {**self.aliases, **SIGNS}
        self._arities: dict[str, tuple[int, ...]] = {}
        for name, arity in self._made:
            self._arities[name] = (*self._arities.get(name, ()), arity)

    @cached_property
    def primitives(self) -> tuple[Primitive, ...]:
        """All of them, in the order of the lines."""
        return tuple(self._of(key) for key in self._made)

    def _of(self, key: Key) -> Primitive:
        found = self._made[key]
        if found is None:
            with _LOCK:  # there is one object for each line, whoever asks first
                found = self._made[key] or self._make(key)
                self._made[key] = found
        return found

    def find(self, name: str, arity: int) -> Primitive | None:
        """The primitive that `name` with `arity` operands means, through its aliases; None where there is none."""
        if (name, arity) not in self._made:
            name = self._canonical.get(name, name)
        return self._of((name, arity)) if (name, arity) in self._made else None

    def knows(self, name: str, arity: int) -> bool:
        """Is there such a primitive?"""
        return (name, arity) in self._made or (self._canonical.get(name, name), arity) in self._made

    def arities(self, name: str) -> tuple[int, ...]:
        """The numbers of operands a function name takes; empty where the table does not know it."""
        return self._arities.get(name) or self._arities.get(self._canonical.get(name, name), ())

    def function_names(self) -> tuple[str, ...]:
        """Every name a program may call, aliases included."""
        names = (name for name in self._arities if name.isidentifier())
        return (*names, *self.aliases, *(name for name in SIGNS if name.isidentifier()))

    def lookup(self, word: str) -> tuple[Primitive, ...]:
        """What a word means to a person: `sin`, `mul`, `*`, `log` (both of them)."""
        if word in OPERATOR_NAMES:
            found = self.find(*OPERATOR_NAMES[word])
            return (found,) if found else ()
        name = self._canonical.get(word, word)
        return tuple(self._of((name, arity)) for arity in self._arities.get(name, ()))


_LOCK = RLock()
FORMAT = 2
"""The form of what is kept of the table."""


@cache
def table() -> Table:
    """The table of `grammar/rules.ad`.

    Raises:
        RuleError: a line is not a rule (not linear in its differentials, an unknown function), with its place.
    """
    source = Source(read("rules.ad"), "rules.ad")
    path, key = cache_files.place(f"rules-{FORMAT}", source.text), [FORMAT, source.text]
    kept = cache_files.read(path, key)
    if kept is not None:
        try:
            return _from_lines(source, kept["lines"], kept["aliases"])
        except (KeyError, TypeError, ValueError):
            pass
    found = load(source)
    lines = [[each.name, each.arity, each.part, *each.rule.span] for each in found.primitives]
    cache_files.write(path, {"key": key, "lines": lines, "aliases": list(found.aliases.items())})
    return found


def _from_lines(source: Source, lines: list[list[Any]], aliases: list[list[str]]) -> Table:
    """The table, given which line (from, to) has which primitive, and whether it is there for other rules."""
    places = {(str(name), int(arity)): (bool(part), int(start), int(end)) for name, arity, part, start, end in lines}

    def make(key: Key) -> Primitive:
        part, start, end = places[key]
        line = Source(source.text[start:end], source.name)
        try:
            (rule,) = parse_rules(line)
            assert isinstance(rule, tree.Rule)
            made = primitive(rule, part)
            verify_rule(rule, made.parameters, found.knows)
        except RuleError as error:
            raise error.within(line) from None
        return made

    found = Table(places, [(str(new), str(old)) for new, old in aliases], make)
    return found


def _parts(source: Source) -> tuple[int, int]:
    """Where the lines stand that are there for other rules."""
    found = re.search(PARTS, source.text)
    return found.span() if found else (0, 0)


def load(source: Source) -> Table:
    """The table that a text in the notation of `grammar/rules.ad` describes.

    Raises:
        ParseError: the text is not in the notation. RuleError: a line is not a rule.
    """
    lines = parse_rules(source)
    try:
        start, end = _parts(source)
        primitives = [primitive(line, start <= line.span[0] < end) for line in lines if isinstance(line, tree.Rule)]
        aliases = [line for line in lines if isinstance(line, tree.Alias)]
        by_key = {(each.name, each.arity): each for each in primitives}
        found = Table(by_key, ((line.new, line.old) for line in aliases), by_key.__getitem__)
        verify_different((each.rule, each.name, each.arity) for each in primitives)
        for each in primitives:
            verify_rule(each.rule, each.parameters, found.knows)
        for line in aliases:
            if not found.arities(line.old):
                raise RuleError(f"there is no `{line.old}` to give another name", line.span)
    except RuleError as error:
        raise error.within(source) from None
    return found
