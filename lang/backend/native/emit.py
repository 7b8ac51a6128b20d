"""A shape -> the LLVM text of a module that runs it.

Law: one step is a few lines, in the order of the steps; nothing is reordered here and no algebra is done, so the
numbers are those of the interpreter. A long program is cut into functions of `CUT` statements that hand values on in a
frame of memory, because LLVM's time for one function grows faster than its length.
"""

from __future__ import annotations

from collections.abc import Mapping

from lang.backend.native.around import around
from lang.backend.native.body import Body
from lang.backend.native.calls import FEW, RUN
from lang.backend.native.certain import before_calls, settled
from lang.backend.native.lines import ODD
from lang.backend.native.liveness import unread
from lang.backend.native.module import Module
from lang.backend.native.parts import parted
from lang.backend.native.recursion import ending, find_copied, written
from lang.backend.native.shape import BOOLEAN, NUMBER, Scope, Shape
from lang.backend.native.variables import Sites, exposed
from lang.backend.native.writer import FUEL, STACKS, WHOLE, Writer
from lang.steps import form
from lang.steps.walk import all_steps

CUT = 200
"""Statements in one function of a long program."""
LONG = 600
"""Operations from which a program is long."""


def emit(shape: Shape, depth: int, ieee: bool, joint: frozenset[str] = frozenset()) -> Module:
    """The module of a unit.

    Args:
        depth: how many calls may stand inside each other.
        joint: the functions of the C library that may be used for two values.
    """
    unit = shape.unit
    booleans = tuple(shape.kind(shape.main, name) == BOOLEAN for name in unit.results)
    module = Module(unit, ieee, booleans, repeats=unit.repeats(), recursive=shape.recursive)
    module.stacks = {each: STACKS + 3 * index for index, each in enumerate(sorted(shape.stacks))}
    shared = STACKS + 3 * len(module.stacks)
    places = {name: shared + 2 * index for index, name in enumerate(shape.shared)}
    module.words = shared + 2 * len(places) + 1
    sites = Sites(module.stacks, places, ieee, module.kernels, module.outside, module.sites, module.repeats, {},
                  module.joints, joint, {name: number for number, name in enumerate(shape.functions)},
                  carried(shape, module.stacks), module)  # fmt: skip
    for scope in shape.functions.values():
        scope.body = ending(scope.body)
    scopes = (shape.main, *shape.functions.values())
    shape.given = before_calls(shape.main.body) & frozenset(shape.shared)
    for scope in scopes:
        results = unit.results if scope is shape.main else ()
        given = () if scope is shape.main else {*scope.procedure.parameters, *shape.given}
        scope.settled, scope.certain = settled(scope.body, given)
        scope.body = parted(scope.body, scope.settled)
        if not ieee:
            scope.unread, scope.live = unread(scope.body, results, shape.shared)
    module.operations = sum(1 for scope in scopes for _ in all_steps(scope.body))
    find_copied(shape, depth)
    texts = [text for name, scope in shape.functions.items()
             for text in written(_function(shape, name, scope, sites), scope)]  # fmt: skip
    texts += _main(module, shape, sites)
    module.saves = max(text.count("@look_grow(") for text in texts)
    module.text = around(module, [*sites.texts.values(), *(ODD if module.parts else ()), *module.parts, *texts])
    return module


def carried(shape: Shape, stacks: Mapping[int, int]) -> tuple[int, ...]:
    """What of the run's memory functions hand to each other in registers: what they may use, the lengths of stacks.

    Processors give back three whole numbers in registers, and truth values among them.
    """
    used = {step.stack for scope in shape.functions.values() for step in all_steps(scope.body)
            if isinstance(step, form.Push | form.Pop)}  # fmt: skip
    booleans = max((sum(kind == BOOLEAN for kind in scope.results.values()) for scope in shape.functions.values()),
                   default=0)  # fmt: skip
    return (FUEL, *[stacks[each] + 1 for each in sorted(used)][: max(0, 2 - booleans)])


