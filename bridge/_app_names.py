"""What people call apps. Over adb, Android tells packages: most apps' names are in their resources.

``STOCK`` are the apps that every phone has in some maker's version; Android itself knows which one is meant,
by an intent that it takes. ``BRANDS`` are apps that carry one name everywhere. An app that is in neither is
called by the words of its package, or by its label where the package manager prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BRANDS", "FILLERS", "STOCK", "StockApp"]


@dataclass(frozen=True, slots=True)
class StockApp:
    """A kind of app: its names, the packages of common makers, and the intent by which Android picks one."""

    names: tuple[str, ...]
    packages: tuple[str, ...]
    intent: tuple[str, ...]


def _category(name: str) -> tuple[str, ...]:
    return "-a", "android.intent.action.MAIN", "-c", f"android.intent.category.{name}"


STOCK: tuple[StockApp, ...] = (
    StockApp(
        ("Clock", "Alarms", "Alarm clock", "Uhr", "Wecker", "Horloge", "Reloj", "Orologio", "Relógio", "Часы",
         "Будильник", "时钟", "闹钟", "時計", "घड़ी"),
        ("com.google.android.deskclock", "com.android.deskclock", "com.sec.android.app.clockpackage",
         "com.coloros.alarmclock", "com.oneplus.deskclock"),
        ("-a", "android.intent.action.SHOW_ALARMS"),
    ),
    StockApp(
        ("Calendar", "Kalender", "Calendrier", "Agenda", "Calendario", "Calendário", "Календарь", "日历",
         "カレンダー", "कैलेंडर"),
        ("com.google.android.calendar", "com.android.calendar", "com.samsung.android.calendar"),
        _category("APP_CALENDAR"),
    ),
    StockApp(
        ("Contacts", "Address book", "Kontakte", "Adressbuch", "Contactos", "Contatti", "Rubrica", "Contatos",
         "Контакты", "联系人", "通讯录", "連絡先", "संपर्क"),
        ("com.google.android.contacts", "com.android.contacts", "com.samsung.android.app.contacts"),
        _category("APP_CONTACTS"),
    ),
    StockApp(
        ("Phone", "Dialer", "Telefon", "Téléphone", "Teléfono", "Telefono", "Telefone", "Телефон", "电话",
         "電話",
         "फ़ोन"),
        ("com.google.android.dialer", "com.android.dialer", "com.samsung.android.dialer"),
        ("-a", "android.intent.action.DIAL"),
    ),
    StockApp(
        ("Messages", "Messaging", "Text messages", "SMS", "Nachrichten", "Mensajes", "Messaggi", "Mensagens",
         "Сообщения", "短信", "信息", "メッセージ", "संदेश"),
        ("com.google.android.apps.messaging", "com.android.messaging", "com.android.mms",
         "com.samsung.android.messaging"),
        _category("APP_MESSAGING"),
    ),
    StockApp(
        ("Email", "Mail", "E-Mail", "Courriel", "Correo", "Posta", "Почта", "邮件", "メール", "ईमेल"),
        ("com.android.email", "com.samsung.android.email.provider"),
        _category("APP_EMAIL"),
    ),
    StockApp(
        ("Browser", "Web browser", "Internet", "Navigateur", "Navegador", "Браузер", "浏览器", "ブラウザ",
         "ब्राउज़र"),
        ("com.android.browser", "com.sec.android.app.sbrowser", "org.lineageos.jelly"),
        _category("APP_BROWSER"),
    ),
    StockApp(
        ("Maps", "Google Maps", "Karten", "Plans", "Cartes", "Mapas", "Mappe", "Карты", "地图", "マップ",
         "地図",
         "मैप"),
        ("com.google.android.apps.maps",),
        _category("APP_MAPS"),
    ),
    StockApp(
        ("Camera", "Kamera", "Appareil photo", "Cámara", "Fotocamera", "Câmera", "Камера", "相机", "カメラ",
         "कैमरा"),
        ("com.google.android.GoogleCamera", "com.android.camera2", "com.android.camera",
         "com.sec.android.app.camera", "org.lineageos.aperture"),
        ("-a", "android.media.action.STILL_IMAGE_CAMERA"),
    ),
    StockApp(
        ("Gallery", "Galerie", "Galería", "Galleria", "Galeria", "Галерея", "图库", "相册", "ギャラリー",
         "गैलरी"),
        ("com.android.gallery3d", "com.sec.android.gallery3d", "com.miui.gallery"),
        _category("APP_GALLERY"),
    ),
    StockApp(
        ("Music", "Music player", "Musik", "Musique", "Música", "Musica", "Музыка", "音乐",
         "ミュージック", "音楽",
         "संगीत"),
        ("com.android.music", "com.sec.android.app.music", "org.lineageos.twelve"),
        _category("APP_MUSIC"),
    ),
    StockApp(
        ("Calculator", "Rechner", "Taschenrechner", "Calculatrice", "Calculadora", "Calcolatrice",
         "Калькулятор",
         "计算器", "電卓", "कैलकुलेटर"),
        ("com.google.android.calculator", "com.android.calculator2", "com.sec.android.app.popupcalculator"),
        _category("APP_CALCULATOR"),
    ),
    StockApp(
        ("Files", "File manager", "My files", "Dateien", "Fichiers", "Archivos", "File", "Arquivos",
         "Файлы", "文件",
         "文件管理", "ファイル", "फ़ाइलें"),
        ("com.google.android.apps.nbu.files", "com.android.documentsui", "com.google.android.documentsui",
         "com.sec.android.app.myfiles"),
        _category("APP_FILES"),
    ),
    StockApp(
        ("Settings", "Einstellungen", "Paramètres", "Réglages", "Ajustes", "Configuración", "Impostazioni",
         "Configurações", "Настройки", "设置", "設定", "सेटिंग"),
        ("com.android.settings",),
        ("-a", "android.settings.SETTINGS"),
    ),
    StockApp(
        ("App store", "Store", "Market", "应用商店"),
        ("com.android.vending",),
        _category("APP_MARKET"),
    ),
)  # fmt: skip
"""The first name is the one that a person is asked with."""

BRANDS: Mapping[str, tuple[str, ...]] = {
    "com.adobe.reader": ("Adobe Acrobat", "Acrobat Reader", "Adobe Reader"),
    "com.amazon.kindle": ("Kindle", "Amazon Kindle"),
    "com.amazon.mShop.android.shopping": ("Amazon", "Amazon Shopping"),
    "com.amazon.mp3": ("Amazon Music",),
    "com.android.chrome": ("Chrome", "Google Chrome"),
    "com.android.vending": ("Play Store", "Google Play", "Google Play Store"),
    "com.booking": ("Booking", "Booking.com"),
    "com.discord": ("Discord",),
    "com.dropbox.android": ("Dropbox",),
    "com.duolingo": ("Duolingo",),
    "com.ebay.mobile": ("eBay",),
    "com.facebook.katana": ("Facebook",),
    "com.facebook.orca": ("Messenger", "Facebook Messenger"),
    "com.google.android.apps.docs": ("Drive", "Google Drive"),
    "com.google.android.apps.docs.editors.docs": ("Docs", "Google Docs"),
    "com.google.android.apps.docs.editors.sheets": ("Sheets", "Google Sheets"),
    "com.google.android.apps.fitness": ("Fit", "Google Fit"),
    "com.google.android.apps.magazines": ("News", "Google News"),
    "com.google.android.apps.photos": ("Photos", "Google Photos", "Fotos", "Foto", "Фото", "写真", "照片"),
    "com.google.android.apps.recorder": ("Recorder",),
    "com.google.android.apps.tachyon": ("Meet", "Google Meet"),
    "com.google.android.apps.translate": ("Translate", "Google Translate"),
    "com.google.android.apps.walletnfcrel": ("Wallet", "Google Wallet", "Google Pay"),
    "com.google.android.apps.youtube.music": ("YouTube Music", "YT Music"),
    "com.google.android.gm": ("Gmail", "Google Mail"),
    "com.google.android.googlequicksearchbox": ("Google", "Google Search"),
    "com.google.android.keep": ("Keep", "Google Keep", "Keep Notes"),
    "com.google.android.youtube": ("YouTube",),
    "com.instagram.android": ("Instagram",),
    "com.instagram.barcelona": ("Threads",),
    "com.linkedin.android": ("LinkedIn",),
    "com.microsoft.emmx": ("Edge", "Microsoft Edge"),
    "com.microsoft.office.outlook": ("Outlook", "Microsoft Outlook"),
    "com.microsoft.skydrive": ("OneDrive",),
    "com.microsoft.teams": ("Teams", "Microsoft Teams"),
    "com.netflix.mediaclient": ("Netflix",),
    "com.openai.chatgpt": ("ChatGPT",),
    "com.paypal.android.p2pmobile": ("PayPal",),
    "com.pinterest": ("Pinterest",),
    "com.reddit.frontpage": ("Reddit",),
    "com.samsung.android.app.notes": ("Samsung Notes",),
    "com.shazam.android": ("Shazam",),
    "com.skype.raider": ("Skype",),
    "com.snapchat.android": ("Snapchat",),
    "com.spotify.music": ("Spotify",),
    "com.strava": ("Strava",),
    "com.tencent.mm": ("WeChat", "微信"),
    "com.twitter.android": ("X", "Twitter"),
    "com.ubercab": ("Uber",),
    "com.vkontakte.android": ("VK", "ВКонтакте"),
    "com.waze": ("Waze",),
    "com.whatsapp": ("WhatsApp",),
    "com.zhiliaoapp.musically": ("TikTok",),
    "de.hafas.android.db": ("DB Navigator",),
    "jp.naver.line.android": ("LINE",),
    "org.mozilla.firefox": ("Firefox", "Mozilla Firefox"),
    "org.telegram.messenger": ("Telegram",),
    "org.thoughtcrime.securesms": ("Signal",),
    "org.videolan.vlc": ("VLC", "VLC Player"),
    "org.wikipedia": ("Wikipedia",),
    "us.zoom.videomeetings": ("Zoom",),
}
"""Names by package, the one under the icon first."""

FILLERS = frozenset(
    ("a", "an", "app", "application", "apps", "das", "die", "de", "der", "el", "il", "l", "la", "le",
     "my", "o", "program", "the", "приложение", "アプリ", "应用", "ऐप")
)  # fmt: skip
"""Words around an app's name that are no part of it."""
