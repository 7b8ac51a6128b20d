"""A module on lanes -> its LLVM text: a function that takes one group of rows after another, and what it calls.

Law: a group that marks nothing costs one test; marks are written only where there are some, so that the memory of the
others is never touched.
"""

from __future__ import annotations

from lang.backend.rows.line import ALIGNED, one_by_one, parameters, splat
from lang.backend.rows.module import LaneModule

OF_C = {"pow": ("**", 2), "power": ("**", 2)}
"""Functions that the table of vector functions knows by another name."""
_METADATA = '!0 = !{!"branch_weights", i32 1, i32 1000000}'


def module_text(module: LaneModule, begin: list[str], finish: list[str]) -> str:
    """The whole: what stands before the steps of a group (loads), the steps, what stands after (stores)."""
    lanes = module.lanes
    many = f"<{lanes} x i64>"
    each = [f"store i64 0, ptr {size}" for size in module.sizes]
    body = [
        "entry:", "%at = alloca i64", "%total = alloca i64", f"%seen = alloca {many}", "%fuel = alloca i64",
        *module.writer.entry, "store i64 0, ptr %at", "store i64 0, ptr %total", "br label %head",
        "head:", "%i = load i64, ptr %at", "%more = icmp slt i64 %i, %count",
        "br i1 %more, label %group, label %end",
        "group:", f"store {many} zeroinitializer, ptr %seen", f"store i64 {module.fuel}, ptr %fuel", *each,
        *begin, *module.writer.lines, *finish,
        f"%marks = load {many}, ptr %seen", f"%wrong = icmp ne {many} %marks, zeroinitializer",
        f"%bits = bitcast <{lanes} x i1> %wrong to i{lanes}", f"%some = icmp ne i{lanes} %bits, 0",
        "br i1 %some, label %mark, label %next, !prof !0",
        "odd:", "br label %mark",
        "mark:", f"%which = phi <{lanes} x i1> [ {splat('i1', 'true', lanes)}, %odd ], [ %wrong, %LAST ]",
        f"%bytes = zext <{lanes} x i1> %which to <{lanes} x i8>",
        "%place = getelementptr i8, ptr %bad, i64 %i", f"store <{lanes} x i8> %bytes, ptr %place, align 1",
        f"%several = bitcast <{lanes} x i1> %which to i{lanes}",
        f"%ones = call i{lanes} @llvm.ctpop.i{lanes}(i{lanes} %several)", f"%found = zext i{lanes} %ones to i64",
        "%sum = load i64, ptr %total", "%new = add i64 %sum, %found", "store i64 %new, ptr %total",
        "br label %next",
        "next:", f"%on = add i64 %i, {lanes}", "store i64 %on, ptr %at", "br label %head",
        "end:", "%result = load i64, ptr %total", "ret i64 %result",
    ]  # fmt: skip
    last = next(line[:-1] for line in reversed(body[: body.index("odd:")]) if line.endswith(":"))
    text = "\n".join(line if line.endswith(":") else "  " + line for line in body).replace("%LAST", f"%{last}")
    head = "ptr %in, i64 %step, ptr %values, ptr %slopes, ptr %bad, i64 %count, ptr %stop, ptr %scratch"
    main = f"define i64 @ad_lanes({head}) nounwind {ALIGNED} {{\n{text}\n}}"
    return "\n\n".join([*_declared(module), *module.texts.values(), main, _METADATA])


def _declared(module: LaneModule) -> list[str]:
    """What is called outside, and functions on lanes where there is none outside."""
    kind, free = f"<{module.lanes} x double>", "nounwind willreturn memory(none)"
    lines = [
        f"declare i{module.lanes} @llvm.ctpop.i{module.lanes}(i{module.lanes})",
        "declare double @llvm.fabs.f64(double)", "declare double @llvm.trunc.f64(double)",
        "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)",
    ]  # fmt: skip
    wrapped, scalar = [], dict[str, int]()
    for name, arguments in module.outside.items():
        if name.startswith("llvm."):
            called, given = name.removesuffix(".f64") + f".v{module.lanes}f64", ", ".join([kind] * arguments)
            lines.append(f"declare {kind} @{called}({given})")
            continue
        word = name.removeprefix("ad_")
        vector = module.vector(OF_C.get(word, (word, arguments)))
        if vector is None:
            scalar[name] = arguments
            wrapped.append(one_by_one(f"lanes_{word}", name, arguments, module.lanes))
        else:
            given = ", ".join(f"{kind} %a{index}" for index in range(arguments))
            head = f"define internal {kind} @lanes_{word}({parameters(arguments, module.lanes)}) alwaysinline nounwind"
            wrapped.append(f"{head} {{\n  %v = call {kind} @{vector}({given})\n  ret {kind} %v\n}}")
    scalar.update({name: each.arity for name, each in module.kernels.items()})
    for name, arguments in scalar.items():
        lines.append(f"declare double @{name}({', '.join(['double'] * arguments)}) {free}")
    for name, arguments in module.vectors.items():
        lines.append(f"declare {kind} @{name}({', '.join([kind] * arguments)}) {free}")
    return ["\n".join(lines), *wrapped]
