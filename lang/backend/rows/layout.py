"""Rows in memory <-> columns in registers.

Law: as few moves as there can be, for they cost as much as arithmetic does. Where the number of columns is a power of
two, whole registers are read and taken apart, evens and odds, again and again:

    a0 b0 a1 b1 | a2 b2 a3 b3    ->    a0 a1 a2 a3 | b0 b1 b2 b3

Else two columns are taken at a time:

    row 0: a0 b0 ..    row 1: a1 b1 ..      registers  a0 b0 a2 b2  and  a1 b1 a3 b3
    row 2: a2 b2 ..    row 3: a3 b3 ..      columns    a0 a1 a2 a3  and  b0 b1 b2 b3
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.backend.rows.line import on_lanes
from lang.backend.rows.writer import LaneWriter

AHEAD, LINE = 2048, 64
"""Bytes between what is worked at and what is fetched; bytes of a line of the cache."""


def load_columns(writer: LaneWriter, count: int) -> list[str]:
    """The inputs of a group, from columns that lie `%step` bytes apart."""
    first = writer.plain("getelementptr double, ptr %in, i64 %i")
    out = []
    for index in range(count):
        place = _place(writer, first, writer.plain(f"mul i64 %step, {index}"))
        out.append(writer.value(f"load double, ptr {place}, align 8"))
    return out


def load_rows(writer: LaneWriter, count: int) -> list[str]:
    """The inputs of a group, from rows that follow each other."""
    lanes = writer.lanes
    first = _place(writer, "%in", writer.plain(f"mul i64 %i, {8 * count}"))
    if count in (1, 2, 4, 8):
        places = [_place(writer, first, str(8 * lanes * each)) for each in range(count)]
        return _apart(writer, [writer.value(f"load double, ptr {each}, align 8") for each in places])
    out: list[str] = []
    for at in range(0, count - 1, 2):
        pairs = [writer.plain(f"load <2 x double>, ptr {_place(writer, first, str(8 * (row * count + at)))}, align 8")
                 for row in range(lanes)]  # fmt: skip
        out += _woven(writer, _joined(writer, pairs[0::2]), _joined(writer, pairs[1::2]))
    if count % 2:
        whole = "undef"
        for row in range(lanes):
            place = _place(writer, first, str(8 * (row * count + count - 1)))
            number = writer.plain(f"load double, ptr {place}, align 8")
            whole = writer.plain(f"insertelement <{lanes} x double> {whole}, double {number}, i64 {row}")
        out.append(whole)
    return out


def store(writer: LaneWriter, results: list[str]) -> None:
    """The results of a group: the first by itself, the others in rows that follow each other."""
    place = writer.plain("getelementptr double, ptr %values, i64 %i")
    writer.add(on_lanes(f"store double {results[0]}, ptr {place}, align 8", writer.lanes))
    # a constant becomes a register
    others = [writer.value(f"select i1 true, double {each}, double {each}") for each in results[1:]]
    if not others:
        return
    first = _place(writer, "%slopes", writer.plain(f"mul i64 %i, {8 * len(others)}"))
    if len(others) in (1, 2, 4, 8):
        for at, each in enumerate(_together(writer, others)):
            place = _place(writer, first, str(8 * writer.lanes * at))
            writer.add(on_lanes(f"store double {each}, ptr {place}, align 8", writer.lanes))
    else:
        _store_pairs(writer, first, others)


def _store_pairs(writer: LaneWriter, first: str, columns: list[str]) -> None:
    lanes, count = writer.lanes, len(columns)
    for at in range(0, count - 1, 2):
        for start, pairs in enumerate(_woven(writer, columns[at], columns[at + 1])):
            for row in range(start, lanes, 2):
                pair = writer.plain(f"shufflevector <{lanes} x double> {pairs}, <{lanes} x double> undef, "
                                    f"<2 x i32> {_mask((row - start, row - start + 1))}")  # fmt: skip
                place = _place(writer, first, str(8 * (row * count + at)))
                writer.add(f"store <2 x double> {pair}, ptr {place}, align 8")
    if count % 2:
        for row in range(lanes):
            number = writer.plain(f"extractelement <{lanes} x double> {columns[-1]}, i64 {row}")
            place = _place(writer, first, str(8 * (row * count + count - 1)))
            writer.add(f"store double {number}, ptr {place}, align 8")


def ahead(writer: LaneWriter, inputs: int, others: int, columns: bool) -> None:
    """Have the cache fetch what a later group reads and writes: processors foresee reads well, but hardly writes."""
    group = 8 * writer.lanes
    streams = [("%values", 1)]
    if others:
        streams.append(("%slopes", others))
    if not columns:
        streams.append(("%in", inputs))
    for base, count in streams:
        later = -(-AHEAD // (group * count)) * group * count
        first = _place(writer, base, writer.plain(f"add i64 {writer.plain(f'mul i64 %i, {8 * count}')}, {later}"))
        for line in range(0, group * count, LINE):
            place = _place(writer, first, str(line))
            writer.add(f"call void @llvm.prefetch.p0(ptr {place}, i32 {int(base != '%in')}, i32 3, i32 1)")


# --- moves ----------------------------------------------------------------------------------------------------------


def _place(writer: LaneWriter, base: str, offset: str) -> str:
    return writer.plain(f"getelementptr i8, ptr {base}, i64 {offset}")


def _mask(places: Iterable[int]) -> str:
    return "<" + ", ".join(f"i32 {each}" for each in places) + ">"


def _pick(writer: LaneWriter, one: str, two: str, places: list[int]) -> str:
    """Elements of two registers as one; those of the second count on from the first's."""
    kind, lanes = f"<{writer.lanes} x double>", writer.lanes
    return writer.plain(f"shufflevector {kind} {one}, {kind} {two}, <{lanes} x i32> {_mask(places)}")


