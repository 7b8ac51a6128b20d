"""What steps read and assign, as the forward sweep of an adjoint program has to know."""

from __future__ import annotations

from collections.abc import Collection

from lang.steps import form
from lang.steps.lower import CONSTANTS
from lang.steps.walk import all_steps, assigned, blocks_of, targets_of
from lang.transform.expressions import mentions


def reads_of(step: form.Step) -> set[str]:
    """Every name a step reads, blocks inside it included."""
    found: set[str] = set()
    for each in all_steps([step]):
        for attribute in ("arguments", "values", "settings"):
            found.update(one for one in getattr(each, attribute, ()) if isinstance(one, str))
        for attribute in ("left", "right", "source", "start", "stop", "stride", "condition", "name"):
            one = getattr(each, attribute, None)
            if isinstance(one, str):
                found.add(one)
        if isinstance(each, form.If):
            found.update(arm.condition for arm in each.arms if isinstance(arm.condition, str))
            for arm in each.arms:
                found |= mentions(arm.test) if arm.test is not None else set()
        if isinstance(each, form.While):
            found |= mentions(each.test)
    return found


def surely_assigned(step: form.Step) -> set[str]:
    """The names that a step gives a value in any case: an `if` those that each of its branches gives one."""
    if not isinstance(step, form.If):
        return set(targets_of(step))
    bodies = (*(arm.body for arm in step.arms), step.otherwise)
    return set.intersection(*(set[str]().union(*map(surely_assigned, body)) for body in bodies))


def read_outside_loops(block: form.Block) -> set[str]:
    """Names that are read somewhere not inside a loop that counts with them."""
    found: set[str] = set()
    pending: list[tuple[form.Step, frozenset[str]]] = [(step, frozenset()) for step in block]
    while pending:
        step, counted = pending.pop()
        inner = blocks_of(step)
        own = counted | {step.target} if isinstance(step, form.For) else counted
        for each in inner:
            pending.extend((one, own) for one in each)
        here = reads_of(step) if not inner else _header_reads(step)
        found |= here - counted
    return found


def constants_read_first(block: form.Block, kept: Collection[str]) -> set[str]:
    """Constants of the language that a program gives a value after it has read them: they have one before, too.

    Args:
        kept: names that functions read.
    """
    own = assigned(block) & CONSTANTS.keys()
    found, pending = own & set(kept), [(block, set[str]())] if own else []
    while pending:
        body, given = pending.pop()
        for step in body:
            inner = blocks_of(step)
            found |= ((_header_reads(step) if inner else reads_of(step)) & own) - given
            # what a loop or a branch gives a value may not have got it, and keeps the constant's
            pending.extend((each, set(given)) for each in inner)
            given.update(() if inner else targets_of(step))
    return found


def _header_reads(step: form.Step) -> set[str]:
    if isinstance(step, form.For):
        return {each for each in (step.start, step.stop, step.stride) if isinstance(each, str)}
    if isinstance(step, form.If):
        return {arm.condition for arm in step.arms if isinstance(arm.condition, str)}.union(
            *(mentions(arm.test) for arm in step.arms if arm.test is not None)
        )
    return mentions(step.test) if isinstance(step, form.While) else set()
