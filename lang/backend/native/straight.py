"""A unit without choices, loops and calls -> its values, numbered: what is computed from what, and where each is used.

Law: the steps keep their order and their operands; a name that is given several values is several values here, and a
copy is none. Nothing is left out but what cannot be seen: every operation is done, used or not, because it may fail.

A value is an operation's number; an input is ~index; a constant is its text in LLVM.

    x = ?; y = ?                    ~0, ~1
    a = x * y                       0: *   (~0, ~1)
    b = sin(x)                      1: sin (~0)
    z = a + b                       2: +   (0, 1)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from lang.backend.native.primitives import JOINT, hexadecimal
from lang.backend.native.shape import BOOLEAN, NUMBER
from lang.backend.unit import COMPILING, Unavailable, Unit
from lang.clock import watched
from lang.rules import Primitive
from lang.steps import form

Value = int | str
Key = tuple[str, int]
"""A primitive's name and arity; a comparison's operator with its kind, `("< number", 2)`."""
SILENT = (form.Define, form.Ask, form.Show)
NOT = ("not", 1)


@dataclass(eq=False)
class Straight:
    """A straight unit, understood.

    Attributes:
        keys: what each operation is.
        operands: the values it is computed from.
        results: the value of each result, None for one that has none (where the unit allows it).
        booleans: which values are true or false.
        unread: operations whose values only comparisons use, or nothing: whether they have one must be looked at.
        allowed: the functions of the C library that may be used to compute two functions of one number.
        joint: for a function that is computed together with another (`sin` with `cos`), the other operation.
    """

    unit: Unit
    keys: list[Key] = field(default_factory=list)
    operands: list[tuple[Value, ...]] = field(default_factory=list)
    results: list[Value | None] = field(default_factory=list)
    booleans: set[Value] = field(default_factory=set)
    unread: set[int] = field(default_factory=set)
    allowed: frozenset[str] = frozenset()
    joint: dict[int, int] = field(default_factory=dict)


def straight(unit: Unit, joint: frozenset[str] = frozenset()) -> Straight | None:
    """Understand a unit; None where it is not straight.

    Args:
        joint: the functions of the C library that may be used to compute two functions of one number.

    Raises:
        Unavailable: a name is used before it has a value, or an input gets none.
    """
    found = Straight(unit)
    names: dict[Any, Value] = {}
    if not number(found, unit.steps, names, {name: ~index for index, name in enumerate(unit.inputs)}):
        return None
    for name in unit.results:
        value = names.get(name)
        if value is None and not unit.optional:
            raise Unavailable(f"`{name}` has no value")
        found.results.append(value)
    found.allowed = joint
    return understood(found)


def number(found: Straight, steps: form.Block, names: dict[Any, Value], inputs: dict[str, Value]) -> bool:
    """Number the values of steps, on top of those that names have already; False where a step is not straight.

    Args:
        inputs: the values of the inputs that steps may ask for.
    """
    keys, operands, value_of = found.keys, found.operands, names.__getitem__
    known: dict[Primitive, Key] = {}
    for step in watched(steps, COMPILING):
        kind = step.__class__
        if kind is form.Operation:
            assert isinstance(step, form.Operation)
            try:
                operands.append(tuple(map(value_of, step.arguments)))
            except KeyError:
                operands.append(tuple([_value(each, names) for each in step.arguments]))
            names[step.target] = len(keys)
            key = known.get(step.primitive)
            if key is None:
                key = known[step.primitive] = (step.primitive.name, len(step.arguments))
            keys.append(key)
        elif kind is form.Copy:
            assert isinstance(step, form.Copy)
            names[step.target] = _value(step.source, names)
        elif not _other(found, step, names, inputs):
            return False
    return True


def understood(found: Straight) -> Straight:
    """Find what follows from the operations and the results."""
    _find_unread(found)
    _find_joint(found)
    return found


def _value(operand: form.Operand, names: dict[Any, Value]) -> Value:
    """The value of an operand. The text of a number is kept among the names, but for 0, which is like -0 and like
    false, and 1, like true."""
    if isinstance(operand, str):
        if operand not in names:
            raise Unavailable(f"`{operand}` is used before it has a value")
        return names[operand]
    if operand is True or operand is False:
        return "true" if operand else "false"
    text = hexadecimal(operand)
    if operand != 0.0 and operand != 1.0:
        names[operand] = text
    return text


def _other(found: Straight, step: form.Step, names: dict[Any, Value], inputs: dict[str, Value]) -> bool:
    """A step that is no operation or copy; False where it is not straight."""

    def value(operand: form.Operand) -> Value:
        return _value(operand, names)

    def boolean(key: Key, *given: Value) -> None:
        found.booleans.add(len(found.keys))
        names[target] = len(found.keys)
        found.keys.append(key)
        found.operands.append(given)

    target = getattr(step, "target", "")
    match step:
        case form.Input():
            if target not in inputs and step.default is None:
                raise Unavailable(f"nothing is given for the input `{target}`")
            names[target] = inputs[target] if target in inputs else value(step.default)  # type: ignore[arg-type]
        case form.Comparison():
            left, right = value(step.left), value(step.right)
            kinds = {_kind(found, left), _kind(found, right)}
            if len(kinds) > 1:
                raise Unavailable("a number is compared with true or false")
            boolean((f"{step.operator} {'number' if kinds == {NUMBER} else 'boolean'}", 2), left, right)
        case form.Negation():
            boolean(NOT, value(step.source))
        case form.Require():
            wanted = {"number": NUMBER, "boolean": BOOLEAN}.get(step.kind)
            if wanted not in (None, _kind(found, value(step.name))):
                raise Unavailable(f"`{step.name}` is not of the kind that is needed")
        case _:
            return isinstance(step, SILENT)
    return True


def _kind(found: Straight, value: Value) -> str:
    return BOOLEAN if value in found.booleans or value in ("true", "false") else NUMBER


def _find_unread(found: Straight) -> None:
    """An operation is certain to be done where another that is done uses its value."""
    compared = found.booleans
    done = [each for index, each in enumerate(found.operands) if index not in compared] if compared else found.operands
    read: set[Value | None] = {*found.results, *chain.from_iterable(done)}
    found.unread = {index for index in range(len(found.keys)) if index not in read and index not in compared}


def _find_joint(found: Straight) -> None:
    waiting: dict[tuple[str, Value], int] = {}
    among = {key for key in set(found.keys) if key[0] in JOINT and JOINT[key[0]].name in found.allowed}
    if not among:
        return
    for index in [index for index, key in enumerate(found.keys) if key in among]:
        if index in found.unread:
            continue
        name, value = found.keys[index][0], found.operands[index][0]
        before = waiting.pop((JOINT[name].other, value), None)
        if before is None:
            waiting[name, value] = index
        else:
            found.joint[before], found.joint[index] = index, before


@dataclass(eq=False)
class Stretches:
    """The stretches of a program: what runs from one call to the next, so that values can stay in registers.

    Attributes:
        start: the stretch in which each operation takes its operands.
        words: the word of memory where a value waits that another stretch uses; a word is used again later.
        size: how many words there are.
    """

    start: list[int]
    words: dict[Value, int] = field(default_factory=dict)
    size: int = 0


def stretches(found: Straight, ends: Sequence[bool], block: int) -> Stretches:
    """Find the stretches.

    Args:
        ends: which operations end one, having taken their operands. Their own value belongs to the next.
        block: one ends after so many operations in any case.
    """
    start: list[int] = []
    given: dict[Value, int] = {~index: -1 for index in range(len(found.unit.inputs))}
    last: dict[Value, int] = {}
    words = dict.fromkeys(given)
    now = 0
    for index, operands in enumerate(found.operands):
        now += not index % block
        start.append(now)
        if found.joint.get(index, index) >= index:
            for each in operands:
                if each.__class__ is not str:
                    last[each] = index
                    if given[each] != now:
                        words[each] = None
            now += ends[index]
            given[index] = given[found.joint.get(index, index)] = now
    return _placed(Stretches(start), found, last, words)


def _placed(made: Stretches, found: Straight, last: Mapping[Value, int], waiting: Iterable[Value]) -> Stretches:
    """Give each value that waits a word, from where it is computed to its last use."""
    coming: dict[int, list[Value]] = {}
    leaving: dict[int, list[Value]] = {}
    for value in waiting:
        if value in last:
            first = min(value, found.joint.get(value, value)) if isinstance(value, int) and value >= 0 else -1
            coming.setdefault(first, []).append(value)
            leaving.setdefault(last[value], []).append(value)
    free: list[int] = []
    for index in range(-1, len(found.keys)):
        free.extend(made.words[value] for value in leaving.get(index, ()))
        for value in coming.get(index, ()):
            if not free:
                free.append(made.size)
                made.size += 1
            made.words[value] = free.pop()
    return made


def readers(values: Iterable[Value | None]) -> dict[Value, list[int]]:
    """Which results have each value."""
    found: dict[Value, list[int]] = {}
    for index, each in enumerate(values):
        if each is not None:
            found.setdefault(each, []).append(index)
    return found
