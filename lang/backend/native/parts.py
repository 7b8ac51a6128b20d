"""Long straight parts of a loop, a function, a branch -> functions of their own, as straight units become.

Law: what is computed is the same, in the same order. LLVM's time for one function grows faster than its length, and
what it gains in a long straight part is little; so such a part is written as `lines` writes a whole unit, and compiled
as it stands. What it reads and gives goes through memory. A short part stays where it is. After each part the run looks
whether all its operations had values, lest a loop goes on with none.

A part is a choice without conditions, `form.If([], steps, span)`, so that every walk over steps knows what it is.

    pushes    stored straight into the room of the stack, which was looked for before
    pops      inputs; what was pushed in the same part is the value itself
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lang.backend.native.calls import Calls
from lang.backend.native.lines import part
from lang.backend.native.primitives import hard
from lang.backend.native.shape import BOOLEAN, NUMBER, Scope, Shape
from lang.backend.native.straight import Straight, Value, number, understood
from lang.backend.native.variables import Sites
from lang.backend.native.writer import Writer
from lang.backend.unit import Unavailable, Unit
from lang.steps import form
from lang.steps.costs import counted
from lang.steps.walk import assigned, blocks_of, conditions_of, reads_of, targets_of

LONG, HARD = 1_000, 3
"""Steps from which a part is long; for so many more counts a call, and an operation that looks at its operands first:
they are what LLVM takes its time for. Where there are none of them, its code is a third quicker."""
MOST = 3_000
"""Steps that a part may have: what waits in memory meanwhile lies on the machine's stack."""
SIMPLE = (form.Operation, form.Comparison, form.Negation, form.Copy, form.Push, form.Pop)


def parted(steps: form.Block, settled: set[form.Step]) -> form.Block:
    """The steps with long straight parts in blocks of their own.

    Args:
        settled: requirements that are met in any case.
    """
    found: form.Block = []
    for simple, row in _rows(steps, settled):
        if not simple:
            found.extend(_inside(step, settled) for step in row)
            continue
        for piece in _pieces(row):
            found.extend([form.If([], piece, piece[0].span)] if _long(piece) else piece)
    return found


def _long(piece: form.Block) -> bool:
    """Would LLVM take its time for a part?"""
    if len(piece) * (1 + HARD) < LONG:
        return False
    keys = ((step.primitive.name, step.primitive.arity) for step in piece if isinstance(step, form.Operation))
    return len(piece) + HARD * sum(map(hard, keys)) >= LONG


def _rows(steps: form.Block, settled: set[form.Step]) -> Iterator[tuple[bool, form.Block]]:
    """Steps that may be part of a straight part, and others, in rows."""
    row: form.Block = []
    before = True
    for step in steps:
        simple = isinstance(step, SIMPLE) or step in settled
        if simple != before and row:
            yield before, row
            row = []
        row.append(step)
        before = simple
    if row:
        yield before, row


def _inside(step: form.Step, settled: set[form.Step]) -> form.Step:
    match step:
        case form.If():
            arms = [form.Arm(parted(arm.setup, settled), arm.condition, parted(arm.body, settled), arm.test)
                    for arm in step.arms]  # fmt: skip
            return form.If(arms, parted(step.otherwise, settled), step.span)
        case form.While():
            setup, body = parted(step.setup, settled), parted(step.body, settled)
            return form.While(setup, step.condition, body, step.test, step.span)
        case form.For():
            return form.For(step.target, step.start, step.stop, step.stride, parted(step.body, settled), step.span)
    return step


def _pieces(row: form.Block) -> Iterator[form.Block]:
    """Cut where it gets too long, and where something would be saved in a place that something was taken from."""
    piece: form.Block = []
    saved: dict[int, int] = {}
    taken: set[int] = set()
    for step in row:
        if len(piece) == MOST or (isinstance(step, form.Push) and step.stack in taken):
            yield piece
            piece, saved, taken = [], {}, set()
        if isinstance(step, form.Push):
            saved[step.stack] = saved.get(step.stack, 0) + 1
        elif isinstance(step, form.Pop):
            saved[step.stack] = saved.get(step.stack, 0) - 1
            taken |= {step.stack} if saved[step.stack] < 0 else set()
        piece.append(step)
    yield piece


