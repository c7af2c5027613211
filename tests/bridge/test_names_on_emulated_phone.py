"""People by name, through bridge and adb: the phone's own contacts decide who is meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge import Outcome, OutcomeStatus
from bridge.emulator import Contact, EmulatedPhone, Fault

Do = Callable[..., Outcome]
OnPhone = Callable[..., EmulatedPhone]

every_api = pytest.mark.parametrize("api", [30, 34, 36])


@every_api
def test_a_message_goes_to_the_contact_s_number(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "send_sms", {"to": "mum", "body": "On my way"})
    assert outcome.status is OutcomeStatus.OPENED
    assert outcome.read_back["to"] == "Mum, +49 30 5550101"
    assert phone.state.sms_draft is not None
    assert phone.state.sms_draft.to == ("+49 30 5550101",)


@every_api
def test_a_mail_and_its_copy_go_to_the_contacts_addresses(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "send_email", {"to": "Dr Weber", "cc": "ada", "subject": "Results"})
    assert outcome.status is OutcomeStatus.OPENED
    draft = phone.state.mail_draft
    assert draft is not None
    assert (draft.to, draft.cc) == (("praxis@weber.example",), ("ada@lovelace.example",))


@every_api
def test_the_confirmation_of_a_call_says_whom_it_reaches(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "call", {"to": "Ada Lovelace"})
    assert outcome.status is OutcomeStatus.NEEDS_CONFIRMATION
    assert "+44 20 79460103" in outcome.message
    assert phone.state.call_number is None
    assert do(phone, "call", {"to": "Ada Lovelace"}, confirmed=True).status is OutcomeStatus.VERIFIED
    assert phone.state.call_number == "+44 20 79460103"


@every_api
def test_somebody_without_an_address_is_asked_about(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "send_email", {"to": "Mum", "subject": "Hi"})
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert outcome.message == "Mum has no e-mail address in the contacts: which one is meant?"
    assert phone.state.mail_draft is None


@every_api
def test_several_people_are_the_choices(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "call", {"to": "Alex"}, confirmed=True)
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert outcome.choices == (
        "Alex Kim (+1 212 5550104)",
        "Alex Kim (+1 917 5550105)",
        "Alex Müller (+49 89 5550106)",
    )
    assert phone.state.call_number is None


def test_a_choice_given_back_for_the_name_is_understood(do: Do, emulated_phone: EmulatedPhone) -> None:
    emulated_phone.state.contacts[:] = [
        Contact("Sam", ("+1 555 0100",), ("a@sam.example",)),
        Contact("Sam", ("+1 555 0101",), ("b@sam.example",)),
    ]
    choices = do(emulated_phone, "send_sms", {"to": "Sam", "body": "Hi"}).choices
    assert choices == ("Sam (+1 555 0100)", "Sam (+1 555 0101)")
    for choice, number in zip(choices, ("+1 555 0100", "+1 555 0101"), strict=True):
        assert do(emulated_phone, "send_sms", {"to": choice, "body": "Hi"}).status is OutcomeStatus.OPENED
        assert emulated_phone.state.sms_draft is not None
        assert emulated_phone.state.sms_draft.to == (number,)
    second = do(emulated_phone, "send_email", {"to": "Sam", "subject": "Hi"}).choices[1]
    assert do(emulated_phone, "send_email", {"to": second, "subject": "Hi"}).status is OutcomeStatus.OPENED
    assert emulated_phone.state.mail_draft is not None
    assert emulated_phone.state.mail_draft.to == ("b@sam.example",)


@every_api
def test_several_numbers_of_one_person_are_the_choices(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "send_sms", {"to": "Alex Kim", "body": "Hi"})
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert outcome.choices == ("+1 212 5550104", "+1 917 5550105")
    assert phone.state.sms_draft is None


@every_api
def test_a_name_that_only_looks_like_a_contact_is_never_acted_upon(
    do: Do, on_phone: OnPhone, api: int
) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "call", {"to": "Ada Lovelice"}, confirmed=True)
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert "Ada Lovelace" in outcome.message
    assert phone.state.call_number is None


@every_api
def test_contacts_that_may_not_be_read_are_a_failure_with_the_permission(
    do: Do, on_phone: OnPhone, api: int
) -> None:
    phone = on_phone(api=api, shell_may_read_contacts=False)
    for name, arguments in (("find_contact", {"name": "Mum"}), ("send_sms", {"to": "Mum", "body": "Hi"})):
        outcome = do(phone, name, arguments)
        assert outcome.status is OutcomeStatus.FAILED
        assert "android.permission.READ_CONTACTS" in outcome.message
    assert do(phone, "send_sms", {"to": "030 1234", "body": "Hi"}).status is OutcomeStatus.OPENED


@every_api
def test_a_contact_is_found_with_all_numbers_and_addresses(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "find_contact", {"name": "lovelace"})
    assert outcome.status is OutcomeStatus.VERIFIED
    assert outcome.read_back == {"Ada Lovelace": "+44 20 79460103, ada@lovelace.example"}
    assert do(phone, "find_contact", {"name": "山田"}).read_back.keys() == {"山田太郎"}
    assert do(phone, "find_contact", {"name": "Nobody Knows"}).status is OutcomeStatus.NEEDS_CLARIFICATION


def test_names_arrive_whatever_they_hold(do: Do, emulated_phone: EmulatedPhone) -> None:
    emulated_phone.state.contacts[:] = [
        Contact("O'Neil, Pat", ("+1 555 0100",)),
        Contact("two\nlines", ("+1 555 0101",)),
        Contact("data1=x, display_name=y", ("+1 555 0102",)),
        Contact("$(reboot); Row: 1 contact_id=9", ("+1 555 0103",)),
    ]
    for contact in emulated_phone.state.contacts:
        outcome = do(emulated_phone, "send_sms", {"to": contact.name, "body": "Hi"})
        assert outcome.status is OutcomeStatus.OPENED, contact.name
        assert emulated_phone.state.sms_draft is not None
        assert emulated_phone.state.sms_draft.to == contact.phones


def test_an_empty_address_book_finds_nobody(do: Do, emulated_phone: EmulatedPhone) -> None:
    emulated_phone.state.contacts.clear()
    outcome = do(emulated_phone, "find_contact", {"name": "Mum"})
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert outcome.choices == ()


def test_other_people_s_rows_are_no_evidence(do: Do, emulated_phone: EmulatedPhone) -> None:
    outcome = do(emulated_phone, "find_contact", {"name": "Mum"})
    (query,) = outcome.evidence
    assert "Mum" in query.stdout
    assert "Weber" not in query.stdout


@pytest.mark.parametrize(("fault", "timeout"), [(Fault.SILENT, 1.5), (Fault.GARBLED_SHELL, 20.0)])
def test_a_phone_lost_while_a_name_is_looked_up_calls_nobody_by_guess(
    do: Do, emulated_phone: EmulatedPhone, fault: Fault, timeout: float
) -> None:
    assert do(emulated_phone, "find_contact", {"name": "Mum"}).status is OutcomeStatus.VERIFIED
    emulated_phone.fail_next(fault, "content query", times=9)
    outcome = do(emulated_phone, "call", {"to": "Mum"}, confirmed=True, timeout=timeout)
    assert outcome.status is OutcomeStatus.FAILED
    assert not outcome.may_have_run
    assert emulated_phone.state.call_number is None
