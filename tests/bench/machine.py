"""This machine and what is installed -> the line under the tables."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

from tests.bench.contenders import ALL

CPUINFO = Path("/proc/cpuinfo")


def processor() -> str:
    """What the processor is called."""
    if CPUINFO.exists() and (found := re.search(r"model name\s*: (.*)", CPUINFO.read_text())):
        return found[1]
    return platform.processor() or platform.machine()


def versions() -> list[str]:
    """Of Python, of everything that takes part, and of gcc."""
    found = [f"Python {platform.python_version()}", "adlang " + __import__("lang").__version__]
    for name in dict.fromkeys(["numpy", "llvmlite", *(each.module for each in ALL.values() if each.module)]):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    try:
        said = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=False).stdout.strip()
        found.append(f"gcc {said}")
    except OSError:
        pass
    return found


def machine() -> str:
    """On what it was measured."""
    return f"{processor()}, {os.cpu_count()} cores, {sys.platform}; {', '.join(versions())}."