@dataclass(eq=False)
class _Part:
    """A part, understood.

    Attributes:
        given: the names that it reads.
        kept: the names that it gives values that are read later.
        saved: the values that it leaves on each stack, in order.
        taken: how many values it takes from each stack.
        inputs: where its inputs from stacks are.
    """

    found: Straight
    given: list[str]
    kept: list[str]
    saved: dict[int, list[Value]] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    inputs: list[tuple[str, int]] = field(default_factory=list)


def _understood(unit: Unit, steps: form.Block, kept: list[str], kind: Callable[[str], str],
                stacks: Mapping[int, str], joint: frozenset[str]) -> _Part:  # fmt: skip
    """Understand the steps of a part."""
    made = _Part(Straight(unit, allowed=joint), list(_read_first(steps)), kept)
    names: dict[str, Value] = {name: ~index for index, name in enumerate(made.given)}
    made.found.booleans |= {names[name] for name in made.given if kind(name) == BOOLEAN}
    row: form.Block = []
    for step in steps:
        if not isinstance(step, form.Push | form.Pop):
            row.append(step)
            continue
        _number(made, row, names)
        row = []
        if isinstance(step, form.Push):
            made.saved.setdefault(step.stack, []).append(_saved(step.source, names, made))
        else:
            names[step.target] = _taken(made, step.stack, stacks[step.stack])
    _number(made, row, names)
    made.found.results = [names[name] for name in kept]
    made.found.results += [value for values in made.saved.values() for value in values]
    made.found.unit = replace(unit, steps=[], inputs=("",) * (len(made.given) + len(made.inputs)), results=())
    understood(made.found)
    return made


def _number(made: _Part, row: form.Block, names: dict[str, Value]) -> None:
    if not number(made.found, row, names, {}):
        raise Unavailable("a part is not straight")


def _saved(source: form.Operand, names: dict[str, Value], made: _Part) -> Value:
    """The value that is saved."""
    copied = dict(names)
    _number(made, [form.Copy("\0", source, (0, 0))], copied)
    return copied["\0"]


def _taken(made: _Part, stack: int, kind: str) -> Value:
    """The value that is taken back."""
    if made.saved.get(stack):
        return made.saved[stack].pop()
    made.taken[stack] = made.taken.get(stack, 0) + 1
    made.inputs.append((f"stack{stack}", -made.taken[stack]))
    index = len(made.given) + len(made.inputs) - 1
    if kind == BOOLEAN:
        made.found.booleans.add(~index)
    return ~index


