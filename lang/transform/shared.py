"""What the scopes of one derivative program share: its functions, their activity, and the style."""

from __future__ import annotations

from lang.errors import DerivativeError
from lang.steps import form
from lang.steps.walk import all_steps
from lang.transform.activity import Activity, Key
from lang.transform.names import Names
from lang.transform.slice import Saving
from lang.transform.style import Style


class Shared:
    """Shared by all scopes of one program."""

    def __init__(self, block: form.Block, names: Names, style: Style) -> None:
        self.names = names
        self.style = style
        self.functions: dict[str, form.Procedure] = {}
        self.activity = Activity(self.functions)
        self.kept = {each for step in block if isinstance(step, form.Define) for each in _reads(step.procedure)}
        self.stacks: set[int] = set()
        self.made_saving: set[str] = set()
        self._find_stacks(block)
        self.activity.stacks = self.stacks

    def define(self, procedure: form.Procedure) -> None:
        """A function takes its meaning."""
        self.functions[procedure.name] = procedure
        self.activity.defined(procedure.name)

    def stack_is_active(self, stack: int) -> bool:
        """May what is saved on a stack move? What a program saves is taken to."""
        return stack in self.stacks

    def saves(self, procedure: form.Procedure) -> bool:
        """Does a function itself save or take back, or call one that does?"""
        return self.activity.saves(procedure)

    def saving(self) -> Saving | None:
        """Asks of names whether a function of such a name, a made one too, saves or takes back; None: none does."""
        return self._saving if self.stacks or self.made_saving else None

    def _saving(self, names: set[str]) -> bool:
        if not self.made_saving.isdisjoint(names):
            return True
        return bool(self.stacks) and any(self.saves(self.functions[each]) for each in names if each in self.functions)

    def check_fixed(self, step: form.Operation, active: set[str]) -> None:
        """Raise if an operand without derivative moves."""
        if not step.primitive.fixed:
            return
        for parameter, each in zip(step.primitive.parameters, step.arguments, strict=True):
            if parameter in step.primitive.fixed and isinstance(each, str) and each in active:
                raise DerivativeError(f"`{step.primitive.name}` has no derivative by `{parameter}`", step.span)

    def call_key(self, step: form.Call, active: set[str], own: frozenset[str], beyond: frozenset[str]) -> Key:
        """The function that a step calls, with what moves there; see `Activity.key`."""
        return self.activity.key(self.functions[step.function], step.arguments, active, own, beyond)

    def check_rule(
        self, step: form.Call, rule: form.UserRule, active: set[str], own: frozenset[str] = frozenset()
    ) -> None:
        """Raise if a rule says nothing of something that moves."""
        for parameter, each in zip(rule.parameters, step.arguments, strict=True):
            if parameter in rule.fixed and isinstance(each, str) and each in active:
                raise DerivativeError(f"the rule for `{step.function}` gives no derivative by `{parameter}`", step.span)
        procedure = self.functions[step.function]
        for each in sorted((self.activity.reads(procedure) & active) - own):
            raise DerivativeError(
                f"`{step.function}` reads `{each}`, which depends on an input being differentiated, "
                "and its rule says nothing of it",
                step.span,
                hint=f"give `{each}` to `{step.function}` as an argument",
            )

    def _find_stacks(self, block: form.Block) -> None:
        for step in all_steps(block):
            if isinstance(step, form.Define):
                self._find_stacks(step.procedure.body)
            elif isinstance(step, form.Push | form.Pop):
                self.stacks.add(step.stack)


def _reads(procedure: form.Procedure) -> tuple[str, ...]:
    return (*procedure.reads, *(procedure.rule.reads if procedure.rule else ()))
