"""The apps of the emulated phone and the intents that their activities take.

The stock apps carry AOSP's package and class names where AOSP has such an app. ``effect`` names what the
activity does with the intent, in ``_effects``.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.emulator._device import LAUNCHER
from bridge.emulator._intent import CATEGORY_DEFAULT, CATEGORY_LAUNCHER, MAIN, Component

__all__ = ["APPS", "RESOLVER", "SET_ALARM_PERMISSION", "Activity", "App", "Filter", "find_activity"]

SET_ALARM_PERMISSION = "com.android.alarm.permission.SET_ALARM"
RESOLVER = Component("android", "com.android.internal.app.ResolverActivity")

_ACTION = "android.intent.action."
_VIEW = _ACTION + "VIEW"
_CATEGORY = "android.intent.category."


@dataclass(frozen=True, slots=True)
class Filter:
    """An intent filter. Empty ``schemes`` and ``types`` mean: only intents without data."""

    actions: tuple[str, ...]
    categories: tuple[str, ...] = (CATEGORY_DEFAULT,)
    schemes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    path_prefix: str = ""
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity. ``single_task``: one instance, to which later intents are delivered."""

    cls: str
    filters: tuple[Filter, ...] = ()
    effect: str = ""
    exported: bool = True
    permission: str | None = None
    single_task: bool = False


@dataclass(frozen=True, slots=True)
class App:
    """An installed app with the name under its icon.

    ``plain_label``: the name is written in the manifest itself, so that the package manager prints it; the
    name of most apps is a resource, of which it prints the number alone.
    """

    package: str
    label: str
    activities: tuple[Activity, ...]
    system: bool = True
    plain_label: bool = False

    def component(self, activity: Activity) -> Component:
        """Return the full name of one of its activities."""
        cls = self.package + activity.cls if activity.cls.startswith(".") else activity.cls
        return Component(self.package, cls)


def _launch(*categories: str, default: bool = True) -> Filter:
    extra = (CATEGORY_DEFAULT,) if default else ()
    return Filter((MAIN,), (CATEGORY_LAUNCHER, *extra, *(_CATEGORY + name for name in categories)))


