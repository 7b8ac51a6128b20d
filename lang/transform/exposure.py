"""Items of a forward sweep -> which adjoints they read, contribute to, and let pass.

Law: what is asked here is asked of items as a whole, in whatever order they run; an intermediate value never passes by
items that assign it.
"""

from __future__ import annotations

from lang.steps import form
from lang.transform.items import (
    CallItem,
    IfItem,
    Item,
    Leaf,
    Linear,
    LoopItem,
    Overwrite,
    PopItem,
    PushItem,
)


def matters(items: list[Item]) -> bool:
    """Is there anything in these items for adjoints to pass?"""
    return any(not isinstance(item, Overwrite) for item in items)


def has_effects(items: list[Item]) -> bool:
    """Do items save or take back for the program itself?"""
    for item in items:
        if isinstance(item, PushItem | PopItem | CallItem):
            return True
        inner = item.ways if isinstance(item, IfItem) else [item.body] if isinstance(item, LoopItem) else []
        if any(has_effects(each) for each in inner):
            return True
    return False


def touched(items: list[Item]) -> set[str]:
    """The words whose adjoints items read."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Linear):
            found.add(item.target)
        elif isinstance(item, CallItem):
            found.update(item.invoke.targets)
        elif isinstance(item, PopItem | Leaf | Overwrite):
            found.add(item.word)
        elif isinstance(item, IfItem):
            found |= set().union(*(touched(way) for way in item.ways))
        elif isinstance(item, LoopItem):
            found |= touched(item.body) | {item.target}
    return found


def operands_in(items: list[Item]) -> set[str]:
    """The words that items contribute to."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Linear):
            found.update(item.sources())
        elif isinstance(item, CallItem):
            found.update((*item.operands, *item.reads))
        elif isinstance(item, PushItem):
            found.add(item.word)
        elif isinstance(item, IfItem):
            found |= set().union(*(operands_in(way) for way in item.ways))
        elif isinstance(item, LoopItem):
            found |= operands_in(item.body)
    return found


def exposed_words(items: list[Item]) -> set[str]:
    """The words that contributions go to beyond the start of these items: read before they are surely assigned."""
    return _exposed(items)[0] & operands_in(items)


def _exposed(items: list[Item]) -> tuple[set[str], set[str]]:
    exposed: set[str] = set()
    given: set[str] = set()
    for item in items:
        if isinstance(item, Linear):
            exposed |= set(item.sources()) - given
            given.add(item.target)
        elif isinstance(item, CallItem):
            exposed |= {*item.operands, *item.reads} - given
            given.update(item.invoke.targets)
        elif isinstance(item, PushItem):
            exposed |= ({item.word} if item.word else set()) - given
        elif isinstance(item, PopItem | Overwrite):
            given.add(item.word)
        elif isinstance(item, IfItem):
            ways = [_exposed(way) for way in item.ways]
            exposed |= set().union(*(each for each, _ in ways)) - given
            some = set().union(*(each for _, each in ways))
            sure = set.intersection(*(each for _, each in ways))
            exposed |= _passing(some - sure, _active_words(item)) - given
            given |= sure
        elif isinstance(item, LoopItem):
            exposed |= _exposed(item.body)[0] - given
            exposed |= _passing(touched(item.body), None) - given
    return exposed, given


def _passing(words: set[str], among: set[str] | None) -> set[str]:
    """Words whose value may pass by here unchanged; an intermediate value never does."""
    return {word for word in words if not isinstance(word, form.Temporary) and (among is None or word in among)}


def _active_words(item: IfItem) -> set[str]:
    return set().union(*(touched(way) for way in item.ways))
