"""A word -> what there is to know about it: a function's rule, a verb, a topic.

Law: functions are told from the rule table and verbs from the registry, so nothing here knows one by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lang.diagnostic import Segment
from lang.limits import Limits
from lang.rules import Primitive, table
from lang.rules.table import OPERATOR_NAMES
from lang.show.topics import LEADS, TOPICS
from lang.syntax.unparse import unparse
from lang.verbs.core import registry
from lang.verbs.core.registry import Verb

Lines = list[Segment]


def topics() -> tuple[str, ...]:
    """The words of this file's own; verbs and functions come on top."""
    return (*TOPICS, "verbs", "functions", "limits")


def words() -> Iterator[str]:
    """Every word there is help for."""
    yield from topics()
    yield from registry.names()
    yield from table().function_names()
    yield from OPERATOR_NAMES


def about(word: str, more: Iterable[tuple[str, str]] = ()) -> Lines | None:
    """The help for a word, without a last line end; None where there is none.

    Args:
        word: a verb, a function, an operator's name, a topic.
        more: what the face has to add about a verb.
    """
    if word not in registry.names() and not table().lookup(word):
        word = LEADS.get(word, word)
    if word in TOPICS:
        return [(TOPICS[word].rstrip("\n"), "")]
    if word in registry.names():
        return _verb(registry.verb(word), more)
    listing = {"verbs": _verbs, "functions": _functions, "limits": _limits}.get(word)
    if listing is not None:
        return listing()
    found = table().lookup(word) or tuple(each for each in table().primitives if each.name == word)
    return _primitives(found) if found else None


def columns(rows: Iterable[tuple[str, str]], indent: int = 2) -> Lines:
    """Words and what they mean, in two columns, without a last line end."""
    pairs = list(rows)
    wide = max((len(word) for word, _ in pairs), default=0)
    made: Lines = []
    for at, (word, text) in enumerate(pairs):
        lead = ("\n" if at else "") + " " * indent
        made += [(lead, ""), (word, "title"), (f"{'':{wide - len(word)}}   {text}".rstrip(), "")]
    return made


def _verb(verb: Verb, more: Iterable[tuple[str, str]]) -> Lines:
    clauses = [word for word in ("wrt", "at", "along", "by") if word in verb.clauses]
    facts = [("in a program", verb.example), *more]
    if clauses:
        facts.append(("clauses", ", ".join(clauses)))
    if verb.ways:
        facts.append(("by", ", ".join(verb.ways)))
    facts.append(("as", ", ".join(verb.formats)))
    return [(verb.name, "title"), (f": {verb.summary}\n\n", ""), *columns(facts)]


def _primitives(found: Iterable[Primitive]) -> Lines:
    made: Lines = []
    for each in found:
        if made:
            made.append(("\n\n", ""))
        left = f"{each.rule.result.name} = {unparse(each.rule.left)}"
        differential = each.rule.differential.name
        right = unparse(each.lecture or each.differential)
        made += [(unparse(each.rule.left), "title"), ("\n\n", "")]
        facts = [("rule", f"{left}  =>  {differential} = {right}")]
        if each.lecture is not None:
            facts.append(("computed as", f"{differential} = {unparse(each.differential)}"))
        clauses = (("domain", each.domain), ("kink at", each.kink), ("vertical at", each.vertical))
        facts += [(word, unparse(clause)) for word, clause in clauses if clause is not None]
        facts += [("no derivative by", ", ".join(sorted(each.fixed)))] * bool(each.fixed)
        others = sorted(new for new, old in table().aliases.items() if old == each.name)
        facts += [("other names", ", ".join(others))] * bool(others)
        made += columns(facts)
    return made


def _verbs() -> Lines:
    return columns((name, registry.verb(name).summary) for name in registry.names())


def _functions() -> Lines:
    operators = [word for word in OPERATOR_NAMES if table().lookup(word)]
    names = dict.fromkeys(each.name for each in table().primitives if not each.is_operator)
    return [
        *_wrapped("operators", operators),
        ("\n", ""),
        *_wrapped("functions", names),
        ("\n", ""),
        *_wrapped("other names", sorted(table().aliases)),
        ("\n\nThe command `rules` lists their rules.", ""),
    ]


def _wrapped(title: str, names: Iterable[str], room: int = 60) -> Lines:
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > room:
            lines.append("")
        lines[-1] += name + " "
    body = f"\n{'':16}".join(line.rstrip() for line in lines)
    return [(f"  {title:<14}", "title"), (body, "")]


def _limits() -> Lines:
    usual, tight = Limits(), Limits.untrusted()
    rows = [
        (name, f"{getattr(usual, name):>14,.0f}   {getattr(tight, name):>14,.0f}")
        for name in Limits._fields
    ]
    head = [("A run stops with an error when it passes one of these; --limit steps=1000 sets one.\n\n", "")]
    return [*head, *columns([("", f"{'usual':>14}   {'--untrusted':>14}"), *rows])]
