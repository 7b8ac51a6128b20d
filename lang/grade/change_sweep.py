"""The statements of a program -> the mistakes that can be made on the way back through them.

Law: a mistake changes what one statement adds, or the order in which statements are gone through; the likelier comes
first, because where two give the same numbers the first is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lang.grade.change_contribution import contribution_candidates
from lang.grade.evaluating import flattened
from lang.grade.sweep import Change, Executed, Statement, Sweep
from lang.transform.expressions import apply

FORWARDS, UNREVERSED, SHORT_BEGIN, SHORT_END = "forwards", "unreversed", "short begin", "short end"
"""Orders: a body's statements forwards; the turns of a loop forwards; its first or last turn left out."""


def changes(sweep: Sweep, names: Sequence[str]) -> list[Change]:
    """Every mistake that is looked for.

    Args:
        sweep: the program.
        names: its values, any of which a line may read by mistake.
    """
    found = []
    for statement in sweep.statements:
        if statement.targets:
            found += list(_of_statement(sweep, statement, names))
    return [*found, *_orders(sweep)]


def _orders(sweep: Sweep) -> Iterator[Change]:
    yield Change("forward-order", -1, way=FORWARDS)
    if any(each.looped for each in sweep.statements):
        yield Change("loop-order", -1, way=UNREVERSED)
        yield Change("turn-missing", -1, way=SHORT_BEGIN)
        yield Change("turn-missing", -1, way=SHORT_END)


def _of_statement(sweep: Sweep, statement: Statement, names: Sequence[str]) -> Iterator[Change]:
    number = statement.number
    owners = {adjoint: each for each, adjoint in sweep.adjoints.items()}
    yield from _state(statement, owners)
    gradients = list(sweep.adjoints.values())
    for at, term in enumerate(statement.terms):
        of = owners[term.into]
        if term.into not in statement.targets:
            yield Change("overwritten", number, term.into, way="instead", other=of)
        yield Change("use-missing", number, term.into, None, at, other=of)
        twice = flattened(apply("+", term.right, term.right))
        made = list(contribution_candidates(term.contribution, term.right, sweep.functions, names, gradients))
        for each in made:
            code = flattened(each.expression)
            if code is not None:
                yield Change(each.key, number, term.into, code, at, "", each.op, each.other, each.rule)
            if code is not None and each.key == "wrong-adjoint":
                yield Change(each.key, number, term.into, code, at, "late", each.op, each.other, each.rule)
        if twice is not None:
            yield Change("counted-twice", number, term.into, twice, at, other=of)


def _state(statement: Statement, owners: dict[str, str]) -> Iterator[Change]:
    """What goes wrong because a statement gives its own operand a new value, or stands in a loop."""
    own = {term.into for term in statement.terms} & set(statement.targets)
    for target in statement.targets:
        if target in own or statement.looped:
            yield Change("adjoint-kept", statement.number, target, way="kept", other=owners[target])
    if own:
        for target in sorted(own):
            if len({term.into for term in statement.terms}) > 1:
                yield Change("adjoint-early", statement.number, "", way="early", other=owners[target])
            yield Change("value-not-restored", statement.number, "", way="new", other=owners[target])
    elif statement.looped:
        for target in statement.targets:
            yield Change("value-not-restored", statement.number, "", way="new", other=owners[target])
    if statement.looped:
        yield Change("last-value", statement.number, "", way="last")


def ordered(run: Sequence[Executed], way: str) -> list[Executed]:
    """The executed statements, last first, as one who goes through them in another order has them.

    Args:
        run: in the order of execution.
        way: one of the orders; anything else for the right one.
    """
    turns = _turns(list(reversed(run)))
    if way == FORWARDS:
        return [each for turn in turns for each in reversed(turn)]
    if way == UNREVERSED:
        return [each for turn in _forwards(turns) for each in turn]
    if way in (SHORT_BEGIN, SHORT_END):
        looped = [at for at, turn in enumerate(turns) if turn[0].statement.looped]
        left_out = (looped[0] if way == SHORT_BEGIN else looped[-1]) if looped else -1
        return [each for at, turn in enumerate(turns) if at != left_out for each in turn]
    return [each for turn in turns for each in turn]


def _turns(backwards: Sequence[Executed]) -> list[list[Executed]]:
    """Executed statements in pieces: each goes up the text, and lies in a loop as a whole or not at all."""
    found: list[list[Executed]] = []
    for each in backwards:
        last = found[-1][-1].statement if found else None
        if last is not None and last.looped == each.statement.looped and last.number > each.statement.number:
            found[-1].append(each)
        else:
            found.append([each])
    return found


def _forwards(turns: list[list[Executed]]) -> list[list[Executed]]:
    """The turns of each loop the other way round."""
    found: list[list[Executed]] = []
    loop: list[list[Executed]] = []
    for turn in turns:
        if turn[0].statement.looped:
            loop.insert(0, turn)
        else:
            found += [*loop, turn]
            loop = []
    return found + loop


__all__ = ["changes", "ordered"]
