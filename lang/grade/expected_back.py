"""An exercise that asks for adjoints -> what each of them amounts to.

Law: where every name is computed once, an adjoint has one definition, the sum of what the statements that read its
name contribute; where names are assigned again, in loops or branches, the executed statements are gone back through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lang.grade.builder import Builder
from lang.grade.differential import differential
from lang.grade.exercise import ExerciseError
from lang.grade.outline import active as moving_names
from lang.grade.outline import assignments, names_in_order, needed
from lang.grade.quantities import ADJOINT, SEED, Contribution, Definition, Expression
from lang.grade.sweep import Sweep
from lang.grade.wanted import Expected
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, apply, constant, mentions, name


def backward(builder: Builder) -> Expected:
    """What a right adjoint program amounts to."""
    done = builder.finish([], (), {})
    if not done.straight:
        return _executed(builder)
    by = builder.exercise.wrt or builder.program.inputs
    fixed = builder.fixed() or {}
    names = names_in_order(builder.body)
    statements = [node for node in builder.body if isinstance(node, tree.Assign)]
    read = needed(statements, set(fixed), builder.sides) | set(fixed)
    active = moving_names(builder.body, set(by), builder.sides)
    if not active & set(fixed):
        raise ExerciseError(f"`{', '.join(fixed)}` does not depend on `{', '.join(by)}`")
    wanted = [each for each in names if each in active and (each in read or each in by)]
    adjoints = {each: builder.fresh.fresh("g" + each) for each in wanted}
    builder.owners = {adjoint: each for each, adjoint in adjoints.items()}
    for node in statements:
        builder.value(node)
    body: list[tree.Statement] = list(builder.body)
    backwards = [each for each in reversed(names) if each in adjoints]
    body += [_adjoint(builder, each, adjoints, statements, fixed) for each in backwards]
    required = tuple(adjoints[each] for each in by)
    return builder.finish(body, required, {each: adjoints[each] for each in fixed if each in adjoints})


def _adjoint(
    builder: Builder,
    of: str,
    adjoints: Mapping[str, str],
    statements: list[tree.Assign],
    fixed: Mapping[str, float],
) -> tree.Statement:
    parts = list(_contributions(builder, of, adjoints, statements))
    local: Expression | None = constant(float(fixed[of])) if of in fixed else None
    for each in parts:
        moved = differential(each.expression, {of: name(each.adjoint)}, builder.functions)
        assert moved is not None
        local = moved if local is None else apply("+", local, moved)
    adjoint = adjoints[of]
    builder.roles[adjoint] = SEED if of in fixed else ADJOINT
    made = Definition(adjoint, local or constant(0.0), of, parts=tuple(parts))
    builder.definitions.setdefault(adjoint, []).append(made)
    return tree.Assign((tree.Name(adjoint, NOWHERE),), None, (made.local,), NOWHERE)


def _contributions(
    builder: Builder, of: str, adjoints: Mapping[str, str], statements: list[tree.Assign]
) -> Iterator[Contribution]:
    """What each statement that reads a name adds to its adjoint, the last statement first."""
    for node in reversed(statements):
        for target, value in zip(node.targets, builder.sides(node), strict=False):
            if target.name not in adjoints or of not in mentions(value):
                continue
            adjoint = adjoints[target.name]
            if differential(value, {of: name(adjoint)}, builder.functions) is not None:
                yield Contribution(target.name, value, adjoint, of)


def _executed(builder: Builder) -> Expected:
    """Loops, branches, names that are assigned again: what is right follows from what a run executes."""
    derived = builder.program.reverse(*builder.of, wrt=builder.exercise.wrt or None)
    by = builder.exercise.wrt or builder.program.inputs
    required = tuple(derived.derivatives[each] for each in by)
    active = moving_names(builder.body, set(by), builder.sides)
    adjoints = {each: derived.derivatives[each] for each in by}
    seeds = {each: derived.seeds[each] for each in builder.of if each in derived.seeds}
    for each in names_in_order(builder.body):
        if each in active and each not in adjoints:
            adjoints[each] = seeds[each] if each in seeds else builder.fresh.fresh("g" + each)
    builder.owners = {adjoint: each for each, adjoint in adjoints.items()}
    builder.roles |= dict.fromkeys(seeds.values(), SEED)
    builder.roles |= {adjoint: ADJOINT for each, adjoint in adjoints.items() if builder.roles.get(adjoint) != SEED}
    done = builder.finish([], required, seeds)
    done.text, done.whole = str(derived), False
    sides = [(node, builder.sides(node), looped) for node, looped in assignments(builder.body)]
    sweep = Sweep(adjoints, builder.functions, sides)
    done.sweep = sweep if sweep.usable else None
    into = {term.into for each in sweep.statements for term in each.terms}
    done.roles |= dict.fromkeys(into & set(seeds.values()), ADJOINT)
    return done


__all__ = ["backward"]
