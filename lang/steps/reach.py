"""Functions -> what each does itself or through those that it calls, each function looked at once.

Law: functions that call each other do the same things, so they are settled together, once those that they call besides
are; a chain of functions costs as much as it is long, and Python's stack knows nothing of it.

Source: Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (1972).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

Function = TypeVar("Function", bound=Hashable)
NOTHING: frozenset[str] = frozenset()


class Reach(Generic[Function]):
    """What functions do, as they stand now; a function that gets another meaning needs another `Reach`.

    Args:
        does: what a function does itself, such as the names it reads.
        calls: the functions that it calls.
    """

    def __init__(
        self, does: Callable[[Function], Iterable[str]], calls: Callable[[Function], Iterable[Function]]
    ) -> None:
        self._does = does
        self._calls = calls
        self._found: dict[Function, frozenset[str]] = {}

    def of(self, function: Function) -> frozenset[str]:
        """What a call of a function does."""
        if function not in self._found:
            self._settle(function)
        return self._found[function]

    def _settle(self, root: Function) -> None:
        order = {root: 0}
        low = {root: 0}
        called: dict[Function, list[Function]] = {root: list(self._calls(root))}
        unsettled = [root]
        walk: list[tuple[Function, Iterator[Function]]] = [(root, iter(called[root]))]
        while walk:
            each, calls = walk[-1]
            inner = next(calls, None)
            if inner is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[each])
                if low[each] == order[each]:
                    at = unsettled.index(each) if unsettled[-1] != each else len(unsettled) - 1
                    self._close(unsettled[at:], called)
                    del unsettled[at:]
            elif inner in self._found:
                continue
            elif inner in order:
                low[each] = min(low[each], order[inner])
            else:
                order[inner] = low[inner] = len(order)
                called[inner] = list(self._calls(inner))
                unsettled.append(inner)
                walk.append((inner, iter(called[inner])))

    def _close(self, group: list[Function], called: dict[Function, list[Function]]) -> None:
        """Functions that call each other, and what they call besides."""
        sets: set[frozenset[str]] = {frozenset(self._does(each)) for each in group}
        sets.update(self._found[inner] for each in group for inner in called[each] if inner in self._found)
        sets.discard(NOTHING)
        # nothing more than one of them already holds is that very set, so that a chain does not copy what its end reads
        whole = max(sets, key=len, default=NOTHING)
        if any(not each <= whole for each in sets):
            whole = whole.union(*sets)
        self._found.update(dict.fromkeys(group, whole))
