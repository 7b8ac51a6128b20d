"""One LLVM function, as it is being written.

Law: lines are text, in order; every value has a fresh name; what a program calls its names never appears. Counters and
stacks of the run are kept in registers while the function runs (`field`): they are fetched at its start, and put back
before anything outside could look.

A function of the program is handed some of them, its `carried` ones, in registers, and gives them back before its
results, so that calls do not wait for memory. The first is what it may still use: less than 0 where the run is to stop,
and then the run's memory says why.
"""

from __future__ import annotations

from itertools import count

FUEL, DEPTH, THREAD, SITE, STATUS = range(5)
STACKS = 5
"""The run's memory, in words of 8 bytes: steps left, calls left, Python's thread, where the host looked last, how the
run ends if it is to end here; then the stacks (place, length, capacity each), then the names that functions read
(value, is there one)."""

CALLS = 14
"""Where functions come back to themselves, what a call may still use is one number: the steps left, above so many bits
for the calls that may still stand inside each other. Both are counted by one subtraction, and the steps are used up
where it is less than 0."""

DONE, ODD, STOPPED = range(3)
"""How a run may end: well; for the interpreter to say; stopped by the host (a limit, Ctrl-C)."""
ENDED = -1
"""The status that the run's memory has."""
NONE = -(1 << 62)
"""What a run may still use that is to end: less than 0, whatever is counted."""

ROW = 32
"""Numbers that are moved from place to place without a pause."""

GO_ON = 1
"""What the host answers where the run may go on; ctypes answers 0 where the host itself was stopped."""
WHOLE = "ptr %run, ptr %in, ptr %out, ptr %frame"
"""What a program is given: the run's memory, inputs, room for results, the frame."""


