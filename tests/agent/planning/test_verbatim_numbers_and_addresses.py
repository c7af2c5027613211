"""Phone numbers, e-mail addresses and web addresses are those that the user wrote."""

from __future__ import annotations

import pytest

from agent.errors import InvalidValue
from agent.planning._verbatim import as_said
from tools_schema import Kind


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("5551234", "call 555-1234", "555-1234"),
        ("+49301234", "dial +49 30 1234 now", "+49 30 1234"),
        ("(555) 123-4567", "his number is (555) 123 4567.", "(555) 123 4567"),
        ("555-1243", "call 555-1234 at 7:30", "555-1234"),
        ("0170 123456", "ruf 0170 1234567 an", "0170 1234567"),
        ("555 1234", "call ５５５-１２３４", "５５５-１２３４"),
        ("07700900123", "text 07700 900123 and 07700 900456", "07700 900123"),
        ("(715-555-0133)", "add Wil (715-555-0133) to contacts", "715-555-0133"),
    ],
)
def test_a_number_is_as_the_user_wrote_it(value: str, text: str, expected: str) -> None:
    assert as_said(value, Kind.PHONE_NUMBER, [text]) == expected
    assert as_said(value, Kind.CONTACT, [text]) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5551234", "call five five five one two three four"),
        ("911", "call nine one one"),
        ("5551234", "call five five five 1234"),
        ("5551234", "call 555 or rather 1234"),
        ("911", "call nine one one, the fire is at 20145 Oak Street"),
        ("110", "ruf eins eins null an, es brennt in 10115 Berlin"),
        ("119", "一一九に電話、火事は100-0001の隣"),
        ("5550134", "call five five five oh one three four and save 902-555-0199"),
    ],
)
def test_a_number_said_in_words_is_left(value: str, text: str) -> None:
    assert as_said(value, Kind.PHONE_NUMBER, [text]) == value


@pytest.mark.parametrize(
    ("value", "texts", "expected"),
    [
        ("555-1243", ["no, 43 at the end", "call 555-1234"], "555-1243"),
        ("5551237", ["with a 7 at the end", "call 555-1234"], "5551237"),
        ("555-1243", ["again at 5", "call 555-1234"], "555-1234"),
        ("555-1243", ["call again", "call 555-1234"], "555-1234"),
        ("555-9978", ["no, call 555-9987", "call 555-1234"], "555-9987"),
        ("555-1233", ["no, it ends in three three", "call 555-1222"], "555-1233"),
        ("911", ["call nine one one", "navigate to 20145 Oak Street"], "911"),
    ],
)
def test_an_earlier_number_is_taken_where_the_request_does_not_correct_it(
    value: str, texts: list[str], expected: str
) -> None:
    assert as_said(value, Kind.PHONE_NUMBER, texts) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("99887766", "call 5551234567"),
        ("555-1299", "call 555-1234 or 555-1236"),
    ],
)
def test_a_number_that_the_user_did_not_write_is_an_error(value: str, text: str) -> None:
    with pytest.raises(InvalidValue):
        as_said(value, Kind.PHONE_NUMBER, [text])


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("jo.smth@example.org", "email jo.smith@example.org.", "jo.smith@example.org"),
        ("JO@example.org", "email jo@example.org", "jo@example.org"),
        ("jo@example.org", "email jo at example dot org", "jo@example.org"),
        ("jo@example.org", "email bob@mail.com and jo at example dot org", "jo@example.org"),
        ("jo@ example.org", "email jo at example dot org", "jo@example.org"),
        ("ann@mial.com", "ann@mail.com, cc bob.miller@web.example", "ann@mail.com"),
        ("Mary Jons", "email Mary Jones", "Mary Jones"),
    ],
)
def test_an_address_is_as_the_user_wrote_it(value: str, text: str, expected: str) -> None:
    assert as_said(value, Kind.EMAIL, [text]) == expected
    assert as_said(value, Kind.CONTACT, [text]) == expected


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("someone@else.net", Kind.EMAIL, "email jo@example.org and jo@example.com"),
        ("jo@example.de", Kind.EMAIL, "email jo@example.org and jo@example.com"),
        ("news.site.net", Kind.URL, "open http://www.example.com/a/path?with=a&long=query"),
    ],
)
def test_an_address_that_the_user_did_not_write_is_an_error(value: str, kind: Kind, text: str) -> None:
    with pytest.raises(InvalidValue):
        as_said(value, kind, [text])


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("https://example.com/a", "open example.com/a", "example.com/a"),
        ("exmple.com", "open example.com.", "example.com"),
        ("wikipedia.org", "open wikipedia dot org", "wikipedia.org"),
        ("youtube.com", "go to youtube", "youtube.com"),
        ("example.com", "write to jo@exampel.com", "example.com"),
    ],
)
def test_a_web_address_is_as_the_user_wrote_it(value: str, text: str, expected: str) -> None:
    assert as_said(value, Kind.URL, [text]) == expected


