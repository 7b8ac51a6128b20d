"""Results -> the tables of what else costs: limits, size, memory, starts.

Law: growth is shown as what was measured and, in brackets, as a multiple of the column before: 10 is linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from tests.bench.run import Results
from tests.bench.tables import digits, duration, ratio, span, table


def parts(results: Results) -> Iterator[str]:
    """Each table under its head; nothing for what was not measured."""
    for head, text in (
        ("What limits cost", _limits(results)),
        ("How costs grow", _growth(results)),
        ("Memory of one gradient", _memory(results)),
        ("Starting", _starts(results)),
    ):
        if text:
            yield f"## {head}\n\n{text}"


def _limits(results: Results) -> str:
    """The native engine as it is, and as it would be without counting steps and the depth of calls."""
    rows = []
    for title, times in results.times.items():
        if "native" in times and "uncounted" in times:
            one, other = times["native"], times["uncounted"]
            shown = [duration(one.median), duration(other.median)]
            rows.append([title, *shown, ratio(one, other), ratio(one, times.get("C"))])
    said = (
        "Machine code counts steps, and calls inside each other, so that no program runs away. The same code compiled "
        "without counting:"
    )
    return f"{said}\n\n{table(['', 'native', 'without', 'ratio', 'native / C'], rows)}" if rows else ""


def _growth(results: Results) -> str:
    texts = []
    for kind, sizes in results.sizes.items():
        head = [kind, *(f"{size:,}" for size in sizes)]
        rows = _grown(results.stages[kind], duration) + _grown(results.spaces[kind], _bytes, "memory: ")
        texts.append(table(head, rows))
    said = "In brackets, how many times the column before. Memory is the most that Python's objects take at one time."
    return "\n\n".join([said, *texts]) if texts else ""


def _grown(columns: list[dict[str, float]], shown: Callable[[float], str], before: str = "") -> list[list[str]]:
    rows = []
    for name in columns[0]:
        values = [column[name] for column in columns]
        cells = [shown(values[0])]
        cells += [f"{shown(other)} ({other / one:.1f})" if one else shown(other) for one, other in pairwise(values)]
        rows.append([before + name, *cells])
    return rows


def _bytes(count: float) -> str:
    for unit, size in (("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{digits(count / size)} {unit}"
    return f"{count:.0f} B"


def _memory(results: Results) -> str:
    if not results.memory:
        return ""
    rows = [[name, *map(digits, each)] for name, each in results.memory.items()]
    title = next(each.title for each in results.works.values() if each.key == "ops10k")
    said = (
        f"{title}: the most that Python's objects take at one time, in bytes an operation. With the first gradient "
        "comes what is kept of the program or the function; with the interpreter's second its plan, which is kept too:"
    )
    return f"{said}\n\n{table(['', 'first gradient', 'second', 'a later one'], rows)}"


def _starts(results: Results) -> str:
    if not results.starts:
        return ""
    rows = [[name, duration(timing.median), span(timing)] for name, timing in results.starts.items()]
    said = "Whole processes, over a bare `python -c pass` (whose own time stands first):"
    return f"{said}\n\n{table(['', 'median', 'rounds'], rows)}"
