"""adlang's engines as contenders.

Law: they are asked as a person would, through `lang.parse` and what a program offers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from tests.bench.ready import Absent, Answer, Make, Ready, points, room, same, vector
from tests.bench.workloads import Workload


def interpreter(work: Workload) -> Ready:
    """The teaching interpreter."""
    import lang

    program = lang.parse(work.text)
    if work.question == "batch":
        raise Absent("batches are for compiled functions")
    verb = "grad" if work.question == "gradient" else work.question
    along = {next(iter(work.point)): 1.0} if verb == "jvp" else None

    def call() -> Any:
        return program.ask(verb, "z", along=along, inputs=work.point, engine="interpreter")

    def answer() -> Answer:
        found = call()
        if verb == "jvp":
            value, slope = found.value["z"]
            return value, [slope]
        slopes = list(found.value.values()) if verb == "grad" else found.fact["rows"]
        return found.fact["value"], slopes

    return Ready(call, answer)


def engine(name: str, **options: Any) -> Make:
    """A compiled engine."""

    def ready(work: Workload) -> Ready:
        import lang

        if name == "python" and work.question == "batch":
            raise Absent("batches are machine code, whichever engine is named")
        f = lang.parse(work.text).compile("z", engine=name)
        if f.engine != name:
            raise Absent(f.why)
        if work.question == "batch":
            rows, threads = points(work), work.threads or None
            out = room(rows)
            return same(lambda: f.grad_batch(rows, threads=threads, out=out, **options))
        numbers = tuple(work.point.values())
        if work.question == "jvp":
            along = (1.0,) + (0.0,) * (len(numbers) - 1)
            call = lambda: f.jvp(numbers, along)  # noqa: E731
            return Ready(call, lambda: (call()[0], [call()[1]]))
        # named inputs are numbers; Rosenbrock's function is one of a vector, and machine code takes it as it is
        point = (vector(work),) if name == "native" and work.family == "rosenbrock" else numbers
        if work.question == "hessian":
            return Ready(lambda: f.hessian(*point), lambda: (f(*point), f.hessian(*point)))
        return same(lambda: f.value_and_grad(*point))

    return ready


def exact(work: Workload) -> Ready:
    """The native engine, with the bits of single calls; batches only."""
    if work.question != "batch":
        raise Absent("single calls always have these bits")
    return engine("native", exact=True)(work)


def uncounted(work: Workload) -> Ready:
    """The native engine as it would be if it counted neither steps nor the depth of calls: what those limits cost."""
    if work.family not in ("loop", "light", "recursion"):
        raise Absent("straight code counts nothing")
    from lang.backend.native import emit
    from lang.backend.native.shape import Shape

    never = property(lambda shape: False, lambda shape, value: None)
    uncounting = lambda *given: replace(emit_sites(*given), counts=False)  # noqa: E731
    emit_sites = emit.Sites
    with patch.object(emit, "Sites", uncounting), patch.object(Shape, "recursive", never):
        ready = engine("native")(work)
        ready.answer()
    return ready


OURS: dict[str, Make] = {
    "native": engine("native"),
    "exact": exact,
    "python": engine("python"),
    "interpreter": interpreter,
    "uncounted": uncounted,
}