@pytest.mark.parametrize("kind", [Kind.EMAIL, Kind.CONTACT])
@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        ("théo.n@orchestre.fr", "Théo, theo.n@orchestre.fr", "theo.n@orchestre.fr"),
        ("booking@pelican.club. The", "to booking@pelican.club. The subject is", "booking@pelican.club"),
        ("super@super@river.nyc", "to the super at super@river.nyc", "super@river.nyc"),
        ("check@rowing.com", "mail coach@rowing.com about the check-up", "coach@rowing.com"),
    ],
)
def test_an_address_is_the_written_one_of_its_domain(kind: Kind, value: str, text: str, said: str) -> None:
    assert as_said(value, kind, [text]) == said


def test_a_digit_said_in_words_before_a_number_stays() -> None:
    assert as_said("16555 0142", Kind.PHONE_NUMBER, ["call one 6555 0142"]) == "16555 0142"


def test_a_correction_is_not_undone_by_the_address_that_it_corrects() -> None:
    texts = ["no, to anna at gmail dot com", "email bob@gmail.com about lunch"]
    assert as_said("anna@gmail.com", Kind.EMAIL, texts) == "anna@gmail.com"


def test_an_address_said_in_words_is_not_the_written_one_of_its_domain() -> None:
    text = "email bob at acme dot com about lunch and copy anna@acme.com"
    assert as_said("bob@acme.com", Kind.EMAIL, [text]) == "bob@acme.com"


@pytest.mark.parametrize(
    ("value", "request_", "meant"),
    [
        ("wikipedia.org", "now open wikipedia", "wikipedia.org"),
        ("https://wikipedia.org", "now open Wikipedia", "https://wikipedia.org"),
        ("exmple.com", "open it again", "example.com"),
        ("example.com", "open that again", "example.com"),
    ],
)
def test_a_follow_up_to_a_web_address_may_name_another_site(value: str, request_: str, meant: str) -> None:
    assert as_said(value, Kind.URL, [request_, "open example.com"]) == meant


def test_a_digit_added_in_a_correction_stays() -> None:
    texts = ["no, with a one in front", "call 6555 0142"]
    assert as_said("16555 0142", Kind.PHONE_NUMBER, texts) == "16555 0142"


def test_an_address_of_an_earlier_request_is_not_taken_for_another_of_its_domain() -> None:
    texts = ["and send it to hb@pilots.sg too", "email ops@pilots.sg"]
    assert as_said("ops@pilots.sg", Kind.EMAIL, texts) == "ops@pilots.sg"


@pytest.mark.parametrize(
    "text", ["发邮件给tao@shan.com，主题是茶", "宛先tao@shan.comに件名お茶で", "ส่งอีเมลถึงtao@shan.comเรื่องชา"]
)
def test_an_address_ends_where_a_script_without_spaces_begins(text: str) -> None:
    assert as_said("tao@shan.com", Kind.EMAIL, (text,)) == "tao@shan.com"


@pytest.mark.parametrize(
    ("value", "text", "meant"),
    [
        ("clinic.sg", "email desk@clinic.sg that I am late", "desk@clinic.sg"),
        ("desk", "email desk@clinic.sg that I am late", "desk@clinic.sg"),
        ("Desk", "email the desk, desk@clinic.sg, that I am late", "desk"),
        ("clinic.sg", "email desk@clinic.sg and cc boss@clinic.sg", "clinic.sg"),
    ],
)
def test_a_part_of_an_address_stands_for_it_where_it_was_said_nowhere_else(
    value: str, text: str, meant: str
) -> None:
    assert as_said(value, Kind.EMAIL, (text,)) == meant


@pytest.mark.parametrize(
    ("kind", "value", "text", "said"),
    [
        (
            Kind.EMAIL,
            "fatima@trapals.example",
            "mail fatima at trailpals dot example",
            "fatima@trailpals.example",
        ),
        (Kind.EMAIL, "noor@lanfhouse.org", "email noor at lanternhouse dot org", "noor@lanternhouse.org"),
        (Kind.EMAIL, "jo@trailpals.org", "jo at trail pals dot org", "jo@trailpals.org"),
        (Kind.EMAIL, "anna@wind.org", "anna at winds dot org or at windy dot org", "anna@wind.org"),
        (Kind.EMAIL, "delta@fern.org", "d e l t a at fern dot org", "delta@fern.org"),
        (Kind.URL, "netle-haystack.net", "open nettle dash haystack dot net", "nettle-haystack.net"),
    ],
)
def test_a_misspelt_word_of_an_address_that_was_said_in_words_is_the_one_word_that_is_like_it(
    kind: Kind, value: str, text: str, said: str
) -> None:
    assert as_said(value, kind, [text]) == said
