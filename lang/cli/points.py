"""Files of points <-> blocks of columns: CSV with a line of names, NumPy's `.npy`, Parquet where pyarrow is.

Law: a file of any size passes through in blocks. Numbers are written so that reading them gives the same bits; what is
written stands under its name only once it is whole; a file that is not what its name says gets one plain line.
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
ROWS = 1 << 18
"""Rows of a block."""


class Points(Protocol):
    """A file of points that is being read.

    Attributes:
        names: the inputs that have a column.
        rows: how many rows there are; None where that is known only at the end.
    """

    names: tuple[str, ...]
    rows: int | None

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


class Part:
    """A file on its way: written beside its place, put there when it is whole, removed when it will never be."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.part = f"{path}.{os.getpid()}.part"
        try:
            self.file = open(self.part, "wb")  # noqa: SIM115 - closed by `finish` and `drop`
        except OSError as error:
            raise self.cannot(error) from None

    def finish(self) -> None:
        """It is whole."""
        try:
            self.file.close()
            os.replace(self.part, self.path)
        except OSError as error:
            self.drop()
            raise self.cannot(error) from None

    def drop(self) -> None:
        """It will never be."""
        self.file.close()
        if os.path.exists(self.part):
            os.remove(self.part)

    def cannot(self, error: OSError) -> UsageError:
        """What went wrong, in one line."""
        return UsageError(f"cannot write `{self.path}`: {error.strerror or error}")


class Written:
    """An `Out` that writes to a `Part`."""

    def __init__(self, path: str, names: Sequence[str]) -> None:
        self.part = Part(path)
        self.names = tuple(names)
        self.rows = 0

    def __enter__(self) -> Any:
        self._guarded(self.begin)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        if kind is None:
            self._guarded(self.end)
            self.part.finish()
        else:
            self.part.drop()

    def add(self, columns: Sequence[Array]) -> None:
        """Write more rows."""
        self._guarded(self.put, columns)
        self.rows += len(columns[0]) if columns else 0

    def _guarded(self, action: Any, *given: Any) -> None:
        try:
            action(*given)
        except OSError as error:
            self.part.drop()
            raise self.part.cannot(error) from None

    def begin(self) -> None:
        """What stands before the rows."""

    def put(self, columns: Sequence[Array]) -> None:
        """Rows."""
        raise NotImplementedError

    def end(self) -> None:
        """What stands after them."""
