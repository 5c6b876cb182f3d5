"""Settings of both installations, from the environment only (``environment.py`` lists every variable)."""

from datetime import timedelta
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from samsyn.config import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def _is_furnished(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


# Which installation, and what it answers to
SAMSYN_INSTALLATION = environment.read("SAMSYN_INSTALLATION")
if SAMSYN_INSTALLATION not in {"centre", "operator"}:
    raise ImproperlyConfigured("SAMSYN_INSTALLATION must be `centre` or `operator`.")
SAMSYN_STAFF_HOST = environment.read("SAMSYN_STAFF_HOST") or f"{SAMSYN_INSTALLATION}.localhost"
SAMSYN_PUBLIC_HOST = (
    environment.read("SAMSYN_PUBLIC_HOST")
    or {
        "centre": "statistik.localhost",
        "operator": "visitor.localhost",
    }[SAMSYN_INSTALLATION]
)
# Whose line it is: the question set of its desk, and the templates that come with it (questions/data).
SAMSYN_LINE = {"centre": "support_call", "operator": "exposed_line"}[SAMSYN_INSTALLATION]
SAMSYN_KEY_DIR = Path(environment.read("SAMSYN_KEY_DIR"))
SAMSYN_WORKING_RECORD_DAYS = int(environment.read("SAMSYN_WORKING_RECORD_DAYS"))
SAMSYN_KEEPER_SOCKET = environment.read("SAMSYN_KEEPER_SOCKET")
SAMSYN_BEHIND_TLS = environment.is_on("SAMSYN_BEHIND_TLS")
# Pages of the public site that take forms, beside the API; there are no others.
SAMSYN_PUBLIC_FORMS = ("/booking/", "/chat/", "/svar/")
SAMSYN_PORT = environment.read("SAMSYN_PORT")
SAMSYN_EXIT_URL = environment.read("SAMSYN_EXIT_URL")
# What stands before a path in a link that is sent out.
SAMSYN_PUBLIC_URL = (
    f"https://{SAMSYN_PUBLIC_HOST}"
    if SAMSYN_BEHIND_TLS
    else f"http://{SAMSYN_PUBLIC_HOST}:{environment.read('SAMSYN_PORT')}"
)
# Where streams come from, when not from the page's own origin through the proxy (as in the demonstration).
SAMSYN_STREAM_ORIGIN = environment.read("SAMSYN_STREAM_ORIGIN")
SAMSYN_STAFF_STREAM_ORIGIN = environment.read("SAMSYN_STAFF_STREAM_ORIGIN")
SAMSYN_API_CALLS = int(environment.read("SAMSYN_API_CALLS"))

DEBUG = False
ALLOWED_HOSTS = [SAMSYN_STAFF_HOST, SAMSYN_PUBLIC_HOST]
ROOT_URLCONF = "samsyn.config.urls_staff"
SAMSYN_URLCONFS = {SAMSYN_STAFF_HOST: "samsyn.config.urls_staff", SAMSYN_PUBLIC_HOST: "samsyn.config.urls_public"}
if SAMSYN_INSTALLATION == "operator":
    SAMSYN_URLCONFS[SAMSYN_PUBLIC_HOST] = "samsyn.config.urls_visitor"
WSGI_APPLICATION = "samsyn.config.wsgi.application"


def _secret_key() -> str:
    """Return the signing key of sessions and forms; it lives with the other keys, never in the database."""
    file = SAMSYN_KEY_DIR / "django.key"
    if not file.exists():
        raise ImproperlyConfigured(f"{file} is missing: run `python -m samsyn.config.keys` once for this installation.")
    return file.read_bytes().hex()


SECRET_KEY = _secret_key()

# Rooms, uppermost first (the import contract in pyproject.toml holds the order)
ROOMS = [
    "samsyn.config",
    "samsyn.statistics",
    "samsyn.quality",
    "samsyn.oversight",
    "samsyn.deliveries",
    "samsyn.contacts",
    "samsyn.bookings",
    "samsyn.followups",
    "samsyn.channels",
    *(["samsyn.visitors"] if SAMSYN_INSTALLATION == "operator" else []),
    "samsyn.anonymity",
    "samsyn.questions",
    "samsyn.vocabulary",
    "samsyn.ui",
    "samsyn.people",
    "samsyn.privacy",
    "samsyn.audit",
]
if SAMSYN_INSTALLATION == "operator":
    # At the centre the tables that could hold a note do not exist (tests/rules/test_regime.py).
    ROOMS.insert(ROOMS.index("samsyn.contacts"), "samsyn.cases")
    ROOMS.insert(ROOMS.index("samsyn.statistics"), "samsyn.aggregates")
INSTALLED_APPS = [
    *[room for room in ROOMS if _is_furnished(room)],
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
]
if _is_furnished("samsyn.people.models"):
    AUTH_USER_MODEL = "people.Account"

MIDDLEWARE = [
    "samsyn.config.middleware.ReceivedAtMiddleware",
    "samsyn.config.middleware.SafetyHeadersMiddleware",
    *(
        ["samsyn.visitors.middleware.NarrowRoleMiddleware", "samsyn.visitors.middleware.NeutralErrorsMiddleware"]
        if SAMSYN_INSTALLATION == "operator"
        else []
    ),
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "samsyn.config.middleware.SiteMiddleware",
    "samsyn.config.unreadable.SessionCookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "samsyn.people.middleware.ActorMiddleware",
    "samsyn.people.middleware.LanguageMiddleware",
    "samsyn.config.unreadable.UnreadableMiddleware",
    "samsyn.config.middleware.FetchMetadataMiddleware",
    "samsyn.people.middleware.IdleLockMiddleware",
    "samsyn.people.middleware.DeclaredAccessMiddleware",
    "samsyn.config.middleware.RefusalMiddleware",
]
MIDDLEWARE = [m for m in MIDDLEWARE if not m.startswith("samsyn.people") or _is_furnished("samsyn.people.middleware")]

# Data
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database(url: str) -> dict[str, Any]:
    """Return Django's settings for a postgresql:// address, sockets included."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; no other database is supported.")
    query = parse_qs(parts.query)
    options = {name: values[0] for name, values in query.items() if name not in {"host", "port"}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": query.get("port", [str(parts.port or "")])[0],
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASE_URL = environment.read("DATABASE_URL")
PUBLIC_DATABASE_URL = environment.read("PUBLIC_DATABASE_URL")
DATABASES = {"default": _database(DATABASE_URL), "public": _database(PUBLIC_DATABASE_URL)}
# What a reader of the public site touches is read with a role that sees nothing else; nothing is migrated there.
DATABASES["public"]["TEST"] = {"MIRROR": "default"}
DATABASE_ROUTERS = ["samsyn.config.routers.PublicReadsOnly"]

# Languages and time
LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "samsyn" / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"

# Pages
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "samsyn.config.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "samsyn.ui.forms.Renderer" if _is_furnished("samsyn.ui.forms") else global_settings.FORM_RENDERER
STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.read("SAMSYN_STATIC_DIR") or BASE_DIR / "var" / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 600

# Mail goes out through the organisation's own server, or not at all.
_smtp = urlsplit(environment.read("SAMSYN_SMTP"))
if _smtp.scheme not in {"", "smtp", "smtps"}:
    raise ImproperlyConfigured("SAMSYN_SMTP must begin with smtp:// (STARTTLS) or smtps://.")
SAMSYN_SENDS_MAIL = bool(_smtp.hostname)
SAMSYN_MAIL_FROM = environment.read("SAMSYN_MAIL_FROM") or f"svara-inte@{SAMSYN_PUBLIC_HOST}"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SAMSYN_SENDS_MAIL else 'dummy'}.EmailBackend"
EMAIL_HOST = _smtp.hostname or ""
EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
# Without encryption only to a server on this very machine.
EMAIL_USE_TLS = _smtp.scheme == "smtp" and EMAIL_HOST not in {"127.0.0.1", "::1", "localhost"}
EMAIL_TIMEOUT = 20
# Letters that come in are taken from here by a process of its own (``samsyn mailbox``), where there is a mailbox.
SAMSYN_MAILBOX = environment.read("SAMSYN_MAILBOX")

# The phone provider: believed only with the secret and from its own addresses
SAMSYN_PHONE_SECRET = environment.read("SAMSYN_PHONE_SECRET")
SAMSYN_PHONE_NETWORKS = [
    str(ip_network(part)) for part in environment.read("SAMSYN_PHONE_ADDRESSES").split(",") if part
]
SAMSYN_PHONE_CONNECT = environment.read("SAMSYN_PHONE_CONNECT")
SAMSYN_PHONE_CLOSED_AUDIO = environment.read("SAMSYN_PHONE_CLOSED_AUDIO")

# Booked video: a link to the organisation's own service, or none
SAMSYN_VIDEO_URL = environment.read("SAMSYN_VIDEO_URL").rstrip("/")
SAMSYN_VIDEO_APPLICATION = environment.read("SAMSYN_VIDEO_APPLICATION")
SAMSYN_VIDEO_SECRET = environment.read("SAMSYN_VIDEO_SECRET")
if SAMSYN_VIDEO_URL and (not SAMSYN_VIDEO_URL.startswith("https://") or len(SAMSYN_VIDEO_SECRET) < 32):
    raise ImproperlyConfigured("SAMSYN_VIDEO_URL must be https:// and SAMSYN_VIDEO_SECRET 32 characters or more.")

# Bodies: the largest form is the desk with many persons, about 40 kB; more is refused before it is parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
# Those who deliver figures send one file, and so does who compares another's form with ours; their pages alone take bodies of
# that size, and the file is never written to a disk.
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024
SAMSYN_FILE_PAGES = r"/deliveries/upload|/questions/packages/versions/[0-9a-f-]{36}/compare"
# Systems are answered in their own form there, and its views refuse what is too large.
SAMSYN_SYSTEMS = "/deliveries/api/"
FILE_UPLOAD_HANDLERS = ["samsyn.config.uploads.FilesOnTheirPage"]

# Safety on the way
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SAMSYN_BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "samsyn.config.views.form_expired"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-samsyn"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_PATH = "/"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SILENCED_SYSTEM_CHECKS: list[str] = []

# People and sign-in (the room people keeps this block)
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["samsyn.people.adapters.TwoAtATimeArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
# Where a stranger is led; the demonstration has its persona page instead.
SAMSYN_SIGN_IN_URL = "/account/sign-in/"
SAMSYN_PERSONAS = False
SAMSYN_IDLE_LOCK_SECONDS = int(environment.read("SAMSYN_STANDARD_LOCK_MINUTES")) * 60
SAMSYN_SESSION_HOURS = 8
ACCOUNT_ADAPTER = "samsyn.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = SAMSYN_SIGN_IN_URL
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Counted in the process's memory: no address is stored. Many colleagues share an address, so its limit is high; a
# name's limit is counted for each address and lasts a minute, so that a stranger cannot keep anybody out.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/m/ip,10/m/key", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "samsyn.people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "samsyn.people.forms.AddPasskeyForm",
    "authenticate_webauthn": "samsyn.people.forms.PasskeyForm",
    "login_webauthn": "samsyn.people.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "samsyn.people.forms.PasskeyAgainForm",
}
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Samsyn"
# The code before and the next one count too: clocks differ, and a code may be typed at its last second.
MFA_TOTP_TOLERANCE = 1
# A key that lies in the computer would unlock its screen for whoever comes by: each use asks for the PIN or the finger.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Over plain http only the host names *.localhost are secure contexts: the demonstration.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SAMSYN_BEHIND_TLS
# Behind a proxy all addresses are the proxy's but the last one that it wrote down.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SAMSYN_BEHIND_TLS else 0
SOCIALACCOUNT_ADAPTER = "samsyn.people.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SAMSYN_OIDC = bool(environment.read("SAMSYN_OIDC_ISSUER"))
# Where the button "Organisationens inloggning" leads: a browser asks the policy of forms for redirects, too.
SAMSYN_OIDC_ORIGIN = "/".join(environment.read("SAMSYN_OIDC_ISSUER").split("/", 3)[:3])
if SAMSYN_OIDC:
    INSTALLED_APPS += ["allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "organisation",
                    "name": "Organisationens inloggning",
                    "client_id": environment.read("SAMSYN_OIDC_CLIENT"),
                    "secret": environment.read("SAMSYN_OIDC_SECRET"),
                    "settings": {"server_url": environment.read("SAMSYN_OIDC_ISSUER")},
                }
            ],
        }
    }

# Logs: one JSON line each, never a value that somebody typed (samsyn/config/logs.py)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "samsyn.config.logs.JsonLines"}},
    "handlers": {
        "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"},
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.security.DisallowedHost": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
SAMSYN_LANGUAGE_NAMES = {"sv": _("svenska"), "en": _("engelska")}
