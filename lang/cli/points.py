"""Files of points <-> blocks of columns: CSV with a line of names, NumPy's `.npy`, Parquet where pyarrow is.

Law: a file of any size passes through in blocks. Numbers are written so that reading them gives the same bits; a file
that is not what its name says gets one plain line.

    pointscsv     CSV        pointsarray   `.npy`, Parquet        pointsfile   what they share: a file being written
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from lang.cli import files
from lang.cli.options import UsageError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

KINDS = (".csv", ".npy", ".parquet")


class Points(Protocol):
    """A file of points that is being read.

    Attributes:
        names: the inputs that have a column.
        rows: how many rows there are; None where that is known only at the end.
        unread: the first row so far (from 0) with a value that cannot be read, and what is wrong with it.
    """

    names: tuple[str, ...]
    rows: int | None
    unread: tuple[int, str] | None

    def blocks(self) -> Iterator[Mapping[str, Array]]:
        """The columns, some rows at a time."""
        ...

    def share(self) -> float:
        """Which part of the file has been read, from 0 to 1."""
        ...


class Out(Protocol):
    """A file that is being written, as a context: it stands under its name once it is left without an error."""

    def __enter__(self) -> Out: ...

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None: ...

    def add(self, columns: Sequence[Array]) -> None:
        """Write more rows."""
        ...


def kind(path: str) -> str:
    """What a file's name says it is.

    Raises:
        UsageError: nothing that is read or written here.
    """
    found = os.path.splitext(path)[1].lower()
    if found not in KINDS:
        raise UsageError(f"points come in files ending in {', '.join(KINDS)}, not `{path}`")
    return found


def opened(path: str, inputs: Sequence[str]) -> Points:
    """A file of points for a program with these inputs.

    Raises:
        UsageError: the file is not there, or holds something else. Reading its blocks may raise it, too.
    """
    ending = kind(path)
    files.data(path, 0)
    if ending == ".csv":
        from lang.cli.pointscsv import Csv

        return Csv(path, inputs)
    from lang.cli.pointsarray import Npy, Parquet

    return Npy(path, inputs) if ending == ".npy" else Parquet(path, inputs)


def created(path: str, names: Sequence[str]) -> Out:
    """A file for columns of these names.

    Raises:
        UsageError: it cannot be written.
    """
    ending = kind(path)
    if ending == ".csv":
        from lang.cli.pointscsv import CsvOut

        return CsvOut(path, names)
    from lang.cli.pointsarray import NpyOut, ParquetOut

    return NpyOut(path, names) if ending == ".npy" else ParquetOut(path, names)
