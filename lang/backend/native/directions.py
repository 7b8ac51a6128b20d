"""A straight unit with seeds -> LLVM text that answers for all directions at once: a table of derivatives.

Law: each direction has one seed that is 1, the others are 0, and its results have the bits they have alone.

Where a program of `forward` moves its inputs by seeds, what does not depend on a seed is the same in every direction
and is computed once, by the scalar code. What depends on one is linear in the seeds, so it is sums and products only;
it is computed for `WIDE` directions together, in the lanes of a vector.

    w = 2 * x          once, spread over the lanes
    dz = w * dx        <dz along x, dz along y, ...> = <w, w, ...> * <1, 0, ...>

Where no result depends on two of some directions, they are computed as one (see `colours`).

Source: Griewank & Walther, Evaluating Derivatives, chapter 3.2 (vector forward mode).
"""

from __future__ import annotations

from lang.backend.native.around import around
from lang.backend.native.colours import Colours, colours
from lang.backend.native.lines import ODD, scalar
from lang.backend.native.module import Module
from lang.backend.native.primitives import ARITHMETIC
from lang.backend.native.straight import Straight, Value, understood
from lang.backend.native.writer import DONE, STACKS, WHOLE

WIDE = 4
"""Directions in one vector."""
MOST = 20_000
"""Operations on vectors, all in one function."""
VECTOR = f"<{WIDE} x double>"
ONE = {**ARITHMETIC, ("-", 1): "fneg"}


def directions(found: Straight, ieee: bool) -> Module | None:
    """The module of a unit with seeds: its results are a table.

    It has a row for each result, `stride` directions in a row; where directions are computed as one, a row for each
    direction, and numbers that are 0 for certain are left as they are.

    None where something that depends on a seed is no sum or product, or there is too much of it.
    """
    unit = found.unit
    plain = len(unit.inputs) - unit.seeds
    moving: set[Value] = {~index for index in range(plain, len(unit.inputs))}
    for index, operands in enumerate(found.operands):
        if not moving.isdisjoint(operands):
            if found.keys[index] not in ONE:
                return None
            moving.add(index)
    if len(moving) > MOST or None in found.results:
        return None
    once = _Once(found, moving)
    shared = colours(found, moving, plain)
    count = unit.seeds if shared is None else shared.width
    text = _together(found, moving, once, plain, shared)
    truths = tuple(each in found.booleans or each in ("true", "false") for each in found.results)
    module = Module(unit, ieee, truths, directions=count, stride=_stride(count), shared=shared is not None)
    module.words, module.operations = STACKS, len(unit.steps)
    before = scalar(module, once.straight(), "once")
    places = len(once.places)
    module.seeds = places * (1 + WIDE)
    dense = module.seeds + WIDE * (2 * count + WIDE)
    inner = dense + (0 if shared is None else len(found.results) * module.stride)
    module.frame += inner
    ending = "" if shared is None else "call void @scatter(ptr %table, ptr %out)"
    table = "%out" if shared is None else "%dense"
    main = _MAIN.format(WHOLE=WHOLE, DONE=DONE, PLACES=places, SEEDS=module.seeds, DENSE=dense, INNER=inner,
                        WIDE=WIDE, VECTOR=VECTOR, DIRECTIONS=count, TABLE=table, ENDING=ending)  # fmt: skip
    texts = [*ODD, before, text, _SPREAD.format(VECTOR=VECTOR, WIDE=WIDE), main]
    module.text = around(module, texts if shared is None else [*texts, _scatter(shared, len(found.results))])
    return module


