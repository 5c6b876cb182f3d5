"""The ordinary settings and, on top, the page that signs a newcomer in as a persona: for loopback only."""

from django.core.exceptions import ImproperlyConfigured

from samsyn.config.settings import *  # noqa: F403
from samsyn.config.settings import INSTALLED_APPS, SAMSYN_BEHIND_TLS, SAMSYN_KEY_DIR, SAMSYN_STAFF_HOST, SAMSYN_URLCONFS

if SAMSYN_BEHIND_TLS:
    raise ImproperlyConfigured("The demonstration signs anybody in: it is never served to a network.")
INSTALLED_APPS = ["samsyn.config.demonstration", *INSTALLED_APPS]
SAMSYN_URLCONFS = SAMSYN_URLCONFS | {SAMSYN_STAFF_HOST: "samsyn.config.demonstration.urls"}
ROOT_URLCONF = "samsyn.config.demonstration.urls"
SAMSYN_SIGN_IN_URL = "/personas/"
SAMSYN_PERSONAS = True
ACCOUNT_LOGOUT_REDIRECT_URL = SAMSYN_SIGN_IN_URL
# What would be mailed lies in a folder beside the installation's keys, one file a mail.
SAMSYN_SENDS_MAIL = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = SAMSYN_KEY_DIR.parent / "mail"
# The demonstration line: the README says how to call it. Only this machine is believed.
SAMSYN_PHONE_SECRET = "demonstration-line"  # noqa: S105 - not secret, and only loopback may use it
SAMSYN_PHONE_NETWORKS = ["127.0.0.0/8", "::1/128"]
SAMSYN_PHONE_CONNECT = "+46100000000"
