"""What was asked, planned, confirmed and sent, written down before and after it happens."""

from agent.journal._hashes import call_hash
from agent.journal._history import History, HistoryFilter, HistoryPage
from agent.journal._journal import INTERRUPTED, Journal
from agent.journal._records import (
    Answer,
    Begun,
    CommandRecord,
    CommandState,
    Confirmation,
    Recovery,
    RequestRecord,
)
from agent.journal._redaction import PRIVATE
from agent.journal._retention import prune_file
from agent.journal._rows import to_json
from agent.journal._settings import Durability, JournalSettings, default_journal_path

__all__ = [
    "INTERRUPTED",
    "PRIVATE",
    "Answer",
    "Begun",
    "CommandRecord",
    "CommandState",
    "Confirmation",
    "Durability",
    "History",
    "HistoryFilter",
    "HistoryPage",
    "Journal",
    "JournalSettings",
    "Recovery",
    "RequestRecord",
    "call_hash",
    "default_journal_path",
    "prune_file",
    "to_json",
]
