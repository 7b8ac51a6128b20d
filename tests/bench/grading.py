"""300 submissions -> how many are marked in a minute, and the memory that takes.

    python -m tests.bench.grading [JOBS]

Three quarters are ordinary (right, or with one of the corpus's mistakes); the rest do not end, hoard memory, are no
programs or are empty.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path

from lang.grade.exercise import Exercise
from lang.grade.pool import grade_files
from tests.wrong_answers import LECTURE, generated

COUNT = 300
INPUTS = "x = ?\ndx = ?\ny = ?\ndy = ?\n"
RIGHT = INPUTS + "a = x * y\nda = y * dx + x * dy\nb = sin(x)\ndb = cos(x) * dx\nz = a + b\ndz = da + db\n"
OTHERS = (
    INPUTS + "while x * x > -1:\n    x += 1\n",
    INPUTS + "while x * x > -1:\n    push x\n",
    "x = " + "(" * 50_000,
    "x = 1\n" * 16_000,
    "",
    "\x00" * 1_000,
)


def main() -> None:
    """Mark the submissions and print the figures."""
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    wrong = [each.text for each in generated(("derivative", LECTURE))]
    ordinary = islice(cycle([RIGHT, *wrong]), COUNT * 3 // 4)
    texts = [*ordinary, *islice(cycle(OTHERS), COUNT - COUNT * 3 // 4)]
    exercise = Exercise("Forward mode by hand", "derivative", LECTURE, points=10.0)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, text in enumerate(texts):
            path = Path(folder) / f"s{number:03}.ad"
            path.write_text(text)
            paths.append(str(path))
        started = time.perf_counter()
        grades = grade_files(exercise, paths, jobs)
        seconds = time.perf_counter() - started
    states = Counter(each.state for each in grades)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = spent.ru_utime + spent.ru_stime
    rate = 60 * len(grades) / seconds
    print(f"{len(grades)} submissions with {jobs} processes: {seconds:.1f} s, {rate:.0f} a minute")
    print(f"{cpu:.1f} CPU seconds, so {60 * jobs * len(grades) / cpu:.0f} a minute where nothing else runs")
    print(f"peak memory: {own:.0f} MiB here, {peak:.0f} MiB in the largest process for a submission")
    print(f"states: {dict(states)}; slowest {max(each.seconds for each in grades):.2f} s")


if __name__ == "__main__":
    main()
