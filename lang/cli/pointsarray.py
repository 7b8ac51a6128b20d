"""NumPy's `.npy` and Parquet <-> blocks of columns.

Law: an array stays in its file (it is mapped into memory) and is read as it is used; its columns are the inputs in
order, or have names of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lang.cli.options import UsageError
from lang.cli.pointsfile import ROWS, Written

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


class Npy:
    """A `.npy` file that is being read; see `Points`."""

    def __init__(self, path: str, inputs: Sequence[str]) -> None:
        import numpy as np

        try:
            self.table = np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError):  # NumPy's own words advise to load pickled objects
            raise UsageError(f"`{path}` holds no array of numbers, as `numpy.save` writes it") from None
        except OSError as error:
            raise UsageError(f"cannot read `{path}`: {error.strerror or error}") from None
        if not hasattr(self.table, "dtype"):
            raise UsageError(f"`{path}` holds several arrays", hint="save one with `numpy.save`")
        named = self.table.dtype.names
        if named:
            self.names = tuple(name for name in inputs if name in named)
            kinds = {self.table.dtype[name].kind for name in self.names}
        else:
            if self.table.ndim == 1 and len(inputs) == 1:
                self.table = self.table[:, None]
            if self.table.ndim != 2 or self.table.shape[1] > len(inputs):
                shape = f"an array of shape (rows, {len(inputs)}) is needed: {', '.join(inputs)}"
                raise UsageError(f"`{path}` has the shape {self.table.shape}", hint=shape)
            self.names, kinds = tuple(inputs[: self.table.shape[1]]), {self.table.dtype.kind}
        if not kinds <= set("fiu"):
            raise UsageError(f"`{path}` does not hold real numbers")
        if not self.names:
            raise UsageError(f"`{path}` has no column that the program asks for")
        self.rows: int | None = len(self.table)
        self.unread: tuple[int, str] | None = None
        self.at = 0

    def blocks(self) -> Iterator[Mapping[str, Array]]:
        """The columns, some rows at a time."""
        named = bool(self.table.dtype.names)
        for start in range(0, len(self.table), ROWS):
            part = self.table[start : start + ROWS]
            self.at = start + len(part)
            yield {name: part[name] if named else part[:, at] for at, name in enumerate(self.names)}

    def share(self) -> float:
        """Which part has been read."""
        return self.at / max(1, len(self.table))


class NpyOut(Written):
    """A `.npy` file that is being written; see `Out`. Its head leaves room for the number of rows, known at the end."""

    def begin(self) -> None:
        """The head, for no rows yet."""
        from numpy.lib import format as npy

        self.part.file.seek(0)
        head = {"descr": "<f8", "fortran_order": False, "shape": (self.rows, len(self.names))}
        npy.write_array_header_1_0(self.part.file, head)

    def put(self, columns: Sequence[Array]) -> None:
        """Rows."""
        import numpy as np

        self.part.file.write(np.column_stack(list(columns)).astype("<f8", copy=False).tobytes())

    def end(self) -> None:
        """The head again."""
        self.begin()


def _parquet() -> Any:
    """pyarrow, with its Parquet part loaded."""
    try:
        import_module("pyarrow.parquet")
    except ImportError:
        raise UsageError("Parquet needs pyarrow, which is not installed", hint="`pip install pyarrow`") from None
    return import_module("pyarrow")


class Parquet:
    """A Parquet file that is being read; see `Points`."""

    def __init__(self, path: str, inputs: Sequence[str]) -> None:
        arrow = _parquet()
        self.path = path
        try:
            self.file = arrow.parquet.ParquetFile(path)
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read `{path}`: {' '.join(str(error).split())[:200]}") from None
        self.names = tuple(name for name in inputs if name in self.file.schema_arrow.names)
        if not self.names:
            wanted = f"the program's inputs are {', '.join(inputs) or 'none'}"
            raise UsageError(f"`{path}` has no column that the program asks for", hint=wanted)
        for name in self.names:
            kind = self.file.schema_arrow.field(name).type
            if not (arrow.types.is_floating(kind) or arrow.types.is_integer(kind) or arrow.types.is_decimal(kind)):
                raise UsageError(f"`{path}`: the column `{name}` holds {kind}, not numbers")
        self.rows: int | None = self.file.metadata.num_rows
        self.unread: tuple[int, str] | None = None
        self.at = 0

    def blocks(self) -> Iterator[Mapping[str, Array]]:
        """The columns, some rows at a time."""
        try:
            for batch in self.file.iter_batches(ROWS, columns=list(self.names)):
                self.at += batch.num_rows
                found = {name: batch.column(batch.schema.get_field_index(name)) for name in self.names}
                yield {name: each.cast("double").to_numpy(zero_copy_only=False) for name, each in found.items()}
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read `{self.path}`: {' '.join(str(error).split())[:200]}") from None

    def share(self) -> float:
        """Which part has been read."""
        return self.at / max(1, self.rows or 0)


class ParquetOut(Written):
    """A Parquet file that is being written; see `Out`."""

    def begin(self) -> None:
        """The names."""
        arrow = _parquet()
        self.schema = arrow.schema([(name, arrow.float64()) for name in self.names])
        self.writer = arrow.parquet.ParquetWriter(self.part.file, self.schema)

    def put(self, columns: Sequence[Array]) -> None:
        """Rows."""
        import numpy as np

        given = [np.ascontiguousarray(each, dtype=float) for each in columns]
        self.writer.write_table(_parquet().table(given, schema=self.schema))

    def end(self) -> None:
        """What stands after the rows."""
        self.writer.close()
