"""Lines that come again and again in other words -> their statements, by a plan made once for all of one shape.

Law: a plan does what the loop of `lalr` would do. What that does depends on the kinds of the words alone, never on the
words; so the loop is gone through once for a shape, without words, and what it does with the parts is written down as a
function: the same builders on the same parts, in the same order. Nothing here knows the grammar.

    a = x * y      NAME = NAME * NAME, then a NAME below:
                       r1 = binary([x, "*", y], ...);  r2 = assign([a, "=", r1], ...);  follow([statements, r2], ...)

A line that a program writes stands thousands of times in it, in few shapes; most of a parse went into finding out for
each what is to be done with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lang.syntax.lexer import Lexer
from lang.syntax.tables import NAME, NUMBER, Tables
from lang.syntax.tree import Name, Number

OFTEN = 30
"""How often a shape comes before it has a plan: what making one takes is given back by about as many lines."""
LONGEST = 60
"""The most words in a line with a plan."""
SHAPES = 2000
"""The most shapes that are remembered."""
Rules = list[tuple[int, int, Callable[..., Any]]]
Plan = Callable[[Any, int, list[str], list[int], dict[str, Any]], Any]
"""The statements with the line's own: of the statements before it and their place, the words, their places, and what
names and numbers mean."""
Shape = tuple[int, int, bytes]
"""Two states, that of the statements above the line and the one below it on the stack; the kinds of the line's words,
of its end, and of the first word after it."""


class Plans:
    """The plans of one grammar, for all its texts.

    Attributes:
        homes: the states in which statements stand before a line and may go on.
    """

    def __init__(self, table: Tables, rules: Rules) -> None:
        self.table = table
        self.rules = rules
        self.line_end = table.kind("_NEWLINE")
        self.opens = (table.kind("("), table.kind("["))
        begun = [each for start in table.starts.values() for each in table.gotos[start].items()]
        phrases = {phrase for phrase, goto in begun if NAME in table.actions[goto]}
        self.homes = frozenset(goto for row in table.gotos for phrase, goto in row.items() if phrase in phrases)
        self._plans: dict[Shape, Plan | None] = {}
        self._counts: dict[Shape, int] = {}

    def find(self, lexer: Lexer, below: int, state: int) -> tuple[Plan, int] | None:
        """The plan for the line whose first word was given last, and where among the words its end is."""
        first = lexer.next - 1
        stop = lexer.kinds.find(self.line_end, first)
        if not 0 < stop - first <= LONGEST or stop + 1 >= len(lexer.kinds) or lexer.spelled[stop] != lexer.margin:
            return None
        shape = below, state, lexer.kinds[first : stop + 2]
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._counted(shape)
            if plan is None:
                return None
        left = lexer.limits.nesting - len(lexer.levels) + 1
        if left < LONGEST and sum(map(shape[2].count, self.opens)) > left:
            return None
        return plan, stop

    def _counted(self, shape: Shape) -> Plan | None:
        """The plan of a shape that has come often enough."""
        if shape in self._plans:
            return None
        count = self._counts[shape] = self._counts.get(shape, 0) + 1
        if len(self._counts) > SHAPES:
            self._counts.clear()
        if count < OFTEN or len(self._plans) >= SHAPES:
            return None
        self._plans[shape] = found = _Planning(self.table, self.rules).plan(*shape)
        return found


class _Planning:
    """Goes through the loop of `lalr` with the names of parts in place of the parts.

    Attributes:
        parts, places: for each state on the stack, the name of its part and of that part's place; empty where no
            builder may have it.
    """

    def __init__(self, table: Tables, rules: Rules) -> None:
        self.table = table
        self.rules = rules
        self.states: list[int] = []
        self.parts = ["", "v"]
        self.places = ["", "p"]
        self.lines: list[str] = []
        self.used: dict[str, Any] = {"__builtins__": {}, "Name": Name, "Number": Number, "len": len}
        self.end = ""

    def plan(self, below: int, state: int, kinds: bytes) -> Plan | None:
        """The plan of a shape; None where the loop would not come back to where it was."""
        self.states = [below, state]
        count = len(kinds) - 2
        for at, kind in enumerate(kinds):
            found = self._settled(kind)
            if found is None:
                return None
            if at <= count:
                self._shift(at, *found, at == count)
        if self.states != [below, state] or self.parts[1] == "v":
            return None
        words = [f"w{at}" for at in range(count)], [f"a{at}" for at in range(count)]
        head = [f"{''.join(f'{each}, ' for each in group)}= {given}" for group, given in zip(words, "wa", strict=True)]
        body = [*head, *self.lines, f"return {self.parts[1]}"]
        text = "def plan(v, p, w, a, known):\n" + "".join(f" {line}\n" for line in body)
        exec(compile(text, "<plan>", "exec"), self.used)  # noqa: S102 - made of numbers of rules and of words
        made: Plan = self.used["plan"]
        return made

    def _settled(self, kind: int) -> tuple[int, int] | None:
        """Build what is finished before a word of a kind; as what it is taken, a soft one perhaps as a name, and the
        state that it leads to."""
        while True:
            action = self.table.actions[self.states[-1]].get(kind)
            if action is None:
                if kind not in self.table.soft:
                    return None
                kind = NAME
            elif action >= 0:
                return kind, action
            elif not self._reduce(~action):
                return None

    def _shift(self, at: int, kind: int, state: int, is_end: bool) -> None:
        part = "None" if is_end else f"w{at}"
        if not is_end:
            self.end = f"e{at}"
            self.lines.append(f"e{at} = a{at} + len(w{at})")
            if kind in (NAME, NUMBER):
                made = f"Number(known[w{at}], w{at}, " if kind == NUMBER else f"Name(known[w{at}], "
                self.lines.append(f"n{at} = {made}(a{at}, e{at}))")
                part = f"n{at}"
        self.states.append(state)
        self.parts.append(part)
        self.places.append("" if is_end else f"a{at}")

    def _reduce(self, number: int) -> bool:
        """Build a phrase; is all of it the line's own, but for the statements before?"""
        phrase, length, builder = self.rules[number]
        base = len(self.states) - length
        if base < 1 or not length:
            return False
        passed = self.table.rules[number][2]
        if isinstance(passed, int):
            part = self.parts[base + passed]
        else:
            if "" in self.places[base:]:
                return False
            part, name = f"r{len(self.lines)}", f"b{number}"
            self.used[name] = builder
            given, begins = ", ".join(self.parts[base:]), ", ".join(self.places[base:])
            self.lines.append(f"{part} = {name}([{given}], [{begins}], {self.end})")
        place = self.places[base]
        for stack in (self.states, self.parts, self.places):
            del stack[base:]
        self.states.append(self.table.gotos[self.states[-1]][phrase])
        self.parts.append(part)
        self.places.append(place)
        return True
