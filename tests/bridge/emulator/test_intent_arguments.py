"""Reading an intent from arguments, with AOSP's rules and bugs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.emulator import Extra
from bridge.emulator._arguments import Arguments
from bridge.emulator._intent_arguments import parse_intent
from bridge.emulator._java import JavaError
from bridge.emulator._profile import Profile

if TYPE_CHECKING:
    from bridge.emulator._intent import Intent

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def parse(*words: str, api: int = 34) -> Intent:
    return parse_intent(Arguments(words), Profile(api=api))


@pytest.mark.parametrize(
    ("option", "value", "extra"),
    [
        ("--es", "", Extra("String", "")),
        ("-e", "--ei", Extra("String", "--ei")),
        ("--ei", "10", Extra("int", 10)),
        ("--ei", "010", Extra("int", 8)),
        ("--ei", "-0x10", Extra("int", -16)),
        ("--el", "010", Extra("long", 10)),
        ("--el", "1768575600000", Extra("long", 1768575600000)),
        ("--ef", "0.1", Extra("float", 0.10000000149011612)),
        ("--ez", "T", Extra("boolean", True)),
        ("--ez", "0", Extra("boolean", False)),
        ("--eu", "content://x", Extra("Uri", "content://x")),
        ("--eia", "1,2", Extra("int[]", (1, 2))),
        ("--eial", "2,3", Extra("ArrayList<Integer>", (2, 3))),
        ("--ela", "1", Extra("long[]", (1,))),
        ("--esa", "a,b", Extra("String[]", ("a", "b"))),
        ("--esa", r"a\,b", Extra("String[]", (r"a\,b",))),
        ("--esa", "a,,b,,", Extra("String[]", ("a", "", "b"))),
        ("--esa", "", Extra("String[]", ("",))),
        ("--esal", ",", Extra("ArrayList<String>", ())),
    ],
)
def test_an_extra_has_the_type_and_value_that_android_gives_it(option: str, value: str, extra: Extra) -> None:
    assert parse("-a", "x", option, "k", value).extras == {"k": extra}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--ei", "k", "08"), 'java.lang.NumberFormatException: For input string: "08"'),
        (("--ei", "k", "2147483648"), 'java.lang.NumberFormatException: For input string: "2147483648"'),
        (("--ei", "k", "1_0"), 'java.lang.NumberFormatException: For input string: "1_0"'),
        (("--el", "k", "0x1"), 'java.lang.NumberFormatException: For input string: "0x1"'),
        (("--ez", "k", "yes"), "java.lang.IllegalArgumentException: Invalid boolean value: yes"),
        (("-n", "foo"), "java.lang.IllegalArgumentException: Bad component name: foo"),
        (("-a",), 'java.lang.IllegalArgumentException: Argument expected after "-a"'),
        (("--es", "k"), 'java.lang.IllegalArgumentException: Argument expected after "k"'),
        (("--ed", "k", "1"), "java.lang.IllegalArgumentException: Unknown option: --ed"),
        (("--unknown",), "java.lang.IllegalArgumentException: Unknown option: --unknown"),
        ((), "java.lang.IllegalArgumentException: No intent supplied"),
        (("--es", "k", "v"), "java.lang.IllegalArgumentException: No intent supplied"),
        (("--eial", "k", "1"), "java.lang.IllegalArgumentException: No intent supplied"),
        (("-f", "1"), "java.lang.IllegalArgumentException: No intent supplied"),
    ],
)
def test_what_android_refuses_is_refused_in_its_words(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(JavaError) as caught:
        parse(*words)
    assert str(caught.value) == message


def test_a_value_may_be_glued_to_a_short_option_only() -> None:
    assert parse("-aACTION", "-dgeo:0,0").action == "ACTION"
    with pytest.raises(JavaError):
        parse("-a", "x", "--esk", "v")


def test_options_after_the_positional_are_dropped_without_a_word() -> None:
    intent = parse("-a", "android.intent.action.VIEW", "https://a.example", "--es", "k", "v", "-p", "pkg")
    assert intent.data is not None
    assert intent.data.text == "https://a.example"
    assert intent.extras == {}
    assert intent.package is None


def test_a_positional_package_is_a_launch_unless_an_action_is_given() -> None:
    launch = parse("com.example")
    assert (launch.action, launch.package) == ("android.intent.action.MAIN", "com.example")
    assert launch.categories == ["android.intent.category.LAUNCHER"]
    view = parse("-a", "android.intent.action.VIEW", "-d", "geo:0,0", "com.example")
    assert (view.package, view.categories) == ("com.example", [])


def test_a_positional_intent_uri_decides_everything_itself() -> None:
    intent = parse("intent://x#Intent;scheme=https;component=a.b/.C;launchFlags=0x10;S.k=v%20w;end")
    assert intent.component is not None
    assert intent.component.flatten() == "a.b/.C"
    assert intent.flags == 0x10
    assert intent.extras == {"k": Extra("String", "v w")}


def test_the_same_text_after_d_is_only_data() -> None:
    intent = parse("-a", "android.intent.action.VIEW", "-d", "intent://x#Intent;component=a.b/.C;end")
    assert intent.component is None


def test_double_extras_exist_on_api_36_alone() -> None:
    assert parse("-a", "x", "--ed", "k", "0.1", api=36).extras == {"k": Extra("double", 0.1)}


def test_high_hexadecimal_flags_are_read_on_api_36_alone() -> None:
    assert parse("-a", "x", "-f", "0x90000000", api=36).flags == 0x90000000
    with pytest.raises(JavaError):
        parse("-a", "x", "-f", "0x90000000", api=34)


def test_named_flags_add_and_f_replaces() -> None:
    assert parse("-a", "x", "--activity-single-top", "-f", "1", "--activity-clear-top").flags == 0x04000001


def test_an_intent_prints_without_its_personal_data() -> None:
    shown = str(parse("-a", "A", "-d", "tel:+49-30", "-t", "m/t", "--es", "k", "secret"))
    assert shown == "Intent { act=A dat=tel:xxx-xx typ=m/t (has extras) }"


@given(key=TEXT, value=TEXT)
def test_any_string_extra_arrives_to_the_letter(key: str, value: str) -> None:
    assert parse("-a", "x", "--es", key, value).extras == {key: Extra("String", value)}


@given(
    words=st.lists(st.one_of(st.sampled_from(["-a", "--es", "--ei", "-n", "-d", "--", "-e", "x/y"]), TEXT))
)
def test_any_words_give_an_intent_or_a_java_error(words: list[str]) -> None:
    with contextlib.suppress(JavaError):
        parse(*words)