def _apart(writer: LaneWriter, registers: list[str]) -> list[str]:
    """Rows that fill registers -> columns."""
    if len(registers) == 1:
        return registers
    pairs, places = list(zip(registers[::2], registers[1::2], strict=True)), range(0, 2 * writer.lanes, 2)
    evens = _apart(writer, [_pick(writer, one, two, list(places)) for one, two in pairs])
    odds = _apart(writer, [_pick(writer, one, two, [each + 1 for each in places]) for one, two in pairs])
    return [each for both in zip(evens, odds, strict=True) for each in both]


def _together(writer: LaneWriter, columns: list[str]) -> list[str]:
    """Columns -> rows that fill registers."""
    if len(columns) == 1:
        return columns
    half, lanes = writer.lanes // 2, writer.lanes
    first, second = ([at for each in range(half) for at in (start + each, lanes + start + each)] for start in (0, half))
    pairs = zip(_together(writer, columns[::2]), _together(writer, columns[1::2]), strict=True)
    return [_pick(writer, even, odd, places) for even, odd in pairs for places in (first, second)]


def _joined(writer: LaneWriter, parts: list[str]) -> str:
    """Pairs as one register."""
    size = 2
    while len(parts) > 1:
        kind = f"<{size} x double>"
        parts = [writer.plain(f"shufflevector {kind} {one}, {kind} {two}, <{2 * size} x i32> {_mask(range(2 * size))}")
                 for one, two in zip(parts[::2], parts[1::2], strict=True)]  # fmt: skip
        size *= 2
    return parts[0]


def _woven(writer: LaneWriter, one: str, two: str) -> list[str]:
    """a0 b0 a2 b2 and a1 b1 a3 b3 -> a0 a1 a2 a3 and b0 b1 b2 b3; the way back is the same."""
    lanes = writer.lanes
    return [_pick(writer, one, two, [each for at in range(0, lanes, 2) for each in (at + start, at + start + lanes)])
            for start in (0, 1)]  # fmt: skip
