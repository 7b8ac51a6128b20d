"""The steps of a unit -> lines of LLVM that run them for all lanes at once.

Law: in a lane, the operations are those of a run of that row alone, in its order; a lane is marked where a value that
it computed is not finite. A choice computes both sides for all lanes and each lane keeps its own (if-conversion); what
happens in a lane on the side it does not take marks nothing.

    if x > 0: z = log(x)      m = x > 0          t = log(x)     mark lanes of m where t is not finite
    else:     z = -x          not m              u = -x
                                                 z = select(m, t, u)

The hard part is `push v` / `v = pop()` of adjoint programs on two sides of a choice: what is saved is kept here, while
writing, with the choices on the way to it, and taken back where the choices are the same again (`stack`).
"""

from __future__ import annotations

from lang.backend.native import primitives
from lang.backend.native.primitives import COMPARISONS
from lang.backend.native.shape import BOOLEAN, NUMBER, Shape
from lang.backend.rows.frame import Frame, Side
from lang.backend.rows.look import looks
from lang.backend.rows.module import LaneModule
from lang.backend.rows.stack import Stacks, Ways
from lang.backend.rows.writer import call
from lang.backend.unit import Unavailable
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import assigned

MOST = 6_000
"""Operations of a module on lanes, calls counted as often as they are made."""


