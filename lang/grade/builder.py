"""The statements of an exercise's program -> quantities and their definitions: values, and tangents with them.

Law: a definition is local. Each quantity (`a`, `da`, `ga`) has one or more, each an expression in other quantities; a
line of a submission is right for what it was given when its definition gives the same number from the submission's own
values.

    a  = x * y              value
    da = y * dx + x * dy    tangent, of the same statement
    gx = y * ga             adjoint, one contribution for each statement that uses x
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lang.grade.differential import differential
from lang.grade.exercise import Exercise, ExerciseError
from lang.grade.inlining import Inliner
from lang.grade.outline import active as moving_names
from lang.grade.outline import flat, names_in_order, right_sides
from lang.grade.quantities import INPUT, SEED, TANGENT, VALUE, Definition, Expression
from lang.grade.wanted import Expected
from lang.program import Program
from lang.syntax import tree
from lang.syntax.unparse import unparse
from lang.transform.expressions import NOWHERE, constant, name
from lang.transform.names import Names, language_names, used_names


class Builder:
    """The program of an exercise, and what is known of its quantities so far.

    Raises:
        ExerciseError: the exercise asks for a name that the program does not have.
    """

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
        self.inliner = Inliner(self.body)
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

    def sides(self, node: tree.Assign) -> tuple[Expression, ...]:
        """What each target of a statement is given, with the bodies of functions in the places of their calls."""
        return self.inliner.sides(node) or tuple(self.inliner.expression(each) for each in right_sides(node))

    def finish(self, body: list[tree.Statement], required: tuple[str, ...], seeds: dict[str, str]) -> Expected:
        """What a right answer amounts to, given the program of all quantities and what is asked for."""
        assigned = [each.target.name for each in self.body if isinstance(each, tree.Input)]
        assigned += [target.name for each in self.body if isinstance(each, tree.Assign) for target in each.targets]
        blocks = any(isinstance(each, tree.If | tree.While | tree.For) for each in self.body)
        fixed = self.fixed()
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

    def fixed(self) -> Mapping[str, float] | None:
        """The seeds, where the exercise gives them numbers."""
        exercise = self.exercise
        if exercise.backwards:
            return exercise.seeds if exercise.seeds is not None else dict.fromkeys(self.of, 1.0)
        if exercise.seeds is None and len(exercise.wrt) == 1:
            return {exercise.wrt[0]: 1.0}
        return exercise.seeds

    # --- values ---------------------------------------------------------------------------------------------

    def values(self) -> Expected:
        """What a right answer amounts to where values are asked for."""
        for node in flat(self.body):
            if isinstance(node, tree.Assign):
                self.value(node)
        return self.finish(self.body, self.of, {})

    def value(self, node: tree.Assign) -> None:
        """Define what a statement gives a value."""
        for target, value in zip(node.targets, self.sides(node), strict=False):
            self.roles.setdefault(target.name, VALUE)
            self.definitions.setdefault(target.name, []).append(Definition(target.name, value, target.name, value))

    def _called(self, node: tree.Assign) -> tuple[Expression, ...]:
        """The same, with the calls as they stand."""
        if len(node.values) != len(node.targets):
            return self.sides(node)
        return right_sides(node)

    # --- forward --------------------------------------------------------------------------------------------

    def forward(self) -> Expected:
        """What a right answer amounts to where differentials are asked for."""
        fixed = self.fixed()
        moved = self.exercise.wrt or tuple(fixed if fixed is not None else self.program.inputs)
        active = moving_names(self.body, set(moved), self.sides)
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
                self.value(node)
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
        for target, called, value in zip(node.targets, self._called(node), self.sides(node), strict=False):
            if target.name not in self.tangents:
                continue
            moved = differential(value, self.moving, self.functions) or constant(0.0)
            tangent = self.tangents[target.name]
            self.roles.setdefault(tangent, TANGENT)
            made = Definition(
                tangent, moved, target.name, value, self.moving, called=None if called is value else called
            )
            self.definitions.setdefault(tangent, []).append(made)
            targets.append(tree.Name(tangent, NOWHERE))
            values.append(moved)
        if targets:
            yield tree.Assign(tuple(targets), None, tuple(values), NOWHERE)
