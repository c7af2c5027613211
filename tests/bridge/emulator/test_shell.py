"""The device's shell: what a command line means."""

from __future__ import annotations

import contextlib
import shlex
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.emulator._shell_syntax import parse_shell
from bridge.emulator._shell_words import ShellSyntaxError

if TYPE_CHECKING:
    from tests.bridge.emulator.conftest import InProcessShell

WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1)


@pytest.mark.parametrize(
    ("command", "stdout"),
    [
        ("echo a  b", "a b\n"),
        ("echo 'a  b'", "a  b\n"),
        ("echo '$HOME' \"$HOME\" $HOME", "$HOME / /\n"),
        ('echo "a\\"b\\$c\\n"', 'a"b$c\\n\n'),
        ("echo a\\ b \\$x", "a b $x\n"),
        ("echo 'it'\\''s'", "it's\n"),
        ("echo $'a\\tb\\u00e9'", "a\tb\u00e9\n"),
        ("echo ''", "\n"),
        ("echo a#b # a comment", "a#b\n"),
        ("x=1; y=$x$x; echo ${y}2", "112\n"),
        ("a='b  c'; echo $a; echo \"$a\"", "b c\nb  c\n"),
        ("echo $(echo one; echo two) `echo three`", "one two three\n"),
        ('echo "$(echo "a  b")"', "a  b\n"),
        ("false; echo $?", "1\n"),
        ("true && echo yes || echo no", "yes\n"),
        ("false && echo yes || echo no", "no\n"),
        ("! false && echo negated", "negated\n"),
        ("echo a; echo b\necho c", "a\nb\nc\n"),
        ("printf '%s-%d\\n' x 3", "x-3\n"),
        ("printf '%s\\n' one two | grep -c o", "1\n"),
        ("echo one two | wc -w | cat", "2\n"),
        ("echo hidden > /dev/null; echo shown", "shown\n"),
        ("echo err >&2 2>/dev/null; (echo in; exit 3); echo $?", "in\n3\n"),
        ("{ echo a; echo b; } | tail -n 1", "b\n"),
        ("echo x > /sdcard/f; echo y >> /sdcard/f; cat < /storage/emulated/0/f", "x\ny\n"),
        ("[ a = a ] && [ ! -f /sdcard/none ] && echo both", "both\n"),
        ("/system/bin/echo path", "path\n"),
        ('X=1 echo kept; echo "[$X]"', "kept\n[]\n"),
    ],
)
def test_a_command_line_prints_what_the_device_would(
    shell: InProcessShell, command: str, stdout: str
) -> None:
    assert shell(command).stdout == stdout


@pytest.mark.parametrize(
    ("command", "code", "stderr"),
    [
        ("foo", 127, "/system/bin/sh: foo: inaccessible or not found\n"),
        ("echo 'open", 1, "/system/bin/sh: no closing quote\n"),
        ('echo "open', 1, "/system/bin/sh: no closing quote\n"),
        ("echo $(open", 1, "/system/bin/sh: no closing quote\n"),
        ("echo a | | b", 1, "/system/bin/sh: syntax error: unexpected '|'\n"),
        ("( echo a", 1, "/system/bin/sh: syntax error: unexpected EOF\n"),
        ("true &&", 1, "/system/bin/sh: syntax error: unexpected EOF\n"),
        ("for x in a; do echo; done", 1, "/system/bin/sh: syntax error: unexpected 'for'\n"),
        ("cat < /sdcard/none", 1, "/system/bin/sh: can't open /sdcard/none: No such file or directory\n"),
        ("echo x > /system/x", 1, "/system/bin/sh: can't create /system/x: Read-only file system\n"),
        ("echo x >&7", 1, "/system/bin/sh: >&7: illegal file descriptor name\n"),
        ("exit 7; echo never", 7, ""),
        ("false | true", 0, ""),
        ("true | exit 4", 4, ""),
        ("", 0, ""),
    ],
)
def test_what_fails_says_so_as_the_device_does(
    shell: InProcessShell, command: str, code: int, stderr: str
) -> None:
    result = shell(command)
    assert (result.code, result.stderr, result.stdout) == (code, stderr, "")


@given(words=WORDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_quoted_word_arrives_to_the_letter(shell: InProcessShell, words: list[str]) -> None:
    assert shell("echo " + shlex.join(["--", *words])).stdout == " ".join(["--", *words]) + "\n"


@given(text=st.text(st.sampled_from("ab '\"\\$`|&;<>(){}!#\n\t=~?"), max_size=30))
def test_any_text_either_parses_or_is_a_syntax_error(text: str) -> None:
    with contextlib.suppress(ShellSyntaxError):
        parse_shell(text)


def test_nesting_without_end_is_a_syntax_error(shell: InProcessShell) -> None:
    assert shell("(" * 5000 + "true" + ")" * 5000).code == 1


def test_bytes_that_are_no_utf_8_come_through_unharmed(shell: InProcessShell) -> None:
    text = b"\xff\xfe".decode("utf-8", "surrogateescape")
    assert shell(f"echo '{text}'").stdout == text + "\n"


def test_a_command_in_a_pipe_reads_the_one_before_and_not_standard_input(shell: InProcessShell) -> None:
    assert shell("echo piped | cat", stdin=b"typed").stdout == "piped\n"
    assert shell("cat", stdin=b"typed").stdout == "typed"


def test_the_date_is_the_phones_own(shell: InProcessShell) -> None:
    assert shell("date +%s").stdout == "1768597800\n"
    assert shell("date '+%Y-%m-%dT%H:%M:%S %z'").stdout == "2026-01-16T22:10:00 +0100\n"
    assert shell("date").stdout == "Fri Jan 16 22:10:00 CET 2026\n"