class Writer:
    """Writes one function.

    Args:
        head: its `define` line without attributes.
        results: the types of what it gives, after what it carries.
        carried: the fields that it is handed in registers; none where it gives a status only.
    """

    def __init__(
        self, head: str, results: tuple[str, ...] = (), attributes: str = "", carried: tuple[int, ...] = ()
    ) -> None:
        self.head = head
        self.attributes = attributes
        self.carried = carried
        self.types = (*["i64"] * len(carried), *results)
        self.type = "{" + ", ".join(self.types) + "}" if carried else "i32"
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.numbers = count()
        self.fields: dict[int, str] = {}
        self.changed: set[int] = set()
        self.bail: dict[int, str] = {}
        self.marks: list[list[str]] = []
        self.rooms: dict[str, int] = {}

    def fresh(self) -> str:
        """A new value's name."""
        return f"%v{next(self.numbers)}"

    def label(self) -> str:
        """A new block's name."""
        return f"b{next(self.numbers)}"

    def add(self, line: str) -> None:
        """A line without a value."""
        self.lines.append("  " + line)

    def value(self, expression: str) -> str:
        """A line with a value; its name."""
        name = self.fresh()
        self.lines.append(f"  {name} = {expression}")
        return name

    def begin(self, label: str) -> None:
        """Start a block, falling into it."""
        self.lines.append(f"  br label %{label}")
        self.lines.append(f"{label}:")

    def start(self, label: str) -> None:
        """Start a block that is jumped to."""
        self.lines.append(f"{label}:")

    def jump(self, label: str) -> None:
        """Go on elsewhere."""
        self.add(f"br label %{label}")

    def branch(self, condition: str, yes: str, no: str) -> None:
        """Go on in one of two places."""
        self.add(f"br i1 {condition}, label %{yes}, label %{no}")

    def local(self, kind: str, initial: str | None = None) -> str:
        """A variable of this function."""
        name = self.fresh()
        self.entry.append(f"  {name} = alloca {kind}")
        if initial is not None:
            self.entry.append(f"  store {kind} {initial}, ptr {name}")
        return name

    def room(self, name: str, size: int) -> str:
        """Room for so many numbers, one after another, until the next that asks for it; its address."""
        self.rooms[name] = max(size, self.rooms.get(name, 0))
        return name

    def item(self, room: str, index: int) -> str:
        """The address of one of the numbers in a room."""
        return self.value(f"getelementptr double, ptr {room}, i64 {index}")

    def pause(self, index: int) -> None:
        """Between numbers that are moved one after another: LLVM compares each with all others up to a pause."""
        if index % ROW == ROW - 1:
            self.add('call void asm sideeffect "", "~{memory}"()')

    # --- the run's memory -----------------------------------------------------------------------------------

    def place(self, index: int) -> str:
        """The address of a word of the run's memory."""
        return self.value(f"getelementptr i64, ptr %run, i64 {index}")

    def field(self, index: int) -> str:
        """A counter or a stack's word, kept by this function while it runs: the variable's address."""
        if index not in self.fields:
            self.fields[index] = self.local("i64")
            if index in self.carried:
                self.entry.append(f"  store i64 %c{index}, ptr {self.fields[index]}")
                return self.fields[index]
            name, address = self.fresh(), self.fresh()
            self.entry.append(f"  {address} = getelementptr i64, ptr %run, i64 {index}")
            self.entry.append(f"  {name} = load i64, ptr {address}")
            self.entry.append(f"  store i64 {name}, ptr {self.fields[index]}")
        return self.fields[index]

    def get(self, index: int) -> str:
        """The number in a field."""
        return self.value(f"load i64, ptr {self.field(index)}")

    def set(self, index: int, value: str) -> None:
        """A new number for a field."""
        self.changed.add(index)
        self.add(f"store i64 {value}, ptr {self.field(index)}")

    def leave(self) -> None:
        """Mark where fields are put back; which there are is known at the end."""
        self.lines.append("PUT")

    def return_to(self) -> None:
        """Mark where fields are fetched again."""
        self.lines.append("GET")

    def put(self, index: int) -> None:
        """Put one field back."""
        self.add(f"store i64 {self.get(index)}, ptr {self.place(index)}")

    def fetch(self, index: int) -> None:
        """Fetch one field again."""
        self.add(f"store i64 {self.value(f'load i64, ptr {self.place(index)}')}, ptr {self.field(index)}")

    def mark(self) -> None:
        """Mark where something is called; lines may still be put before it (`marks`)."""
        self.lines.append(f"MARK {len(self.marks)}")
        self.marks.append([])

    def finish(self, values: tuple[str, ...] = ()) -> None:
        """End the function well."""
        self.leave()
        if not self.carried:
            self.add(f"ret i32 {DONE}")
            return
        filled = f"{self.type} undef"
        whole = (*[self.get(each) for each in self.carried], *values)
        for index, (kind, each) in enumerate(zip(self.types, whole, strict=False)):
            filled = f"{self.type} {self.value(f'insertvalue {filled}, {kind} {each}, {index}')}"
        self.add(f"ret {filled}")

    def fail(self, status: str) -> None:
        """End with the status of something that was called, when it is not 0; else go on."""
        bad, good = self.label(), self.label()
        wrong = self.value(f"icmp ne i32 {status}, 0")
        self.add(f"br i1 {wrong}, label %{bad}, label %{good}, !prof !0")
        self.start(bad)
        self.add(f"ret i32 {status}")
        self.start(good)

    def stop_if(self, condition: str, status: int = ODD) -> None:
        """End with a status when a condition holds; `ENDED`: the run's memory has it already."""
        if status not in self.bail:
            self.bail[status] = self.label()
        good = self.label()
        self.add(f"br i1 {condition}, label %{self.bail[status]}, label %{good}, !prof !0")
        self.start(good)

    def stop(self) -> None:
        """End for the interpreter to say."""
        self.jump(self.bail.setdefault(ODD, self.label()))

    def _stopped(self, status: int) -> None:
        """The end of a run that does not end well: of this function, and so of all that called it."""
        if self.carried:
            if status != ENDED:
                self.add(f"store i64 {status}, ptr {self.place(STATUS)}")
            self.add(f"ret {self.type} {self.value(f'insertvalue {self.type} undef, i64 {NONE}, 0')}")
        elif status == ENDED:
            kept = self.value(f"load i64, ptr {self.place(STATUS)}")
            self.add(f"ret i32 {self.value(f'trunc i64 {kept} to i32')}")
        else:
            self.add(f"ret i32 {status}")

    def text(self) -> str:
        """The whole function."""
        for status, label in self.bail.items():
            self.start(label)
            self._stopped(status)
        out = [f"{self.head.replace('TYPE', self.type)} {self.attributes} {{", "entry:"]
        out += [f"  {name} = alloca [{size} x double]" for name, size in self.rooms.items()]
        out += [*self.entry, "  br label %go", "go:"]
        for line in self.lines:
            if line == "PUT":
                out.extend(self._move(fetch=False))
            elif line == "GET":
                out.extend(self._move(fetch=True))
            elif line.startswith("MARK "):
                out.extend(self.marks[int(line[5:])])
            else:
                out.append(line)
        return "\n".join([*out, "}"])

    def _move(self, fetch: bool) -> list[str]:
        out = []
        for index, variable in self.fields.items():
            if index in self.carried or (not fetch and index not in self.changed):
                continue
            value, address = self.fresh(), self.fresh()
            source, target = (address, variable) if fetch else (variable, address)
            out += [f"  {address} = getelementptr i64, ptr %run, i64 {index}", f"  {value} = load i64, ptr {source}",
                    f"  store i64 {value}, ptr {target}"]  # fmt: skip
        return out
