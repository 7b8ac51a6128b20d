"""The executed statements of a program, backwards -> adjoints, one statement after another, by the rules or by mistake.

Law: a state holds the adjoint of each name as it stands between two executed statements; what it does not hold is zero.

A loop that ran three times has run its body's statements three times. Going back, each executed statement takes the
adjoint of its result out of the state and adds to those of its operands:

    y = (y + x / y) / 2         g = gy;  gy = 0;  gx += g / (2 * y);  gy += (1 - x / y**2) * g / 2

Loops, branches and names that are assigned again need nothing more, for only what was executed counts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lang.grade.differential import differential
from lang.grade.evaluating import Code, flattened, number
from lang.grade.quantities import Contribution
from lang.grade.watching import Event
from lang.syntax import tree
from lang.transform.expressions import mentions, name

State = dict[str, float]
"""The adjoint of each name, by the adjoint's name."""

MOST_EXECUTED = 400
"""Statements that are followed one by one; a run of more is judged by its results."""


class Term(NamedTuple):
    """What an executed statement adds to an adjoint.

    Attributes:
        contribution: from what, to what.
        into: the adjoint that it is added to.
        right: the expression, in values and adjoints.
        code: the same, flattened.
    """

    contribution: Contribution
    into: str
    right: tree.Expression
    code: Code


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement of the exercise's program.

    Attributes:
        number: its place among the assignments.
        targets: the adjoints of its results.
        terms: what it adds to the adjoints of its operands.
        looped: does it stand in a loop?
    """

    number: int
    targets: tuple[str, ...]
    terms: tuple[Term, ...]
    looped: bool


class Executed(NamedTuple):
    """A statement as it was executed: the values it found, and those that it left."""

    statement: Statement
    before: Mapping[str, float]
    after: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Change:
    """A mistake in the way back.

    Attributes:
        key: of the mistake.
        statement: whose way back is wrong; -1 where the order of all is.
        into: the adjoint that gets something wrong; empty for all of the statement's.
        code: what is added in place of the right term; None for nothing.
        at: the number of that term; -1 where none is replaced.
        way: what else is done differently: `kept`, `early`, `late`, `new`, `last`, `instead`, or an order.
        op, other, rule: for the words.
    """

    key: str
    statement: int
    into: str = ""
    code: Code | None = None
    at: int = -1
    way: str = ""
    op: str = ""
    other: str = ""
    rule: str = ""


@dataclass
class Sweep:
    """The statements of a program, ready to be gone through backwards.

    Args:
        adjoints: the adjoint of each name that moves.
        functions: the parameters of the program's functions.
        sides: each assignment with what its targets are given, and whether it stands in a loop.
    """

    adjoints: Mapping[str, str]
    functions: Mapping[str, tuple[str, ...]]
    sides: Sequence[tuple[tree.Assign, tuple[tree.Expression, ...], bool]]
    statements: list[Statement] = field(default_factory=list)
    usable: bool = True

    def __post_init__(self) -> None:
        self.starts = [node.span[0] for node, _, _ in self.sides]
        for at, (node, values, looped) in enumerate(self.sides):
            terms = []
            for target, value in zip(node.targets, values, strict=True):
                if target.name in self.adjoints:
                    terms += self._terms(target.name, value)
            targets = tuple(self.adjoints[each.name] for each in node.targets if each.name in self.adjoints)
            self.statements.append(Statement(at, targets, tuple(terms), looped))

    def _terms(self, target: str, value: tree.Expression) -> list[Term]:
        found = []
        for of in sorted(mentions(value) & set(self.adjoints)):
            right = differential(value, {of: name(self.adjoints[target])}, self.functions)
            if right is None:
                continue
            code = flattened(right)
            self.usable = self.usable and code is not None
            contribution = Contribution(target, value, self.adjoints[target], of)
            found.append(Term(contribution, self.adjoints[of], right, code or []))
        return found

    def executed(self, events: Sequence[Event]) -> list[Executed] | None:
        """The statements in the order in which a run of the program executed them; None where they are too many.

        Args:
            events: of the run; each is an input's, a loop variable's or an assignment's.
        """
        values: dict[str, float] = {}
        found: list[Executed] = []
        open_: list[Event] = []
        for event in events:
            place = bisect_right(self.starts, event.span[0]) - 1
            node = self.sides[place][0] if place >= 0 else None
            if node is None or event.given or not _belongs(event, node):
                values[event.name] = event.value
                continue
            open_.append(event)
            if len(open_) < len(node.targets):
                continue
            after = {each.name: each.value for each in open_}
            found.append(Executed(self.statements[place], dict(values), after))
            values |= after
            open_ = []
            if len(found) > MOST_EXECUTED:
                return None
        return found

    def step(
        self, state: State, one: Executed, change: Change | None = None, last: Mapping[str, float] | None = None
    ) -> None:
        """Go back through one executed statement.

        Args:
            state: changed in place.
            change: the mistake that is made in this statement.
            last: the values at the end of the run.
        """
        statement = one.statement
        way = change.way if change is not None else ""
        values = {**one.after, **one.before, **state}
        if way == "new":
            values |= one.after
        elif way == "last" and last is not None:
            values |= {each: value for each, value in last.items() if each not in self.adjoints.values()}
        for target in statement.targets:
            values.setdefault(target, 0.0)
            if way != "kept":
                state.pop(target, None)
        added: list[tuple[str, float]] = []
        for at, term in enumerate(statement.terms):
            code: Code | None = term.code
            if change is not None and change.at == at:
                code = change.code
            if code is not None and not (way == "late" and change is not None and change.at == at):
                added.append((term.into, number(code, values)))
        if way == "early":
            self._early(state, statement, values)
            return
        for into, value in added:
            if way == "instead" and change is not None and change.into == into:
                state[into] = value
            else:
                state[into] = state.get(into, 0.0) + value
        if way == "late" and change is not None and change.code is not None:
            found = number(change.code, {**values, **state})
            state[change.into] = state.get(change.into, 0.0) + found

    def _early(self, state: State, statement: Statement, values: dict[str, float]) -> None:
        """The result's own adjoint is overwritten first, and what is added to the others reads the new one."""
        own = [term for term in statement.terms if term.into in statement.targets]
        for term in own:
            state[term.into] = number(term.code, values)
        values |= state
        for term in statement.terms:
            if term not in own:
                state[term.into] = state.get(term.into, 0.0) + number(term.code, values)


def _belongs(event: Event, node: tree.Assign) -> bool:
    """Is an event one of an assignment's?"""
    return event.span[0] < node.span[1] and any(each.name == event.name for each in node.targets)


__all__ = ["Change", "Executed", "State", "Statement", "Sweep", "Term"]
