"""An exercise -> the statements a right answer amounts to: for each quantity, what it is in terms of the others.

Law: what is right comes from the rules and from running programs; an exercise holds no answers.

Each quantity (`a`, `da`, `ga`) has one or more definitions, local ones: an expression in other quantities. A line of a
submission is right for what it was given when its definition gives the same number from the submission's own values.

    a  = x * y              value
    da = y * dx + x * dy    tangent, of the same statement
    gx = y * ga             adjoint, one contribution for each statement that uses x
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lang.errors import AdError
from lang.grade.differential import differential
from lang.grade.exercise import Exercise, ExerciseError
from lang.grade.outline import active as moving_names
from lang.grade.outline import flat, names_in_order, needed, right_sides
from lang.grade.quantities import (
    ADJOINT,
    INPUT,
    SEED,
    TANGENT,
    VALUE,
    Contribution,
    Definition,
    Expected,
    Expression,
)
from lang.limits import Limits
from lang.program import Program
from lang.source import Source
from lang.syntax import tree
from lang.syntax.unparse import unparse
from lang.transform.expressions import NOWHERE, apply, constant, mentions, name
from lang.transform.names import Names, language_names, used_names


def expected(exercise: Exercise) -> Expected:
    """What a right answer to an exercise amounts to.

    Raises:
        ExerciseError: the exercise's program is not one, or cannot be differentiated as asked.
    """
    text = _rule_program(exercise) if exercise.kind == "rule" else exercise.program
    try:
        program = Program(Source(text, "program"), Limits())
        builder = _Builder(exercise, program)
        if exercise.kind == "value":
            return builder.values()
        return builder.backward() if exercise.backwards else builder.forward()
    except ExerciseError:
        raise
    except AdError as error:
        raise ExerciseError(f"the exercise's program cannot be used: {error}") from error


def _rule_program(exercise: Exercise) -> str:
    """`c = f(a, b)` with the operands as inputs, after the program that defines f."""
    from lang.rules import table

    known: dict[str, tuple[str, ...]] = {each.name: each.parameters for each in table().primitives}
    if exercise.program:
        body = Program(Source(exercise.program, "program")).entry.checked.program.body
        known |= {
            node.name.name: tuple(each.name for each in node.parameters)
            for node in body
            if isinstance(node, tree.Function)
        }
    if exercise.rule not in known:
        raise ExerciseError(f"there is no function `{exercise.rule}` whose rule could be asked")
    operands = known[exercise.rule]
    asked = "".join(f"{each} = ?\n" for each in operands)
    inside = _inside(exercise) if exercise.program else ""
    if inside:
        return f"{exercise.program.rstrip()}\n{asked}c = {inside}\n"
    end = "" if exercise.program.endswith("\n") or not exercise.program else "\n"
    return f"{exercise.program}{end}{asked}c = {exercise.rule}({', '.join(operands)})\n"


def _inside(exercise: Exercise) -> str:
    """What a function of one expression computes, in its own parameters; so a mistake inside it can be named."""
    for node in Program(Source(exercise.program, "program")).entry.checked.program.body:
        if isinstance(node, tree.Function) and node.name.name == exercise.rule and len(node.body) == 1:
            (result,) = node.body
            if isinstance(result, tree.Return) and len(result.values) == 1:
                return unparse(result.values[0])
    return ""


class _Builder:
    def __init__(self, exercise: Exercise, program: Program) -> None:
        self.exercise = exercise
        self.program = program
        self.body: list[tree.Statement] = [
            each for each in program.entry.checked.program.body if not isinstance(each, tree.Show | tree.Command)
        ]
        self.functions = {
            each.name.name: tuple(one.name for one in each.parameters)
            for each in self.body
            if isinstance(each, tree.Function)
        }
        self.fresh = Names(used_names(tuple(self.body)) | language_names())
        self.roles: dict[str, str] = dict.fromkeys(program.inputs, INPUT)
        self.definitions: dict[str, list[Definition]] = {}
        self.owners: dict[str, str] = {}
        assigned = [target for node in flat(self.body) if isinstance(node, tree.Assign) for target in node.targets]
        self.of = exercise.of or ((assigned[-1].name,) if assigned else ())
        for each in self.of:
            if each not in program.names:
                raise ExerciseError(f"the exercise's program has no name `{each}`")
        if not self.of:
            raise ExerciseError("the exercise's program computes nothing")
        for each in (*exercise.wrt, *(exercise.seeds or ())):
            if each not in (self.of if exercise.backwards else program.inputs) and each not in program.inputs:
                raise ExerciseError(f"the exercise's program has no input `{each}`")

    def finish(self, body: list[tree.Statement], required: tuple[str, ...], seeds: dict[str, str]) -> Expected:
        assigned = [each.target.name for each in self.body if isinstance(each, tree.Input)]
        assigned += [target.name for each in self.body if isinstance(each, tree.Assign) for target in each.targets]
        blocks = any(isinstance(each, tree.If | tree.While | tree.For) for each in self.body)
        fixed = self._fixed()
        return Expected(
            primal=unparse(tuple(self.body)),
            text=unparse(tuple(body)),
            roles=self.roles,
            definitions=self.definitions,
            required=required,
            seeds=seeds,
            functions=self.functions,
            straight=not blocks and len(set(assigned)) == len(assigned),
            fixed=fixed,
            inputs=self.program.inputs,
            owners=self.owners,
            backwards=self.exercise.backwards,
        )

    def _fixed(self) -> Mapping[str, float] | None:
        exercise = self.exercise
        if exercise.backwards:
            return exercise.seeds if exercise.seeds is not None else dict.fromkeys(self.of, 1.0)
        if exercise.seeds is None and len(exercise.wrt) == 1:
            return {exercise.wrt[0]: 1.0}
        return exercise.seeds

    # --- values ---------------------------------------------------------------------------------------------

    def values(self) -> Expected:
        for node in flat(self.body):
            if isinstance(node, tree.Assign):
                self._value(node)
        return self.finish(self.body, self.of, {})

    def _value(self, node: tree.Assign) -> None:
        for target, value in zip(node.targets, right_sides(node), strict=False):
            self.roles.setdefault(target.name, VALUE)
            self.definitions.setdefault(target.name, []).append(Definition(target.name, value, target.name, value))

    # --- forward --------------------------------------------------------------------------------------------

    def forward(self) -> Expected:
        fixed = self._fixed()
        moved = self.exercise.wrt or tuple(fixed if fixed is not None else self.program.inputs)
        active = moving_names(self.body, set(moved))
        self.tangents = {each: self.fresh.fresh("d" + each) for each in names_in_order(self.body) if each in active}
        self.owners = {tangent: each for each, tangent in self.tangents.items()}
        self.moving: dict[str, Expression] = {each: name(tangent) for each, tangent in self.tangents.items()}
        body = self._block(self.body, fixed, set(moved))
        required = tuple(self.tangents[each] for each in self.of if each in self.tangents)
        if not required:
            raise ExerciseError(f"`{', '.join(self.of)}` does not depend on what moves")
        return self.finish(body, required, {each: self.tangents[each] for each in moved if each in self.tangents})

    def _block(
        self, block: tree.Block | list[tree.Statement], fixed: Mapping[str, float] | None, moved: set[str]
    ) -> list[tree.Statement]:
        out: list[tree.Statement] = []
        for node in block:
            if isinstance(node, tree.Input):
                out.append(node)
                if node.target.name in moved:
                    out.append(self._seed(node.target.name, fixed))
            elif isinstance(node, tree.Assign):
                out += [*self._tangent(node), node]
                self._value(node)
            elif isinstance(node, tree.If):
                arms = tuple((test, tuple(self._block(inner, fixed, moved))) for test, inner in node.branches)
                rest = None if node.otherwise is None else tuple(self._block(node.otherwise, fixed, moved))
                out.append(tree.If(arms, rest, node.span))
            elif isinstance(node, tree.While):
                out.append(tree.While(node.condition, tuple(self._block(node.body, fixed, moved)), node.span))
            elif isinstance(node, tree.For):
                out.append(tree.For(node.target, node.bounds, tuple(self._block(node.body, fixed, moved)), node.span))
            else:
                out.append(node)
        return out

    def _seed(self, of: str, fixed: Mapping[str, float] | None) -> tree.Statement:
        tangent = self.tangents[of]
        self.roles[tangent] = SEED
        if fixed is None:
            return tree.Input(tree.Name(tangent, NOWHERE), None, NOWHERE)
        value = constant(float(fixed.get(of, 0.0)))
        self.definitions.setdefault(tangent, []).append(Definition(tangent, value, of))
        return tree.Assign((tree.Name(tangent, NOWHERE),), None, (value,), NOWHERE)

    def _tangent(self, node: tree.Assign) -> Iterator[tree.Statement]:
        """The differentials of a statement; they stand before it, so they read what it read."""
        targets: list[tree.Name] = []
        values: list[Expression] = []
        for target, value in zip(node.targets, right_sides(node), strict=False):
            if target.name not in self.tangents:
                continue
            moved = differential(value, self.moving, self.functions) or constant(0.0)
            tangent = self.tangents[target.name]
            self.roles.setdefault(tangent, TANGENT)
            made = Definition(tangent, moved, target.name, value, self.moving)
            self.definitions.setdefault(tangent, []).append(made)
            targets.append(tree.Name(tangent, NOWHERE))
            values.append(moved)
        if targets:
            yield tree.Assign(tuple(targets), None, tuple(values), NOWHERE)

    # --- backward -------------------------------------------------------------------------------------------

    def backward(self) -> Expected:
        done = self.finish([], (), {})
        if not done.straight:
            return self._whole()
        by = self.exercise.wrt or self.program.inputs
        fixed = self._fixed() or {}
        names = names_in_order(self.body)
        statements = [node for node in self.body if isinstance(node, tree.Assign)]
        read = needed(statements, set(fixed)) | set(fixed)
        adjoints = {each: self.fresh.fresh("g" + each) for each in names if each in read or each in by}
        self.owners = {adjoint: each for each, adjoint in adjoints.items()}
        active = moving_names(self.body, set(by))
        for node in statements:
            self._value(node)
        body: list[tree.Statement] = list(self.body)
        backwards = [each for each in reversed(names) if each in adjoints and each in active]
        body += [self._adjoint(each, adjoints, statements, fixed) for each in backwards]
        required = tuple(adjoints[each] for each in by)
        return self.finish(body, required, {each: adjoints[each] for each in fixed if each in adjoints})

    def _adjoint(
        self, of: str, adjoints: Mapping[str, str], statements: list[tree.Assign], fixed: Mapping[str, float]
    ) -> tree.Statement:
        parts = []
        for node in reversed(statements):
            for target, value in zip(node.targets, right_sides(node), strict=False):
                if target.name not in adjoints or of not in mentions(value):
                    continue
                adjoint = adjoints[target.name]
                if differential(value, {of: name(adjoint)}, self.functions) is not None:
                    parts.append(Contribution(target.name, value, adjoint, of))
        local: Expression | None = constant(float(fixed[of])) if of in fixed else None
        for each in parts:
            moved = differential(each.expression, {of: name(each.adjoint)}, self.functions)
            assert moved is not None
            local = moved if local is None else apply("+", local, moved)
        adjoint = adjoints[of]
        self.roles[adjoint] = SEED if of in fixed else ADJOINT
        made = Definition(adjoint, local or constant(0.0), of, parts=tuple(parts))
        self.definitions.setdefault(adjoint, []).append(made)
        return tree.Assign((tree.Name(adjoint, NOWHERE),), None, (made.local,), NOWHERE)

    def _whole(self) -> Expected:
        """Loops and branches: what is right is known for the results alone, from the adjoint program."""
        derived = self.program.reverse(*self.of, wrt=self.exercise.wrt or None)
        by = self.exercise.wrt or self.program.inputs
        required = tuple(derived.derivatives[each] for each in by)
        self.owners = {derived.derivatives[each]: each for each in by}
        self.roles |= dict.fromkeys(required, ADJOINT)
        seeds = {each: derived.seeds[each] for each in self.of if each in derived.seeds}
        self.roles |= dict.fromkeys(seeds.values(), SEED)
        done = self.finish([], required, seeds)
        done.text = str(derived)
        done.whole = False
        return done


__all__ = ["expected"]
