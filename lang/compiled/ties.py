"""A derivative's unit -> the same unit, without an answer where its program meets a kink or compares equal values.

Law: what is asked stands on the rule's line (`kink a == 0`) or in the program (`if a < b`), nowhere else; a comparison
on the right side of the line chooses between ways to compute a derivative. Where what is asked holds, compiled code
gives the question back and the interpreter answers, with its notes: all engines note the same.

What is inserted is ordinary steps, which every engine has, and which do not count: a product that overflows where the
condition holds.

    y = abs(x)          tie = x == 0
                        odd = 1e200 * where(tie, 1e200, 1)

The verbs ask the same at a vertical tangent: what the result does not need has none in a derivative program.

Of what a condition is computed from and nothing else is, only jumps are asked: no derivative goes through a comparison.

Only operands that move with an input are asked; that is found by the names of each scope, so it may be asked once too
often.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import replace
from itertools import count

from lang.backend import Unit
from lang.compiled.moving import NONE, Moving, moves
from lang.evaluate.notes import jumps
from lang.rules import Primitive, table
from lang.source import FREE, OF_RULE
from lang.steps import form
from lang.steps.compared import compared
from lang.steps.rewrite import Rewriting
from lang.steps.walk import all_steps
from lang.syntax import tree

OVER, PLAIN, LARGE = 1e200, 1.0, 1e200
STRAIGHT = frozenset({form.Input, form.Copy, form.Operation, form.Comparison})
"""Steps with nothing inside."""
KINKS, EVERY = ("kink",), ("kink", "vertical")


def with_ties(
    unit: Unit, inputs: Collection[str], clauses: tuple[str, ...] = KINKS, slopes: Mapping[str, int] = NONE
) -> Unit:
    """The unit that asks.

    Args:
        inputs: the names of the inputs that derivatives are by.
        clauses: what of a rule's line is asked.
        slopes: functions that compute a derivative themselves, each with the place of the parameter that it is by.
    """
    every, functions = unit.steps, list(unit.functions.values())
    if functions or not STRAIGHT.issuperset({step.__class__ for step in every}):
        every = list(all_steps(every))
        functions += [each.procedure for each in every if isinstance(each, form.Define)]
    inside = [(each, list(all_steps(each.body))) for each in functions]
    if not _may_ask([*every, *(step for _, steps in inside for step in steps)], clauses):
        return unit
    moving = moves(unit, inputs, slopes)
    idle = _idle(unit)
    found = ((steps, moving.inside(each)) for each, steps in inside)
    if not any(
        _asked(step, names, clauses)
        for steps, names in ((every, moving.program), *found)
        for step in steps
        if step not in idle
    ):
        return unit
    asking = _Asking(moving, clauses, idle)
    written = {name: asking.procedure(each) for name, each in unit.functions.items()}
    return replace(unit, steps=asking.block(unit.steps), functions=written)


def _may_ask(steps: form.Block, clauses: tuple[str, ...]) -> bool:
    """Are there steps that ask where their operands move?"""
    primitives = {step.primitive for step in steps if step.__class__ is form.Operation}
    said = any(getattr(each, clause) is not None for each in primitives for clause in clauses)
    return said or form.Comparison in {step.__class__ for step in steps}


def _idle(unit: Unit) -> set[form.Step]:
    """Operations without a jump whose values are only compared."""
    found: set[form.Step] = set()
    pending = [unit.steps, *(each.body for each in unit.functions.values())]
    while pending:
        block = pending.pop()
        pending += [step.procedure.body for step in block if isinstance(step, form.Define)]
        for step in (step for setup in compared(block) for step in all_steps(setup)):
            if isinstance(step, form.Operation) and not jumps(step.primitive):
                found.add(step)
    return found


def _asked(step: form.Step, moving: Collection[str], clauses: tuple[str, ...]) -> bool:
    if isinstance(step, form.Operation):
        said = any(getattr(step.primitive, clause) is not None for clause in clauses)
        return said and not moving.isdisjoint(step.arguments)  # type: ignore[attr-defined]
    if not isinstance(step, form.Comparison) or step.span == OF_RULE:
        return False
    return step.left in moving or step.right in moving


# --- the steps that ask ---------------------------------------------------------------------------------------------


class _Asking(Rewriting):
    """Puts the questions beside the steps."""

    def __init__(self, whole: Moving, clauses: tuple[str, ...], idle: Container[form.Step]) -> None:
        super().__init__()
        self.whole = whole
        self.moving = whole.program
        self.clauses = clauses
        self.idle = idle
        self.numbers = count()

    def fresh(self) -> form.Temporary:
        """A name that no program has."""
        return form.Temporary(f"tie {next(self.numbers)}")

    def procedure(self, procedure: form.Procedure) -> form.Procedure:
        """A function, in which other names move."""
        outside, self.moving = self.moving, self.whole.inside(procedure)
        found = super().procedure(procedure)
        self.moving = outside
        return found

    def step(self, step: form.Step, out: form.Block) -> None:
        """A step, and what is asked with it."""
        if step in self.idle or not _asked(step, self.moving, self.clauses):
            out.append(step)
        elif isinstance(step, form.Comparison):
            tie = self.fresh()
            out += [form.Comparison(tie, "==", step.left, step.right, FREE), step]
            self.odd(self.chosen(tie, OVER, PLAIN, out), out)
        elif isinstance(step, form.Operation):
            self.kink(step, step.primitive, out)

    def kink(self, step: form.Operation, primitive: Primitive, out: form.Block) -> None:
        """An operation, and whether it is at its kink (or what else is asked)."""
        names: dict[str, form.Operand] = {}
        for parameter, each in zip(primitive.parameters, step.arguments, strict=True):
            names[parameter] = each
            if each == step.target:
                names[parameter] = self.fresh()
                out.append(form.Copy(names[parameter], each, FREE))  # type: ignore[arg-type]
        out.append(step)
        names[primitive.rule.result.name] = step.target
        for clause in self.clauses:
            condition = getattr(primitive, clause)
            if condition is not None:
                self.odd(self.factor(condition, names, out), out)

    def odd(self, factor: form.Operand, out: form.Block) -> None:
        """Have no value where a factor is `OVER`."""
        out.append(form.Operation(self.fresh(), _primitive("*", 2), (LARGE, factor), FREE))

    def chosen(self, condition: form.Operand, then: form.Operand, other: form.Operand, out: form.Block) -> form.Operand:
        """One of two numbers."""
        target = self.fresh()
        out.append(form.Operation(target, _primitive("where", 3), (condition, then, other), FREE))
        return target

    def factor(self, condition: tree.Expression, names: Mapping[str, form.Operand], out: form.Block) -> form.Operand:
        """`OVER` where a condition of a rule's line holds, else `PLAIN`."""
        match condition:
            case tree.Compare(operators=(operator,), operands=(left, right)):
                target = self.fresh()
                one, other = (self.value(each, names, out) for each in (left, right))
                out.append(form.Comparison(target, operator, one, other, FREE))
                return self.chosen(target, OVER, PLAIN, out)
            case tree.Logic(operator="and" | "or" as operator, operands=(left, right)):
                one, other = (self.factor(each, names, out) for each in (left, right))
                name = _primitive("max" if operator == "or" else "min", 2)
                target = self.fresh()
                out.append(form.Operation(target, name, (one, other), FREE))
                return target
            case _:
                raise TypeError(f"a kink is said by comparisons, not by {type(condition).__name__}")

    def value(self, expression: tree.Expression, names: Mapping[str, form.Operand], out: form.Block) -> form.Operand:
        """A number of a rule's line."""
        match expression:
            case tree.Number(value=value):
                return value
            case tree.Name(name=name):
                return names[name]
            case tree.Apply(function=function, arguments=arguments):
                given = tuple([self.value(each, names, out) for each in arguments])
                target = self.fresh()
                out.append(form.Operation(target, _primitive(function, len(given)), given, FREE))
                return target
            case _:
                raise TypeError(f"a kink is said of numbers, not of {type(expression).__name__}")


def _primitive(name: str, arity: int) -> Primitive:
    found = table().find(name, arity)
    assert found is not None
    return found
