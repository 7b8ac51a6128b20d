"""`python -m tests.bench`: adlang beside C and the libraries people would pick instead.

    python -m tests.bench                          everything that is installed, about ten minutes
    python -m tests.bench --only ops1k,lecture     some workloads; also `growth` and `starts`
    python -m tests.bench --with C,native,python   some contenders
    python -m tests.bench --write README.md        the short table goes between the file's `<!-- bench -->` marks, and
                                                   everything into tests/bench/RESULTS.md

Law: a time is shown only when the answer agrees with the first contender's to 1e-9.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench import report, run


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


def main(argv: list[str] | None = None) -> int:
    """Measure and print; 1 where somebody's answer is wrong."""
    options = argparse.ArgumentParser(prog="python -m tests.bench")
    options.add_argument("--only", type=_names, help="workloads, with commas: " + ", ".join(run.keys()))
    options.add_argument("--with", dest="names", type=_names, help="contenders, with commas")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=0.1, help="about how long a contender is called in a round")
    options.add_argument("--budget", type=float, default=15.0, help="seconds a contender has until its first answer")
    options.add_argument("--scale", type=float, default=1.0, help="below 1: smaller workloads")
    options.add_argument("--write", type=Path, help="a Markdown file with `<!-- bench -->` marks")
    given = options.parse_args(argv)
    if unknown := (given.only or frozenset()) - set(run.keys()):
        options.error(f"no workload is called {', '.join(sorted(unknown))}; there are {', '.join(run.keys())}")
    if given.write:
        report.marked(given.write)
    results = run.everything(run.Plan(given.rounds, given.seconds, given.budget, given.scale, given.only, given.names))
    print(report.page(results))
    if given.write:
        report.write(given.write, results)
    return 1 if results.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
