"""A stretch that is done for the first time -> what it leaves in registers, and the way back through it.

Law: it computes what the machine would, with the same functions in the same order; where anything is out of the
ordinary it has changed nothing and says so.

Making a plan takes as long as doing the steps about ten times, and most straight programs are run once. But numbers of
a tape would take three times as much memory: here what moves inside is a float, too, and only partials are kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lang.evaluate.active import Node
from lang.evaluate.entries import Entries
from lang.evaluate.way import NUMBERS, Way
from lang.steps import form

STEP_BYTES = 16
"""What the way back takes for a step, when no other run shares it."""


class Once:
    """One run through a stretch.

    Args:
        inside: the floats that come in, by register.
        nodes: the numbers of the tape that some of them stand for, in the same order.
    """

    def __init__(self, inside: Mapping[int, float], nodes: Mapping[int, Node]) -> None:
        self.held = dict(inside)
        self.nodes = list(nodes.values())
        self.number = {slot: at for at, slot in enumerate(nodes)}
        self.partials: list[float] = []
        self.back = array(NUMBERS)
        self.steps: list[form.Step] = []

    def through(self, items: Sequence[tuple[Any, ...]]) -> bool:
        """Do the steps; False where a number is not finite, or a partial is nothing."""
        held, number, partials = self.held, self.number, self.partials
        record, follow, count = self.back.extend, self.steps.append, len(self.nodes)
        try:
            for function, target, first, second, step, rule in items:
                value, moves = held[first], number.get(first, -1)
                if rule is not None:
                    at, other, more = len(partials), -1, 0
                    if second < 0:
                        operands: tuple[float, ...] = (value,)
                    else:
                        operands = (value, held[second])
                        other, more = number.get(second, -1), at + 1
                    if other < 0 <= moves:
                        value, factor = rule.first(*operands)
                        partials.append(factor)
                        record((moves, at, -1, 0))
                    elif moves < 0 <= other:
                        value, factor = rule.second(*operands)
                        partials.append(factor)
                        record((other, at, -1, 0))
                    elif moves >= 0:
                        value, *factors = rule.both(*operands)
                        partials += factors
                        record((moves, at, other, more))
                    else:
                        value = function(*operands)
                    if moves >= 0 or other >= 0:
                        follow(step)
                        moves, count = count, count + 1
                    if value - value != 0.0:
                        return False
                elif not isinstance(step, form.Copy):
                    continue
                held[target], number[target] = value, moves
            return sum(partials) - sum(partials) == 0.0
        except (TypeError, ArithmeticError, ValueError):
            return False

    def leave(self, slots: Iterable[int], registers: list[Any], tape: Entries) -> None:
        """Put on the tape what was done, and into registers what something else reads."""
        moving = len(self.nodes)
        kept = {slot: self.number.get(slot, -1) for slot in slots}
        places = sorted({number for number in kept.values() if number >= moving})
        way = Way(self.back, self.steps, moving, places, len(self.partials))
        way.bytes += STEP_BYTES * len(self.steps)
        base = tape.extend(way, self.partials, [node.index for node in self.nodes])
        indices = {number: base + at for at, number in enumerate(places)}
        made: dict[int, Node] = dict(enumerate(self.nodes))
        for slot, number in kept.items():
            if number >= 0 and number not in made:
                made[number] = Node(tape, self.held[slot], indices[number])
            registers[slot] = self.held[slot] if number < 0 else made[number]
