from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bridge import OutcomeStatus
from bridge._screenshot import png_size, take_screenshot
from tools_schema import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge._phone import Phone

CALL = Call("take_screenshot")


def picture(width: int = 3, height: int = 2) -> bytes:
    with io.BytesIO() as buffer:
        Image.new("RGB", (width, height), "#123456").save(buffer, "PNG")
        return buffer.getvalue()


@given(width=st.integers(1, 300), height=st.integers(1, 300))
def test_the_size_of_a_picture_is_read(width: int, height: int) -> None:
    assert png_size(picture(width, height)) == (width, height)


@given(length=st.integers(0, len(picture()) - 1))
def test_a_picture_that_is_cut_off_is_none(length: int) -> None:
    assert png_size(picture()[:length]) is None


@given(position=st.integers(0, len(picture()) - 1), value=st.integers(1, 255))
def test_a_picture_of_which_a_byte_was_changed_is_none(position: int, value: int) -> None:
    data = bytearray(picture())
    data[position] ^= value
    assert png_size(bytes(data)) is None


@given(st.binary())
def test_anything_else_is_none(data: bytes) -> None:
    assert png_size(data) is None


def test_a_picture_with_changed_line_ends_is_none() -> None:
    assert png_size(picture().replace(b"\n", b"\r\n")) is None


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("", OutcomeStatus.FAILED),
        (("", "Error: failed to take screenshot", 1), OutcomeStatus.FAILED),
        (("", "/system/bin/sh: screencap: inaccessible or not found", 127), OutcomeStatus.UNSUPPORTED),
    ],
)
def test_without_a_picture_nothing_is_verified(
    scripted_phone: Callable[..., Phone], answer: object, status: OutcomeStatus
) -> None:
    phone = scripted_phone({"screencap": answer})
    outcome = take_screenshot(phone, CALL)
    assert outcome.status is status
    assert phone.evidence[0].data == b""
