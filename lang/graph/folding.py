"""Steps of a run in order -> groups, each to be one box: alone, or what repeats folded until few enough are left.

Law: a group is a run of consecutive steps, so a graph of groups has no cycles. Inputs and the result are never folded.

The least is folded that helps: first the values without names into their statement, then calls and turns of loops from
the innermost outwards (of a long loop the turns between the first and the last ones first), and at last any neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from lang.clock import watched
from lang.evaluate.course import Context
from lang.evaluate.record import INPUT, Node

SHOWN_TURNS = 2
"""How many turns at the beginning of a folded loop, and half as many at its end, keep boxes of their own."""
LONG_LOOP = 8
"""Loops of at most so many turns show them all."""


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that are one box; `text` says what they are, empty for a single statement."""

    nodes: tuple[Node, ...]
    text: str = ""


Key = Callable[[int], tuple[Hashable, str]]
Around = Callable[[Node], Context | None]


def fold(nodes: Sequence[Node], end: int, most: int) -> list[Group]:
    """Groups of the nodes, at most about so many.

    Args:
        nodes: in order.
        end: the index of the result.
        most: how many groups are wanted; inputs come on top where they alone are more.
    """
    key: Key | None = None
    for key in _keys(nodes):
        groups = _grouped(nodes, end, key, most)
        if len(groups) <= most:
            return groups
    assert key is not None
    return _neighbours(_grouped(nodes, end, key, len(nodes)), end, most)


def _keys(nodes: Sequence[Node]) -> Iterator[Key]:
    """Ways to group, from none to many."""
    yield lambda at: (at, "")
    statements = _statements(nodes)
    yield lambda at: (("statement", statements[at]), "")
    depth = max((_depth(node.context) for node in nodes), default=0)
    totals = _totals(nodes)
    for level in range(depth - 1, -1, -1):
        around = _around(level)
        yield lambda at, around=around: _middle(around(nodes[at]), at, totals)  # type: ignore[misc]
        yield lambda at, around=around: _middle(around(nodes[at]), statements[at], totals)  # type: ignore[misc]
        yield lambda at, around=around: _inside(around(nodes[at]), statements[at], totals)  # type: ignore[misc]


def _statements(nodes: Sequence[Node]) -> list[int]:
    """For each node the one that ends its statement: values without names go with the next name."""
    ends = [0] * len(nodes)
    last: dict[Context | None, int] = {}
    for at in range(len(nodes) - 1, -1, -1):
        node = nodes[at]
        if not node.temporary or node.context not in last:
            last[node.context] = at
        ends[at] = last[node.context]
    return ends


def _depth(context: Context | None) -> int:
    return 0 if context is None else context.depth + 1


def _around(level: int) -> Around:
    """What tells the call or turn at a depth that a node was made in; of each context it is found out once."""
    known: dict[Context | None, Context | None] = {None: None}

    def around(node: Node) -> Context | None:
        context, passed = node.context, []
        while context not in known:
            assert context is not None
            if context.depth <= level:
                known[context] = context if context.depth == level else None
            else:
                passed.append(context)
                context = context.outer
        found = known[context]
        known.update(dict.fromkeys(passed, found))
        return found

    return around


def _totals(nodes: Sequence[Node]) -> dict[Hashable, int]:
    """How many turns each loop made, by the loop and what is around it."""
    totals: dict[Hashable, int] = {}
    seen: set[Context] = set()
    for node in nodes:
        context = node.context
        while context is not None and context not in seen:
            seen.add(context)
            if context.kind == "turn":
                key = (context.step, context.outer)
                totals[key] = max(totals.get(key, 0), context.number + 1)
            context = context.outer
    return totals


def _middle(context: Context | None, statement: int, totals: dict[Hashable, int]) -> tuple[Hashable, str]:
    """Long loops show their first and last turns in full."""
    if context is not None and context.kind == "turn":
        loop = (context.step, context.outer)
        count = totals[loop]
        last = SHOWN_TURNS // 2
        if count > LONG_LOOP and SHOWN_TURNS <= context.number < count - last:
            return ("turns", *loop), f"{count - SHOWN_TURNS - last:,} more turns"
    return ("statement", statement), ""


def _inside(context: Context | None, statement: int, totals: dict[Hashable, int]) -> tuple[Hashable, str]:
    """Calls and turns are one box each."""
    folded = _middle(context, statement, totals)
    return folded if context is None or folded[1] else (context, context.text)


def _grouped(nodes: Sequence[Node], end: int, key: Key, most: int) -> list[Group]:
    """The groups that a key makes; where they are more than `most`, only so many as to see it."""
    groups: list[Group] = []
    pending: list[Node] = []
    open_: tuple[Hashable, str] | None = None

    def close() -> None:
        if pending:
            groups.append(Group(tuple(pending), open_[1] if open_ and len(pending) > 1 else ""))
            pending.clear()

    for at, node in enumerate(watched(nodes, "folding the graph")):
        if len(groups) > most:
            return groups
        alone = node.kind == INPUT or node.index == end
        now = None if alone else key(at)
        if now is None or open_ is None or now[0] != open_[0]:
            close()
        open_ = now
        pending.append(node)
    close()
    return groups


def _neighbours(groups: Sequence[Group], end: int, most: int) -> list[Group]:
    """Groups that follow each other, joined evenly."""
    alone = sum(1 for group in groups if _alone(group, end))
    size = -(-(len(groups) - alone) // max(1, most - alone))
    made: list[Group] = []
    pending: list[Group] = []

    def close() -> None:
        if pending:
            made.append(pending[0] if len(pending) == 1 else _joined(pending))
            pending.clear()

    for group in groups:
        if _alone(group, end) or len(pending) == size:
            close()
        pending.append(group)
        if _alone(group, end):
            close()
    close()
    return made


def _alone(group: Group, end: int) -> bool:
    return any(node.kind == INPUT or node.index == end for node in group.nodes)


def _joined(groups: Sequence[Group]) -> Group:
    nodes = tuple(node for group in groups for node in group.nodes)
    return Group(nodes, f"{len(nodes):,} steps")
