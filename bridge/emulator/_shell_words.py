"""The words and operators of the device's shell: quoting, variables, command substitution.

Source of the rules: POSIX shell quoting as mksh, Android's ``/system/bin/sh``, applies it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Part", "ShellSyntaxError", "Token", "Word", "split_tokens"]

_OPERATOR = re.compile(r"&&|\|\||;;|>>|<<|>&|<&|&>|[;&|<>()\n]")
_PARAMETER = re.compile(r"\{(?:[A-Za-z_][A-Za-z0-9_]*|[?$#!0-9])\}|[A-Za-z_][A-Za-z0-9_]*|[?$#!0-9@*]")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


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
class Token:
    """A word, or an operator where ``word`` is None."""

    operator: str
    word: Word | None = None
    descriptor: int | None = None


def split_tokens(source: str) -> list[Token]:
    """Return the tokens of a command line.

    Raises:
        ShellSyntaxError: an open quote or substitution, or an expansion that is not modelled.

    """
    return _Lexer(source).tokens()


class _Lexer:
    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0

    def tokens(self) -> list[Token]:
        tokens: list[Token] = []
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
                tokens.append(Token(match[0], None, descriptor))
            else:
                tokens.append(Token("", self._word()))

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
