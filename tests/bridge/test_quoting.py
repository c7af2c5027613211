from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge._quoting import COMMAND_LIMIT, shell_command
from bridge.errors import CommandTooLongError, InvalidValueError

ARGUMENT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


def arguments_seen_by_a_shell(command: str) -> list[str]:
    script = f"set -- {command}; printf '%s\\0' \"$@\""
    output = subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout
    return output.decode().split("\0")[:-1]


@settings(max_examples=150, deadline=None)
@given(st.lists(ARGUMENT, min_size=1, max_size=4))
def test_a_shell_sees_exactly_the_arguments_that_went_in(argv: list[str]) -> None:
    assert arguments_seen_by_a_shell(shell_command(argv)) == argv


@pytest.mark.parametrize(
    "text", ["$(id)", "`id`", "a;b", "a && b", "it's", '"', "\\", "*", "~", "#", "", "\n", " "]
)
def test_what_a_shell_treats_specially_arrives_as_it_is(text: str) -> None:
    assert arguments_seen_by_a_shell(shell_command(["echo", text])) == ["echo", text]


def test_a_nul_character_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        shell_command(["echo", "a\0b"])


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        shell_command(["echo", "\ud83d"])


def test_the_limit_counts_bytes_of_the_whole_command() -> None:
    longest = "x" * (COMMAND_LIMIT - len("echo "))
    assert len(shell_command(["echo", longest])) == COMMAND_LIMIT
    with pytest.raises(CommandTooLongError):
        shell_command(["echo", f"{longest}x"])
    with pytest.raises(CommandTooLongError):
        shell_command(["echo", "ü" * (COMMAND_LIMIT // 2)])
