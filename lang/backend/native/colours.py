"""Directions -> which of them may be computed as one, because no result depends on two of them.

Law: a result in a shared lane is moved by one direction of it only, so it has the bits that it has alone; what no
direction moves is 0 in the table.

A tridiagonal table of a thousand rows needs three lanes:

    x . . .           directions 1 and 4, 2 and 5, 3 and 6 ... share a lane each
    x x . .
    . x x .

Source: Curtis, Powell & Reid, On the Estimation of Sparse Jacobian Matrices (1974); Gebremedhin, Manne & Pothen, What
Color Is Your Jacobian? (2005): colouring of columns, here the first colour that fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lang.backend.native.straight import Straight, Value

WORTH = 2
"""Lanes are shared where that leaves one in so many, or fewer."""
FILLED = 100_000
"""Numbers of a table, at most, that are not 0 for certain."""


class Colours(NamedTuple):
    """How directions share lanes.

    Attributes:
        lanes: the lane of each direction.
        width: how many lanes there are.
        filled: for each number of the table that may be something else than 0, its direction and its result.
    """

    lanes: list[int]
    width: int
    filled: list[tuple[int, int]]


def colours(found: Straight, moving: set[Value], plain: int) -> Colours | None:
    """The lanes of all directions; None where sharing is not worth while.

    Args:
        found: the unit.
        moving: the values that depend on seeds.
        plain: how many inputs are no seeds.
    """
    count = found.unit.seeds
    reached = _reached(found, moving, plain)
    most = count // WORTH
    together = [reached.get(value, 0) for value in found.results]  # type: ignore[arg-type]
    if any(each.bit_count() > most for each in together):
        return None
    lanes = _first_fit(together, count, most)
    if not lanes:
        return None
    filled = [(seed, at) for at, each in enumerate(together) for seed in _members(each)]
    steady = [at for at, value in enumerate(found.results) if value not in moving]
    filled += [(seed, at) for at in steady for seed in range(count)]
    return Colours(lanes, max(lanes) + 1, filled) if len(filled) <= FILLED else None


def _reached(found: Straight, moving: set[Value], plain: int) -> dict[Value, int]:
    """For each value that depends on seeds, which ones: a bit for each."""
    reached: dict[Value, int] = {~(plain + seed): 1 << seed for seed in range(found.unit.seeds)}
    for index, operands in enumerate(found.operands):
        if index in moving:
            seeds = 0
            for each in operands:
                seeds |= reached.get(each, 0)
            reached[index] = seeds
    return reached


def _first_fit(together: Sequence[int], count: int, most: int) -> list[int]:
    """A lane for each direction, no two of a group in one; nothing where there would be more than `most`."""
    apart = [0] * count
    for group in together:
        for seed in _members(group):
            apart[seed] |= group
    lanes: list[int] = []
    taken: list[int] = []
    for seed, others in enumerate(apart):
        lane = next((lane for lane, members in enumerate(taken) if not members & others), len(taken))
        if lane == len(taken):
            if lane == most:
                return []
            taken.append(0)
        taken[lane] |= 1 << seed
        lanes.append(lane)
    return lanes


def _members(group: int) -> list[int]:
    """The places of the bits of a number."""
    return [at for at, bit in enumerate(bin(group)[:1:-1]) if bit == "1"]