def _function(shape: Shape, name: str, scope: Scope, sites: Sites) -> str:
    """A function of the program."""
    kinds = [shape.kind(scope, each) for each in scope.procedure.parameters]
    results = tuple(scope.results.get(each, "double") for each in range(scope.procedure.results))
    given = [*(f"i64 %c{index}" for index in sites.carried), *(f"{kind} %a{at}" for at, kind in enumerate(kinds))]
    head = f"define internal TYPE @f{sites.numbers[name]}({', '.join([RUN, *given])})"
    writer = Writer(head, results, "nounwind", sites.carried)
    body = Body(shape, scope, writer, sites)
    body.enter(scope.body)
    for place, parameter in enumerate(scope.procedure.parameters):
        body.write(parameter, f"%a{place}")
        if not sites.ieee and parameter not in scope.live and kinds[place] == NUMBER:
            body.look(f"%a{place}")
    body.run(scope.body, watched=sum(1 for _ in all_steps(scope.body)) > FEW)
    if not body.ended:
        writer.stop()
    return writer.text()


# --- the program itself ---------------------------------------------------------------------------------------------


def _main(module: Module, shape: Shape, sites: Sites) -> list[str]:
    steps: form.Block = [step for step in shape.main.body if not isinstance(step, form.Define | form.Ask | form.Show)]
    if sum(1 for _ in all_steps(steps)) > LONG:
        return _cut(module, shape, steps, sites)
    writer = Writer(f"define internal TYPE @ad_main({WHOLE})", (), "noinline nounwind")
    body = Body(shape, shape.main, writer, sites)
    body.enter(steps, results=shape.unit.results)
    body.run(steps)
    _give(module, body)
    return [writer.text()]


def _cut(module: Module, shape: Shape, steps: form.Block, sites: Sites) -> list[str]:
    """A long program: functions one after another, values in the frame."""
    pieces = _pieces(steps)
    used: dict[str, int] = {}
    crossing, outlive = set(shape.unit.results), exposed(steps)
    for index, piece in enumerate(pieces):
        for name in Body.names_in(piece):
            if used.setdefault(name, index) != index and name in outlive:
                crossing.add(name)
    flagged = Body.flagged(shape.main, steps, shape.unit.results)
    frame = {name: index for index, name in enumerate(sorted(crossing - set(shape.shared)))}
    frame |= {Body.flag(name): len(frame) + index for index, name in enumerate(sorted(flagged - set(shape.shared)))}
    module.frame = len(frame)
    texts = []
    for index, piece in enumerate(pieces):
        writer = Writer(f"define internal TYPE @piece{index}({WHOLE})", (), "noinline nounwind")
        body = Body(shape, shape.main, writer, sites)
        body.enter(piece, frame=frame, flagged=flagged)
        body.run(piece)
        body.store_frame()
        writer.finish()
        texts.append(writer.text())
    writer = Writer(f"define internal TYPE @ad_main({WHOLE})", (), "noinline nounwind")
    body = Body(shape, shape.main, writer, sites)
    body.enter([], frame=frame, flagged=flagged, results=shape.unit.results, first=True)
    for index in range(len(pieces)):
        writer.fail(writer.value(f"call i32 @piece{index}({WHOLE})"))
    _give(module, body)
    return [*texts, writer.text()]


def _pieces(steps: form.Block) -> list[form.Block]:
    """Straight statements in pieces; a statement with blocks stands alone."""
    pieces: list[form.Block] = []
    open_ = False
    for step in steps:
        alone = isinstance(step, form.If | form.While | form.For)
        if alone or not open_ or len(pieces[-1]) >= CUT:
            pieces.append([])
        pieces[-1].append(step)
        open_ = not alone
    return pieces


def _give(module: Module, body: Body) -> None:
    """The end of the program: everything saved was taken back, and the results go out."""
    writer, shape = body.writer, body.shape
    if shape.main.body:
        body.watch(shape.main.body[-1].span)
    for base in module.stacks.values():
        left = writer.get(base + 1)
        writer.stop_if(writer.value(f"icmp ne i64 {left}, 0"))
    for index, name in enumerate(shape.unit.results):
        if not shape.unit.optional:
            body.require(name)
        kind = shape.kind(shape.main, name)
        value = body.read(name)
        number = writer.value(f"uitofp i1 {value} to double") if kind == BOOLEAN else value
        if shape.unit.optional and name in body.flags:
            there = writer.value(f"load i1, ptr {body.variable(body.flag(name))}")
            number = writer.value(f"select i1 {there}, double {number}, double 0x7FF8000000000000")
        elif kind != BOOLEAN and not module.ieee:
            body.look(value)
        place = writer.value(f"getelementptr double, ptr %out, i64 {index}")
        writer.add(f"store double {number}, ptr {place}")
    writer.finish()
