"""Maps, browser, camera, music and the smaller stock apps."""

from __future__ import annotations

from bridge.emulator._intent import CATEGORY_DEFAULT
from bridge.emulator.apps._manifest import ACTION, CATEGORY, VIEW, Activity, App, Filter, launch

__all__ = ["BROWSER", "CALCULATOR", "CAMERA", "FILES", "GALLERY", "MAPS", "MUSIC"]

MAPS = App(
    "com.google.android.apps.maps",
    "Maps",
    (
        Activity(
            "com.google.android.maps.MapsActivity",
            (
                launch("APP_MAPS"),
                Filter((VIEW,), schemes=("geo", "google.navigation")),
                Filter((VIEW,), schemes=("http", "https"), hosts=("maps.google.com",)),
                Filter((VIEW,), schemes=("http", "https"), hosts=("www.google.com",), path_prefix="/maps"),
            ),
            effect="map",
            single_task=True,
        ),
    ),
)

BROWSER = App(
    "com.android.browser",
    "Browser",
    (
        Activity(
            ".BrowserActivity",
            (
                launch("APP_BROWSER"),
                Filter((VIEW,), (CATEGORY_DEFAULT, CATEGORY + "BROWSABLE"), schemes=("http", "https")),
                Filter((ACTION + "WEB_SEARCH",)),
            ),
            effect="browse",
            single_task=True,
        ),
    ),
)

CAMERA = App(
    "com.android.camera2",
    "Camera",
    (
        Activity("com.android.camera.CameraLauncher", (launch(),)),
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

MUSIC = App(
    "com.android.music",
    "Music",
    (
        Activity(
            ".MusicBrowserActivity",
            (
                launch("APP_MUSIC"),
                Filter(
                    ("android.media.action.MEDIA_PLAY_FROM_SEARCH", ACTION + "MEDIA_SEARCH"),
                ),
            ),
            effect="play",
        ),
    ),
)

CALCULATOR = App(
    "com.android.calculator2", "Calculator", (Activity(".Calculator", (launch("APP_CALCULATOR"),)),)
)

GALLERY = App(
    "com.android.gallery3d",
    "Gallery",
    (Activity(".app.GalleryActivity", (launch("APP_GALLERY"),)),),
)

FILES = App(
    "com.android.documentsui",
    "Files",
    (Activity(".LauncherActivity", (launch("APP_FILES"),)),),
)