class Lanes:
    """Writes the steps.

    Args:
        columns: LLVM's value of each input.
    """

    def __init__(self, shape: Shape, module: LaneModule, columns: list[str]) -> None:
        self.shape = shape
        self.module = module
        self.writer = module.writer
        self.columns = columns
        self.main = self.frame = Frame(shape.main)
        self.mask: str | None = None
        self.ways = Ways(self.writer)
        self.stacks = Stacks(shape, module, self.ways)
        self.active: list[str] = []
        self.operations = 0

    def run(self) -> list[str]:
        """Write the program; the values of its results."""
        asked = {step.target for step in self.shape.main.body if isinstance(step, form.Input)}
        for name, column in zip(self.shape.unit.inputs, self.columns, strict=True):
            if name not in asked:
                self.module.look(column, None)
        drive(self.block(self.shape.main.body))
        for name in self.shape.unit.results:
            self._require(form.Require(name, "value", (0, 0)))
        return [self.read(name) for name in self.shape.unit.results]

    # --- names ----------------------------------------------------------------------------------------------

    def read(self, operand: form.Operand) -> str:
        """The value of an operand."""
        if isinstance(operand, str):
            return self.frame.values.get(operand, "false" if self.kind(operand) == BOOLEAN else "0.0")
        if isinstance(operand, bool):
            return "true" if operand else "false"
        return primitives.hexadecimal(operand)

    def write(self, name: str, value: str, there: str | None = None) -> None:
        """Give a name a value, in all lanes or where `there` says."""
        self.frame.write(name, value, there)

    def kind(self, operand: form.Operand) -> str:
        """The kind of an operand."""
        if isinstance(operand, str):
            return self.shape.kind(self.frame.scope, operand)
        return BOOLEAN if isinstance(operand, bool) else NUMBER

    # --- steps ----------------------------------------------------------------------------------------------

    def block(self, steps: form.Block) -> Walk:
        """The walk that writes a block."""
        looked = looks(steps)
        for index, step in enumerate(steps):
            found = getattr(self, "_" + type(step).__name__.lower(), self._other)(step)
            if found is not None:
                yield found
            elif index in looked:
                self.module.look(self.read(getattr(step, "target", "")), self.mask)

    def _other(self, step: form.Step) -> None:
        raise Unavailable("rows may take a different number of turns, so each is computed alone")

    def _pass(self, step: form.Step) -> None:
        pass

    _define = _ask = _show = _mark = _pass

    def _operation(self, step: form.Operation) -> None:
        self.operations += 1
        if self.operations > MOST:
            raise Unavailable("it has too many operations for lanes")
        key = (step.primitive.name, step.primitive.arity)
        arguments = [self.read(each) for each in step.arguments]
        value = self.module.called(key, arguments)
        if value is None and key in primitives.FORMS:
            value = self._form(key, arguments)
        elif value is None:
            value = self.writer.value(call(self.module.kernel(step.primitive), arguments))
        self.write(step.target, value)

    def _form(self, key: tuple[str, int], arguments: list[str]) -> str:
        lines = primitives.FORMS[key].split("\n")
        self.module.outside.update(primitives.declared(key))
        return primitives.put(lines, arguments, self.writer.value, lambda odd: self.module.bad(odd, self.mask))

    def _comparison(self, step: form.Comparison) -> None:
        left, right = self.read(step.left), self.read(step.right)
        kinds = {self.kind(step.left), self.kind(step.right)}
        if len(kinds) > 1:
            raise Unavailable("a number is compared with true or false")
        found = self.ways.decided(step.operator, left, right)
        if found is None and kinds == {BOOLEAN}:
            found = self.writer.once(f"icmp {'eq' if step.operator == '==' else 'ne'} i1 {left}, {right}")
        elif found is None:
            found = self.writer.once(f"fcmp {COMPARISONS[step.operator]} double {left}, {right}")
        self.write(step.target, found)

    def _negation(self, step: form.Negation) -> None:
        self.write(step.target, self.ways.negation(self.read(step.source)))

    def _copy(self, step: form.Copy) -> None:
        there = self.frame.there.get(step.source) if isinstance(step.source, str) else None
        self.write(step.target, self.read(step.source), there)

    def _require(self, step: form.Require) -> None:
        if step.name not in self.frame.values:
            self.module.bad("true", self.mask)
        elif step.name in self.frame.there:
            self.module.bad(self.writer.value(f"xor i1 {self.frame.there[step.name]}, true"), self.mask)

    def _input(self, step: form.Input) -> None:
        inputs = self.shape.unit.inputs
        if step.target in inputs:
            self.write(step.target, self.columns[inputs.index(step.target)])
        elif step.default is None:
            raise Unavailable(f"nothing is given for the input `{step.target}`")
        else:
            self.write(step.target, self.read(step.default))

    def _push(self, step: form.Push) -> None:
        self.stacks.push(step.stack, self.read(step.source), self.kind(step.source), self.ways.path, self.mask)

    def _pop(self, step: form.Pop) -> None:
        self.write(step.target, self.stacks.pop(step.stack, self.kind(step.target), self.ways.path, self.mask))

    # --- functions ------------------------------------------------------------------------------------------

    def _call(self, step: form.Call) -> Walk:
        """A call, written where it is made."""
        if step.function in self.active:
            raise Unavailable("a function calls itself, so each row is computed alone")
        inner = self.shape.functions[step.function]
        arguments = [self.read(each) for each in step.arguments]
        outer, frame = self.frame, Frame(inner)
        frame.values.update(zip(inner.procedure.parameters, arguments, strict=True))
        for name in inner.procedure.reads:
            if name in self.main.values and name not in frame.values:
                frame.values[name] = self.main.values[name]
                if name in self.main.there:
                    frame.there[name] = self.main.there[name]
        self.frame = frame
        self.active.append(step.function)
        yield self.block(inner.body)
        self.active.pop()
        self.frame = outer
        for index, target in enumerate(step.targets):
            if index not in frame.results:
                raise Unavailable("a function gives nothing back")
            self.write(target, frame.results[index])

    def _return(self, step: form.Return) -> None:
        for index, each in enumerate(step.values):
            value, kind = self.read(each), self.kind(each)
            if index in self.frame.results and self.mask is not None:
                old = self.frame.results[index]
                value = self.writer.value(f"select i1 {self.mask}, {kind} {value}, {kind} {old}")
            self.frame.results[index] = value

    # --- choices --------------------------------------------------------------------------------------------

    def _if(self, step: form.If) -> Walk:
        return self._choice(step, 0)

    def _choice(self, step: form.If, at: int) -> Walk:
        """The arm `at`, and what is done where its condition does not hold."""
        if at == len(step.arms):
            yield self.block(step.otherwise)
            return
        arm = step.arms[at]
        yield self.block(arm.setup)
        condition = self.read(arm.condition)
        sides = []
        for wanted in (True, False):
            outer, mask = self.ways.path, self.mask
            self.mask = self.ways.enter(condition, wanted, mask)
            self.frame.logs.append({})
            yield self.block(arm.body) if wanted else self._choice(step, at + 1)
            sides.append(self.frame.leave(self.mask, self.ways.path))
            self.ways.path, self.mask = outer, mask
        self._merge(*sides)

    def _merge(self, yes: Side, no: Side) -> None:
        """Each lane keeps what its own side gave."""
        for name in {**yes.given, **no.given}:
            before = yes.before.get(name) or no.before.get(name) or (None, None)
            one, one_there = yes.given.get(name, before)
            two, two_there = no.given.get(name, before)
            if one is None or two is None:
                there = yes.mask if two is None else no.mask
                inner = one_there if two is None else two_there
                there = there if inner is None else self.writer.value(f"and i1 {there}, {inner}")
                self.write(name, one or two or "", there)
                continue
            value = one if one == two else self.ways.merged(self.kind(name), (yes, one), (no, two))
            lanes = None
            if one_there is not None or two_there is not None:
                lanes = self.writer.value(f"select i1 {yes.mask}, i1 {one_there or 'true'}, i1 {two_there or 'true'}")
            self.write(name, value, lanes)

    # --- loops ----------------------------------------------------------------------------------------------

    def _for(self, step: form.For) -> Walk:
        """A loop that takes the same turns in all lanes."""
        module, writer = self.module, self.writer
        start, stop, stride = (module.whole(self.read(each)) for each in (step.start, step.stop, step.stride))
        names = sorted(assigned(step.body) | {step.target})
        module.flush()
        cells = {name: writer.cell(self.kind(name), self.read(name)) for name in names}
        unsure = {name: there for name in names if (there := self.frame.lanes_of(name)) != "true"}
        lanes = {name: writer.cell("i1", there) for name, there in unsure.items()}
        loop = module.loop(start, stop, stride, sum(1 for each in step.body if not isinstance(each, form.For)))
        writer.forget()
        self._fetch(cells, lanes)
        self.write(step.target, loop.index)
        yield self.block(step.body)
        for name, cell in cells.items():
            writer.put(self.kind(name), self.read(name), cell)
        for name, cell in lanes.items():
            writer.put("i1", self.frame.lanes_of(name), cell)
        module.flush()
        module.end(loop)
        writer.forget()
        self._fetch(cells, lanes)

    def _fetch(self, cells: dict[str, str], lanes: dict[str, str]) -> None:
        """Take the names of a loop from where they are kept between its turns."""
        for name, cell in cells.items():
            there = self.writer.value(f"load i1, ptr {lanes[name]}") if name in lanes else None
            self.write(name, self.writer.value(f"load {self.kind(name)}, ptr {cell}"), there)
