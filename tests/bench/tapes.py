"""Libraries that record each run and go back through it, as contenders: PyTorch, autograd, micrograd.

Law: each is used the way its own manual says, on double precision, compiled by nobody.
"""

from __future__ import annotations

from typing import Any

from tests.bench import pysource
from tests.bench.ready import Absent, Answer, Ready, points, same, vector
from tests.bench.workloads import Workload


def torch(work: Workload) -> Ready:
    """PyTorch as it is without `torch.compile`."""
    import torch as th

    if work.threads:
        th.set_num_threads(work.threads)
    f = pysource.function(work, ":, " if work.question == "batch" else "")
    x = th.tensor(points(work) if work.question == "batch" else vector(work), requires_grad=True)
    if work.question == "hessian":
        second = th.func.hessian(lambda x: f(x, th))
        return Ready(lambda: second(x), lambda: (f(x, th).item(), second(x).detach().numpy()))
    if work.question == "jvp":
        point, along = x.detach(), th.tensor([1.0, 0.0], dtype=th.float64)

        def forward() -> Any:
            return th.func.jvp(lambda x: f(x.unbind(), th), (point,), (along,))

        return Ready(forward, lambda: tuple(each.item() for each in forward()))

    def gradient() -> Answer:
        x.grad = None
        values = f(x if work.question == "batch" or work.family == "rosenbrock" else x.unbind(), th)
        values.sum().backward()
        return values.detach().numpy(), x.grad.numpy()  # type: ignore[union-attr]

    return same(gradient)


def autograd(work: Workload) -> Ready:
    """HIPS autograd: NumPy with a tape."""
    import autograd as ag
    import autograd.numpy as anp

    if work.question == "jvp":
        raise Absent("its forward mode is undocumented")
    if work.question == "batch":
        f = pysource.function(work, ":, ")
        rows = points(work)
        whole, ones = ag.make_vjp(lambda rows: f(rows, anp)), anp.ones(len(rows))

        def batch() -> Answer:
            back, values = whole(rows)
            return values, back(ones)

        return same(batch)
    f = pysource.function(work)
    x = vector(work)
    if work.question == "hessian":
        second = ag.hessian(lambda x: f(x, anp))
        return Ready(lambda: second(x), lambda: (f(x, anp), second(x)))
    both = ag.value_and_grad(lambda x: f(x, anp))
    given = x if work.family == "rosenbrock" else tuple(map(float, x))
    return same(lambda: both(given))


def micrograd(work: Workload) -> Ready:
    """micrograd's `Value`, with the functions it lacks added in its own style, its sweep freed of recursion."""
    from tests.bench.micro import Value

    if work.question != "gradient":
        raise Absent("it has gradients of single points")
    f = pysource.function(work, arrays=False)
    point = list(work.point.values())

    def gradient() -> Answer:
        leaves = [Value(each) for each in point]
        z = f(leaves, Value)
        z.backward()
        return z.data, [each.grad for each in leaves]

    return same(gradient)
