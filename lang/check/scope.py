"""What checking finds out, as facts: the scope before and after a program, its functions, rules and inputs.

Law: facts never change. A function means what its last definition says, and what it calls is looked up when
it is called, as in Python; so a signature knows the names of what it calls, not their signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lang.fact import Fact
from lang.source import Source, Span
from lang.syntax import tree

CONSTANTS = ("pi", "e", "tau")


class Use(NamedTuple):
    """How a body calls one of the program's functions.

    Attributes:
        function: its name.
        values: how many values the call gives it.
        results: how many results are taken from it.
        by: for a derivative, the parameters in its brackets.
    """

    function: str
    values: int
    results: int
    by: tuple[str, ...]


class Signature(Fact):
    """What a call of a program's function needs to know.

    Attributes:
        name, parameters: its head.
        results: how many values a call gives.
        span, source: where its name stands in its definition.
        ruled: has the program given its derivative rule?
        fixed: parameters by which that rule has no derivative.
        free: names of the program that its body or rule itself reads, with the first place of each.
        calls: the calls of the program's functions in its body or rule, with the first place of each.
    """

    __match_args__ = (
        "name",
        "parameters",
        "results",
        "span",
        "source",
        "ruled",
        "fixed",
        "free",
        "calls",
    )

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        results: int,
        span: Span,
        source: Source,
        ruled: bool = False,
        fixed: frozenset[str] = frozenset(),
        free: dict[str, Span] | None = None,
        calls: dict[Use, Span] | None = None,
    ) -> None:
        self.name, self.parameters, self.results = name, parameters, results
        self.span, self.source, self.ruled = span, source, ruled
        self.fixed = fixed
        self.free = {} if free is None else free
        self.calls = {} if calls is None else calls

    @property
    def head(self) -> str:
        """How a call of it looks: `f(x, y)`."""
        return f"{self.name}({', '.join(self.parameters)})"


class Scope(Fact):
    """What a program finds when it starts: variables that may be read, and functions by name."""

    __slots__ = __match_args__ = ("names", "functions")

    def __init__(self, names: frozenset[str] = frozenset(), functions: Mapping[str, Signature] | None = None) -> None:
        self.names = names
        self.functions = {} if functions is None else functions


class Defined(Fact):
    """A function that the program defines; `locals` are the names its body assigns, its parameters aside."""

    __slots__ = __match_args__ = ("node", "signature", "locals")

    def __init__(self, node: tree.Function, signature: Signature, locals: tuple[str, ...]) -> None:
        self.node, self.signature, self.locals = node, signature, locals


class Ruled(Fact):
    """A derivative rule that the program gives.

    Attributes:
        node: the statement.
        function: the name of the function it is for.
        parameters: the names the rule gives to the function's parameters, in their order.
        fixed: those of them by which no derivative exists.
        reads: names of the program that its right side and clauses themselves read.
    """

    __slots__ = __match_args__ = ("node", "function", "parameters", "fixed", "reads")

    def __init__(
        self, node: tree.Rule, function: str, parameters: tuple[str, ...], fixed: frozenset[str], reads: frozenset[str]
    ) -> None:
        self.node, self.function, self.parameters = node, function, parameters
        self.fixed, self.reads = fixed, reads


class Checked(Fact):
    """A program in which every name means something.

    Attributes:
        program: the tree; a verb that stood alone on a line (`forward`) is a command in it.
        functions, rules, inputs: those of the program, in the order of its text.
        scope: what the next program of the same session finds.
    """

    __slots__ = __match_args__ = ("program", "functions", "rules", "inputs", "scope")

    def __init__(
        self,
        program: tree.Program,
        functions: tuple[Defined, ...],
        rules: tuple[Ruled, ...],
        inputs: tuple[tree.Input, ...],
        scope: Scope,
    ) -> None:
        self.program, self.functions, self.rules = program, functions, rules
        self.inputs, self.scope = inputs, scope
