"""Apps from a store, with what such apps do differently.

They rarely take DEFAULT on their launcher activity, so that "am start PACKAGE" finds none; and they own web
addresses: a link to their site opens them and not the browser (App Links, verified).
"""

from __future__ import annotations

from bridge.emulator._intent import CATEGORY_DEFAULT
from bridge.emulator.apps._manifest import ACTION, CATEGORY, VIEW, Activity, App, Filter, launch

__all__ = ["NOTES", "SPOTIFY", "WHATSAPP", "YOUTUBE"]


def _links(scheme: str, *hosts: str) -> tuple[Filter, ...]:
    """Return the filters for an app's own scheme and for the web addresses of its site."""
    categories = (CATEGORY_DEFAULT, CATEGORY + "BROWSABLE")
    return (
        Filter((VIEW,), categories, schemes=(scheme,)),
        Filter((VIEW,), categories, schemes=("http", "https"), hosts=hosts),
    )


NOTES = App(
    "com.example.notes",
    "Notes",
    (
        Activity(".NotesActivity", (launch(),)),
        Activity(
            ".EditNoteActivity",
            (
                Filter(("com.google.android.gms.actions.CREATE_NOTE",), types=("text/plain",)),
                Filter(("com.google.android.gms.actions.CREATE_NOTE", ACTION + "CREATE_NOTE")),
                Filter((ACTION + "SEND",), types=("text/plain",)),
            ),
            effect="note",
        ),
    ),
    system=False,
    plain_label=True,
)

SPOTIFY = App(
    "com.spotify.music",
    "Spotify",
    (
        Activity(".MainActivity", (launch(default=False),)),
        Activity(".DeepLinkActivity", _links("spotify", "open.spotify.com"), effect="link"),
    ),
    system=False,
)

WHATSAPP = App(
    "com.whatsapp",
    "WhatsApp",
    (
        Activity(".Main", (launch(default=False),)),
        Activity(
            ".TextAndDirectChatDeepLink", _links("whatsapp", "wa.me", "api.whatsapp.com"), effect="link"
        ),
        Activity(
            ".contact.picker.ContactPicker",
            (Filter((ACTION + "SEND",), types=("text/plain", "image/*")),),
            effect="choose",
        ),
    ),
    system=False,
)

YOUTUBE = App(
    "com.google.android.youtube",
    "YouTube",
    (
        Activity("com.google.android.youtube.app.honeycomb.Shell$HomeActivity", (launch(default=False),)),
        Activity(
            "com.google.android.youtube.UrlActivity",
            _links("vnd.youtube", "youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be"),
            effect="link",
        ),
    ),
    system=False,
)
