"""A listing -> the same listing without what nothing reads, and with temporaries folded back into expressions.

Law: every operation that is left is done with the same operands in the same order of dependence, so the bits are the
same. A temporary is folded only where it is computed once, read once, and nothing it reads changes in between:

    t1 = x * y
    t2 = sin(x)
    z = t1 + t2      ->      z = x * y + sin(x)

Choices, `and`, `or` and chains of comparisons, which steps have as `if`, become expressions again where they are short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lang.clock import watched
from lang.errors import CommandError
from lang.export import listing, walk
from lang.export.listing import WIDEST, Expression
from lang.export.needed import effective, read_by, without_dead
from lang.export.walk import EXPORTING, names_in, weight
from lang.steps import form

DEEPEST = 50
"""How many `if`s may stand in each other's `else` because their conditions are long."""


def tidy(routine: listing.Routine, results: Iterable[str] = ()) -> None:
    """Tidy the body of a routine.

    Args:
        results: names that are read after its end.
    """
    results = tuple(results)
    _put_constants(routine.body)
    routine.body = without_dead(routine.body, results)
    folded = _Folding(routine.body, results).block(routine.body)
    routine.body = without_dead(folded, results)


def _put_constants(body: listing.Block) -> None:
    """Put the number in place of a temporary that is nothing else."""
    writes = Counter(target for each in walk.statements(body) for target in walk.targets_of(each))
    known: dict[str, Expression] = {}
    for statement in walk.statements(body):
        if isinstance(statement, listing.Assign) and isinstance(statement.value, float | bool):
            name = statement.target
            if isinstance(name, form.Temporary) and writes[name] == 1:
                known[name] = statement.value
    for statement in walk.statements(body) if known else ():
        walk.rewrite(statement, lambda value: walk.replaced(value, lambda name: known.get(name, name)))


# --- expressions again ----------------------------------------------------------------------------------------------


