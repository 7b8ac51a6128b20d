"""A shape -> the LLVM text of a module that runs it.

Law: one step is a few lines, in the order of the steps; nothing is reordered here and no algebra is done, so the
numbers are those of the interpreter. Long bodies are cut (`parts`, `cuts`), because LLVM's time for one function grows
faster than its length.
"""

from __future__ import annotations

from collections.abc import Mapping

from lang.backend.native.around import around
from lang.backend.native.body import Body
from lang.backend.native.calls import FEW, GIVEN, RESULTS, RUN
from lang.backend.native.certain import before_calls, settled
from lang.backend.native.cuts import cut
from lang.backend.native.layout import Layout, flag
from lang.backend.native.lines import ODD
from lang.backend.native.liveness import unread
from lang.backend.native.module import Module
from lang.backend.native.parts import parted
from lang.backend.native.recursion import ending, find_copied, written
from lang.backend.native.shape import BOOLEAN, MOST, NUMBER, Scope, Shape
from lang.backend.native.variables import Sites
from lang.backend.native.writer import FUEL, STACKS, WHOLE, Writer
from lang.steps import form
from lang.steps.walk import all_steps

SILENT = (form.Define, form.Ask, form.Show)
"""Statements of the program of which nothing is compiled."""
CHAIN = 16
"""Functions that call each other in a row and may be put into each other: LLVM's time grows with its square."""


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
        scope.body = cut(scope, parted([step for step in scope.body if not isinstance(step, SILENT)], scope.settled))
        if not ieee:
            scope.unread, scope.live = unread(scope.body, results, shape.shared)
    module.operations = sum(1 for scope in scopes for _ in all_steps(scope.body))
    find_copied(shape, depth)
    texts = [text for name, scope in shape.functions.items()
             for text in written(_function(shape, name, scope, sites), scope)]  # fmt: skip
    texts.append(_main(module, shape, sites))
    texts = [*sites.texts.values(), *(ODD if module.parts else ()), *module.parts, *module.pieces, *texts]
    module.text = around(module, texts)
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
    results = () if scope.wide else scope.returned
    many = len(kinds) > MOST
    own = [f"ptr {GIVEN}"] if many else [f"{kind} %a{at}" for at, kind in enumerate(kinds)]
    given = [*(f"i64 %c{index}" for index in sites.carried), *own, *([f"ptr {RESULTS}"] if scope.wide else [])]
    head = f"define internal TYPE @f{sites.numbers[name]}({', '.join([RUN, *given])})"
    alone = shape.heights.get(name, 0) % CHAIN == CHAIN - 1
    writer = Writer(head, results, "noinline nounwind" if alone else "nounwind", sites.carried)
    body = Body(shape, scope, writer, sites)
    layout = Layout(shape, scope, scope.body, (), frozenset(sites.places), direct=False)
    body.enter(layout)
    for place, (parameter, kind) in enumerate(zip(scope.procedure.parameters, kinds, strict=True)):
        value = writer.value(f"load {kind}, ptr {writer.item(GIVEN, place)}") if many else f"%a{place}"
        body.write(parameter, value)
        writer.pause(place)
        if not sites.ieee and parameter not in scope.live and kind == NUMBER:
            body.look(value)
    body.run(scope.body, watched=sum(1 for _ in all_steps(scope.body)) > FEW)
    if not body.ended:
        writer.stop()
    if scope.pieces or body.found:
        writer.entry.insert(0, f"  %room = alloca [{max(1, layout.size)} x double]")
    return writer.text()


# --- the program itself ---------------------------------------------------------------------------------------------


def _main(module: Module, shape: Shape, sites: Sites) -> str:
    writer = Writer(f"define internal TYPE @ad_main({WHOLE})", (), "noinline nounwind")
    body = Body(shape, shape.main, writer, sites)
    places = frozenset(sites.places)
    layout = Layout(shape, shape.main, shape.main.body, shape.unit.results, places, direct=not module.repeats)
    body.enter(layout)
    body.run(shape.main.body)
    _give(module, body)
    module.frame = layout.size
    return writer.text()


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
            there = writer.value(f"load i1, ptr {body.variable(flag(name))}")
            number = writer.value(f"select i1 {there}, double {number}, double 0x7FF8000000000000")
        elif kind != BOOLEAN and not module.ieee:
            body.look(value)
        place = writer.value(f"getelementptr double, ptr %out, i64 {index}")
        writer.add(f"store double {number}, ptr {place}")
    writer.finish()
