"""A record -> the paths from one node to another, and the largest of them, in time linear in the graph.

Law: Bauer's path formula: a derivative is the sum over all paths, and a path is worth the product of the partials on
its edges. All paths are never listed; each node keeps its few best ways from the start. That is enough, for the size of
a product grows with the size of any of its parts, so the best ways to a node go on from best ways to its operands.

Source: Bauer, "Computational graphs and rounding error", SIAM Journal on Numerical Analysis 11 (1974); Griewank and
Walther, "Evaluating Derivatives" (2008), chapter 9.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from lang.clock import watched
from lang.evaluate.record import Node

FEW, MANY, LARGE = 12, 3, 50_000
"""How many paths are followed, and how many in a graph of more than `LARGE` nodes."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the graph: its edges as (node, which of its edges), from the start, and their product."""

    edges: tuple[tuple[int, int], ...]
    factors: tuple[float, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths between two nodes.

    Attributes:
        count: how many there are; a float, for there may be more than any number of digits could say.
        best: the largest, in order of size; all where there are few.
    """

    count: float
    best: tuple[Path, ...]


FOLLOWING = "following the paths"
Way = tuple[float, float, int, int]
"""A way to a node: its product's size, its product, its edge (-1 at the start), its rank at that operand."""


def readers(nodes: Sequence[Node], end: int) -> list[list[int]]:
    """For each node up to the last, those that read it: for whoever asks for paths from many."""
    found: list[list[int]] = [[] for _ in range(end + 1)]
    for node in watched(nodes[: end + 1], FOLLOWING):
        for operand, _ in node.edges:
            found[operand].append(node.index)
    return found


def _behind(start: int, known: Sequence[Sequence[int]]) -> list[int]:
    """The nodes with known readers that depend on one, in order."""
    seen: set[int] = set()
    pending = [start] if start < len(known) else []
    while pending:
        new = [each for each in known[pending.pop()] if each not in seen]
        seen.update(new)
        pending.extend(new)
    return sorted(seen)


def paths(nodes: Sequence[Node], start: int, end: int, known: Sequence[Sequence[int]] | None = None) -> Paths:
    """The paths from one node to another, each a product of partials.

    Args:
        known: the readers of each node, where they are known.
    """
    behind = nodes[start + 1 : end + 1] if known is None else [nodes[each] for each in _behind(start, known)]
    most = FEW if end - start <= LARGE else MANY
    counts: dict[int, float] = {start: 1.0}
    ways: dict[int, list[Way]] = {start: [(1.0, 1.0, -1, 0)]}
    for node in watched(behind, FOLLOWING):
        found: list[Way] = []
        count = 0.0
        for at, (operand, partial) in enumerate(node.edges):
            if operand in ways:
                count += counts[operand]
                for rank, way in enumerate(ways[operand]):
                    product = way[1] * partial
                    found.append((_size(product), product, at, rank))
        if found:
            counts[node.index] = count
            ways[node.index] = found if len(found) == 1 else nlargest(most, found, key=lambda way: way[0])
    if end not in ways:
        return Paths(0.0, ())
    best = tuple(_followed(nodes, ways, end, rank) for rank in range(len(ways[end])))
    return Paths(counts[end], best)


def _size(product: float) -> float:
    return math.inf if product != product else abs(product)


def _followed(nodes: Sequence[Node], ways: dict[int, list[Way]], end: int, rank: int) -> Path:
    """The edges of a way, from its start."""
    product = ways[end][rank][1]
    edges: list[tuple[int, int]] = []
    at = end
    while True:
        _, _, edge, rank = ways[at][rank]
        if edge < 0:
            break
        edges.append((at, edge))
        at = nodes[at].edges[edge][0]
    edges.reverse()
    return Path(tuple(edges), tuple(nodes[node].edges[edge][1] for node, edge in edges), product)
