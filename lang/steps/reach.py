"""Functions -> what each does itself or through those that it calls, each function looked at once.

Law: functions that call each other do the same things, so they are settled together, once those that they call besides
are; a chain of functions costs as much as it is long, and Python's stack knows nothing of it.

Source: Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (1972).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

Function = TypeVar("Function", bound=Hashable)
NOTHING: frozenset[str] = frozenset()


def groups(
    root: Function, calls: Callable[[Function], Iterable[Function]], settled: Container[Function]
) -> Iterator[list[Function]]:
    """Functions that call each other, from one on: each group after those that it calls besides.

    Args:
        calls: the functions that a function calls; asked once.
        settled: those that are settled, as all of a group must be before the next one is asked for.
    """
    order = {root: 0}
    low = {root: 0}
    unsettled = [root]
    walk: list[tuple[Function, Iterator[Function]]] = [(root, iter(calls(root)))]
    while walk:
        each, inside = walk[-1]
        inner = next(inside, None)
        if inner is None:
            walk.pop()
            if walk:
                low[walk[-1][0]] = min(low[walk[-1][0]], low[each])
            if low[each] == order[each]:
                group = [unsettled.pop()]
                while group[-1] != each:
                    group.append(unsettled.pop())
                yield group
        elif inner in settled:
            continue
        elif inner in order:
            low[each] = min(low[each], order[inner])
        else:
            order[inner] = low[inner] = len(order)
            unsettled.append(inner)
            walk.append((inner, iter(calls(inner))))


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
        called: dict[Function, list[Function]] = {}

        def calls(function: Function) -> list[Function]:
            called[function] = list(self._calls(function))
            return called[function]

        for group in groups(root, calls, self._found):
            self._close(group, called)

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
