"""A shape -> the LLVM text of a module that runs it.

Law: one step is a few lines, in the order of the steps; nothing is reordered here and no algebra is done, so the
numbers are those of the interpreter. A long program is cut into functions of `CUT` statements that hand values on in a
frame of memory, because LLVM's time for one function grows faster than its length.
"""

from __future__ import annotations

from lang.backend.body import Body
from lang.backend.module import Module
from lang.backend.primitives import ALWAYS, kernel_symbol
from lang.backend.quick import quick
from lang.backend.shape import BOOLEAN, Scope, Shape
from lang.backend.variables import Sites
from lang.backend.writer import DONE, GO_ON, ODD, SITE, STACKS, STOPPED, THREAD, WHOLE, Writer
from lang.rules import Primitive
from lang.steps import form
from lang.steps.walk import all_steps

CUT = 200
"""Statements in one function of a long program."""
LONG = 600
"""Operations from which a program is long."""


def emit(shape: Shape, ieee: bool) -> Module:
    """The module of a unit."""
    module = Module(shape, ieee, repeats=shape.unit.repeats())
    module.stacks = {each: STACKS + 3 * index for index, each in enumerate(sorted(shape.stacks))}
    shared = STACKS + 3 * len(module.stacks)
    places = {name: shared + 2 * index for index, name in enumerate(shape.shared)}
    module.words = shared + 2 * len(places) + 1
    sites = Sites(module.stacks, places, ieee, module.kernels, module.outside, module.sites, module.repeats, {})
    scopes = (shape.main, *shape.functions.values())
    module.operations = sum(1 for scope in scopes for _ in all_steps(scope.body))
    texts = [_function(shape, name, scope, sites) for name, scope in shape.functions.items()]
    texts += _main(module, sites)
    module.text = (
        "\n\n".join(
            [*_declarations(module), *sites.texts.values(), *texts, _entry(ieee), _LONG, *quick(module), _METADATA]
        )
        + "\n"
    )
    return module


_HOST = """\
declare ptr @PyEval_SaveThread()
declare void @PyEval_RestoreThread(ptr)
declare i32 @PyErr_CheckSignals()"""

_LOOK = f"""\
declare i64 @ad_WORK(ptr, i64)
define internal i64 @look_WORK(ptr %run, i64 %number) noinline cold nounwind {{
  %flags = alloca i32
  call void @llvm.x86.sse.stmxcsr(ptr %flags)
  %slot = getelementptr i64, ptr %run, i64 {THREAD}
  %thread = load ptr, ptr %slot
  %place = getelementptr i64, ptr %run, i64 {SITE}
  store i64 %number, ptr %place
  call void @PyEval_RestoreThread(ptr %thread)
  %signal = call i32 @PyErr_CheckSignals()
  %calm = icmp eq i32 %signal, 0
  br i1 %calm, label %ask, label %end
ask:
  %answer = call i64 @ad_WORK(ptr %run, i64 %number)
  br label %end
end:
  %good = phi i64 [ 0, %0 ], [ %answer, %ask ]
  %on = icmp eq i64 %good, {GO_ON}
  %status = select i1 %on, i64 {DONE}, i64 {STOPPED}
  %again = call ptr @PyEval_SaveThread()
  store ptr %again, ptr %slot
  call void @llvm.x86.sse.ldmxcsr(ptr %flags)
  ret i64 %status
}}"""
"""What machine code asks the host, Python's lock in hand. Signals come first: what a handler raises ends the run."""

_LONG = f"""\
define i32 @ad_long({WHOLE}) nounwind {{
  %slot = getelementptr i64, ptr %run, i64 {THREAD}
  %thread = call ptr @PyEval_SaveThread()
  store ptr %thread, ptr %slot
  %status = call i32 @ad_entry({WHOLE})
  %again = load ptr, ptr %slot
  call void @PyEval_RestoreThread(ptr %again)
  ret i32 %status
}}"""
"""A run that may be long: other threads of Python run meanwhile."""

_METADATA = '!0 = !{!"branch_weights", i32 1, i32 1000000}'


def _function(shape: Shape, name: str, scope: Scope, sites: Sites) -> str:
    """A function of the program."""
    index = list(shape.functions).index(name)
    kinds = [shape.kind(scope, each) for each in scope.procedure.parameters]
    results = tuple(scope.results.get(each, "double") for each in range(scope.procedure.results))
    head = ", ".join(["ptr %run", *(f"{kind} %a{place}" for place, kind in enumerate(kinds))])
    writer = Writer(f"define internal TYPE @f{index}({head})", results, "nounwind")
    body = Body(shape, scope, writer, sites)
    body.enter(scope.body)
    for place, parameter in enumerate(scope.procedure.parameters):
        body.write(parameter, f"%a{place}")
    body.run(scope.body)
    if not body.ended:
        writer.finish(ODD)
    return writer.text()


