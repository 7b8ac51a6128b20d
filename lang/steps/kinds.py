"""Which kinds of value a name may hold, and what is known of it at a place.

Law: a kind is a bit, so a name's possible kinds are one small number and ways that meet are joined with `|`.
"""

from __future__ import annotations

from collections.abc import Container

from lang.steps import form
from lang.steps.walk import all_steps, blocks_of, targets_of

NUMBER, BOOLEAN, UNSET = 1, 2, 4
ANY = NUMBER | BOOLEAN
KINDS = {"number": NUMBER, "boolean": BOOLEAN, "value": ANY}


class State:
    """What is known of each name at a place; a branch's changes can be taken back.

    Args:
        known: the states each name can be in.
        present: other names that have a value, of either kind; a session may have many more than its next line reads.
    """

    __slots__ = ("_before", "_kinds", "_present")

    def __init__(self, known: dict[str, int], present: Container[str] = ()) -> None:
        self._kinds, self._present = known, present
        self._before: list[dict[str, int | None]] = []

    def get(self, name: str) -> int:
        """The states a name can be in."""
        found = self._kinds.get(name)
        return found if found is not None else ANY if name in self._present else UNSET

    def set(self, name: str, bits: int) -> None:
        """From here on a name is in one of these states."""
        if self._before:
            self._before[-1].setdefault(name, self._kinds.get(name))
        self._kinds[name] = bits

    def are_numbers(self, operands: tuple[form.Operand, ...]) -> bool:
        """Is each a number for certain?"""
        kinds = self._kinds
        for each in operands:  # noqa: SIM110 - a generator costs three times as much, at every step
            if each.__class__ is not float and kinds.get(each) != NUMBER:  # type: ignore[arg-type]
                return False
        return True

    def enter(self) -> None:
        """A branch begins."""
        self._before.append({})

    def leave(self) -> dict[str, int]:
        """The branch ends: what it changed, taken back."""
        before = self._before.pop()
        changed = {name: self._kinds[name] for name in before}
        for name, bits in before.items():
            if bits is None:
                del self._kinds[name]
            else:
                self._kinds[name] = bits
        return changed


def kind_of(operand: form.Operand, state: State) -> int:
    """The kinds an operand may have."""
    if isinstance(operand, str):
        return state.get(operand)
    return NUMBER if isinstance(operand, float) else BOOLEAN


def assigned_in(step: form.Step, known: dict[int, set[str]]) -> set[str]:
    """Every name assigned in a step, blocks inside it included; each loop's set is found once, the inner ones first."""
    if id(step) not in known:
        loops = [each for each in all_steps([step]) if each is step or isinstance(each, form.While | form.For)]
        for each in reversed(loops):
            known[id(each)] = _assigned_around(each, known)
    return known[id(step)]


def _assigned_around(step: form.Step, known: dict[int, set[str]]) -> set[str]:
    """The names assigned in a step whose inner loops are known."""
    found = set(targets_of(step))
    pending = list(blocks_of(step))
    while pending:
        for each in pending.pop():
            if id(each) in known:
                found |= known[id(each)]
            else:
                found.update(targets_of(each))
                pending.extend(blocks_of(each))
    return found


def assigned_kinds(block: form.Block) -> dict[str, int]:
    """For each name, every kind that some step of a scope may give it, wherever it stands."""
    kinds: dict[str, int] = {}
    copies: dict[str, list[str]] = {}
    pending = [block]
    while pending:
        for step in pending.pop():
            pending.extend(blocks_of(step))
            for target in targets_of(step):
                bits = _given_kind(step)
                if isinstance(step, form.Copy) and isinstance(step.source, str):
                    copies.setdefault(step.source, []).append(target)
                kinds[target] = kinds.get(target, 0) | bits
    for source in copies:
        if source not in kinds:
            kinds[source] = ANY
    changed = list(copies)
    while changed:
        source = changed.pop()
        for target in copies.get(source, ()):
            if kinds[source] & ~kinds[target]:
                kinds[target] |= kinds[source]
                changed.append(target)
    return kinds


def _given_kind(step: form.Step) -> int:
    if isinstance(step, form.Comparison | form.Negation):
        return BOOLEAN
    if isinstance(step, form.Copy):
        return 0 if isinstance(step.source, str) else kind_of(step.source, State({}))
    if isinstance(step, form.Pop):
        return ANY
    if isinstance(step, form.Call):
        return NUMBER if step.by else ANY
    return NUMBER
