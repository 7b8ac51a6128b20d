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

from lang.backend.primitives import JOINT, hexadecimal
from lang.backend.shape import BOOLEAN, NUMBER
from lang.backend.unit import Unavailable, Unit
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
    names: dict[str, Value] = {}
    inputs = {name: ~index for index, name in enumerate(unit.inputs)}
    keys, operands = found.keys, found.operands
    known: dict[Primitive, Key] = {}
    constants: dict[float, str] = {}
    for step in unit.steps:
        kind = step.__class__
        if kind is form.Operation:
            assert isinstance(step, form.Operation)
            given = step.arguments
            try:
                values = tuple(
                    [
                        names[each] if isinstance(each, str) else constants.get(each) or _constant(each, constants)
                        for each in given
                    ]
                )
            except KeyError as missing:
                raise _no_value(missing) from None
            names[step.target] = len(keys)
            key = known.get(step.primitive)
            if key is None:
                key = known[step.primitive] = (step.primitive.name, len(given))
            keys.append(key)
            operands.append(values)
        elif not _other(found, step, names, inputs):
            return None
    for name in unit.results:
        value = names.get(name)
        if value is None and not unit.optional:
            raise Unavailable(f"`{name}` has no value")
        found.results.append(value)
    found.allowed = joint
    return understood(found)


def understood(found: Straight) -> Straight:
    """Find what follows from the operations and the results."""
    _find_unread(found)
    _find_joint(found)
    return found


def _no_value(missing: KeyError) -> Unavailable:
    return Unavailable(f"`{missing.args[0]}` is used before it has a value")


def _other(found: Straight, step: form.Step, names: dict[str, Value], inputs: dict[str, int]) -> bool:
    """A step that is no operation; False where it is not straight."""

    def value(operand: form.Operand) -> Value:
        if isinstance(operand, bool):
            return "true" if operand else "false"
        if not isinstance(operand, str):
            return hexadecimal(operand)
        if operand not in names:
            raise _no_value(KeyError(operand))
        return names[operand]

    def boolean(key: Key, *given: Value) -> None:
        found.booleans.add(len(found.keys))
        names[target] = len(found.keys)
        found.keys.append(key)
        found.operands.append(given)

    target = getattr(step, "target", "")
    match step:
        case form.Copy():
            names[target] = value(step.source)
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


def _constant(operand: float | bool, known: dict[float, str]) -> str:
    """A constant's text; those of numbers are kept, but for 0, which is like -0 and like false, and 1, like true."""
    if operand is True or operand is False:
        return "true" if operand else "false"
    text = hexadecimal(operand)
    if operand != 0.0 and operand != 1.0:
        known[operand] = text
    return text


def _kind(found: Straight, value: Value) -> str:
    return BOOLEAN if value in found.booleans or value in ("true", "false") else NUMBER


def _find_unread(found: Straight) -> None:
    """An operation is certain to be done where another that is done uses its value."""
    compared = found.booleans
    read: set[Value | None] = set(found.results)
    for index, given in enumerate(found.operands):
        if index not in compared:
            read.update(given)
    found.unread = set(range(len(found.keys))).difference(read, compared)


def _find_joint(found: Straight) -> None:
    waiting: dict[tuple[str, Value], int] = {}
    for index, (key, given) in enumerate(zip(found.keys, found.operands, strict=True)):
        other = JOINT.get(key[0])
        if other is None or other.name not in found.allowed or index in found.unread:
            continue
        before = waiting.pop((other.other, given[0]), None)
        if before is None:
            waiting[key[0], given[0]] = index
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
