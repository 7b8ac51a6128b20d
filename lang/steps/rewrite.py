"""Blocks -> the same blocks with other steps in the places of some.

Law: what stands around a step stays as it is, places too; no walk recurses, however deep blocks stand in each other; a
body that several functions share is written once and stays shared.
"""

from __future__ import annotations

from lang.clock import watched
from lang.steps import form
from lang.steps.walk import HOLDING
from lang.syntax import tree

_INSIDE = HOLDING | {form.Define}
"""Steps with blocks inside, of functions too."""


class Rewriting:
    """Writes blocks anew; a subclass says what becomes of a step."""

    def __init__(self) -> None:
        self.procedures: dict[int, form.Block] = {}

    def step(self, step: form.Step, out: form.Block) -> None:
        """Put on `out` what becomes of a step that has no blocks inside."""
        out.append(step)

    def condition(self, setup: form.Block, condition: form.Operand) -> tuple[form.Block, form.Operand]:
        """The steps that compute a condition, before they are written anew, and the condition."""
        return setup, condition

    def test(self, test: tree.Expression) -> tree.Expression:
        """A condition as the program wrote it."""
        return test

    def procedure(self, procedure: form.Procedure) -> form.Procedure:
        """A function with its body written anew."""
        if id(procedure.body) not in self.procedures:
            self.procedures[id(procedure.body)] = self.block(procedure.body)
        return procedure.but(body=self.procedures[id(procedure.body)])

    def block(self, steps: form.Block) -> form.Block:
        """A block written anew."""
        whole: form.Block = []
        pending = [(steps, whole)]
        while pending:
            old, new = pending.pop()

            def inner(block: form.Block, waiting: list[tuple[form.Block, form.Block]] = pending) -> form.Block:
                found: form.Block = []
                waiting.append((block, found))
                return found

            for step in watched(old, "writing the steps anew"):
                if step.__class__ not in _INSIDE:
                    self.step(step, new)
                    continue
                match step:
                    case form.If():
                        arms = []
                        for arm in step.arms:
                            setup, condition = self.condition(arm.setup, arm.condition)
                            test = None if arm.test is None else self.test(arm.test)
                            arms.append(form.Arm(inner(setup), condition, inner(arm.body), test))
                        new.append(form.If(arms, inner(step.otherwise), step.span))
                    case form.While():
                        setup, condition = self.condition(step.setup, step.condition)
                        test = self.test(step.test)
                        new.append(form.While(inner(setup), condition, inner(step.body), test, step.span))
                    case form.For():
                        new.append(step.but(body=inner(step.body)))
                    case form.Define():
                        new.append(step.but(procedure=self.procedure(step.procedure)))
        return whole
