from __future__ import annotations

import pytest

from agent.planning import Exchange
from agent.service._conversations import EXCHANGES, Conversations
from agent.service._errors import ConversationNotFound


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_conversation_keeps_its_last_exchanges_in_order() -> None:
    conversations = Conversations()
    name = conversations.add("a", "", Exchange("0"))
    for number in range(1, 20):
        assert conversations.add("a", name, Exchange(str(number))) == name
    texts = [exchange.text for exchange in conversations.history("a", name)]
    assert texts == [str(number) for number in range(20 - EXCHANGES, 20)]


def test_nobody_reads_the_conversation_of_another_client() -> None:
    conversations = Conversations()
    name = conversations.add("a", "", Exchange("secret"))
    with pytest.raises(ConversationNotFound):
        conversations.history("b", name)


def test_a_conversation_is_forgotten_after_a_while_without_an_exchange() -> None:
    clock = Clock()
    conversations = Conversations(seconds=60, clock=clock)
    name = conversations.add("a", "", Exchange("one"))
    clock.now = 59
    conversations.add("a", name, Exchange("two"))
    clock.now = 118
    assert len(conversations.history("a", name)) == 2
    clock.now = 120
    with pytest.raises(ConversationNotFound):
        conversations.history("a", name)
    assert not conversations._counts


def test_many_conversations_of_one_client_do_not_drive_out_anothers() -> None:
    conversations = Conversations(per_client=3, total=5)
    other = conversations.add("b", "", Exchange("stays"))
    names = [conversations.add("a", "", Exchange(str(number))) for number in range(10)]
    assert conversations.history("b", other)
    for name in names[:-3]:
        with pytest.raises(ConversationNotFound):
            conversations.history("a", name)
    assert all(conversations.history("a", name) for name in names[-3:])
