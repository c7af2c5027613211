from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import Intent, IntentExtra, JavaType
from bridge._argv import start_argv
from bridge.errors import InvalidValueError


def test_every_part_of_an_intent_becomes_an_option() -> None:
    intent = Intent(
        "a.ACTION",
        "content://x/y",
        "text/plain",
        ("c.ONE", "c.TWO"),
        (
            IntentExtra("s", JavaType.STRING, "a b"),
            IntentExtra("z", JavaType.BOOLEAN, value=True),
            IntentExtra("i", JavaType.INT, 8),
            IntentExtra("l", JavaType.LONG, 2**40),
            IntentExtra("d", JavaType.INTEGER_LIST, (1, 7)),
            IntentExtra("a", JavaType.STRING_ARRAY, ("x", "y")),
        ),
    )
    assert start_argv(intent, wait=True) == (
        *("am", "start", "-W", "-a", "a.ACTION", "-d", "content://x/y", "-t", "text/plain"),
        *("-c", "c.ONE", "-c", "c.TWO", "--es", "s", "a b", "--ez", "z", "true", "--ei", "i", "8"),
        *("--el", "l", "1099511627776", "--eial", "d", "1,7", "--esa", "a", "x,y"),
    )


def test_without_waiting_there_is_no_w() -> None:
    assert start_argv(Intent("a"), wait=False) == ("am", "start", "-a", "a")


@given(st.integers(-(2**31), 2**31 - 1))
def test_an_int_is_never_written_so_that_java_reads_it_as_octal(number: int) -> None:
    text = start_argv(Intent("a", extras=(IntentExtra("i", JavaType.INT, number),)), wait=False)[-1]
    assert int(text) == number
    assert text.lstrip("-") == "0" or not text.lstrip("-").startswith("0")


@pytest.mark.parametrize(("java_type", "number"), [(JavaType.INT, 2**31), (JavaType.LONG, -(2**63) - 1)])
def test_a_number_too_large_for_its_java_type_is_refused(java_type: JavaType, number: int) -> None:
    with pytest.raises(InvalidValueError):
        start_argv(Intent("a", extras=(IntentExtra("n", java_type, number),)), wait=False)


@pytest.mark.parametrize("item", ["a,b", ",", "a\\", ""])
def test_an_array_item_that_am_would_split_is_refused(item: str) -> None:
    with pytest.raises(InvalidValueError):
        start_argv(Intent("a", extras=(IntentExtra("s", JavaType.STRING_ARRAY, (item,)),)), wait=False)


@pytest.mark.parametrize(
    "data",
    [
        "intent:#Intent;component=a/b;end",
        "file:///sdcard/x",
        "javascript:alert(1)",
        "HTTP://x",
        "x",
        "-n a/b",
    ],
)
def test_data_of_another_scheme_is_refused(data: str) -> None:
    with pytest.raises(InvalidValueError):
        start_argv(Intent("a", data), wait=False)
