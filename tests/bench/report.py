"""Results -> Markdown tables, for the README."""

from __future__ import annotations

import importlib.metadata
import itertools
import platform
import re
import subprocess
import sys
from pathlib import Path

from tests.bench.contenders import OURS, PEERS
from tests.bench.run import Results

MARK = "<!-- bench -->"


def duration(seconds: float) -> str:
    """A time in three digits and a unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds / size < 999.5 else f"{seconds / size:.0f} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def ratio(one: float | None, other: float | None) -> str:
    """How many times as long."""
    return "–" if not one or not other else f"{one / other:.2f}" if one / other < 9.95 else f"{one / other:,.0f}"


def markdown(results: Results) -> str:
    """All tables."""
    parts = [_times(results), _ratios(results), _compiling(results)]
    parts += [_starts(results)] if results.starts else []
    parts += [_growth(results), _wrong(results), machine()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, [":---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _shown(results: Results) -> list[str]:
    """The contenders that have a time somewhere, in order."""
    order = ["C", *OURS, *PEERS]
    found = {name for times in results.times.values() for name in times}
    return [name for name in order if name in found]


def _times(results: Results) -> str:
    names = _shown(results)
    rows = [
        [title, *(duration(times[name]) if name in times else "–" for name in names)]
        for title, times in results.times.items()
    ]
    heads = [f"**{name}**" if name in OURS else name for name in names]
    return f"Medians of {results.rounds} interleaved rounds, called from Python:\n\n" + _table(["", *heads], rows)


def _ratios(results: Results) -> str:
    rows = []
    for title, times in results.times.items():
        ours = {name: times[name] for name in OURS if name in times}
        peers = {name: times[name] for name in PEERS if name in times}
        if not ours:
            continue
        best = min(ours, key=ours.__getitem__)
        rival = min(peers, key=peers.__getitem__, default="")
        rows.append([
            title, best, ratio(ours[best], times.get("C")),
            f"{ratio(ours[best], peers.get(rival))} ({rival})" if rival else "–",
            ratio(ours.get("python"), times.get("micrograd")), ratio(ours.get("interpreter"), times.get("micrograd")),
        ])
    head = ["as a multiple of", "adlang's best", "C", "the best peer", "micrograd: python", "micrograd: interpreter"]
    return _table(head, rows) if rows else ""


def _compiling(results: Results) -> str:
    names = [name for name in _shown(results) if name not in ("interpreter", "micrograd", "autograd")]
    rows = [
        [title, *(duration(times[name]) if name in times else "–" for name in names)]
        for title, times in results.compiling.items()
    ]
    head = "From source text to the first answer (parsing, compiling, one call):\n\n"
    return head + _table(["", *names], rows) if names else ""


def _starts(results: Results) -> str:
    rows = [[name, duration(max(0.0, time))] for name, time in results.starts.items()]
    head = "Whole processes, over a bare `python -c pass` (whose own time stands first):\n\n"
    return head + _table(["", "time"], rows)


def _growth(results: Results) -> str:
    """Cost at n, 10 n, 100 n, as a multiple of the one before; parsing; memory."""
    rows = []
    straight = [title for title in results.times if "mixed operations" in title]
    for name in _shown(results):
        found = [results.times[title].get(name) for title in straight]
        if sum(each is not None for each in found) > 1:
            rows.append([name, *(ratio(after, before) for before, after in itertools.pairwise(found))])
    text = ""
    if rows:
        text += "Growth: ten times the operations cost so many times as long:\n\n"
        text += _table(["", *straight[1:]], rows)
    if results.parsing:
        rows = [
            [title, f"{size:,}", duration(time), f"{size / time / 1e6:.2f}"]
            for title, (time, size) in results.parsing.items()
        ]
        text += "\n\nParsing, checking and lowering:\n\n"
        text += _table(["", "characters", "time", "million characters/s"], rows)
    if results.memory:
        rows = [[name, f"{each:.0f}"] for name, each in results.memory.items()]
        text += "\n\nMemory of one gradient of 10,000 operations, Python objects:\n\n"
        text += _table(["", "bytes an operation"], rows)
    return text.strip()


def _wrong(results: Results) -> str:
    return "\n".join(f"- {name} on {title}: {what}" for (title, name), what in results.wrong.items())


def machine() -> str:
    """On what it was measured."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"model name\s*: (.*)", cpuinfo.read_text())
        model = found[1] if found else model
    import os

    versions = [f"Python {platform.python_version()}", "adlang " + __import__("lang").__version__]
    for name in ("numpy", "llvmlite", *PEERS):
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    try:
        gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=False).stdout.strip()
        versions.append(f"gcc {gcc}")
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, {sys.platform}; {', '.join(versions)}."


def write(path: Path, text: str) -> None:
    """Put the tables between the marks of a file."""
    before, _, rest = path.read_text(encoding="utf-8").partition(MARK)
    _, found, after = rest.partition(MARK)
    assert found, f"{path} has no two {MARK} marks"
    path.write_text(f"{before}{MARK}\n\n{text}\n{MARK}{after}", encoding="utf-8")
