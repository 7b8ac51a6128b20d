"""The most memory that a process held at one time.

Law: it is the process's own. `getrusage` counts what its parent held when it was started, and a worker of pytest may
have held more than what is tested.
"""

from __future__ import annotations

from pathlib import Path


def mebibytes() -> float:
    """Of this process, since it began to run its program."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):  # not Linux
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