# --- the program itself ---------------------------------------------------------------------------------------------


def _main(module: Module, sites: Sites) -> list[str]:
    main = module.shape.main
    steps: form.Block = [step for step in main.body if not isinstance(step, form.Define | form.Ask | form.Show)]
    if sum(1 for _ in all_steps(steps)) > LONG:
        return _cut(module, steps, sites)
    writer = Writer(f"define internal TYPE @ad_main({WHOLE})", (), "noinline nounwind")
    body = Body(module.shape, main, writer, sites)
    body.enter(steps, results=module.shape.unit.results)
    body.run(steps)
    _give(module, body)
    return [writer.text()]


def _cut(module: Module, steps: form.Block, sites: Sites) -> list[str]:
    """A long program: functions one after another, values in the frame."""
    shape = module.shape
    pieces = _pieces(steps)
    used: dict[str, int] = {}
    crossing: set[str] = set(shape.unit.results)
    for index, piece in enumerate(pieces):
        for name in Body.names_in(piece):
            if used.setdefault(name, index) != index:
                crossing.add(name)
    flagged = Body.flagged(main_steps=steps, results=shape.unit.results)
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
        writer.finish(DONE)
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
    writer, shape = body.writer, module.shape
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
        place = writer.value(f"getelementptr double, ptr %out, i64 {index}")
        writer.add(f"store double {number}, ptr {place}")
    writer.finish(DONE)


# --- around it ------------------------------------------------------------------------------------------------------


def _declarations(module: Module) -> list[str]:
    lines = [_HOST]
    for name, count in sorted(module.outside.items()):
        arguments = ", ".join(["double"] * count)
        free = module.ieee or name in ALWAYS or name.startswith("llvm.")
        memory = "none" if free else "inaccessiblemem: readwrite"
        lines.append(f"declare double @{name}({arguments}) nounwind willreturn memory({memory})")
    lines += ["declare void @llvm.x86.sse.stmxcsr(ptr)", "declare void @llvm.x86.sse.ldmxcsr(ptr)"]
    if "llvm.fabs.f64" not in module.outside:
        lines.append("declare double @llvm.fabs.f64(double)")
    lines += [_LOOK.replace("WORK", work) for work in ("refuel", "grow")]
    return ["\n".join(lines), *(_guarded(primitive) for primitive in module.kernels.values())]


def _guarded(primitive: Primitive) -> str:
    """A kernel that leaves the processor's flags as they were: what it met on its way is not the program's."""
    symbol, count = kernel_symbol((primitive.name, primitive.arity)), primitive.arity
    head = ", ".join(f"double %a{index}" for index in range(count))
    return f"""declare double @{symbol}({", ".join(["double"] * count)})
define internal double @safe_{symbol}({head}) noinline nounwind {{
  %flags = alloca i32
  call void @llvm.x86.sse.stmxcsr(ptr %flags)
  %value = call double @{symbol}({head})
  call void @llvm.x86.sse.ldmxcsr(ptr %flags)
  ret double %value
}}"""


def _entry(ieee: bool) -> str:
    """Runs the program with the processor's exception flags clear, and looks at them afterwards.

    An operation on finite numbers without a finite result raises one of three sticky flags (invalid, division by zero,
    overflow), so a run without them met none, at no cost to its operations.
    """
    if ieee:
        return f"""define i32 @ad_entry({WHOLE}) nounwind {{
  %status = call i32 @ad_main({WHOLE})
  ret i32 %status
}}"""
    return f"""define i32 @ad_entry({WHOLE}) nounwind {{
  %kept = alloca i32
  %used = alloca i32
  call void @llvm.x86.sse.stmxcsr(ptr %kept)
  %before = load i32, ptr %kept
  %clear = and i32 %before, -64
  store i32 %clear, ptr %used
  call void @llvm.x86.sse.ldmxcsr(ptr %used)
  %status = call i32 @ad_main({WHOLE})
  call void @llvm.x86.sse.stmxcsr(ptr %used)
  call void @llvm.x86.sse.ldmxcsr(ptr %kept)
  %after = load i32, ptr %used
  %raised = and i32 %after, 13
  %clean = icmp eq i32 %raised, 0
  %failed = icmp ne i32 %status, {DONE}
  %keep = or i1 %clean, %failed
  %result = select i1 %keep, i32 %status, i32 {ODD}
  ret i32 %result
}}"""
