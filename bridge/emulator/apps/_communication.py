"""Calls, messages and mail."""

from __future__ import annotations

from bridge.emulator.apps._manifest import ACTION, VIEW, Activity, App, Filter, launch

__all__ = ["DIALER", "MAIL", "MESSAGES", "TELECOM"]

DIALER = App(
    "com.android.dialer",
    "Phone",
    (
        Activity(
            ".main.impl.MainActivity",
            (
                launch(),
                Filter((ACTION + "DIAL",)),
                Filter((ACTION + "DIAL", VIEW), schemes=("tel",)),
            ),
            effect="dial",
            single_task=True,
        ),
        Activity("com.android.incallui.InCallActivity", exported=False, shows_when_locked=True),
    ),
    direct_boot=True,
)

TELECOM = App(
    "com.android.server.telecom",
    "Call Management",
    (
        Activity(
            ".components.UserCallActivity",
            (Filter((ACTION + "CALL",), schemes=("tel",)),),
            effect="call",
            permission="android.permission.CALL_PHONE",
        ),
    ),
    direct_boot=True,
)

MESSAGES = App(
    "com.android.messaging",
    "Messages",
    (
        Activity(
            ".ui.conversationlist.ConversationListActivity", (launch("APP_MESSAGING"),), single_task=True
        ),
        Activity(
            ".ui.conversation.LaunchConversationActivity",
            (Filter((ACTION + "SENDTO", VIEW), schemes=("sms", "smsto", "mms", "mmsto")),),
            effect="sms",
        ),
        Activity(
            ".ui.conversationlist.ShareIntentActivity",
            (Filter((ACTION + "SEND",), types=("text/plain", "image/*")),),
            effect="share",
        ),
    ),
)

MAIL = App(
    "com.android.email",
    "Email",
    (
        Activity(".activity.Welcome", (launch("APP_EMAIL"),)),
        Activity(
            ".activity.ComposeActivityEmail",
            (
                Filter((ACTION + "SENDTO", VIEW), schemes=("mailto",)),
                Filter((ACTION + "SEND", ACTION + "SEND_MULTIPLE"), types=("*/*",)),
            ),
            effect="mail",
        ),
    ),
)