def _stride(count: int) -> int:
    return -(-count // WIDE) * WIDE


class _Once:
    """What is computed once: operations that depend on no seed, numbered anew.

    Attributes:
        places: for each of their values that the others use, where it lies.
    """

    def __init__(self, found: Straight, moving: set[Value]) -> None:
        self.found = found
        kept = [index for index in range(len(found.keys)) if index not in moving]
        self.number: dict[Value, Value] = {old: new for new, old in enumerate(kept)}
        self.kept = kept
        self.places: dict[Value, int] = {}

    def place(self, value: Value) -> int:
        """Where a value lies for the others."""
        return self.places.setdefault(value, len(self.places))

    def straight(self) -> Straight:
        """Them as a unit of their own, whose results are the values that the others use."""
        found, number = self.found, self.number
        return understood(
            Straight(
                found.unit,
                [found.keys[index] for index in self.kept],
                [tuple([number.get(each, each) for each in found.operands[index]]) for index in self.kept],
                [number.get(each, each) for each in self.places],
                {number[each] for each in found.booleans if each in number},
                allowed=found.allowed,
            )
        )


def _together(found: Straight, moving: set[Value], once: _Once, plain: int, shared: Colours | None) -> str:
    """The function of what depends on seeds."""
    out = ["define internal void @together(ptr %places, ptr %seeds, ptr %out) noinline nounwind {\nentry:"]
    known: dict[Value, str] = {}
    number = 0
    ready = "<" + ", ".join(["double {0}"] * WIDE) + ">"

    def read(value: Value) -> str:
        nonlocal number
        if isinstance(value, str):
            return ready.format(value)
        if value in known:
            return known[value]
        room, at = ("places", once.place(value)) if value not in moving else ("seeds", ~value - plain)
        at = shared.lanes[at] if shared is not None and room == "seeds" else at
        out.append(f"getelementptr {VECTOR}, ptr %{room}, i64 {at}\nload {VECTOR}, ptr %{number}, align 8")
        number += 2
        name = f"%{number - 1}"
        if value in moving:
            known[value] = name
        return name

    for index, operands in enumerate(found.operands):
        if index in moving:
            given = ", ".join([read(each) for each in operands])
            out.append(f"{ONE[found.keys[index]]} {VECTOR} {given}")
            known[index] = f"%{number}"
            number += 1
    stride = _stride(found.unit.seeds if shared is None else shared.width)
    for index, value in enumerate(found.results):
        assert value is not None
        name = read(value)
        out.append(
            f"getelementptr double, ptr %out, i64 {index * stride}\nstore {VECTOR} {name}, ptr %{number}, align 8"
        )
        number += 1
    return "\n".join([*out, "ret void\n}"])


def _scatter(shared: Colours, results: int) -> str:
    """The function that puts each number of a shared lane where it belongs in the table."""
    stride = _stride(shared.width)
    given = [(at * stride + shared.lanes[seed], seed * results + at) for seed, at in shared.filled]
    known = [", ".join([f"i32 {each[side]}" for each in given]) for side in (0, 1)]
    return _SCATTER.format(COUNT=len(given), FROM=known[0], TO=known[1])


_SCATTER = """\
@from = internal constant [{COUNT} x i32] [{FROM}]
@to = internal constant [{COUNT} x i32] [{TO}]
define internal void @scatter(ptr %table, ptr %out) noinline nounwind {{
entry:
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %after, %go ]
  %left = icmp ult i64 %index, {COUNT}
  br i1 %left, label %go, label %end
go:
  %from = getelementptr i32, ptr @from, i64 %index
  %here = load i32, ptr %from
  %source = getelementptr double, ptr %table, i32 %here
  %value = load double, ptr %source
  %to = getelementptr i32, ptr @to, i64 %index
  %there = load i32, ptr %to
  %place = getelementptr double, ptr %out, i32 %there
  store double %value, ptr %place
  %after = add i64 %index, 1
  br label %next
end:
  ret void
}}"""

_SPREAD = """\
define internal void @spread(ptr %from, ptr %to, i64 %count) noinline nounwind {{
entry:
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %after, %go ]
  %left = icmp ult i64 %index, %count
  br i1 %left, label %go, label %end
go:
  %one = getelementptr double, ptr %from, i64 %index
  %value = load double, ptr %one
  %first = insertelement {VECTOR} poison, double %value, i32 0
  %all = shufflevector {VECTOR} %first, {VECTOR} poison, <{WIDE} x i32> zeroinitializer
  %place = getelementptr {VECTOR}, ptr %to, i64 %index
  store {VECTOR} %all, ptr %place, align 8
  %after = add i64 %index, 1
  br label %next
end:
  ret void
}}"""
"""Values of the scalar code into all lanes."""

_MAIN = """\
define internal i32 @ad_main({WHOLE}) noinline nounwind {{
entry:
  %places = getelementptr double, ptr %frame, i64 {PLACES}
  %seeds = getelementptr double, ptr %frame, i64 {SEEDS}
  %dense = getelementptr double, ptr %frame, i64 {DENSE}
  %table = getelementptr double, ptr {TABLE}, i64 0
  %inner = getelementptr double, ptr %frame, i64 {INNER}
  %status = call i32 @once(ptr %run, ptr %in, ptr %frame, ptr %inner)
  call void @spread(ptr %frame, ptr %places, i64 {PLACES})
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %after, %go ]
  %before = phi i64 [ {DIRECTIONS}, %entry ], [ %less, %go ]
  %left = icmp ult i64 %index, {DIRECTIONS}
  br i1 %left, label %go, label %end
go:
  %mine = getelementptr {VECTOR}, ptr %seeds, i64 %before
  %columns = getelementptr double, ptr %table, i64 %index
  call void @together(ptr %places, ptr %mine, ptr %columns)
  %after = add i64 %index, {WIDE}
  %less = sub i64 %before, {WIDE}
  br label %next
end:
  {ENDING}
  ret i32 {DONE}
}}"""
"""All directions. The seeds of those from `index` on are a window of `seeds`: the unit vectors stand in its middle."""


def seeds(count: int) -> list[float]:
    """What stands in the frame at `Module.seeds`: zeros, `WIDE` unit vectors, zeros."""
    unit = [float(row == lane) for row in range(WIDE) for lane in range(WIDE)]
    return [0.0] * (WIDE * count) + unit + [0.0] * (WIDE * count)
