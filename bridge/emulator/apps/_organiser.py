"""Clock, calendar and contacts."""

from __future__ import annotations

from bridge.emulator.apps._manifest import ACTION, SET_ALARM_PERMISSION, VIEW, Activity, App, Filter, launch

__all__ = ["CALENDAR", "CLOCK", "CONTACTS"]

CLOCK = App(
    "com.android.deskclock",
    "Clock",
    (
        Activity(".DeskClock", (launch(),), single_task=True),
        Activity(
            ".HandleApiCalls",
            (
                Filter(
                    tuple(
                        ACTION + name
                        for name in (
                            "SET_ALARM",
                            "SET_TIMER",
                            "SHOW_ALARMS",
                            "SHOW_TIMERS",
                            "DISMISS_ALARM",
                            "SNOOZE_ALARM",
                            "DISMISS_TIMER",
                        )
                    )
                ),
            ),
            effect="clock",
            permission=SET_ALARM_PERMISSION,
        ),
    ),
    direct_boot=True,
)

CALENDAR = App(
    "com.android.calendar",
    "Calendar",
    (
        Activity(
            ".AllInOneActivity",
            (launch("APP_CALENDAR"), Filter((VIEW,), types=("time/epoch",))),
            effect="calendar_view",
            single_task=True,
        ),
        Activity(
            ".event.EditEventActivity",
            (
                Filter(
                    (ACTION + "INSERT", ACTION + "EDIT"),
                    types=("vnd.android.cursor.dir/event", "vnd.android.cursor.item/event"),
                ),
            ),
            effect="calendar_insert",
        ),
        Activity(".EventInfoActivity", (Filter((VIEW,), types=("vnd.android.cursor.item/event",)),)),
    ),
)

CONTACTS = App(
    "com.android.contacts",
    "Contacts",
    (
        Activity(
            ".activities.PeopleActivity",
            (launch("APP_CONTACTS"), Filter((VIEW,), types=("vnd.android.cursor.dir/contact",))),
        ),
        Activity(
            ".activities.ContactEditorActivity",
            (
                Filter(
                    (ACTION + "INSERT",),
                    types=tuple(
                        f"vnd.android.cursor.dir/{kind}" for kind in ("contact", "raw_contact", "person")
                    ),
                ),
                Filter((ACTION + "EDIT",), types=("vnd.android.cursor.item/contact",)),
            ),
            effect="contact_insert",
        ),
        Activity(
            ".activities.ContactSelectionActivity",
            (
                Filter((ACTION + "INSERT_OR_EDIT",), types=("vnd.android.cursor.item/contact",)),
                Filter((ACTION + "PICK",), types=("vnd.android.cursor.dir/contact",)),
            ),
        ),
        Activity(
            ".quickcontact.QuickContactActivity",
            (Filter((VIEW,), types=("vnd.android.cursor.item/contact",)),),
        ),
    ),
)
