"""The grammar of the device's shell: text to commands.

A subset of mksh, Android's ``/system/bin/sh``: quoting, variables, command substitution, pipes, lists,
groups and redirections. Loops, conditions, functions, globs and here-documents are not modelled, and
their keywords are refused as syntax errors, so that nothing runs with another meaning than on a phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = [
    "CommandList",
    "Group",
    "Part",
    "Pipeline",
    "Redirect",
    "ShellSyntaxError",
    "Simple",
    "Word",
    "parse_shell",
]


class ShellSyntaxError(Exception):
    """The text is no command line; ``str`` is what the shell complains about."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a word: ``kind`` is "text", "variable" (its name) or "command" (its source)."""

    kind: str
    text: str
    quoted: bool


Word = tuple[Part, ...]


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


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, or an operator where ``word`` is None."""

    operator: str
    word: Word | None = None
    descriptor: int | None = None


_OPERATOR = re.compile(r"&&|\|\||;;|>>|<<|>&|<&|&>|[;&|<>()\n]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARAMETER = re.compile(r"\{(?:[A-Za-z_][A-Za-z0-9_]*|[?$#!0-9])\}|[A-Za-z_][A-Za-z0-9_]*|[?$#!0-9@*]")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_RESERVED = {"if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac"} | {
    "function",
    "select",
    "[[",
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


def parse_shell(source: str) -> CommandList:
    """Read a command line.

    Raises:
        ShellSyntaxError: an open quote, a misplaced operator, or a construct that is not modelled.

    """
    try:
        return _Parser(_Lexer(source).tokens()).parse()
    except RecursionError:
        raise ShellSyntaxError("syntax error: nesting too deep") from None


class _Lexer:
    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0

    def tokens(self) -> list[_Token]:
        tokens: list[_Token] = []
        while True:
            self._skip_blanks()
            if self._position >= len(self._source):
                return tokens
            if match := re.compile(r"(\d)(?=[<>])").match(self._source, self._position):
                descriptor: int | None = int(match[1])
                self._position = match.end()
            else:
                descriptor = None
            if match := _OPERATOR.match(self._source, self._position):
                self._position = match.end()
                tokens.append(_Token(match[0], None, descriptor))
            else:
                tokens.append(_Token("", self._word()))

    def _skip_blanks(self) -> None:
        while self._position < len(self._source):
            if self._source[self._position] in " \t":
                self._position += 1
            elif self._source.startswith("\\\n", self._position):
                self._position += 2
            elif self._source[self._position] == "#":
                end = self._source.find("\n", self._position)
                self._position = len(self._source) if end < 0 else end
            else:
                return

    def _word(self) -> Word:
        parts: list[Part] = []
        while self._position < len(self._source):
            character = self._source[self._position]
            if character in " \t" or _OPERATOR.match(self._source, self._position):
                break
            if character == "'":
                parts.append(Part("text", self._until("'"), quoted=True))
            elif character == '"':
                self._position += 1
                parts.extend(self._double_quoted())
            elif self._source.startswith("$'", self._position):
                parts.append(Part("text", self._ansi_quoted(), quoted=True))
            elif character in "$`":
                parts.append(self._expansion(quoted=False))
            elif character == "\\":
                following = self._source[self._position + 1 : self._position + 2]
                self._position += 2
                if following != "\n":
                    parts.append(Part("text", following or "\\", quoted=True))
            else:
                parts.append(Part("text", character, quoted=False))
                self._position += 1
        return _joined(parts)

    def _until(self, quote: str) -> str:
        end = self._source.find(quote, self._position + 1)
        if end < 0:
            raise ShellSyntaxError("no closing quote")
        text = self._source[self._position + 1 : end]
        self._position = end + 1
        return text

    def _double_quoted(self) -> list[Part]:
        # An empty quoted part keeps "" a word.
        parts = [Part("text", "", quoted=True)]
        while self._position < len(self._source):
            character = self._source[self._position]
            if character == '"':
                self._position += 1
                return parts
            following = self._source[self._position + 1 : self._position + 2]
            if character == "\\" and following and following in '$`"\\\n':
                self._position += 2
                if following != "\n":
                    parts.append(Part("text", following, quoted=True))
            elif character in "$`":
                parts.append(self._expansion(quoted=True))
            else:
                parts.append(Part("text", character, quoted=True))
                self._position += 1
        raise ShellSyntaxError("no closing quote")

    def _ansi_quoted(self) -> str:
        self._position += 2
        text = ""
        while self._position < len(self._source):
            character = self._source[self._position]
            if character == "'":
                self._position += 1
                return text
            if character != "\\":
                text += character
                self._position += 1
                continue
            match = re.compile(
                r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})|(.))", re.DOTALL
            ).match(self._source, self._position)
            if match is None:
                break
            self._position = match.end()
            hexadecimal, unicode, octal, letter = match.groups()
            if letter is None:
                text += chr(int(hexadecimal or unicode, 16) if hexadecimal or unicode else int(octal, 8))
            else:
                text += _ESCAPES.get(letter, letter)
        raise ShellSyntaxError("no closing quote")

    def _expansion(self, *, quoted: bool) -> Part:
        if self._source[self._position] == "`":
            return Part("command", self._until("`"), quoted)
        if self._source.startswith("$(", self._position):
            return Part("command", self._parenthesised(), quoted)
        if match := _PARAMETER.match(self._source, self._position + 1):
            self._position = match.end()
            return Part("variable", match[0].strip("{}"), quoted)
        if self._source.startswith("${", self._position):
            raise ShellSyntaxError("syntax error: unexpected '${'")  # ${x:-y} and its kin are not modelled
        self._position += 1
        return Part("text", "$", quoted)

    def _parenthesised(self) -> str:
        start = self._position + 2
        self._position = start
        depth = 1
        while self._position < len(self._source):
            character = self._source[self._position]
            if character == "'":
                self._until("'")
                continue
            if character == '"':
                self._position += 1
                self._double_quoted()
                continue
            if character == "\\":
                self._position += 1
            depth += {"(": 1, ")": -1}.get(character, 0)
            self._position += 1
            if not depth:
                return self._source[start : self._position - 1]
        raise ShellSyntaxError("no closing quote")


def _joined(parts: list[Part]) -> Word:
    """Put neighbouring texts of the same quoting together."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is not None and last.kind == part.kind == "text" and last.quoted == part.quoted:
            joined[-1] = Part("text", last.text + part.text, part.quoted)
        else:
            joined.append(part)
    return tuple(joined)


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._position = 0

    def parse(self) -> CommandList:
        commands = self._list(closing=None)
        if self._peek() is not None:
            raise self._unexpected()
        return commands

    def _peek(self) -> _Token | None:
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
