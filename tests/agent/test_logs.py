from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest

from agent.logs import configure_logging, masked

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "ia_0123456789ab_" + "x" * 43


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(form: str, message: str, *arguments: object) -> str:
    stream = io.StringIO()
    configure_logging("INFO", "json" if form == "json" else "text", stream)
    logging.getLogger("agent.test").info(message, *arguments)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"token {TOKEN} refused", "token [token] refused"),
        ("authorization: Bearer abc.def-ghi", "authorization: [token]"),
        ("text to +49 170 1234567 now", "text to [number] now"),
        ("call (030) 123-4567", "call [number]"),
        ("mail zoe.m+x@mail.example.org.", "mail [address]"),
    ],
)
def test_tokens_numbers_and_addresses_are_masked(text: str, seen: str) -> None:
    assert masked(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "192.168.1.7:5555 went away",
        "emulator-5554 is back",
        "listening on 127.0.0.1:50551",
        "at 2026-01-16 and 2026-01-16T22:10:00",
        "4096 bytes in 120 ms",
        "HT7A1234567",
    ],
)
def test_what_helps_to_understand_a_fault_is_left(text: str) -> None:
    assert masked(text) == text


def test_a_line_of_json_has_the_moment_the_level_and_the_message() -> None:
    line = json.loads(logged("json", "device %s", "a\nb"))
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "INFO", "logger": "agent.test", "message": "device a\nb"}


def test_a_line_for_people_is_one_line_that_cannot_steer_the_terminal() -> None:
    line = logged("text", "device %s", "a\nINFO b\x1b[2J")
    assert line.endswith("INFO agent.test: device a INFO b\ufffd[2J\n")
    assert line.count("\n") == 1


@pytest.mark.parametrize("form", ["json", "text"])
def test_what_is_masked_in_the_message_is_masked_in_a_stack_too(form: str) -> None:
    stream = io.StringIO()
    configure_logging("INFO", "json" if form == "json" else "text", stream)
    try:
        int(TOKEN)
    except ValueError:
        logging.getLogger("agent.test").exception("failed with %s", TOKEN)
    assert "Traceback" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_less_than_the_level_is_not_logged() -> None:
    stream = io.StringIO()
    configure_logging("WARNING", "text", stream)
    logging.getLogger("agent.test").info("quiet")
    assert stream.getvalue() == ""


def test_the_library_that_writes_model_files_does_not_tell_of_each_tensor() -> None:
    stream = io.StringIO()
    configure_logging("INFO", "text", stream)
    logging.getLogger("gguf.gguf_writer").info("token_embd.weight")
    logging.getLogger("gguf.gguf_writer").warning("duplicate key")
    assert "token_embd" not in stream.getvalue()
    assert "duplicate key" in stream.getvalue()
