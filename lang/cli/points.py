"""Files of points <-> columns of numbers: CSV with a line of names, NumPy's `.npy`, Parquet where pyarrow is.

Law: numbers are written so that reading them gives the same bits; a file that is not what its name says gets one plain
line.
"""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lang.cli import files
from lang.cli.options import UsageError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

KINDS = (".csv", ".npy", ".parquet")
LINES = 10_000


def kind(path: str) -> str:
    """What a file's name says it is.

    Raises:
        UsageError: nothing that is read or written here.
    """
    found = os.path.splitext(path)[1].lower()
    if found not in KINDS:
        raise UsageError(f"points come in files ending in {', '.join(KINDS)}, not `{path}`")
    return found


def read(path: str, inputs: Sequence[str]) -> dict[str, Array]:
    """The columns of a file that are inputs of the program (the columns of `.npy` are the inputs in order).

    Raises:
        UsageError: the file is not there, or holds something else.
    """
    way = {".csv": _read_csv, ".npy": _read_npy, ".parquet": _read_parquet}[kind(path)]
    files.data(path, 0)
    try:
        return way(path, inputs)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"cannot read `{path}`: {' '.join(str(error).split())[:200]}") from None


def _read_csv(path: str, inputs: Sequence[str]) -> dict[str, Array]:
    import numpy as np

    with open(path, encoding="utf-8-sig", newline="") as file:
        head = [name.strip() for name in next(csv.reader(file), [])]
        places = {name: head.index(name) for name in inputs if name in head}
        if not places:
            raise UsageError(
                f"`{path}` has no column that the program asks for",
                hint=f"its first line names columns; the program's inputs are {', '.join(inputs) or 'none'}",
            )
        body = (line for line in file if line.strip())
        first = next(body, None)
        if first is None:
            return {name: np.zeros(0) for name in places}
        lines = itertools.chain([first], body)
        table = np.loadtxt(lines, delimiter=",", usecols=list(places.values()), ndmin=2, quotechar='"', comments=None)
    return {name: table[:, at] for at, name in enumerate(places)}


def _read_npy(path: str, inputs: Sequence[str]) -> dict[str, Array]:
    import numpy as np

    table = np.asarray(np.load(path, allow_pickle=False), dtype=float)
    if table.ndim != 2 or table.shape[1] > len(inputs):
        raise ValueError(f"an array of shape (rows, {len(inputs)}) is needed: {', '.join(inputs)}")
    return {name: table[:, at] for at, name in enumerate(inputs[: table.shape[1]])}


def _parquet() -> Any:
    """pyarrow, with its Parquet part loaded."""
    try:
        import_module("pyarrow.parquet")
    except ImportError:
        raise UsageError("Parquet needs pyarrow, which is not installed", hint="`pip install pyarrow`") from None
    return import_module("pyarrow")


def _read_parquet(path: str, inputs: Sequence[str]) -> dict[str, Array]:
    table = _parquet().parquet.read_table(path)
    return {name: table[name].to_numpy().astype(float) for name in inputs if name in table.column_names}


def write(path: str, columns: Mapping[str, Array]) -> None:
    """Write columns of equal length.

    Raises:
        UsageError: the file cannot be written.
    """
    import numpy as np

    found = kind(path)
    try:
        if found == ".npy":
            with open(path, "wb") as file:
                np.save(file, np.column_stack(list(columns.values())))
        elif found == ".parquet":
            arrow = _parquet()
            arrow.parquet.write_table(arrow.table(dict(columns)), path)
        else:
            _write_csv(path, columns)
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror or error}") from None


def _write_csv(path: str, columns: Mapping[str, Array]) -> None:
    count = min((len(each) for each in columns.values()), default=0)
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(columns)
        for start in range(0, count, LINES):
            parts = [map(repr, each[start : start + LINES].tolist()) for each in columns.values()]
            file.writelines(",".join(row) + "\n" for row in zip(*parts, strict=True))
