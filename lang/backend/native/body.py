"""The steps of one scope -> lines of its LLVM function.

Law: one step, a few lines, in order; whatever is out of the ordinary (a range of fractions, nothing to take back) ends
the run for the interpreter to explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from lang.backend.native import kernelcode, primitives
from lang.backend.native.ahead import AT_ONCE, Ahead
from lang.backend.native.layout import STRUCTURED
from lang.backend.native.pieces import Pieces
from lang.backend.native.primitives import COMPARISONS, JOINT
from lang.backend.native.shape import BOOLEAN, NUMBER, Scope, Shape
from lang.backend.native.variables import Sites
from lang.backend.native.writer import Writer
from lang.backend.unit import COMPILING, Unavailable
from lang.clock import watched
from lang.rules import Primitive
from lang.source import Span
from lang.steps import form
from lang.steps.costs import TURN, counted
from lang.steps.drive import Walk, drive
from lang.steps.walk import targets_of

COUNTABLE = 9007199254740992.0
"""2**53: up to here a float counts in whole numbers."""


def together(steps: form.Block, allowed: frozenset[str]) -> dict[form.Operation, form.Operation]:
    """For an operation that is computed together with a later one of the same number: the later one.

    Args:
        allowed: the functions of the C library that compute two.
    """
    found: dict[form.Operation, form.Operation] = {}
    waiting: dict[tuple[str, form.Operand], form.Operation] = {}
    for step in steps:
        if isinstance(step, STRUCTURED):
            waiting.clear()
        joint = JOINT.get(step.primitive.name) if isinstance(step, form.Operation) else None
        if isinstance(step, form.Operation) and joint is not None and joint.name in allowed:
            before = waiting.pop((joint.other, step.arguments[0]), None)
            if before is None:
                waiting[step.primitive.name, step.arguments[0]] = step
            else:
                found[before] = step
        for target in targets_of(step):
            for name in JOINT:
                waiting.pop((name, target), None)
    return found


def grouped(steps: Iterable[form.Step]) -> Iterator[list[Any]]:
    """The steps one by one, but for those that save values on one stack in a row, or take them back: these together."""
    for _, row in groupby(steps, lambda step: (step.__class__, getattr(step, "stack", None))):
        whole = list(row)
        wide = AT_ONCE if isinstance(whole[0], form.Push | form.Pop) else 1
        for at in range(0, len(whole), wide):
            yield whole[at : at + wide]


class Body(Pieces):
    """Writes the steps.

    Attributes:
        partners: for an operation that is computed together with a later one, that one.
        computed: the values of the later ones.
    """

    def __init__(self, shape: Shape, scope: Scope, writer: Writer, sites: Sites) -> None:
        super().__init__(shape, scope, writer, sites)
        self.partners: dict[form.Operation, form.Operation] = {}
        self.computed: dict[form.Operation, str] = {}

    # --- steps ----------------------------------------------------------------------------------------------

    def run(self, steps: form.Block, watched: bool = True) -> None:
        """Write the steps; does the host look at their start?"""
        self.ahead = Ahead(steps)
        drive(self.block(steps, steps[0].span if steps and watched else None))

    def block(self, steps: form.Block, repeated: Span | None = None, more: int = 0) -> Walk:
        """The walk that writes a block; where it may be `repeated`, the host looks in there.

        Args:
            more: steps that it counts besides its own.
        """
        self.consume(counted(steps) + more)
        if repeated is not None:
            self.watch(repeated)
        self.partners |= together(steps, self.sites.joint)
        deep, at = self.deep, 0
        for step, *others in grouped(watched(steps, COMPILING)):
            self.look_ahead(steps, at)
            at += 1 + len(others)
            if isinstance(step, form.Push):
                self.pushes([step, *others])
            elif isinstance(step, form.Pop):
                self.pops([step, *others])
            elif (found := getattr(self, "_" + type(step).__name__.lower())(step)) is not None:
                yield found
                self.known.clear()
        self.deep = deep

    def _operation(self, step: form.Operation) -> None:
        key = (step.primitive.name, step.primitive.arity)
        if step in self.computed:
            self.write(step.target, self.computed.pop(step))
            return
        arguments = [self.read(each) for each in step.arguments]
        if step in self.partners:
            self._joint(step, self.partners.pop(step), arguments[0])
            return
        lines = primitives.lines(key, self.sites.ieee)
        value = self._kernel(step.primitive, arguments) if lines is None else self._form(key, lines, arguments)
        self.write(step.target, value)
        if step in self.scope.unread and lines is not None and not primitives.calls(key):
            self.look(value)

    def _joint(self, step: form.Operation, other: form.Operation, argument: str) -> None:
        """Two functions of one number, computed where the first stands."""
        joint = JOINT[step.primitive.name]
        self.sites.joints.add(joint.name)
        self.writer.mark()
        self.called = ""
        places = [self.writer.local("double") for _ in range(2)]
        self.writer.add(f"call void @ad_{joint.name}(double {argument}, ptr {places[0]}, ptr {places[1]})")
        values = [self.writer.value(f"load double, ptr {place}") for place in places]
        self.write(step.target, values[joint.place])
        self.computed[other] = values[1 - joint.place]

    def _form(self, key: tuple[str, int], lines: tuple[str, ...], arguments: list[str]) -> str:
        writer = self.writer
        self.sites.outside.update(primitives.declared(key))
        if primitives.calls(key):
            writer.mark()
        value = primitives.put(lines, arguments, writer.value, writer.stop_if)
        if primitives.calls(key):
            self.called = value
        return value

    def _kernel(self, primitive: Primitive, arguments: list[str]) -> str:
        key = (primitive.name, primitive.arity)
        symbol = primitives.kernel_symbol(key)
        read = kernelcode.code(key, symbol)
        if read is None:
            self.sites.kernels[symbol] = primitive
            symbol = f"safe_{symbol}"
        else:
            self.sites.texts[symbol] = read[0]
            self.sites.outside.update(dict(read[1]))
        joined = ", ".join(f"double {each}" for each in arguments)
        self.writer.mark()
        value = self.called = self.writer.value(f"call double @{symbol}({joined})")
        if not self.sites.ieee:
            self.look(value)
        return value

    def _comparison(self, step: form.Comparison) -> None:
        left, right = self.read(step.left), self.read(step.right)
        both = {self.kind_of(step.left), self.kind_of(step.right)}
        if both == {BOOLEAN}:
            word = "eq" if step.operator == "==" else "ne"
            self.write(step.target, self.writer.value(f"icmp {word} i1 {left}, {right}"))
            return
        if both != {NUMBER}:
            raise Unavailable("a number is compared with true or false")
        word = COMPARISONS[step.operator]
        self.write(step.target, self.writer.value(f"fcmp {word} double {left}, {right}"))

    def _negation(self, step: form.Negation) -> None:
        self.write(step.target, self.writer.value(f"xor i1 {self.read(step.source)}, true"))

    def _copy(self, step: form.Copy) -> None:
        self.write(step.target, self.read(step.source))

    def _require(self, step: form.Require) -> None:
        if step not in self.scope.settled:
            self.require(step.name)

    def _input(self, step: form.Input) -> None:
        inputs = self.shape.unit.inputs
        if step.target not in inputs:
            if step.default is None:
                raise Unavailable(f"nothing is given for the input `{step.target}`")
            self.write(step.target, self.read(step.default))
            return
        place = self.writer.value(f"getelementptr double, ptr %in, i64 {inputs.index(step.target)}")
        self.write(step.target, self.writer.value(f"load double, ptr {place}"))

    def _define(self, step: form.Define) -> None:
        pass

    def _ask(self, step: form.Ask) -> None:
        pass

    def _show(self, step: form.Show) -> None:
        pass

    # --- blocks ---------------------------------------------------------------------------------------------

    def _if(self, step: form.If) -> Walk:
        if step in self.scope.pieces:
            yield self.piece_of(step)
            return
        if not step.arms:
            self.part(step)
            return
        writer, end, ways = self.writer, self.writer.label(), []
        for arm in step.arms:
            yield self.block(arm.setup)
            before = self.saw()
            yes, no = writer.label(), writer.label()
            writer.branch(self.read(arm.condition), yes, no)
            writer.start(yes)
            self.known.clear()
            yield self.block(arm.body)
            self._leave_to(end)
            writer.start(no)
            self.known.clear()
            ways.append(self.saw())
            self.see([before])
        yield self.block(step.otherwise)
        self._leave_to(end)
        writer.start(end)
        self.see([*ways, self.saw()])

    def _leave_to(self, label: str) -> None:
        if not self.ended:
            self.writer.jump(label)

    def _while(self, step: form.While) -> Walk:
        writer = self.writer
        test, turn, end = writer.label(), writer.label(), writer.label()
        outside = self.carry(step.setup, step.body)
        self.see()
        writer.begin(test)
        self.known.clear()
        yield self.block(step.setup)
        writer.branch(self.read(step.condition), turn, end)
        writer.start(turn)
        self.known.clear()
        yield self.block(step.body, repeated=step.span)
        writer.jump(test)
        writer.start(end)
        self.see()
        self.carried = outside

    def _for(self, step: form.For) -> Walk:
        writer = self.writer
        start, stop, stride = (self._whole(each) for each in (step.start, step.stop, step.stride))
        writer.stop_if(writer.value(f"icmp eq i64 {stride}, 0"))
        index = writer.local("i64")
        writer.add(f"store i64 {start}, ptr {index}")
        test, turn, end = writer.label(), writer.label(), writer.label()
        up = writer.value(f"icmp sgt i64 {stride}, 0")
        outside = self.carry(step.body)
        self.see()
        writer.begin(test)
        self.known.clear()
        here = writer.value(f"load i64, ptr {index}")
        under = writer.value(f"icmp slt i64 {here}, {stop}")
        over = writer.value(f"icmp sgt i64 {here}, {stop}")
        writer.branch(writer.value(f"select i1 {up}, i1 {under}, i1 {over}"), turn, end)
        writer.start(turn)
        writer.add(f"store i64 {writer.value(f'add i64 {here}, {stride}')}, ptr {index}")
        self.write(step.target, writer.value(f"sitofp i64 {here} to double"))
        yield self.block(step.body, repeated=step.span, more=TURN)
        writer.jump(test)
        writer.start(end)
        self.see()
        self.carried = outside
        self.consume(TURN)

    def _whole(self, operand: form.Operand) -> str:
        """A bound of a range as a whole number; the interpreter explains what is none."""
        if isinstance(operand, float) and operand == int(operand) and abs(operand) <= COUNTABLE:
            return str(int(operand))
        writer, value = self.writer, self.read(operand)
        self.sites.outside.update({"llvm.fabs.f64": 1, "llvm.trunc.f64": 1})
        size = writer.value(f"call double @llvm.fabs.f64(double {value})")
        writer.stop_if(writer.value(f"fcmp ugt double {size}, {primitives.hexadecimal(COUNTABLE)}"))
        cut = writer.value(f"call double @llvm.trunc.f64(double {value})")
        writer.stop_if(writer.value(f"fcmp une double {cut}, {value}"))
        return writer.value(f"fptosi double {value} to i64")
