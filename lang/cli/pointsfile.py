"""Blocks of columns -> a file that stands under its name only once it is whole.

Law: as for every file of points; each kind says what it writes, and nothing else of it is its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from lang.cli.options import UsageError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

ROWS = 1 << 18
"""Rows of a block."""


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
