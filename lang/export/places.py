"""A routine -> where its names are declared (C, JavaScript), and which may be read without a value (Python).

Law: a name is declared where it is first assigned if every other place that mentions it comes after that, in the same
block or in blocks inside it; otherwise at the routine's top, holding nan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lang.clock import watched
from lang.export import listing, walk

Path = tuple[tuple[int, int], ...]


@dataclass
class Places:
    """Where names are declared.

    Attributes:
        early: at the routine's top, in the order of the text.
        here: with the statement (its `id`) that assigns them first.
        counters: loops (their `id`) whose target is nowhere else, so that it can count by itself.
        changing: names that are assigned more than once, by a loop that counts with them at the latest.
    """

    early: list[str] = field(default_factory=list)
    here: dict[int, tuple[str, ...]] = field(default_factory=dict)
    counters: set[int] = field(default_factory=set)
    changing: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _First:
    """The place that holds all mentions of a name so far: a path down the blocks, the statement if it assigns it."""

    path: Path
    statement: listing.Statement | None


def places(routine: listing.Routine, results: Iterable[str]) -> Places:
    """Where the names of a routine are declared; `results` are read at its end."""
    found = Places()
    private, others = _loops(routine, tuple(results))
    found.counters = {id(each) for each in private}
    counted = {each.target for each in private}
    found.changing = {each.target for each in others}
    firsts: dict[str, _First] = {}
    for name, path, statement in _mentions(routine.body, ()):
        if name in counted or name in routine.parameters:
            continue
        if statement is not None and name in firsts:
            found.changing.add(name)
        _meet(firsts, name, path, statement)
    for name in results:
        if name not in routine.parameters:
            _meet(firsts, name, ((id(routine.body), -1),), None)
    _settle(found, firsts)
    return found


def _settle(found: Places, firsts: dict[str, _First]) -> None:
    together: dict[int, list[str]] = {}
    for name, first in firsts.items():
        if first.statement is not None:
            together.setdefault(id(first.statement), []).append(name)
    whole = {id(each.statement): each.statement for each in firsts.values() if each.statement is not None}
    for key, names in together.items():
        if set(names) == set(walk.targets_of(whole[key])):
            found.here[key] = tuple(dict.fromkeys(names))
    declared = {name for names in found.here.values() for name in names}
    found.early = [name for name in firsts if name not in declared]


def _meet(firsts: dict[str, _First], name: str, path: Path, statement: listing.Statement | None) -> None:
    first = firsts.get(name)
    if first is None:
        firsts[name] = _First(path, statement)
        return
    common = 0
    for (block, at), (other, place) in zip(path, first.path, strict=False):
        common += block == other
        if (block, at) != (other, place):
            break
    if common < len(first.path):
        first.path, first.statement = first.path[:common], None


def _mentions(
    block: listing.Block, path: Path, key: int = 0, start: int = 0
) -> Iterator[tuple[str, Path, listing.Statement | None]]:
    """Every mention of a name in the order in which it happens; with its statement where that gives it a value.

    A loop with a setup is one block in which the setup comes first, then the condition, then the body.
    """
    for at, statement in enumerate(watched(block, walk.EXPORTING), start):
        here = (*path, (key or id(block), at))
        for name in _names(walk.expressions_of(statement)):
            yield name, here, None
        for name in walk.targets_of(statement):
            gives = isinstance(statement, listing.Assign | listing.Unpack | listing.Pop)
            yield name, here, statement if gives else None
        if isinstance(statement, listing.While) and statement.setup:
            yield from _mentions(statement.setup, here, id(statement))
            for name in _names((statement.condition,)):
                yield name, (*here, (id(statement), len(statement.setup))), None
            yield from _mentions(statement.body, here, id(statement), len(statement.setup) + 1)
        else:
            for name in _names(walk.conditions_of(statement)):
                yield name, here, None
            for inner in walk.blocks_of(statement):
                yield from _mentions(inner, here)


def _names(expressions: Iterable[listing.Expression]) -> Iterator[str]:
    for each in expressions:
        yield from walk.names_in(each)


def _loops(routine: listing.Routine, results: tuple[str, ...]) -> tuple[list[listing.For], list[listing.For]]:
    """The loops whose targets are mentioned nowhere but as targets, and read only inside such loops; the others."""
    shared = {*results, *routine.parameters}
    loops: list[listing.For] = []
    pending: list[tuple[listing.Block, frozenset[str]]] = [(routine.body, frozenset())]
    while pending:
        block, inside = pending.pop()
        for statement in watched(block, walk.EXPORTING):
            direct = (*walk.expressions_of(statement), *walk.conditions_of(statement))
            shared.update(name for each in direct for name in walk.names_in(each) if name not in inside)
            deeper = inside
            if isinstance(statement, listing.For):
                loops.append(statement)
                if statement.target in inside:
                    shared.add(statement.target)
                deeper = inside | {statement.target}
            else:
                shared.update(walk.targets_of(statement))
            pending.extend((each, deeper) for each in walk.blocks_of(statement))
    return [each for each in loops if each.target not in shared], [each for each in loops if each.target in shared]


# --- values that may be missing -------------------------------------------------------------------------------------


def missing(routine: listing.Routine, results: Iterable[str]) -> list[str]:
    """Names that may be read before they have a value, in order."""
    known = set(routine.parameters)
    found: dict[str, None] = {}
    _missing(routine.body, known, found)
    found.update(dict.fromkeys(name for name in results if name not in known))
    return list(found)


def _missing(block: listing.Block, known: set[str], found: dict[str, None]) -> set[str]:
    """Add what may be missing in a block to `found`; the names that it makes known are in `known` then."""
    added: set[str] = set()
    for statement in watched(block, walk.EXPORTING):
        own = (*walk.expressions_of(statement), *walk.conditions_of(statement))
        if isinstance(statement, listing.While):
            fresh = _missing(statement.setup, known, found)
            known |= fresh
            added |= fresh
        found.update(dict.fromkeys(name for each in own for name in walk.names_in(each) if name not in known))
        if isinstance(statement, listing.If):
            blocks = [*(each.body for each in statement.branches), statement.otherwise]
            ends = [_inside(each, known, found, ()) for each in blocks]
            fresh = set.intersection(*ends)
        elif isinstance(statement, listing.For | listing.While):
            _inside(statement.body, known, found, walk.targets_of(statement))
            fresh = set()
        else:
            fresh = set(walk.targets_of(statement)) - known
        known |= fresh
        added |= fresh
    return added


def _inside(block: listing.Block, known: set[str], found: dict[str, None], targets: tuple[str, ...]) -> set[str]:
    own = set(targets) - known
    known |= own
    added = _missing(block, known, found)
    known -= added | own
    return added
