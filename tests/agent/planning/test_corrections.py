"""What a follow-up says once more takes the place of what it corrects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.planning._corrections import with_corrections
from agent.prompt import ParsedCall


def mail(**arguments: str) -> ParsedCall:
    return ParsedCall("send_email", {"subject": "roof", **arguments})


@pytest.mark.parametrize(
    ("texts", "written", "meant"),
    [
        (["you're an l short, it's orla.nuallain@mayo.ie", "mail orla.nualain@mayo.ie"],
         "orla.nualain@mayo.ie", "orla.nuallain@mayo.ie"),
        (["Tovah@saltmarsh.com, with an h", "mail tova@saltmarsh.com about the roof"],
         "tova@saltmarsh.com", "Tovah@saltmarsh.com"),
        (["sorry, 902 555 0138", "email 902-555-0133"], "902-555-0133", "902 555 0138"),
    ],
)  # fmt: skip
def test_an_earlier_address_or_number_gives_way_to_the_one_that_corrects_it(
    texts: list[str], written: str, meant: str
) -> None:
    [call] = with_corrections([mail(to=written)], texts)
    assert call.arguments == {"subject": "roof", "to": meant}


@pytest.mark.parametrize(
    ("texts", "arguments"),
    [
        (["jo2@acme.com in copy", "mail jo1@acme.com"], {"to": "jo1@acme.com", "cc": "jo2@acme.com"}),
        (["jo2@acme.com or jo3@acme.com", "mail jo1@acme.com"], {"to": "jo1@acme.com"}),
        (["not maria@lake.org", "mail jo1@acme.com"], {"to": "jo1@acme.com"}),
        (["it's jo9@acme.com", "mail jo1@acme.com and jo2@acme.com"],
         {"to": "jo1@acme.com", "cc": "jo2@acme.com"}),
        (["subject jo9@acme.com", "mail her"], {"to": "jo1@acme.com"}),
        (["she can write to jo2@acme.com", "mail jo1@acme.com"],
         {"to": "jo1@acme.com", "body": "she can write to jo2@acme.com"}),
        (["add that she can call me at 902-555-0138", "text 902-555-0133 running late"],
         {"to": "902-555-0133", "body": "running late, she can call me at 902-555-0138"}),
        (["no, the first one, not 902-555-0138", "call 902-555-0138", "call 902-555-0133"],
         {"to": "902-555-0133"}),
    ],
)  # fmt: skip
def test_what_is_no_correction_or_could_be_of_several_changes_nothing(
    texts: list[str], arguments: dict[str, str]
) -> None:
    assert with_corrections([mail(**arguments)], texts) == [mail(**arguments)]


def test_a_new_number_of_another_call_corrects_none() -> None:
    calls = [ParsedCall("call", {"to": "902 555 0133"}), ParsedCall("dial", {"phone_number": "902 555 0138"})]
    assert with_corrections(calls, ["and dial 902 555 0138", "call 902 555 0133"]) == calls


@given(st.text(), st.lists(st.text(), max_size=2), st.text())
def test_without_an_earlier_request_calls_are_as_they_were_written(
    request: str, earlier: list[str], value: str
) -> None:
    assert with_corrections([mail(to=value)], [request]) == [mail(to=value)]
    assert [call.name for call in with_corrections([mail(to=value)], [request, *earlier])] == ["send_email"]
