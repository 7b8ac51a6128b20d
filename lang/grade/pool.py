"""Many files -> their grades, on all cores, each in a process of its own.

Law: one file costs nothing to the others. A worker that dies or does not answer is replaced, and the file that it had
gets no points and says why. Grades come in the order of the files, whatever order they were made in.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from lang.grade.exercise import Exercise
from lang.grade.facts import STOPPED
from lang.grade.grade import Grade
from lang.grade.marking import Marker, faulty
from lang.grade.worker import FORKS, STOPPED_WORDS, WALL_SECONDS, from_json

PATIENCE = WALL_SECONDS + 30.0
"""Seconds until a worker that says nothing is replaced."""
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""What keeps NumPy from having threads in a process that forks: a child that is forked beside threads may wait forever
for what one of them held. This process may have as many as it likes: a worker is started anew, never forked from it."""

Told = Callable[[Grade], None]


def grade_files(
    exercise: Exercise,
    paths: Sequence[str],
    jobs: int = 0,
    told: Told | None = None,
    student: str = "",
    forks: bool = FORKS,
) -> list[Grade]:
    """Mark files.

    Args:
        exercise: the exercise.
        paths: the submissions.
        jobs: how many at once; 0 for as many as there are cores.
        told: called with each grade as it is made, for a progress bar.
        student: whose they are; by default a file's name without its ending.
        forks: whether a child is forked for each file; else each has a new process.

    Returns:
        The grades, in the order of the files.

    Raises:
        ExerciseError: the exercise cannot be marked.
    """
    Marker(exercise.variant(student or "student"))
    count = min(jobs or os.cpu_count() or 1, max(1, len(paths)))
    lock = threading.Lock()
    local = threading.local()
    workers: list[Worker] = []

    def one(path: str) -> Grade:
        if not hasattr(local, "worker"):
            local.worker = Worker(exercise, not forks)
            with lock:
                workers.append(local.worker)
        made: Grade = local.worker.grade(path, student or Path(path).stem)
        if told is not None:
            with lock:
                told(made)
        return made

    try:
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, paths))
    finally:
        for worker in workers:
            worker.close()


class Worker:
    """A process that marks files one after another; without `fork` a new one for each file, the next one warm already.

    Args:
        exercise: what they are submissions to.
        once: does a process end after one file?
    """

    def __init__(self, exercise: Exercise, once: bool = not FORKS) -> None:
        self.exercise, self.once = exercise, once
        self.process: subprocess.Popen[bytes] | None = None
        self.spare: subprocess.Popen[bytes] | None = None
        self.ready: list[subprocess.Popen[bytes]] = []

    def grade(self, path: str, student: str) -> Grade:
        """The grade of a file, whatever becomes of the process."""
        process = self.process or self.spare or self._start()
        self.process, self.spare = process, None
        late = threading.Event()

        def kill() -> None:
            late.set()
            process.kill()

        watchdog = threading.Timer(PATIENCE, kill)
        watchdog.start()
        try:
            if self.once:
                self.spare = self._start()
            return self._answer(process, path, student)
        except (OSError, ValueError, TypeError, KeyError):
            self._end()
            if late.is_set():
                return faulty(self.exercise, path, student, STOPPED_WORDS, STOPPED)
            return faulty(self.exercise, path, student, "the grader's own process has ended")
        finally:
            watchdog.cancel()
            if self.once:
                self._end()

    def _answer(self, process: subprocess.Popen[bytes], path: str, student: str) -> Grade:
        assert process.stdin is not None
        assert process.stdout is not None
        if process not in self.ready:
            if process.stdout.readline() != b"ready\n":
                raise OSError("it ended before it began")
            self.ready = [process]
        process.stdin.write(json.dumps({"path": path, "student": student}).encode() + b"\n")
        process.stdin.flush()
        return from_json(json.loads(process.stdout.readline()))

    def close(self) -> None:
        """End the processes."""
        self._end()
        self.process, self.spare = self.spare, None
        self._end()

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            with suppress(OSError):
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()

    def _start(self) -> subprocess.Popen[bytes]:
        home = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH", "")])])
        command = [sys.executable, "-m", "lang.grade.worker", *(["--once"] if self.once else [])]
        process = subprocess.Popen(  # noqa: S603  # our own interpreter, our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **ALONE, "PYTHONPATH": paths},
        )
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.write(pickle.dumps(self.exercise).hex().encode() + b"\n")
            process.stdin.flush()
        return process
