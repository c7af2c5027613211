"""The settings, the home screen and the dialog that asks which app to use."""

from __future__ import annotations

from bridge.emulator._device import LAUNCHER
from bridge.emulator._intent import CATEGORY_DEFAULT, MAIN, Component
from bridge.emulator.apps._manifest import CATEGORY, Activity, App, Filter, launch

__all__ = ["ANDROID", "HOME_SCREEN", "RESOLVER", "SETTINGS"]

_PAGES = {
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

SETTINGS = App(
    "com.android.settings",
    "Settings",
    (
        Activity(".Settings", (launch(), Filter(("android.settings.SETTINGS",))), single_task=True),
        *(
            Activity(
                f"com.android.settings.Settings${page}",
                (Filter(tuple(f"android.settings.{action}" for action in actions)),),
            )
            for page, actions in _PAGES.items()
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
    direct_boot=True,
)

RESOLVER = Component("android", "com.android.internal.app.ResolverActivity")

ANDROID = App(
    RESOLVER.package, "Android System", (Activity(RESOLVER.cls, effect="choose"),), direct_boot=True
)

HOME_SCREEN = App(
    LAUNCHER.package,
    "Launcher",
    (
        Activity(
            LAUNCHER.cls,
            (Filter((MAIN,), (CATEGORY + "HOME", CATEGORY_DEFAULT)),),
            single_task=True,
        ),
    ),
    direct_boot=True,
)
