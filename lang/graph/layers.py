"""Boxes and edges -> places for a picture: rows, the order in each row, and middles of boxes.

Law: a box stands below everything it is computed from; an edge that passes rows gets a bend in each. The same graph
always gets the same picture.

Rows by longest path; few crossings by sweeping means down and up, keeping the best order; then each box is drawn
towards the middle of its neighbours, as far as those beside it allow.

Source: Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures", IEEE
Transactions on Systems, Man, and Cybernetics 11 (1981); Gansner, Koutsofios, North and Vo, "A technique for drawing
directed graphs", IEEE Transactions on Software Engineering 19 (1993).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lang.clock import watched

SWEEPS = 12


@dataclass(frozen=True)
class Layout:
    """Where everything stands.

    Attributes:
        centers: the middle of each box, by its index.
        rows: the row of each box, from 0.
        bends: for each edge the middles of the rows it passes, from start to end.
        width: of the whole picture.
        depth: how many rows there are.
    """

    centers: tuple[float, ...]
    rows: tuple[int, ...]
    bends: tuple[tuple[float, ...], ...]
    width: float
    depth: int


def layout(widths: Sequence[float], edges: Sequence[tuple[int, int]], gap: float, lane: float) -> Layout:
    """Place boxes.

    Args:
        widths: of each box.
        edges: (start, end) with start < end, no pair twice.
        gap: between boxes of a row.
        lane: the width kept free for an edge that passes a row.
    """
    rows = _rows(len(widths), edges)
    sizes = list(widths)
    where = list(rows)
    chains: list[list[int]] = []
    links: list[tuple[int, int]] = []
    for start, end in edges:
        chain = [start]
        for row in range(rows[start] + 1, rows[end]):
            sizes.append(lane)
            where.append(row)
            chain.append(len(sizes) - 1)
        chain.append(end)
        chains.append(chain)
        links += pairwise(chain)
    above: list[list[int]] = [[] for _ in sizes]
    below: list[list[int]] = [[] for _ in sizes]
    for start, end in links:
        below[start].append(end)
        above[end].append(start)
    order = _order(where, above, below)
    centers = _centers(order, sizes, above, below, gap, len(widths))
    least = min((at - size / 2 for at, size in zip(centers, sizes, strict=True)), default=0.0)
    most = max((at + size / 2 for at, size in zip(centers, sizes, strict=True)), default=0.0)
    moved = [at - least for at in centers]
    bends = tuple(tuple(moved[each] for each in chain[1:-1]) for chain in chains)
    return Layout(tuple(moved[: len(widths)]), tuple(rows), bends, most - least, len(order))


def _rows(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Longest paths from above; what has nothing above it stands just above its first reader."""
    rows = [0] * count
    for start, end in sorted(edges, key=lambda edge: edge[1]):
        rows[end] = max(rows[end], rows[start] + 1)
    fed = {end for _, end in edges}
    first: dict[int, int] = {}
    for start, end in edges:
        first[start] = min(first.get(start, rows[end]), rows[end])
    return [row if at in fed or at not in first else first[at] - 1 for at, row in enumerate(rows)]


def _order(where: Sequence[int], above: Sequence[list[int]], below: Sequence[list[int]]) -> list[list[int]]:
    order: list[list[int]] = [[] for _ in range(max(where, default=-1) + 1)]
    for each, row in enumerate(where):
        order[row].append(each)
    best, crossings = [list(row) for row in order], _crossings(order, below)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = above if down else below
        place = {each: at for whole in order for at, each in enumerate(whole)}
        for line in watched(order if down else order[::-1], "placing the boxes"):
            weights = {each: _mean([place[one] for one in neighbours[each]], place[each]) for each in line}
            line.sort(key=weights.__getitem__)
            place.update((each, at) for at, each in enumerate(line))
        found = _crossings(order, below)
        if found < crossings:
            best, crossings = [list(row) for row in order], found
        if not crossings:
            break
    return best


def _mean(places: list[int], otherwise: float) -> float:
    if not places:
        return otherwise
    return sum(places) / len(places)


def _crossings(order: Sequence[Sequence[int]], below: Sequence[list[int]]) -> int:
    count = 0
    for upper, lower in pairwise(order):
        place = {each: at for at, each in enumerate(lower)}
        seen: list[int] = []
        for each in upper:
            ends = sorted(place[end] for end in below[each])
            count += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def _centers(
    order: Sequence[Sequence[int]],
    sizes: Sequence[float],
    above: Sequence[list[int]],
    below: Sequence[list[int]],
    gap: float,
    boxes: int,
) -> list[float]:
    at = [0.0] * len(sizes)
    for row in order:
        _packed(row, [0.0] * len(row), sizes, gap, at)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in watched(order if down else order[::-1], "placing the boxes"):
            wishes = []
            for each in row:
                near = [*above[each], *below[each]] if sweep > SWEEPS // 2 else (above if down else below)[each]
                straight = [one for one in near if each >= boxes and one >= boxes]
                near = straight or near
                wishes.append(sum(at[one] for one in near) / len(near) if near else at[each])
            _packed(row, wishes, sizes, gap, at)
    return at


def _packed(row: Sequence[int], wishes: Sequence[float], sizes: Sequence[float], gap: float, at: list[float]) -> None:
    """Place a row as near to its wishes as its order and gaps allow: least squares, by pooling what would overlap."""
    offsets: list[float] = []
    edge = 0.0
    for number, each in enumerate(row):
        edge += (sizes[each] / 2 + gap) if number else 0.0
        offsets.append(edge)
        edge += sizes[each] / 2
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        mean, size = wish - offset, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean = (before * count + mean * size) / (count + size)
            size += count
        pools.append((mean, size))
    number = 0
    for mean, size in pools:
        for _ in range(size):
            at[row[number]] = mean + offsets[number]
            number += 1
