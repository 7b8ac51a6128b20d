"""The walk through a program: each statement in the order of the text, blocks inside blocks on a stack.

Law: the first error in the text is the first one met, for nothing is put off: what comes further down is
asked of the outline. The walk keeps only where it stands (`placing.Frame`) and what the program defines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lang.check import functions, user_rules
from lang.check.calls import ANY
from lang.check.commands import command
from lang.check.defaults import default
from lang.check.desk import Desk
from lang.check.expressions import value
from lang.check.placing import Frame, misplaced_return, only_at_top
from lang.check.reading import read
from lang.check.scope import Ruled
from lang.check.unpacking import assign_several
from lang.clock import EVERY, look
from lang.errors import CheckError, Mark
from lang.syntax import tree


class Walk:
    """One walk through a program."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.frames: list[Frame] = []
        self.body: functions.Body | None = None
        self.bodies: list[functions.Body] = []
        self.rules: list[Ruled] = []
        self.inputs: dict[str, tree.Input] = {}
        self.commands: dict[int, tree.Command] = {}

    def run(self, body: tree.Block) -> None:
        """Check the program's own statements, and in them all others."""
        frames = self.frames
        frames.append(Frame(body, None))
        while frames:
            frame = frames[-1]
            if not frame.place:
                self._open(frame)
            for statement in frame.rest:
                if not frame.place % EVERY:
                    look("checking the program", frame.place, len(frame.block), statement.span, self.desk.source)
                frame.place += 1
                HANDLERS[type(statement)](self, statement)
                if frames[-1] is not frame:
                    break
            else:
                frames.pop()
                self._close(frame)

    # --- blocks -------------------------------------------------------------------------------------------

    def _open(self, frame: Frame) -> None:
        if isinstance(frame.owner, tree.If):
            self.desk.names.enter_branch()
            if frame.condition is not None:
                value(self.desk, frame.condition)
        elif isinstance(frame.owner, tree.While | tree.For):
            self.desk.names.enter_loop(frame.owner)

    def _close(self, frame: Frame) -> None:
        owner = frame.owner
        if isinstance(owner, tree.Function):
            self.desk.names = self.desk.top
            self.body = None
        elif isinstance(owner, tree.While | tree.For):
            self.desk.names.leave(frame.loops == 1)
            self._may_end(owner)
        elif owner is not None:
            self.desk.names.leave(False)

    def _if(self, node: tree.If) -> None:
        self._may_end(node)
        value(self.desk, node.branches[0][0])
        loops = self.frames[-1].loops
        if node.otherwise is not None:
            self.frames.append(Frame(node.otherwise, node, loops))
        for condition, block in node.branches[:0:-1]:
            self.frames.append(Frame(block, node, loops, condition))
        self.frames.append(Frame(node.branches[0][1], node, loops))

    def _while(self, node: tree.While) -> None:
        value(self.desk, node.condition)
        self.frames.append(Frame(node.body, node, self.frames[-1].loops + 1))

    def _for(self, node: tree.For) -> None:
        self._may_be_given(node.target)
        for each in node.bounds:
            value(self.desk, each)
        self.desk.names.known.setdefault(node.target.name, node.target.span)
        self.frames.append(Frame(node.body, node, self.frames[-1].loops + 1))

    def _function(self, node: tree.Function) -> None:
        only_at_top(self.desk, self.frames, node)
        self.body = functions.enter(self.desk, node)
        self.bodies.append(self.body)
        self.frames.append(Frame(node.body, node))

    def _return(self, node: tree.Return) -> None:
        if self.body is None or id(node) not in self.body.returns:
            raise misplaced_return(self.desk, self.frames, node)
        functions.give(self.body, node)
        for each in node.values:
            value(self.desk, each)

    def _may_end(self, node: tree.Statement) -> None:
        if self.body is not None and id(node) in self.body.open_ends:
            raise functions.open_end(self.desk, self.body, node)

    # --- statements ---------------------------------------------------------------------------------------

    def _may_be_given(self, name: tree.Name) -> None:
        """Raise if a name cannot be a variable."""
        desk = self.desk
        if name.name in desk.builtin:
            functions.not_builtin(desk, name, "a variable")
        if desk.at_top and name.name in desk.functions:
            functions.not_function(desk, name)

    def _assign(self, node: tree.Assign) -> None:
        desk = self.desk
        self._may_end(node)
        for target in node.targets:
            self._may_be_given(target)
        if len(node.targets) > 1 or len(node.values) > 1:
            assign_several(desk, node)
        else:
            if node.operator is not None and node.targets[0].name not in desk.names.known:
                read(desk, node.targets[0], False)
            value(desk, node.values[0])
        for target in node.targets:
            desk.names.known.setdefault(target.name, target.span)

    def _show(self, node: tree.Show) -> None:
        self._may_end(node)
        desk = self.desk
        alone = node.values[0] if len(node.values) == 1 else None
        if isinstance(alone, tree.Name) and alone.name in desk.verbs and self._is_verb(alone):
            found = tree.Command(alone, (), (), (), (), None, None, node.span)
            self._command(found)
            self.commands[self.frames[0].place - 1] = found
        elif alone is not None:
            value(desk, alone, ANY)
        else:
            for each in node.values:
                value(desk, each)

    def _is_verb(self, name: tree.Name) -> bool:
        """Does a verb that stands alone mean the command, not a name of the program?"""
        own = self.desk.names.own or {}
        return not (
            name.name in self.desk.names.known
            or name.name in self.desk.top.known
            or name.name in own
            or name.name in self.desk.functions
        )

    def _input(self, node: tree.Input) -> None:
        only_at_top(self.desk, self.frames, node)
        self._may_be_given(node.target)
        first = self.inputs.setdefault(node.target.name, node)
        if first is not node:
            raise CheckError(
                f"`{node.target.name}` is an input already",
                node.span,
                label="again",
                marks=(Mark(first.span, "first here"),),
                hint="give one of the two another name",
            )
        if node.default is not None:
            default(self.desk, node.default)
        self.desk.names.known.setdefault(node.target.name, node.target.span)

    def _push(self, node: tree.Push) -> None:
        self._may_end(node)
        value(self.desk, node.value)

    def _pop(self, node: tree.Pop) -> None:
        self._may_end(node)
        self._may_be_given(node.target)
        self.desk.names.known.setdefault(node.target.name, node.target.span)

    def _rule(self, node: tree.Rule) -> None:
        only_at_top(self.desk, self.frames, node)
        self.rules.append(user_rules.rule(self.desk, node))

    def _command(self, node: tree.Command) -> None:
        command(self.desk, self.frames, node)


HANDLERS: dict[type[Any], Callable[[Walk, Any], None]] = {
    tree.Assign: Walk._assign,
    tree.Show: Walk._show,
    tree.Input: Walk._input,
    tree.Function: Walk._function,
    tree.Return: Walk._return,
    tree.If: Walk._if,
    tree.While: Walk._while,
    tree.For: Walk._for,
    tree.Push: Walk._push,
    tree.Pop: Walk._pop,
    tree.Rule: Walk._rule,
    tree.Command: Walk._command,
}
