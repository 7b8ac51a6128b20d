"""`python -m tests.bench`: adlang beside C and the libraries people would pick instead.

    python -m tests.bench                          everything that is installed, about ten minutes
    python -m tests.bench --only ops1k,lecture     some workloads
    python -m tests.bench --with C,native,python   some contenders
    python -m tests.bench --write README.md        puts the tables between the file's `<!-- bench -->` marks

Law: a time is shown only when the answer agrees with the first contender's to 1e-9.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench import report, run


def main(argv: list[str] | None = None) -> int:
    """Measure and print; 1 where somebody's answer is wrong."""
    options = argparse.ArgumentParser(prog="python -m tests.bench")
    options.add_argument("--only", help="workloads, with commas")
    options.add_argument("--with", dest="names", help="contenders, with commas")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=0.1, help="about how long a contender is called in a round")
    options.add_argument("--scale", type=float, default=1.0, help="below 1: smaller workloads")
    options.add_argument("--no-starts", action="store_true", help="start no processes")
    options.add_argument("--write", type=Path, help="a Markdown file with `<!-- bench -->` marks")
    given = options.parse_args(argv)
    results = run.everything(
        rounds=given.rounds, seconds=given.seconds, scale=given.scale, starts=not given.no_starts,
        only=given.only and set(given.only.split(",")), names=given.names and set(given.names.split(",")),
    )
    text = report.markdown(results)
    print(text)
    if given.write:
        report.write(given.write, text)
    return 1 if results.wrong else 0


raise SystemExit(main())