def _read_first(steps: form.Block) -> Iterable[str]:
    """The names that are read before they get a value, in order."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    for step in steps:
        for name in reads_of(step):
            if isinstance(name, str) and name not in seen:
                found[name] = None
        seen.update(targets_of(step))
    return found


class Parts(Calls):
    """The long straight parts of one scope.

    Attributes:
        own: the names that other steps of the function use.
        rooms: the words of names that only parts use.
    """

    def __init__(self, shape: Shape, scope: Scope, writer: Writer, sites: Sites) -> None:
        super().__init__(shape, scope, writer, sites)
        self.own: set[str] = set()
        self.rooms: dict[str, int] = {}
        self.found = False

    def part(self, step: form.If) -> None:
        """Write the function of a part, and its call."""
        writer, sites, steps = self.writer, self.sites, step.otherwise
        self.consume(counted(steps))
        self.see()
        self._find_rooms()
        places = self.sites.places if self.main else {}
        kept = sorted(each for each in assigned(steps) if each in self.crossing or each in places)
        made = _understood(self.shape.unit, steps, kept, self.kind, self.shape.stacks, sites.joint)
        stacks = sorted({*made.saved, *made.taken})
        tops = [self._stack(made, stack) for stack in stacks]
        given = [each for each in made.given if self._plain(each)]
        out = [each for each in kept if self._plain(each)]
        inside, outside = (writer.local(f"[{max(1, len(each))} x double]") for each in (given, out))
        for index, name in enumerate(given):
            value = self.read(name)
            if self.kind(name) == BOOLEAN:
                value = writer.value(f"uitofp i1 {value} to double")
            writer.add(f"store double {value}, ptr {writer.item(inside, index)}")
            writer.pause(index)
        name = f"@straight{len(sites.module.parts)}"
        self._write(name, made, given, out, kept)
        writer.mark()
        self.called = ""
        writer.value(f"call i32 {name}({', '.join([f'ptr {each}' for each in (inside, outside, self.memory, *tops)])})")
        if not sites.ieee:
            writer.stop_if(writer.value(f"icmp ne i32 {writer.value('call i32 @ad_raised()')}, 0"))
        for index, each in enumerate(out):
            value = writer.value(f"load double, ptr {writer.item(outside, index)}")
            writer.pause(index)
            if self.kind(each) != NUMBER:
                value = writer.value(f"fcmp une double {value}, 0.0")
            self.write(each, value)

    def _write(self, name: str, made: _Part, given: list[str], out: list[str], kept: list[str]) -> None:
        """Write the function itself."""
        stacks = sorted({*made.saved, *made.taken})
        head = ["ptr %in", "ptr %out", "ptr %room", *(f"ptr %stack{stack}" for stack in stacks)]
        come = {each: ("in", at) for at, each in enumerate(given)}
        go = {each: ("out", at) for at, each in enumerate(out)}
        inputs = [come.get(each) or ("room", self._room(each)) for each in made.given] + made.inputs
        results = [go.get(each) or ("room", self._room(each)) for each in kept]
        results += [(f"stack{stack}", place) for stack, each in made.saved.items() for place in range(len(each))]
        whole = f"define internal i32 {name}({', '.join(head)})"
        self.sites.module.parts.append(part(self.sites.module, made.found, whole, inputs, results))

    def _find_rooms(self) -> None:
        """Settle which names live in memory for the parts alone."""
        if self.found:
            return
        self.found = True
        inside: set[str] = set()
        pending = [self.steps]
        while pending:
            for step in pending.pop():
                if isinstance(step, form.If) and step in self.scope.pieces:
                    continue
                if isinstance(step, form.If) and not step.arms:
                    inside |= assigned(step.otherwise) & self.crossing
                    continue
                self.own.update(each for each in (*reads_of(step), *conditions_of(step)) if isinstance(each, str))
                self.own.update(targets_of(step))
                pending.extend(blocks_of(step))
        start = self.layout.size
        alone = sorted(name for name in inside if not self._plain(name) and name not in self.words)
        self.rooms = {name: start + at for at, name in enumerate(alone)}
        self.layout.size = start + len(alone)

    def _room(self, name: str) -> int:
        return self.words[name] if name in self.words else self.rooms[name]

    def _plain(self, name: str) -> bool:
        """Do other steps use a name, too? Any other has a place in memory, for all parts."""
        if name in self.own or name in self.flags or name in self.sites.places:
            return True
        return self.piece is None and (name in self.layout.results or name in self.scope.procedure.parameters)

    def _stack(self, made: _Part, stack: int) -> str:
        """Look for what a part takes from a stack and saves there; where the stack's top is before it."""
        writer, base = self.writer, self.sites.stacks[stack]
        taken, saved = made.taken.get(stack, 0), len(made.saved.get(stack, ()))
        size = writer.get(base + 1)
        if taken:
            writer.stop_if(writer.value(f"icmp ult i64 {size}, {taken}"))
        if saved:
            self.need(base, saved)
        top = self.top(base, size)
        if taken != saved:
            writer.set(base + 1, writer.value(f"add i64 {size}, {saved - taken}"))
        return top