_CLOCK = App(
    "com.android.deskclock",
    "Clock",
    (
        Activity(".DeskClock", (_launch(),), single_task=True),
        Activity(
            ".HandleApiCalls",
            (
                Filter(
                    tuple(
                        _ACTION + name
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
)

_CALENDAR = App(
    "com.android.calendar",
    "Calendar",
    (
        Activity(
            ".AllInOneActivity",
            (_launch("APP_CALENDAR"), Filter((_VIEW,), types=("time/epoch",))),
            effect="calendar_view",
            single_task=True,
        ),
        Activity(
            ".event.EditEventActivity",
            (
                Filter(
                    (_ACTION + "INSERT", _ACTION + "EDIT"),
                    types=("vnd.android.cursor.dir/event", "vnd.android.cursor.item/event"),
                ),
            ),
            effect="calendar_insert",
        ),
        Activity(".EventInfoActivity", (Filter((_VIEW,), types=("vnd.android.cursor.item/event",)),)),
    ),
)

_CONTACTS = App(
    "com.android.contacts",
    "Contacts",
    (
        Activity(
            ".activities.PeopleActivity",
            (_launch("APP_CONTACTS"), Filter((_VIEW,), types=("vnd.android.cursor.dir/contact",))),
        ),
        Activity(
            ".activities.ContactEditorActivity",
            (
                Filter(
                    (_ACTION + "INSERT",),
                    types=tuple(
                        f"vnd.android.cursor.dir/{kind}" for kind in ("contact", "raw_contact", "person")
                    ),
                ),
                Filter((_ACTION + "EDIT",), types=("vnd.android.cursor.item/contact",)),
            ),
            effect="contact_insert",
        ),
        Activity(
            ".activities.ContactSelectionActivity",
            (
                Filter((_ACTION + "INSERT_OR_EDIT",), types=("vnd.android.cursor.item/contact",)),
                Filter((_ACTION + "PICK",), types=("vnd.android.cursor.dir/contact",)),
            ),
        ),
        Activity(
            ".quickcontact.QuickContactActivity",
            (Filter((_VIEW,), types=("vnd.android.cursor.item/contact",)),),
        ),
    ),
)

_DIALER = App(
    "com.android.dialer",
    "Phone",
    (
        Activity(
            ".main.impl.MainActivity",
            (
                _launch(),
                Filter((_ACTION + "DIAL",)),
                Filter((_ACTION + "DIAL", _VIEW), schemes=("tel",)),
            ),
            effect="dial",
            single_task=True,
        ),
        Activity("com.android.incallui.InCallActivity", exported=False),
    ),
)

_TELECOM = App(
    "com.android.server.telecom",
    "Call Management",
    (
        Activity(
            ".components.UserCallActivity",
            (Filter((_ACTION + "CALL",), schemes=("tel",)),),
            effect="call",
            permission="android.permission.CALL_PHONE",
        ),
    ),
)

_MESSAGES = App(
    "com.android.messaging",
    "Messages",
    (
        Activity(
            ".ui.conversationlist.ConversationListActivity", (_launch("APP_MESSAGING"),), single_task=True
        ),
        Activity(
            ".ui.conversation.LaunchConversationActivity",
            (Filter((_ACTION + "SENDTO", _VIEW), schemes=("sms", "smsto", "mms", "mmsto")),),
            effect="sms",
        ),
        Activity(
            ".ui.conversationlist.ShareIntentActivity",
            (Filter((_ACTION + "SEND",), types=("text/plain", "image/*")),),
            effect="share",
        ),
    ),
)

_MAIL = App(
    "com.android.email",
    "Email",
    (
        Activity(".activity.Welcome", (_launch("APP_EMAIL"),)),
        Activity(
            ".activity.ComposeActivityEmail",
            (
                Filter((_ACTION + "SENDTO", _VIEW), schemes=("mailto",)),
                Filter((_ACTION + "SEND", _ACTION + "SEND_MULTIPLE"), types=("*/*",)),
            ),
            effect="mail",
        ),
    ),
)

_MAPS = App(
    "com.google.android.apps.maps",
    "Maps",
    (
        Activity(
            "com.google.android.maps.MapsActivity",
            (
                _launch("APP_MAPS"),
                Filter((_VIEW,), schemes=("geo", "google.navigation")),
                Filter((_VIEW,), schemes=("http", "https"), hosts=("maps.google.com",)),
                Filter((_VIEW,), schemes=("http", "https"), hosts=("www.google.com",), path_prefix="/maps"),
            ),
            effect="map",
            single_task=True,
        ),
    ),
)

_BROWSER = App(
    "com.android.browser",
    "Browser",
    (
        Activity(
            ".BrowserActivity",
            (
                _launch("APP_BROWSER"),
                Filter((_VIEW,), (CATEGORY_DEFAULT, _CATEGORY + "BROWSABLE"), schemes=("http", "https")),
                Filter((_ACTION + "WEB_SEARCH",)),
            ),
            effect="browse",
            single_task=True,
        ),
    ),
)

_CAMERA = App(
    "com.android.camera2",
    "Camera",
    (
        Activity("com.android.camera.CameraLauncher", (_launch(),)),
        Activity(
            "com.android.camera.CameraActivity",
            (Filter(("android.media.action.STILL_IMAGE_CAMERA", "android.media.action.VIDEO_CAMERA")),),
            effect="camera",
        ),
        Activity(
            "com.android.camera.CaptureActivity",
            (Filter(("android.media.action.IMAGE_CAPTURE", "android.media.action.VIDEO_CAPTURE")),),
            effect="camera",
        ),
    ),
)

_MUSIC = App(
    "com.android.music",
    "Music",
    (
        Activity(
            ".MusicBrowserActivity",
            (
                _launch("APP_MUSIC"),
                Filter(
                    ("android.media.action.MEDIA_PLAY_FROM_SEARCH", _ACTION + "MEDIA_SEARCH"),
                ),
            ),
            effect="play",
        ),
    ),
)

_NOTES = App(
    "com.example.notes",
    "Notes",
    (
        Activity(".NotesActivity", (_launch(),)),
        Activity(
            ".EditNoteActivity",
            (
                Filter(("com.google.android.gms.actions.CREATE_NOTE",), types=("text/plain",)),
                Filter(("com.google.android.gms.actions.CREATE_NOTE", _ACTION + "CREATE_NOTE")),
                Filter((_ACTION + "SEND",), types=("text/plain",)),
            ),
            effect="note",
        ),
    ),
    system=False,
    plain_label=True,
)

_SETTINGS_PAGES = {
    "WifiSettingsActivity": ("WIFI_SETTINGS",),
    "BluetoothSettingsActivity": ("BLUETOOTH_SETTINGS",),
    "DisplaySettingsActivity": ("DISPLAY_SETTINGS",),
    "SoundSettingsActivity": ("SOUND_SETTINGS",),
    "PowerUsageSummaryActivity": ("BATTERY_SAVER_SETTINGS",),
    "ManageApplicationsActivity": (
        "APPLICATION_SETTINGS",
        "MANAGE_APPLICATIONS_SETTINGS",
        "MANAGE_ALL_APPLICATIONS_SETTINGS",
    ),
    "StorageDashboardActivity": ("INTERNAL_STORAGE_SETTINGS",),
    "SecurityDashboardActivity": ("SECURITY_SETTINGS",),
    "LocationSettingsActivity": ("LOCATION_SOURCE_SETTINGS",),
    "DateTimeSettingsActivity": ("DATE_SETTINGS",),
    "LanguageAndInputSettingsActivity": ("INPUT_METHOD_SETTINGS", "HARD_KEYBOARD_SETTINGS"),
    "LocalePickerActivity": ("LOCALE_SETTINGS",),
    "AccessibilitySettingsActivity": ("ACCESSIBILITY_SETTINGS",),
    "VpnSettingsActivity": ("VPN_SETTINGS",),
    "DataUsageSummaryActivity": ("DATA_USAGE_SETTINGS",),
    "NetworkDashboardActivity": ("WIRELESS_SETTINGS", "AIRPLANE_MODE_SETTINGS", "DATA_ROAMING_SETTINGS"),
    "NfcSettingsActivity": ("NFC_SETTINGS",),
    "ConfigureNotificationSettingsActivity": ("NOTIFICATION_SETTINGS", "ALL_APPS_NOTIFICATION_SETTINGS"),
    "PrivacyDashboardActivity": ("PRIVACY_SETTINGS",),
    "DevelopmentSettingsDashboardActivity": ("APPLICATION_DEVELOPMENT_SETTINGS",),
    "MyDeviceInfoActivity": ("DEVICE_INFO_SETTINGS",),
    "ZenModeSettingsActivity": ("ZEN_MODE_SETTINGS", "ZEN_MODE_PRIORITY_SETTINGS"),
}

_SETTINGS = App(
    "com.android.settings",
    "Settings",
    (
        Activity(".Settings", (_launch(), Filter(("android.settings.SETTINGS",))), single_task=True),
        *(
            Activity(
                f"com.android.settings.Settings${page}",
                (Filter(tuple(f"android.settings.{action}" for action in actions)),),
            )
            for page, actions in _SETTINGS_PAGES.items()
        ),
        Activity(
            "com.android.settings.applications.InstalledAppDetails",
            (Filter(("android.settings.APPLICATION_DETAILS_SETTINGS",), schemes=("package",)),),
        ),
        Activity(
            "com.android.settings.panel.SettingsPanelActivity",
            (
                Filter(
                    tuple(
                        f"android.settings.panel.action.{name}"
                        for name in ("INTERNET_CONNECTIVITY", "NFC", "WIFI", "VOLUME")
                    )
                ),
            ),
        ),
        Activity("com.android.settings.SubSettings", exported=False),
    ),
)

APPS: tuple[App, ...] = (
    _CLOCK,
    _CALENDAR,
    _CONTACTS,
    _DIALER,
    _TELECOM,
    _MESSAGES,
    _MAIL,
    _MAPS,
    _BROWSER,
    _CAMERA,
    _MUSIC,
    _NOTES,
    _SETTINGS,
    App(
        LAUNCHER.package,
        "Launcher",
        (
            Activity(
                LAUNCHER.cls,
                (Filter((MAIN,), (_CATEGORY + "HOME", CATEGORY_DEFAULT)),),
                single_task=True,
            ),
        ),
    ),
    App(RESOLVER.package, "Android System", (Activity(RESOLVER.cls, effect="choose"),)),
    App("com.android.calculator2", "Calculator", (Activity(".Calculator", (_launch("APP_CALCULATOR"),)),)),
    App(
        "com.android.gallery3d",
        "Gallery",
        (Activity(".app.GalleryActivity", (_launch("APP_GALLERY"),)),),
    ),
    App(
        "com.android.documentsui",
        "Files",
        (Activity(".LauncherActivity", (_launch("APP_FILES"),)),),
    ),
    # Apps from a store rarely take DEFAULT on their launcher activity: "am start PACKAGE" finds none.
    App(
        "com.spotify.music",
        "Spotify",
        (Activity(".MainActivity", (_launch(default=False),)),),
        system=False,
    ),
    App("com.whatsapp", "WhatsApp", (Activity(".Main", (_launch(default=False),)),), system=False),
    App(
        "com.google.android.youtube",
        "YouTube",
        (Activity("com.google.android.youtube.app.honeycomb.Shell$HomeActivity", (_launch(default=False),)),),
        system=False,
    ),
)
"""Every installed app."""


def find_activity(component: Component) -> Activity | None:
    """Return an activity by its full name."""
    for app in APPS:
        if app.package == component.package:
            for activity in app.activities:
                if app.component(activity) == component:
                    return activity
    return None
