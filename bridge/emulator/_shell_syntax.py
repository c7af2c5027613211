"""The grammar of the device's shell: text to commands.

A subset of mksh, Android's ``/system/bin/sh``: quoting, variables, command substitution, pipes, lists,
groups and redirections. Loops, conditions, functions, globs and here-documents are not modelled, and
their keywords are refused as syntax errors, so that nothing runs with another meaning than on a phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bridge.emulator._shell_words import Part, ShellSyntaxError, Token, Word, split_tokens

__all__ = [
    "CommandList",
    "Group",
    "Pipeline",
    "Redirect",
    "Simple",
    "parse_shell",
]


@dataclass(frozen=True, slots=True)
class Redirect:
    """``operator`` is ">", ">>", "<" or ">&"; the target is a file's name or, for ">&", a descriptor."""

    descriptor: int
    operator: str
    target: Word


@dataclass(frozen=True, slots=True)
class Simple:
    """A command with its words, the assignments before it and its redirections."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """``( … )`` or ``{ …; }``."""

    body: CommandList
    redirects: tuple[Redirect, ...]
    subshell: bool


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands whose output is the next one's input."""

    commands: tuple[Simple | Group, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class CommandList:
    """Pipelines, each with what stands before it: ";", "&&" or "||"."""

    items: tuple[tuple[str, Pipeline], ...]


_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_RESERVED = {"if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac"} | {
    "function",
    "select",
    "[[",
}


def parse_shell(source: str) -> CommandList:
    """Read a command line.

    Raises:
        ShellSyntaxError: an open quote, a misplaced operator, or a construct that is not modelled.

    """
    try:
        return _Parser(split_tokens(source)).parse()
    except RecursionError:
        raise ShellSyntaxError("syntax error: nesting too deep") from None


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0

    def parse(self) -> CommandList:
        commands = self._list(closing=None)
        if self._peek() is not None:
            raise self._unexpected()
        return commands

    def _peek(self) -> Token | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _operator(self) -> str:
        token = self._peek()
        return token.operator if token is not None else ""

    def _literal(self) -> str:
        """Return the token's text where it is one unquoted word, for reserved words."""
        token = self._peek()
        if token is None or token.word is None or len(token.word) != 1:
            return ""
        part = token.word[0]
        return part.text if part.kind == "text" and not part.quoted else ""

    def _unexpected(self) -> ShellSyntaxError:
        token = self._peek()
        if token is None:
            return ShellSyntaxError("syntax error: unexpected EOF")
        shown = token.operator or "".join(part.text for part in token.word or ())
        return ShellSyntaxError(f"syntax error: unexpected '{'newline' if shown == chr(10) else shown}'")

    def _list(self, closing: str | None) -> CommandList:
        items: list[tuple[str, Pipeline]] = []
        connector = ";"
        while True:
            while self._operator() == "\n":
                self._position += 1
            at_end = self._peek() is None or self._operator() == ")" or self._literal() == "}"
            if at_end and (connector == ";" and (items or closing is None)):
                return CommandList(tuple(items))
            items.append((connector, self._pipeline()))
            operator = self._operator()
            if operator in ("&&", "||"):
                connector = operator
            elif operator in (";", "\n", "&"):
                connector = ";"
            else:
                return CommandList(tuple(items))
            self._position += 1

    def _pipeline(self) -> Pipeline:
        negated = self._literal() == "!"
        if negated:
            self._position += 1
        commands = [self._command()]
        while self._operator() == "|":
            self._position += 1
            commands.append(self._command())
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Simple | Group:
        if self._operator() == "(":
            return self._group(")")
        if self._literal() == "{":
            return self._group("}")
        if self._literal() in _RESERVED:
            raise self._unexpected()
        return self._simple()

    def _group(self, closing: str) -> Group:
        self._position += 1
        body = self._list(closing)
        if self._operator() != closing and self._literal() != closing:
            raise self._unexpected()
        self._position += 1
        redirects: list[Redirect] = []
        while (redirect := self._redirect()) is not None:
            redirects.extend(redirect)
        return Group(body, tuple(redirects), subshell=closing == ")")

    def _simple(self) -> Simple:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            redirect = self._redirect()
            if redirect is not None:
                redirects.extend(redirect)
                continue
            token = self._peek()
            if token is None or token.word is None:
                break
            self._position += 1
            assignment = None if words else _assignment(token.word)
            if assignment is not None:
                assignments.append(assignment)
            else:
                words.append(token.word)
        if not (assignments or words or redirects):
            raise self._unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _redirect(self) -> list[Redirect] | None:
        token = self._peek()
        if token is None or token.operator not in (">", ">>", "<", ">&", "&>"):
            return None
        self._position += 1
        target = self._peek()
        if target is None or target.word is None:
            raise self._unexpected()
        self._position += 1
        descriptor = token.descriptor
        if token.operator == "&>":
            one = (Part("text", "1", quoted=False),)
            return [Redirect(1, ">", target.word), Redirect(2, ">&", one)]
        if descriptor is None:
            descriptor = 0 if token.operator == "<" else 1
        return [Redirect(descriptor, token.operator, target.word)]


def _assignment(word: Word) -> tuple[str, Word] | None:
    if not word or word[0].kind != "text" or word[0].quoted:
        return None
    match = _ASSIGNMENT.fullmatch(word[0].text)
    if match is None:
        return None
    first = (Part("text", match[2], quoted=False),) if match[2] else ()
    return match[1], first + word[1:]