class _Folding:
    """Folds one scope.

    Attributes:
        reads, writes: how often each name is read and written in it.
        pending: temporaries of the current block that wait for the place where they are read.
    """

    def __init__(self, body: listing.Block, results: tuple[str, ...]) -> None:
        self.reads = Counter(results)
        self.writes: Counter[str] = Counter()
        for statement in walk.statements(body):
            self.reads.update(read_by(statement))
            self.writes.update(walk.targets_of(statement))
        self.out: listing.Block = []
        self.pending: dict[str, Expression] = {}
        self.readers: dict[str, set[str]] = {}

    def block(self, block: listing.Block) -> listing.Block:
        """The statements of a block, folded."""
        return self._closed(block, False)[0]

    def _closed(self, block: listing.Block, last: Expression) -> tuple[listing.Block, Expression]:
        """A block, and an expression that is evaluated at its end."""
        before = self.out, self.pending, self.readers
        self.out, self.pending, self.readers = [], {}, {}
        for statement in watched(block, EXPORTING):
            self._statement(statement)
        last = self._take((last,), 0)[0]
        self._flush()
        found = self.out, last
        self.out, self.pending, self.readers = before
        return found

    def _statement(self, statement: listing.Statement) -> None:
        match statement:
            case listing.If():
                self._if(statement)
            case listing.While():
                self._flush()
                statement.setup, statement.condition = self._closed(statement.setup, statement.condition)
                statement.body = self.block(statement.body)
                self.out.append(statement)
            case listing.For():
                start, stop, stride = self._take(statement.bounds, 0)
                statement.bounds = (start, stop, stride)
                self._flush()
                statement.body = self.block(statement.body)
                self.out.append(statement)
            case _:
                self._simple(statement)

    def _simple(self, statement: listing.Statement) -> None:
        match statement:
            case listing.Assign() | listing.Push():
                (statement.value,) = self._take((statement.value,), 0)
            case listing.Unpack():
                statement.value.arguments = self._take(statement.value.arguments, 1)
            case listing.Return():
                statement.values = self._take(statement.values, 0)
            case listing.Input() if statement.default is not None:
                (statement.default,) = self._take((statement.default,), 0)
            case _:
                pass
        for target in walk.targets_of(statement):
            for each in sorted(self.readers.get(target, ())):
                self._release(each)
        if isinstance(statement, listing.Assign) and self._folds(statement):
            self._wait(statement)
        else:
            self.out.append(statement)

    # --- temporaries that wait ------------------------------------------------------------------------------

    def _folds(self, statement: listing.Assign) -> bool:
        name = statement.target
        once = self.reads[name] == 1 and self.writes[name] == 1
        return once and isinstance(name, form.Temporary) and not effective(statement.value)

    def _wait(self, statement: listing.Assign) -> None:
        self.pending[statement.target] = statement.value
        for name in names_in(statement.value):
            self.readers.setdefault(name, set()).add(statement.target)

    def _release(self, name: str) -> None:
        """Write a waiting temporary after all."""
        if name in self.pending:
            self.out.append(listing.Assign(name, self.pending.pop(name)))

    def _flush(self) -> None:
        for name in list(self.pending):
            self._release(name)

    def _take(self, expressions: tuple[Expression, ...], further: int) -> tuple[Expression, ...]:
        """Expressions with waiting temporaries in place of their names, as far as they stay short."""
        room = WIDEST - further - sum(map(weight, expressions))
        chosen: dict[str, Expression] = {}
        for name in [each for expression in expressions for each in names_in(expression)]:
            if name in self.pending:
                needed = weight(self.pending[name])
                if needed <= room:
                    room -= needed
                    chosen[name] = self.pending.pop(name)
                else:
                    self._release(name)
        return tuple(walk.replaced(each, lambda name: chosen.get(name, name)) for each in expressions)

    # --- choices and logic ----------------------------------------------------------------------------------

    def _if(self, statement: listing.If) -> None:
        for at, each in enumerate(statement.branches):
            if at:
                each.setup, each.condition = self._closed(each.setup, each.condition)
            each.body = self.block(each.body)
        statement.otherwise = self.block(statement.otherwise)
        merged = self._logic(statement) or self._choice(statement)
        if merged is not None:
            self._simple(merged)
            return
        first = statement.branches[0]
        (first.condition,) = self._take((first.condition,), 0)
        self._flush()
        self.out.append(_nested(statement))

    def _logic(self, statement: listing.If) -> listing.Assign | None:
        """`p = c`, `if p: p = d` as `p = c and d`; likewise `or`."""
        first = statement.branches[0]
        name, before = first.condition, self.out[-1] if self.out else None
        if len(statement.branches) > 1 or not isinstance(before, listing.Assign) or before.target != name:
            return None
        word, block, other = ("and", first.body, statement.otherwise) if first.body else ("or", statement.otherwise, [])
        if other or len(block) != 1 or not isinstance(last := block[0], listing.Assign) or last.target != name:
            return None
        if any(each in self.pending for each in self.readers.get(before.target, ())):
            return None
        if name in names_in(last.value) or weight(before.value) + weight(last.value) >= WIDEST:
            return None
        self.out.pop()
        self.reads[before.target] -= 1
        self.writes[before.target] -= 1
        return listing.Assign(before.target, _apply(word, (before.value, last.value), statement))

    def _choice(self, statement: listing.If) -> listing.Assign | None:
        """An `if` that only chooses the value of a temporary, as a choice."""
        bodies = [*(each.body for each in statement.branches), statement.otherwise]
        found = [body[0] for body in bodies if len(body) == 1 and isinstance(body[0], listing.Assign)]
        assigned = [each for each in found if isinstance(each, listing.Assign)]
        if len(assigned) < len(bodies) or any(each.setup for each in statement.branches):
            return None
        target = assigned[0].target
        parts = [*(each.condition for each in statement.branches), *(each.value for each in assigned)]
        small = sum(map(weight, parts)) + len(statement.branches) <= WIDEST
        if not isinstance(target, form.Temporary) or any(each.target != target for each in assigned) or not small:
            return None
        if any(target in names_in(each) for each in parts):
            return None
        value = assigned[-1].value
        for branch, each in reversed(list(zip(statement.branches, assigned, strict=False))):
            value = _apply("where", (branch.condition, each.value, value), statement)
        self.writes[target] -= len(assigned) - 1
        return listing.Assign(target, value)


def _apply(function: str, arguments: tuple[Expression, ...], statement: listing.If) -> listing.Apply:
    return listing.Apply(function, arguments, statement.span, None)


def _nested(statement: listing.If) -> listing.If:
    """An `if` in which only the first branch needs nothing before its condition: the others go into `otherwise`."""
    branches: list[listing.Branch] = []
    otherwise, depth = statement.otherwise, 0
    for each in reversed(statement.branches):
        branches.append(each)
        if each.setup:
            depth += 1
            setup, each.setup = each.setup, []
            otherwise = [*setup, listing.If(branches[::-1], otherwise, statement.span)]
            branches = []
    if depth > DEEPEST:
        raise CommandError(f"more than {DEEPEST} long conditions follow each other in this choice", statement.span,
                           hint="give the conditions names before it")
    return listing.If(branches[::-1], otherwise, statement.span)
