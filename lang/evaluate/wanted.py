"""Names that derivatives are asked of and by -> their numbers, or what a tape does with them.

Law: derivatives are of numbers, by numbers: what is true or false is refused here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable

from lang.errors import CommandError
from lang.evaluate.active import Node, Value
from lang.evaluate.entries import Entries
from lang.evaluate.run import Run
from lang.steps import form

NO_SIGN = 0.0
"""Added to a derivative: 0 has no sign. It would depend on which contributions are 0 and which are none at all."""


def recorded(tape: Entries, leaves: dict[str, int]) -> Callable[[Value, form.Step], Value]:
    """What a tape does with a name derivatives are asked by: an input becomes a leaf, a value on the way is kept.

    Args:
        leaves: told the index of each name.
    """
    leaf = tape.leaf

    def kept(value: Value, step: form.Step) -> Value:
        node: Node
        name = step.target if isinstance(step, form.Input) else step.name  # type: ignore[union-attr]
        if value.__class__ is float:
            node = leaf(value, step)
        elif isinstance(value, Node) and value.level is tape:
            # `w = y` gives one number two names: the adjoint of each is its own, so each has an entry of its own
            node = tape.node((value.index, 1.0), value.primal, step)
        else:
            refuse_boolean(name, value)
            node = leaf(value, step)
        leaves[name] = node.index
        return node

    return kept


def result(run: Run, name: str) -> Value:
    """The number a run left under a name.

    Raises:
        CommandError: it left none, or a boolean.
    """
    if name not in run.values:
        raise CommandError(f"`{name}` has no value")
    value = run.values[name]
    refuse_boolean(name, value)
    return value


def refuse_boolean(name: str, value: Value) -> None:
    """Derivatives are of numbers, by numbers.

    Raises:
        CommandError: the value is true or false.
    """
    if isinstance(value, bool):
        raise CommandError(f"`{name}` is true or false, and has no derivative").at(name)
