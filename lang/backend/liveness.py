"""Steps -> the operations whose values nothing reads.

Law: an operation may fail whether or not its value is read, so compiled code must do those too; an optimizer that sees
no reader would leave them out. Comparisons do not count as readers: `x * x < 0` is false without computing `x * x`.

Blocks are gone through from their end; what a loop reads anywhere counts as read at the end of each turn.
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import all_steps, reads_of, targets_of


def unread(steps: form.Block, results: Iterable[str], shared: Iterable[str] = ()) -> tuple[set[form.Step], set[str]]:
    """Find them.

    Args:
        results: names that are read afterwards.
        shared: names that functions read when they are called.

    Returns:
        Operations and calls that give a value nothing reads; the names that are read before they get a value.
    """
    found: set[form.Step] = set()
    return found, drive(_block(steps, set(results), frozenset(shared), found))


def _block(steps: form.Block, live: set[str], shared: frozenset[str], found: set[form.Step]) -> Walk:
    """The walk from the end of a block to its start: which names are live there."""
    for step in reversed(steps):
        match step:
            case form.If():
                before = yield _block(step.otherwise, set(live), shared, found)
                for arm in reversed(step.arms):
                    taken = yield _block(arm.body, set(live), shared, found)
                    before = yield _block(arm.setup, before | taken, shared, found)
                live = before
            case form.While() | form.For():
                inner = [*step.setup, *step.body] if isinstance(step, form.While) else step.body
                live |= {name for each in all_steps(inner) for name in _read(each)}
                live |= yield _block(inner, set(live), shared, found)
                live.update(_read(step))
            case form.Comparison():
                pass
            case form.Copy():
                if step.target in live:
                    live.discard(step.target)
                    live.update(_read(step))
            case _:
                targets = targets_of(step)
                if isinstance(step, form.Operation | form.Call) and not live.issuperset(targets):
                    found.add(step)
                live.difference_update(targets)
                live.update(_read(step))
                if isinstance(step, form.Call):
                    live |= shared
    return live


def _read(step: form.Step) -> list[str]:
    return [] if isinstance(step, form.Comparison) else [each for each in reads_of(step) if isinstance(each, str)]
