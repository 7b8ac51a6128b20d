"""Text and cursor -> what may stand there, the likeliest first.

Law: what is offered fits: names where a name may stand, a clause where the verb takes it, nothing in a comment or a
number. Functions are told from the table and verbs from the registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lang.assist import letters, signature
from lang.assist.names import CONSTANTS, built_in, of_text, user_function
from lang.assist.words import Word, place, statements, words
from lang.rules import table
from lang.session import Session
from lang.syntax.unparse import number
from lang.verbs.core import registry
from lang.verbs.core.registry import Verb

SHY = 2
"""How many letters may be missing where a function is offered that is only there for rules to be made of."""

CLAUSES = {
    "wrt": "by which names",
    "at": "with other values for inputs",
    "along": "a weight for each name",
    "by": "the method",
    "as": "the format",
}
STARTS = {
    "if": "choose",
    "while": "repeat as long as",
    "for": "repeat, counting",
    "def": "a function of several lines",
}
WITHIN = {
    "if": "a if c else b",
    "else": "a if c else b",
    "and": "both",
    "or": "one of them",
    "not": "the reverse",
}


class Item(NamedTuple):
    """One possibility.

    Attributes:
        text: what is put in place of what is typed.
        kind: `name`, `function`, `own_function`, `constant`, `verb`, `clause`, `choice`, `keyword`, `letter`.
        label: what a menu shows: `sin(a)`.
        detail: what else it shows: `dc = cos(a) * da`, `= 3`.
        shy: offered only once it is typed but for a few letters.
    """

    text: str
    kind: str
    label: str
    detail: str = ""
    shy: bool = False


class Completion(NamedTuple):
    """Possibilities for `text[start:end]`; `expected` says that they fit though nothing of them is typed yet."""

    start: int
    end: int
    items: tuple[Item, ...]
    expected: bool = False


def completion(text: str, cursor: int, session: Session | None = None) -> Completion:
    """What may stand at a cursor.

    Args:
        text: all that is typed so far, perhaps several lines.
        cursor: a place in it, in characters.
        session: what was defined before.
    """
    line, start = place(text, cursor)
    before = line[: cursor - start]
    slash = before.rfind("\\")
    if slash >= 0 and (before[slash + 1 :].isalpha() or slash == len(before) - 1):
        typed = before[slash + 1 :]
        found = [Item(char, "letter", f"\\{name}", char) for name, char in letters.LETTERS.items()]
        exact = [each for each in found if each.label[1:] == typed]
        return Completion(start + slash, cursor, tuple(exact or _fit(found, "\\" + typed)))
    pieces = words(before)
    if pieces and (
        pieces[-1].kind == "comment" or (pieces[-1].kind in ("number", "odd") and pieces[-1].end == len(before))
    ):
        return Completion(cursor, cursor, ())
    statement = statements(pieces)[-1]
    typed = ""
    if statement and statement[-1].end == len(before) and statement[-1].kind in ("name", "soft", "keyword"):
        typed = statement[-1].text
        statement = statement[:-1]
    found, expected = _possible(statement, text, session)
    return Completion(cursor - len(typed), cursor, tuple(_fit(found, typed)), expected)


def _fit(found: Iterable[Item], typed: str) -> Iterator[Item]:
    """Those that begin with what is typed, in the same letters first."""
    fitting = [
        each
        for each in {each.text + each.label: each for each in found}.values()
        if each.label.casefold().startswith(typed.casefold()) and not (each.shy and len(each.text) - len(typed) > SHY)
    ]
    yield from sorted(fitting, key=lambda each: not each.label.startswith(typed))


def _possible(statement: tuple[Word, ...], text: str, session: Session | None) -> tuple[list[Item], bool]:
    """What fits behind a statement's words, and whether it fits so well that it need not be asked for."""
    if not statement:
        return [*_names(text, session), *_verbs(), *_keywords(STARTS), *_functions(session)], False
    first, last = statement[0], statement[-1]
    if first.text in registry.names() and (len(statement) == 1 or statement[1].kind in ("name", "soft")):
        return _in_command(registry.verb(first.text), statement[1:], text, session)
    if last.text in ("name", "soft", "number") or last.kind in ("name", "number") or last.text in (")", "]"):
        return _keywords({"if": WITHIN["if"], "else": WITHIN["else"], "and": WITHIN["and"], "or": WITHIN["or"]}), False
    if last.text == "[" and len(statement) > 2 and statement[-2].kind == "primes":
        own = user_function(statement[-3].text, session)
        known = own.parameters if own else next((each.parameters for each in table().lookup(statement[-3].text)), ())
        return [Item(name, "name", name, "parameter") for name in known], True
    return [*_names(text, session), *_functions(session), *_keywords({"not": WITHIN["not"]})], False


def _in_command(verb: Verb, rest: tuple[Word, ...], text: str, session: Session | None) -> tuple[list[Item], bool]:
    clause = next((word.text for word in reversed(rest) if word.text in CLAUSES), "")
    last = rest[-1].text if rest else ""
    wanted = not rest or last == "," or last == clause
    if clause in ("by", "as"):
        offered = verb.ways if clause == "by" else verb.formats
        if last == clause:
            return [Item(way, "choice", way) for way in offered], True
    elif last == "=":
        return [*_names(text, session), *_functions(session)], False
    elif wanted:
        return ([*_functions(None), *_operators()] if verb.free and not clause else _names(text, session)), True
    used = {word.text for word in rest}
    takes = [word for word in CLAUSES if word not in used and (word == "as" or word in verb.clauses)]
    return [Item(word, "clause", word, CLAUSES[word]) for word in takes], True


def _names(text: str, session: Session | None) -> list[Item]:
    values = dict(session.values) if session else {}
    made = [Item(name, "name", name, f"= {_shown(value)}") for name, value in reversed(values.items())]
    made += [Item(name, "name", name) for name in sorted(of_text(text).values) if name not in values]
    return made


def _shown(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else number(float(value))


def _functions(session: Session | None) -> list[Item]:
    own = session.scope.functions if session else {}
    made = [Item(name, "own_function", each.head, "your function") for name, each in own.items()]
    return [*made, *_built_in()]


def _built_in() -> list[Item]:
    """The language's functions and constants; worked out once."""
    if not _BUILT_IN:
        for name in built_in():
            each = table().lookup(name)[0]
            if not each.is_operator:
                call, rule = signature.call(each, name), signature.rule(each)
                _BUILT_IN.append(Item(name, "function", call, rule, each.part))
        _BUILT_IN.extend(Item(name, "constant", name, "constant") for name in CONSTANTS)
    return _BUILT_IN


_BUILT_IN: list[Item] = []


def _operators() -> list[Item]:
    from lang.rules.table import OPERATOR_NAMES

    return [Item(word, "function", word, sign) for word, (sign, _) in OPERATOR_NAMES.items() if table().lookup(word)]


def _verbs() -> list[Item]:
    return [Item(name, "verb", name, registry.verb(name).summary) for name in registry.names()]


def _keywords(meanings: dict[str, str]) -> list[Item]:
    return [Item(word, "keyword", word, meaning) for word, meaning in meanings.items()]
