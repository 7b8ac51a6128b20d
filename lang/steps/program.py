"""A whole program's tree -> steps: its statements, its functions, its rules.

Law: what a name means is settled here, once: a local of a function, a variable of the program, or a constant of the
language.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping

from lang.source import Source
from lang.steps import form
from lang.steps.guards import guard
from lang.steps.lower import CONSTANTS
from lang.steps.statements import Lowering
from lang.syntax import tree, walk


def lower(
    program: tree.Program,
    known: Collection[str] = frozenset(),
    functions: Mapping[str, form.Procedure] | None = None,
    valued: Container[str] | None = None,
    shadows: bool = True,
) -> form.Block:
    """The steps of a checked program.

    Args:
        program: the checked tree.
        known: variables that exist before it runs (a session's).
        valued: those of them that have a value; by default all.
        functions: functions that are defined before it runs.
        shadows: do the steps begin with the constants of the language that the program gives values? Without them
            the steps take their names to be there.

    Raises:
        TypeMismatch, UnsetName: where every run would meet it. LimitExceeded: blocks too deep inside each other.
    """
    assigned = assigned_names(program.body)
    heads = {name: each.parameters for name, each in (functions or {}).items()}
    for node in program.body:
        if isinstance(node, tree.Function):
            heads.setdefault(node.name.name, tuple(each.name for each in node.parameters))
    lowering = ProgramLowering(program.source, assigned.union(known), functions or {}, heads)
    block = lowering.statements(program.body)
    shadowed = sorted(name for name in CONSTANTS if name in assigned and name not in known)
    if shadows:
        block[:0] = [form.Copy(name, CONSTANTS[name], (0, 0)) for name in shadowed]
    return guard(block, numbers=shadowed, present=known if valued is None else valued, source=program.source)


class ProgramLowering(Lowering):
    """Lowers the statements that stand at a program's top level.

    Args:
        functions: functions that are defined before it runs.
        heads: the parameters of those and of all that the program defines. A step of a translation may be printed, so
            a temporary is not called as a function is, either.
    """

    def __init__(
        self, source: Source, variables: set[str], functions: Mapping[str, form.Procedure],
        heads: dict[str, tuple[str, ...]],
    ) -> None:
        super().__init__(source, variables.union(heads) if heads else variables, variables)
        self.functions = dict(functions)
        self.heads = heads

    def parameters_of(self, function: str) -> tuple[str, ...]:
        """The parameters of a function of the program, as far down as it is lowered, else as its text has them."""
        return self.heads[function]

    def _show_statement(self, node: tree.Show) -> None:
        """A call alone on a line shows every result it has."""
        value = node.values[0]
        procedure = self.functions.get(value.function) if isinstance(value, tree.Apply | tree.Derivative) else None
        if len(node.values) > 1 or procedure is None or procedure.results < 2:
            super()._show_statement(node)
            return
        targets = tuple(self.temporary() for _ in range(procedure.results))
        self._do(self._shown, node, len(targets))
        self._do(self._values.extend, targets)
        self._unpack(value, targets)

    def _input_statement(self, node: tree.Input) -> None:
        self._do(self._asked, node)
        if node.default is not None:
            self._do(self._evaluate, node.default, None)

    def _asked(self, node: tree.Input) -> None:
        default = None if node.default is None else self._values.pop()
        self.block.append(form.Input(node.target.name, default, node, node.span))

    def _function_statement(self, node: tree.Function) -> None:
        procedure = FunctionLowering(self, node).procedure()
        self.functions[node.name.name] = procedure
        self.heads[node.name.name] = procedure.parameters
        self.block.append(form.Define(procedure, node, node.span))

    def _rule_statement(self, node: tree.Rule) -> None:
        left = node.left
        assert isinstance(left, tree.Apply)
        parameters = tuple(each.name for each in left.arguments if isinstance(each, tree.Name))
        own = {*parameters, node.result.name, *("d" + name for name in parameters)}
        rule = form.UserRule(
            result=node.result.name,
            parameters=parameters,
            right=node.right,
            fixed=frozenset(
                each.value.name for each in node.clauses if each.word == "fixed" and isinstance(each.value, tree.Name)
            ),
            reads=tuple(sorted((read_names((node.right,)) & self.variables) - own)),
            heads=self.heads,
            span=node.span,
            source=self.source,
        )
        procedure = self.functions[left.function].but(rule=rule)
        self.functions[left.function] = procedure
        self.block.append(form.Define(procedure, node, node.span))

    def _command_statement(self, node: tree.Command) -> None:
        settings = (*node.at, *node.along)
        names = tuple(
            None if each.value is None else form.Hidden(f"{place} {each.name.name}")
            for place, each in enumerate(settings)
        )
        self._do(self._command, node, names)
        for name, each in reversed(list(zip(names, settings, strict=True))):
            if each.value is not None:
                self._do(self._store, each.value, name)

    def _command(self, node: tree.Command, settings: tuple[form.Operand | None, ...]) -> None:
        self.block.append(form.Ask(node, settings, node.span))


class FunctionLowering(Lowering):
    """Lowers one function's body."""

    def __init__(self, outer: ProgramLowering, node: tree.Function) -> None:
        self.outer = outer
        self.node = node
        self.parameters = tuple(each.name for each in node.parameters)
        own = assigned_names(node.body) | set(self.parameters)
        self.reads = tuple(sorted((read_names(node.body) & outer.variables) - own))
        super().__init__(outer.source, own, own.union(self.reads), outer.taken)

    def parameters_of(self, function: str) -> tuple[str, ...]:
        """The parameters of a function of the program (its own, when it calls itself)."""
        return self.parameters if function == self.node.name.name else self.outer.parameters_of(function)

    def procedure(self) -> form.Procedure:
        """The function as steps."""
        body = guard(
            self.statements(self.node.body), numbers=(), present=frozenset(self.parameters), source=self.source,
            maybe=self.reads,
        )
        return form.Procedure(
            name=self.node.name.name,
            parameters=self.parameters,
            body=body,
            results=results_of(self.node),
            reads=self.reads,
            source=self.source,
            span=self.node.span,
        )


class RuleLowering(Lowering):
    """Lowers what a user's rule leaves for some operands."""

    def __init__(self, rule: form.UserRule, parameters: tuple[str, ...]) -> None:
        own = {*parameters, *rule.reads}
        super().__init__(rule.source, own | read_names((rule.right,)), own, rule.heads)
        self.rule = rule

    def parameters_of(self, function: str) -> tuple[str, ...]:
        """The parameters of a function of the program."""
        return self.rule.heads[function]

    def procedure(self, right: tree.Expression, rule: form.UserRule, parameters: tuple[str, ...]) -> form.Procedure:
        """The function of `parameters` that gives the value of `right`."""
        body = self.statements((tree.Return((right,), right.span),))
        guarded = guard(body, numbers=parameters, present=(), source=rule.source, maybe=rule.reads)
        return form.Procedure("rule", parameters, guarded, 1, rule.reads, rule.source, rule.span)


def results_of(node: tree.Function) -> int:
    """How many values a function's calls give (the check has seen that all its returns agree)."""
    pending: list[tree.Statement] = [node.body[-1]]
    while pending:
        last = pending.pop()
        if isinstance(last, tree.Return):
            return len(last.values)
        if isinstance(last, tree.If):
            pending.extend(body[-1] for _, body in last.branches if body)
    raise AssertionError("a checked function returns")


def assigned_names(body: Iterable[tree.Statement]) -> set[str]:
    """Every name that statements give a value, in blocks inside them too."""
    found: set[str] = set()
    pending: list[tree.Statement] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Assign):
            for each in node.targets:
                found.add(each.name)
        elif isinstance(node, tree.Input | tree.Pop):
            found.add(node.target.name)
        elif isinstance(node, tree.If):
            for _, block in node.branches:
                pending.extend(block)
            pending.extend(node.otherwise or ())
        elif isinstance(node, tree.While | tree.For):
            pending.extend(node.body)
            if isinstance(node, tree.For):
                found.add(node.target.name)
    return found


def read_names(nodes: Iterable[object]) -> set[str]:
    """Every name that expressions in these nodes read."""
    found: set[str] = set()
    pending: list[object] = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Name):
            found.add(node.name)
        elif isinstance(node, tuple):
            pending.extend(node)
        elif isinstance(node, tree.Derivative):
            pending.extend(node.arguments)
        elif not isinstance(node, str | float | int | None):
            pending.extend(walk.parts(node))
    return found
