"""A long straight unit -> its operations in groups of a kind: a list that a little machine code works through.

Law: every operation is done once, after those whose values it takes, with the bits it has alone; nothing else about
the order can be seen.

LLVM needs some 10 microseconds for an operation that becomes machine code of its own, and such code runs once from end
to end, so that fetching it takes longer than computing. A long unit gets a loop for each kind of operation instead
(`grouped`), the same for all units that have these kinds, and a list of what to do:

    a = x * y        level 1        *    2 times    first place of the values    places of x, y, x, b
    c = x * b        level 1
    z = a + c        level 2        +    1 time     first place                  places of a, c

Operations of one level need nothing of each other, so the processor works at several of a group at once. All values lie
in the frame: where the list is, the inputs, the constants, then the values in the order of the list.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lang.backend.native.primitives import JOINT
from lang.backend.native.straight import Key, Straight, Value

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LONG = 10_000
"""Operations from which a unit is long."""
HEAD = 3
"""Words of the list before a group's operands: kind, how many, first place."""
NAN = "nan"


@dataclass(eq=False)
class Groups:
    """A unit in groups.

    Attributes:
        kinds: what each number in the list means: a primitive, or a function that computes two values, with arity 0.
        list: the groups, then the results, then the end, in words of 32 bits.
        begin: the numbers that the frame begins with.
        size: how many numbers the frame has.
    """

    kinds: list[Key]
    list: Array
    begin: Array
    size: int


def groups(found: Straight) -> Groups:
    """The groups of a unit."""
    import numpy as np

    constants: dict[str, int] = {}
    flat, levels = _levels(found, constants)
    results = [_code(NAN if each is None else each, constants, found) for each in found.results]
    begin = np.array([0.0] * (1 + len(found.unit.inputs)) + [_number(each) for each in constants])

    pairs = np.array([pair for pair in found.joint.items() if pair[0] < pair[1]], dtype=np.int64).reshape(-1, 2)
    kinds, kind = _kinds(found, pairs)
    leads = np.ones(len(kind), dtype=bool)
    leads[pairs[:, 1]] = False
    order = np.flatnonzero(leads)
    order = order[np.lexsort((kind[order], levels[order]))]
    starts = _changes(levels[order], kind[order])
    counts = np.diff(starts, append=len(order))
    of = np.repeat(np.arange(len(starts)), counts)
    turns = np.arange(len(order)) - starts[of]

    room = counts * np.array([1 if arity else 2 for _, arity in kinds], dtype=np.int64)[kind[order[starts]]]
    firsts = len(begin) + np.cumsum(room) - room
    places = np.empty(len(kind), dtype=np.int64)
    places[order] = firsts[of] + turns
    _place_joint(found, places, np.repeat(counts, counts), order, pairs)
    size = len(begin) + int(room.sum())

    where = np.concatenate([places, np.arange(len(begin) - 1, 0, -1)])  # ~index stands at the end, counted backwards
    heads = np.stack([kind[order[starts]], counts, firsts], axis=1)
    arities = np.fromiter(map(len, found.operands), np.int64, len(kind))
    listed = _listed(heads, where[flat], arities, order, of, turns)
    end = [len(kinds), len(results), 0, *where[results], len(kinds) + 1]
    return Groups(kinds, np.concatenate([listed, np.array(end)]).astype(np.int32), begin, size)


def _levels(found: Straight, constants: dict[str, int]) -> tuple[Array, Array]:
    """The operands of all operations, one after another, each an operation or ~(its place behind the list's); the
    level of each operation."""
    import numpy as np

    inputs = len(found.unit.inputs)
    flat: list[int] = []
    levels: list[int] = []
    for given in found.operands:
        level = 0
        for each in given:
            if each.__class__ is str:
                each = ~(inputs + constants.setdefault(each, len(constants)))
            elif each >= 0 and levels[each] > level:  # type: ignore[operator, index]
                level = levels[each]  # type: ignore[index]
            flat.append(each)  # type: ignore[arg-type]
        levels.append(level + 1)
    return np.array(flat, dtype=np.int64), np.array(levels, dtype=np.int64)


def _code(value: Value, constants: dict[str, int], found: Straight) -> int:
    """A value as `_levels` gives it."""
    if isinstance(value, str):
        return ~(len(found.unit.inputs) + constants.setdefault(value, len(constants)))
    return value


def _number(text: str) -> float:
    """A constant's number, from its text in LLVM."""
    if text in ("true", "false", NAN):
        return {"true": 1.0, "false": 0.0}.get(text, float("nan"))
    value: float = struct.unpack(">d", bytes.fromhex(text[2:]))[0]
    return value


def _kinds(found: Straight, pairs: Array) -> tuple[list[Key], Array]:
    """The kinds of operations, and for each operation the number of its kind.

    Args:
        pairs: operations that are done together, two by two.
    """
    import numpy as np

    alone = set(found.keys)
    together = {key: (JOINT[key[0]].name, 0) for key in alone if key[0] in JOINT} if len(pairs) else {}
    kinds = sorted(alone.union(together.values()))
    numbers = {key: number for number, key in enumerate(kinds)}
    kind = np.fromiter(map(numbers.__getitem__, found.keys), np.int64, len(found.keys))
    joint = np.array([numbers[together.get(key, key)] for key in kinds], dtype=np.int64)
    kind[pairs] = joint[kind[pairs]]
    used = np.bincount(kind, minlength=len(kinds)) > 0
    return [key for key, there in zip(kinds, used, strict=True) if there], (np.cumsum(used) - 1)[kind]


def _changes(levels: Array, kinds: Array) -> Array:
    """Where a group begins."""
    import numpy as np

    changed = np.ones(len(levels), dtype=bool)
    changed[1:] = (levels[1:] != levels[:-1]) | (kinds[1:] != kinds[:-1])
    return np.flatnonzero(changed)


def _place_joint(found: Straight, places: Array, counts: Array, order: Array, pairs: Array) -> None:
    """Two values of one operation: the first ones of a group stand together, then the second ones."""
    import numpy as np

    if not len(pairs):
        return
    count = np.empty(len(places), dtype=np.int64)
    count[order] = counts
    first, behind = places[pairs[:, 0]], count[pairs[:, 0]]
    for each in pairs.T:
        second = np.array([JOINT[found.keys[index][0]].place for index in each.tolist()], dtype=np.int64)
        places[each] = first + second * behind


def _listed(heads: Array, operands: Array, arities: Array, order: Array, of: Array, turns: Array) -> Array:
    """The list of all groups.

    Args:
        heads: of each group its kind, how many operations it has, the first place.
        operands: the places of all operands, operation by operation.
        arities: how many each operation has.
        order: the operations, group by group; with `of` the group of each, and `turns` its number there.
    """
    import numpy as np

    widths = arities[order]
    sizes = HEAD + np.bincount(of, weights=widths, minlength=len(heads)).astype(np.int64)
    offsets = np.cumsum(sizes) - sizes
    listed = np.empty(int(sizes.sum()), dtype=np.int64)
    for word in range(HEAD):
        listed[offsets + word] = heads[:, word]
    to = offsets[of] + HEAD + turns * widths
    come = (np.cumsum(arities) - arities)[order]
    for place in range(int(widths.max(initial=0))):
        there = widths > place
        listed[to[there] + place] = operands[come[there] + place]
    return listed
