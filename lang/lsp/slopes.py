"""A program and a line of it -> the derivative statements that the line gives, as a hover shows them.

Law: what is shown is what the verb `forward` writes. A program of lecture size is translated once, whole; in a longer
one, the statement alone is, with the functions it calls, as if what it reads were inputs: a person who looks at one
line of 20,000 does not wait for the others. (Names that the translation makes count from 1 there: `t1`, `t2`.)
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

from lang.errors import AdError
from lang.limits import Limits
from lang.lsp.symbols import FUNCTION, PROGRAM, Place, Waiting
from lang.program import Program
from lang.source import Source, Span
from lang.syntax import tree

WHOLE = 500
"""Statements of a program that is translated whole."""
NOWHERE = (0, 0)


class Slopes:
    """The derivative statements of a program's lines.

    Args:
        program, source: the program and its text.
        places: every place of every name, in the order of the text; starts: where each begins.
        waiting: which names are made from inputs.
        limits: bounds of a translation.
    """

    def __init__(
        self, program: tree.Program, source: Source, places: list[Place], starts: list[int], waiting: Waiting,
        limits: Limits,
    ) -> None:  # fmt: skip
        self.program, self.source, self.limits = program, source, limits
        self.places, self.starts, self.waiting = places, starts, waiting
        self._made: dict[Span, dict[int, list[str]]] = {}

    def of(self, line: int) -> list[str]:
        """The derivative statements of a line, from 1."""
        if len(self.program.body) <= WHOLE:
            return self._whole.get(line, [])
        at = self.source.line_starts()[line - 1]
        statement = self._around((at, at + len(self.source.line(line))))
        if statement is None or isinstance(statement, tree.Command):
            return []
        if statement.span not in self._made:
            self._made[statement.span] = self._translated(self._alone(statement))
        return self._made[statement.span].get(line, [])

    @cached_property
    def _whole(self) -> dict[int, list[str]]:
        return self._translated(self.program)

    def _translated(self, program: tree.Program) -> dict[int, list[str]]:
        try:
            made = Program(self.source, self.limits, program)
            answer = made.ask("forward", as_="commented", kinks="silent", limits=self.limits)
        except AdError:
            return {}
        found: dict[int, list[str]] = {}
        for line in answer.pieces[0].text.splitlines():  # type: ignore[union-attr]
            statement, _, remark = line.partition("  # line ")
            where = re.match(r"\d+", remark)
            if where:
                found.setdefault(int(where[0]), []).append(statement.strip())
        return found

    # --- a statement alone --------------------------------------------------------------------------------------

    def _around(self, line: Span) -> tree.Statement | None:
        """The statement of the program that a line belongs to; for a line of a function, the first that calls it."""
        body = self.program.body
        at = bisect_right(self._starts, line[1]) - 1
        statement = body[at] if at >= 0 and body[at].span[1] >= line[0] else None
        if isinstance(statement, tree.Function):
            called = statement.name.name
            call = next((each for each in self.places if each.scope == FUNCTION and each.name == called
                         and not each.gives and not self._defining(each)), None)  # fmt: skip
            return body[bisect_right(self._starts, call.span[0]) - 1] if call else None
        return statement

    @cached_property
    def _starts(self) -> list[int]:
        return [each.span[0] for each in self.program.body]

    @cached_property
    def _functions(self) -> dict[str, list[tree.Function | tree.Rule]]:
        """What is said of each function: its definition and its rule."""
        found: dict[str, list[tree.Function | tree.Rule]] = {}
        for each in self.program.body:
            if isinstance(each, tree.Function):
                found.setdefault(each.name.name, []).append(each)
            elif isinstance(each, tree.Rule) and isinstance(each.left, tree.Apply):
                found.setdefault(each.left.function, []).append(each)
        return found

    def _defining(self, place: Place) -> bool:
        statement = self.program.body[bisect_right(self._starts, place.span[0]) - 1]
        return isinstance(statement, tree.Function | tree.Rule)

    def _alone(self, statement: tree.Statement) -> tree.Program:
        """A statement as a program: what it calls above it, and what it reads as inputs."""
        called = self._called(statement)
        reads = {
            each.name
            for node in (statement, *called)
            for each in self._inside(node.span)
            if each.scope == PROGRAM and self._given.get(each.name, statement.span[0]) < statement.span[0]
        }
        moving = self.waiting.after(self.waiting.inputs)
        known = tree.Number(1.0, "1", NOWHERE)
        before: list[tree.Statement] = [
            tree.Input(tree.Name(name, NOWHERE), None, NOWHERE)
            if name in moving
            else tree.Assign((tree.Name(name, NOWHERE),), None, (known,), NOWHERE)
            for name in sorted(reads)
        ]
        return tree.Program((*before, *called, statement), self.source)

    def _called(self, statement: tree.Statement) -> list[tree.Function | tree.Rule]:
        """The definitions and rules that a statement needs, in the order of the text."""
        found: dict[str, list[tree.Function | tree.Rule]] = {}
        pending = [statement.span]
        while pending:
            for each in self._inside(pending.pop()):
                if each.scope == FUNCTION and each.name in self._functions and each.name not in found:
                    above = [one for one in self._functions[each.name] if one.span < statement.span]
                    found[each.name] = above
                    pending += [one.span for one in above]
        return sorted((one for each in found.values() for one in each), key=lambda one: one.span)

    @cached_property
    def _given(self) -> dict[str, int]:
        """Where each name of the program gets its first value."""
        given = (each for each in reversed(self.places) if each.gives and each.scope == PROGRAM)
        return {each.name: each.span[0] for each in given}

    def _inside(self, span: Span) -> list[Place]:
        """The names that stand in a span."""
        return self.places[bisect_left(self.starts, span[0]) : bisect_left(self.starts, span[1])]


__all__ = ["Slopes"]
