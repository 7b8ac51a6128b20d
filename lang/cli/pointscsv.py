"""CSV <-> blocks of columns.

Law: what a CSV file means is said once, row by row (`_carefully`); the quick ways below it (pyarrow where it is, else
NumPy) may only answer what they would answer the same. Where they stumble over a part of the file, that part is read
carefully, which finds the answer or the line that is wrong.

The first line names the columns. Values are separated as the names are: by commas, semicolons or tabs. An empty value
is a missing number (the row has no answer then), and so is one that cannot be read, but in a column that begins with
nothing else; a line that is empty is no row.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lang.check.suggest import nearest
from lang.cli.options import UsageError
from lang.cli.pointsfile import Written

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

CHUNK = 8 << 20
"""Bytes that are read at a time."""
WORTH = 4 << 20
"""Bytes from which loading pyarrow takes less time than it saves."""
MANY = 20_000
"""Rows from which it is the same for writing."""
SEPARATORS = ",;\t"
MARK = b"\xef\xbb\xbf"
_POINT, _ZERO = re.compile(r"\.0(?=[,\n])"), re.compile(r"(e[+-])0(?=\d[,\n])")


class Csv:
    """A CSV file that is being read; see `Points`."""

    rows: int | None = None
    unread: tuple[int, str] | None = None

    def __init__(self, path: str, inputs: Sequence[str]) -> None:
        self.path = path
        self.size = max(1, os.path.getsize(path))
        self.at = 0
        self.file = open(path, "rb")  # noqa: SIM115 - read until the process ends, or the blocks do
        self.rest = self.file.read(CHUNK)
        self.cr = b"\n" not in self.rest and b"\r" in self.rest
        self.rest = self._plain(self.rest.removeprefix(MARK))
        self.line, head = self._head()
        self.separator = max(SEPARATORS, key=head.count)
        self.head = [name.strip() for name in next(csv.reader([head.lstrip("# ")], delimiter=self.separator), [])]
        self.places = self._found(inputs)
        self.names = tuple(self.places)
        self.arrow = self.size > WORTH and find_spec("pyarrow") is not None

    def share(self) -> float:
        """Which part has been read."""
        return min(1.0, self.at / self.size)

    # --- the first line -------------------------------------------------------------------------------------

    def _plain(self, data: bytes) -> bytes:
        """Lines that end in one way."""
        if self.cr:
            return data.replace(b"\r", b"\n")
        return data.replace(b"\r\n", b"\n") if b"\r" in data else data

    def _head(self) -> tuple[int, str]:
        """The line of names, and its number."""
        if b"\0" in self.rest or self.rest[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise UsageError(f"`{self.path}` is no CSV file in UTF-8", hint="save it as `CSV UTF-8`")
        for number, line in enumerate(io.BytesIO(self.rest), 1):
            if line.strip():
                self.rest = self.rest[self.rest.index(line) + len(line) :]
                return number, line.decode("utf-8", "replace").rstrip("\n")
        raise UsageError(f"`{self.path}` is empty", hint="its first line names columns, each other is a point")

    def _found(self, inputs: Sequence[str]) -> dict[str, int]:
        """Where the inputs have their columns."""
        wanted = ", ".join(inputs) or "none"
        twice = next((name for name in inputs if self.head.count(name) > 1), None)
        if twice is not None:
            raise UsageError(f"`{self.path}` has two columns `{twice}`", hint="give each column a name of its own")
        places = {name: self.head.index(name) for name in inputs if name in self.head}
        if not places and all(_is_number(each) for each in self.head):
            raise UsageError(f"`{self.path}` begins with numbers", hint=f"put a line of names before them: {wanted}")
        if not places:
            near = next(((nearest(each, inputs), each) for each in self.head if nearest(each, inputs)), None)
            meant = f"did you mean `{near[0]}` by `{near[1]}`? " if near else ""
            raise UsageError(
                f"`{self.path}` has no column that the program asks for",
                hint=f"{meant}its first line names columns; the program's inputs are {wanted}",
            )
        return places

    # --- the rows -------------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Mapping[str, Array]]:
        """The columns, some rows at a time."""
        count = 0
        with self.file:
            while True:
                data = self._whole_lines()
                if not data:
                    return
                table = self._quickly(data)
                found = self._carefully(data, count) if table is None else table
                count += len(found)
                self.line += data.count(b"\n")
                self.at = self.file.tell() - len(self.rest)
                if len(found):
                    yield {name: found[:, at] for at, name in enumerate(self.names)}

    def _whole_lines(self) -> bytes:
        """The next part of the file, up to the end of a row; empty at the end of the file."""
        held, self.rest = self.rest, b""
        while more := self._plain(self.file.read(CHUNK)):
            held += more
            end = held.rfind(b"\n") + 1
            while end and held.count(b'"', 0, end) % 2:  # the line ends inside a quoted text
                end = held.rfind(b"\n", 0, end - 1) + 1
            if end:
                self.rest = held[end:]
                return held[:end]
        return held

    def _quickly(self, data: bytes) -> Array | None:
        """The columns by whichever library is quickest; None where it stumbles."""
        if b'"' in data and not self.arrow:
            return None
        try:
            return self._by_arrow(data) if self.arrow else self._by_numpy(data)
        except (ValueError, IndexError):
            return None

    def _by_arrow(self, data: bytes) -> Array:
        """pyarrow's reader (its errors are ValueErrors)."""
        import numpy as np

        arrow, reader = import_module("pyarrow"), import_module("pyarrow.csv")
        names = [str(at) for at in range(len(self.head))]
        wanted = [str(self.places[name]) for name in self.names]
        found = reader.read_csv(
            arrow.BufferReader(data),
            read_options=reader.ReadOptions(column_names=names),
            parse_options=reader.ParseOptions(delimiter=self.separator, newlines_in_values=b'"' in data),
            convert_options=reader.ConvertOptions(
                include_columns=wanted, column_types=dict.fromkeys(wanted, arrow.float64()), null_values=[""]
            ),
        )
        table = np.empty((found.num_rows, len(wanted)), order="F")
        for at, name in enumerate(wanted):
            table[:, at] = found[name].to_numpy()
        return table

    def _by_numpy(self, data: bytes) -> Array | None:
        import numpy as np

        lines = data.decode("latin-1").split("\n")
        if not any(lines):
            return np.empty((0, len(self.names)))
        table = np.loadtxt(lines, delimiter=self.separator, comments=None, ndmin=2,
                           usecols=[self.places[name] for name in self.names])  # fmt: skip
        even = data.count(self.separator.encode()) == len(table) * (len(self.head) - 1)
        return table if even else None

    def _carefully(self, data: bytes, before: int) -> Array:
        """The columns, row by row.

        Args:
            before: rows that stand before these.

        Raises:
            UsageError: a line has too few or many values, or a column begins with values that are no numbers.
        """
        import numpy as np

        rows: list[list[float]] = []
        unread: dict[str, UsageError] = {}
        places = [self.places[name] for name in self.names]
        reader = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""), delimiter=self.separator)
        while True:
            line = self.line + 1 + reader.line_num
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise UsageError(f"`{self.path}`, line {line}: {error}") from None
            if cells is None:
                table = np.array(rows, dtype=np.float64).reshape(len(rows), len(places))
                for name, wrong in unread.items():
                    if not before and np.isnan(table[:, self.names.index(name)]).all():
                        raise wrong
                return table
            if not "".join(cells).strip() and len(cells) < 2:
                continue
            if len(cells) != len(self.head):
                values = "1 value" if len(cells) == 1 else f"{len(cells)} values"
                raise UsageError(f"`{self.path}`, line {line}: {values}, and {len(self.head)} columns are named")
            rows.append([])
            for at, name in zip(places, self.names, strict=True):
                text = cells[at].strip()
                try:
                    rows[-1].append(float(text or "nan"))
                except ValueError:
                    rows[-1].append(float("nan"))
                    wrong = self._no_number(text, line, name)
                    unread.setdefault(name, wrong)
                    self.unread = self.unread or (before + len(rows) - 1, wrong.message)

    def _no_number(self, text: str, line: int, name: str) -> UsageError:
        comma = re.fullmatch(r"[-+]?\d+,\d+", text)
        hint = f"write it with a point: {text.replace(',', '.')}" if comma else ""
        shown = text if len(text) < 40 else text[:40] + "…"
        return UsageError(f"`{self.path}`, line {line}: `{name}` is `{shown}`, not a number", hint=hint)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class CsvOut(Written):
    """A CSV file that is being written; see `Out`.

    A number has as many digits as its bits need, and no point where it is whole: 0.5, 4, 1e-7. pyarrow writes so, too,
    where no number is very large or small, and is four times faster.
    """

    def begin(self) -> None:
        """The names."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(self.names)
        self.part.file.write(text.getvalue().encode())

    def put(self, columns: Sequence[Array]) -> None:
        """Rows."""
        if len(columns[0]) > MANY and find_spec("pyarrow") is not None and all(map(_is_usual, columns)):
            arrow, writer = import_module("pyarrow"), import_module("pyarrow.csv")
            table = arrow.table([arrow.array(each) for each in columns], names=[str(at) for at in range(len(columns))])
            writer.write_csv(table, self.part.file, writer.WriteOptions(include_header=False))
        else:
            self.part.file.writelines(_lines(columns))


def _is_usual(column: Array) -> bool:
    """Does pyarrow write these numbers as Python does?"""
    import numpy as np

    size = np.abs(column)
    return bool(np.all(~np.isfinite(size) | (size == 0.0) | ((size >= 1e-4) & (size < 1e10))))


def _lines(columns: Sequence[Array]) -> Iterator[bytes]:
    """Rows as text, some at a time."""
    import numpy as np

    line = ",".join(["%r"] * len(columns)) + "\n"
    for start in range(0, len(columns[0]), 10_000):
        part = np.column_stack([each[start : start + 10_000] for each in columns]).astype(float)
        text = line * len(part) % tuple(part.ravel().tolist())
        yield _ZERO.sub(r"\1", _POINT.sub("", text)).encode()
