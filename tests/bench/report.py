"""Results -> Markdown: a page with everything, and the short table of the README.

Law: nothing is left out silently: who has no time in a table has a reason under it, and a busy machine is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench import costs
from tests.bench.clock import Timing
from tests.bench.contenders import BY_HAND, LIBRARIES
from tests.bench.machine import machine
from tests.bench.run import Results
from tests.bench.tables import NONE, duration, ratio, span, table

MARK = "<!-- bench -->"
FULL = Path(__file__).with_name("RESULTS.md")
WIDE = 1.25
"""A measurement whose slowest round took so many times as long as its quickest is not to be trusted."""
SHORT = ("C", "native", "python", "interpreter")
ENGINES = ("native", "exact", "python", "interpreter")


def page(results: Results) -> str:
    """Everything that was measured."""
    parts = [
        "# How fast adlang is",
        "Made by `python -m tests.bench --write README.md`. Every contender has a process of its own; they take turns "
        f"in {results.plan.rounds} rounds, and a figure is the median of its rounds, called from Python. All answers "
        "agree with the first contender's to 1e-9. C and numba are written by hand, derivatives included; the "
        "libraries differentiate.",
        machine(),
        _trust(results, every=True),
        _headed("In short", _short(results, every=True), _left_out(results)),
        _headed("As multiples", _multiples(results)),
        *costs.parts(results),
        *(_workload(title, results) for title in results.times),
        _headed("Answers that were wrong, and failures", _wrong(results)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary(results: Results) -> str:
    """The short table, with the machine, for a README."""
    link = "[Everything that was measured](tests/bench/RESULTS.md)"
    trust = _trust(results, every=False)
    return "\n\n".join(part for part in (_short(results, every=False), machine(), trust, f"{link}.") if part)


def write(path: Path, results: Results, full: Path = FULL) -> None:
    """Put the short table between the marks of a file, and everything into a page of its own."""
    before, _, after = marked(path)
    path.write_text(f"{before}{MARK}\n\n{summary(results)}\n\n{MARK}{after}", encoding="utf-8")
    full.write_text(page(results), encoding="utf-8")


def marked(path: Path) -> tuple[str, str, str]:
    """A file before, between and after its two marks."""
    before, _, rest = path.read_text(encoding="utf-8").partition(MARK)
    between, found, after = rest.partition(MARK)
    if not found:
        raise SystemExit(f"{path} has no two {MARK} marks")
    return before, between, after


def _headed(head: str, *texts: str) -> str:
    there = [text for text in texts if text]
    return "\n\n".join([f"## {head}", *there]) if there else ""


def _trust(results: Results, every: bool) -> str:
    """How far the rounds agreed; for a README only where they did not."""
    found = [
        (timing.spread, f"{name}, {title}") for title, times in results.times.items()
        for name, timing in times.items() if every or (results.works[title].told and name in SHORT)
    ]  # fmt: skip
    wide = sorted((each for each in found if each[0] > WIDE), reverse=True)
    few = f"{len(wide)} of {len(found)} measurements"
    if not every:
        busy = len(wide) > len(found) / 10
        return f"**In {few} the rounds differ by more than a quarter: the machine was busy.**" if busy else ""
    load = "" if results.load is None else f"Load average at the start: {results.load:.1f}. "
    taken = f"All took {results.seconds / 60:.1f} minutes. "
    if not wide:
        return f"{load}{taken}In every measurement the rounds agree within a quarter."
    worst = "; ".join(f"{spread:.1f} times in {where}" for spread, where in wide[:3])
    return f"{load}{taken}**In {few} the slowest round took over {WIDE} times as long as the quickest** ({worst})."


def _best(times: dict[str, Timing], names: Iterable[str] = LIBRARIES) -> tuple[str, Timing | None]:
    """The quickest of some (by default of the libraries that differentiate), and its times."""
    there = {name: times[name].median for name in names if name in times}
    name = min(there, key=there.__getitem__, default="")
    return name, times.get(name)


def _short(results: Results, every: bool) -> str:
    """A row for each workload: by hand, adlang, and the quickest of the others."""
    rows = []
    for title, times in results.times.items():
        if not times or not (every or results.works[title].told):
            continue
        name, rival = _best(times)
        own = [duration(times[each].median) if each in times else "" for each in SHORT]
        rows.append([title, *own, "" if rival is None else f"{duration(rival.median)} ({name})"])
    head = ["", "C", *(f"**{name}**" for name in SHORT[1:]), "quickest library"]
    return table(head, rows) if rows else ""


def _left_out(results: Results) -> str:
    names = [name for name in LIBRARIES if not any(name in times for times in results.times.values())]
    return f"Without {', '.join(names)}, which were not here, not asked, or without an answer." if names else ""


def _multiples(results: Results) -> str:
    rows = []
    for title, times in results.times.items():
        engine, own = _best(times, ENGINES)
        name, rival = _best(times)
        if own is None:
            continue
        by_hand = [ratio(own, times.get(each)) for each in BY_HAND]
        small = [ratio(times.get(each), times.get(to)) for each, to in MULTIPLES]
        rows.append([title, engine, *by_hand, f"{ratio(own, rival)} ({name})" if name else NONE, *small])
    head = ["adlang's quickest engine, as a multiple of", "engine", *BY_HAND, "quickest library"]
    said = "Medians of what each round says, in which all stand side by side."
    return f"{said}\n\n{table([*head, *(f'{one} / {other}' for one, other in MULTIPLES)], rows)}" if rows else ""


MULTIPLES = (("python", "C"), ("python", "micrograd"), ("interpreter", "micrograd"))


def _workload(title: str, results: Results) -> str:
    """All that took part in one workload, the quickest first, then those without a time and why."""
    times, ready = results.times[title], results.ready[title]
    rows = [
        [
            f"**{name}**" if name in ENGINES else name, duration(timing.median), span(timing),
            ratio(timing, times.get("C")), duration(ready[name]),
        ]
        for name, timing in sorted(times.items(), key=lambda item: item[1].median) if name != "uncounted"
    ]  # fmt: skip
    text = table(["", "median", "rounds", "as a multiple of C", "from text to the first answer"], rows)
    return _headed(title[0].upper() + title[1:], text if rows else "", "; ".join(_reasons(title, results)))


def _reasons(title: str, results: Results) -> Iterator[str]:
    for name, why in results.absent[title].items():
        if name not in ("uncounted", "exact"):
            yield f"{name}: {why}"


def _wrong(results: Results) -> str:
    return "\n".join(f"- {name}, {title}: {what}" for (title, name), what in results.wrong.items())
