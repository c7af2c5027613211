"""A message that is not quoted goes on to the end of the request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.planning._whole_texts import with_whole_texts
from agent.prompt import ParsedCall

KNOWN = frozenset({"send_email", "send_sms", "create_note", "set_wifi"})


def sms(body: str, to: str = "Ana") -> ParsedCall:
    return ParsedCall("send_sms", {"body": body, "to": to})


@pytest.mark.parametrize(
    ("request_", "cut", "whole"),
    [
        ("text Ana the gutter is full. Can somebody clean it?", "the gutter is full",
         "the gutter is full. Can somebody clean it?"),
        ("text Ana it is 312. Please send someone before noon.", "it is 312",
         "it is 312. Please send someone before noon"),
        ("text Ana we moved; please bring your laptop along", "we moved",
         "we moved; please bring your laptop along"),
        ("text Ana I'm late. When do you think it will start?", "I'm late",
         "I'm late. When do you think it will start?"),
        ("text Ana I'm late. Yes, and so sorry about it...", "I'm late",
         "I'm late. Yes, and so sorry about it..."),
        ("text Ana it's cold, and I'm home all day Thursday", "it's cold",
         "it's cold, and I'm home all day Thursday"),
        ("text Ana the second instalment is open. Kindly settle it this week",
         "the secnd instalment is open", "the second instalment is open. Kindly settle it this week"),
        ("एना को लिखो नल टूटा है। किसी को जल्दी भेज दीजिए।", "नल टूटा है", "नल टूटा है। किसी को जल्दी भेज दीजिए"),
    ],
)  # fmt: skip
def test_what_stands_behind_a_text_belongs_to_it(request_: str, cut: str, whole: str) -> None:
    assert with_whole_texts([sms(cut)], request_, KNOWN) == [sms(whole)]


@pytest.mark.parametrize(
    ("request_", "cut"),
    [
        ("text Ana I'm late. Thanks a lot!", "I'm late"),
        ("text Ana I'm late, if you don't mind", "I'm late"),
        ("we have a newborn. Send that as an SMS to Ana", "we have a newborn"),
        ("text Ana I'm late. And then turn the wifi off", "I'm late"),
        ('text Ana "I\'m late". I really am this time', "I'm late"),
        ("text I'm late. It goes to my friend Ana", "I'm late"),
        ("I'm late, I'm late. Tell her that I am", "I'm late"),
        ("text Ana I'm late and I am sorry about it", "I'm late"),
        ("text Ana I'm late", "I'm late"),
        ("text Ana I'm late. What is the weather like in Oslo today?", "I'm late"),
        ("message for Ana: I'm late. Send as a text please", "I'm late"),
        ("text Ana I'm late. Use my second SIM card for it", "I'm late"),
    ],
)
def test_politeness_orders_quotations_and_what_another_argument_has_do_not(request_: str, cut: str) -> None:
    assert with_whole_texts([sms(cut)], request_, KNOWN) == [sms(cut)]


def test_only_the_last_call_of_a_known_tool_has_the_end_of_a_request() -> None:
    request = "text Ana the gutter is full. Can somebody clean it?"
    wifi = ParsedCall("set_wifi", {"on": True})
    cut = sms("the gutter is full")
    assert with_whole_texts([cut, wifi], request, KNOWN) == [cut, wifi]
    assert with_whole_texts([cut], request, frozenset()) == [cut]
    assert with_whole_texts([], request, KNOWN) == []


@given(st.text(), st.text())
def test_a_text_never_gets_shorter_and_is_always_of_the_request(request: str, body: str) -> None:
    [call] = with_whole_texts([sms(body)], request, KNOWN)
    whole = call.arguments["body"]
    assert isinstance(whole, str)
    assert whole == body or (whole in request and len(whole) > len(body))
