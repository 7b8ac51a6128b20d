"""Words -> tree, by the tables: the classic loop of an LALR(1) parser with a stack of its own.

Law: this file knows no grammar. Depth costs memory and nothing else, and time grows with the number of words.

Most of a parse would be spent passing a lone `x` up the ladder sum <- product <- sign <- power <- atom. Where
such a run ends depends only on the state, the state below it and the next word, so it is worked out once and
remembered (`hops`). And what is done with a line depends only on the kinds of its words, so lines of a shape that comes
often are read by a plan (`plans`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from lang.clock import look
from lang.syntax import build
from lang.syntax.lexer import Lexer
from lang.syntax.plans import Plans
from lang.syntax.tables import NAME, Tables
from lang.syntax.tree import Name, Number

NOTHING = 1 << 30  # no action: larger than any state
STRETCH = 4096
"""Characters between two looks at the clock."""


class StuckError(Exception):
    """No rule goes on from here.

    Attributes:
        kind, at, word: the word that fits nowhere. states: what the text before it amounts to. end: where
        that ended.
    """

    def __init__(self, kind: int, at: int, word: str, states: list[int], end: int) -> None:
        self.kind, self.at, self.word, self.states, self.end = kind, at, word, states, end


def drive(table: Tables, lexer: Lexer, state: int) -> Any:
    """What the words of a lexer amount to.

    Args:
        state: where to start: the state of a start symbol.

    Raises:
        StuckError: a word fits nowhere. ParseError: a finished phrase means nothing.
    """
    rules, actions, gotos, soft, hops = _rules(table), table.actions, table.gotos, table.soft, table.hops
    passing, many, width = ~table.passing, len(actions), len(table.names)
    states, places = [state], [0]
    values: list[Any] = [None]
    known, lines = lexer.meanings, _plans(table)
    end = due = 0
    for kind, at, word in lexer.words():
        if at > due:
            look("reading the program", at, len(lexer.text), (at, at + 1), lexer.source)
            due = at + STRETCH
        action = actions[state].get(kind, NOTHING)
        while action < 0 or action == NOTHING:
            if action == NOTHING:
                if kind not in soft:
                    raise StuckError(kind, at, word, states, end)
                kind = NAME
            elif action <= passing:
                key = (states[-2] * many + state) * width + kind
                state = states[-1] = hops[key] if key in hops else _hop(table, key, states[-2], state, kind)
            else:
                phrase, length, builder = rules[~action]
                base = len(states) - length
                begins = places[base:]
                value = builder(values[base:], begins, end)
                del states[base:]
                state = gotos[states[-1]][phrase]
                states.append(state)
                values[base:] = (value,)
                places[base:] = begins[:1] or (at,)
            action = actions[state].get(kind, NOTHING)
        if kind == NAME and state in lines.homes:
            found = lines.find(lexer, states[-2], state)
            if found is not None:
                plan, stop = found
                first = lexer.next - 1
                words, begins = lexer.spelled[first:stop], lexer.starts[first:stop]
                values[-1], end = plan(values[-1], places[-1], words, begins, known), lexer.edges[stop]
                lexer.next = stop + 1
                continue
        state = action
        states.append(state)
        places.append(at)
        if word:
            end = at + len(word)
            if kind > 1:
                values.append(word)
            elif kind:
                values.append(Number(known[word], word, (at, end)))
            else:
                values.append(Name(known[word], (at, end)))
        else:
            values.append(None)
    return values[1]


def _hop(table: Tables, key: int, below: int, state: int, kind: int) -> int:
    """Where a run of passing rules ends, with this state below it and this word next."""
    passing = ~table.passing
    while True:
        action = table.actions[state].get(kind, 0)
        if action > passing:
            table.hops[key] = state
            return state
        state = table.gotos[below][table.rules[~action][0]]


@functools.cache
def _rules(table: Tables) -> list[tuple[int, int, Callable[..., Any]]]:
    """The rules with their builders in place of the builders' names."""
    return [
        (phrase, length, getattr(build, builder) if isinstance(builder, str) else _passer(builder))
        for phrase, length, builder in table.rules
    ]


@functools.cache
def _plans(table: Tables) -> Plans:
    return Plans(table, _rules(table))


def _passer(part: int) -> Callable[..., Any]:
    return lambda parts, places, end: parts[part]
