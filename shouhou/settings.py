"""Settings: everything that differs between machines comes from the environment."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import django_stubs_ext
from psycopg.conninfo import conninfo_to_dict

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("SHOUHOU_HOME", BASE_DIR / "var")).resolve()
DEBUG = os.environ.get("SHOUHOU_DEBUG") == "1"


def _secret() -> str:
    """The installation's own secret: given, or made once and kept in the data folder."""
    given = os.environ.get("SHOUHOU_SECRET_KEY")
    if given:
        return given
    path = HOME / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole before it has its name: processes that start together read the first one's, never half of it.
        descriptor, made = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(made, path)
        Path(made).unlink()
    return path.read_text()


SECRET_KEY = _secret()
ALLOWED_HOSTS = os.environ.get("SHOUHOU_HOSTS", "*" if DEBUG else "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("SHOUHOU_ORIGINS", "").split(",") if origin]
BASE_URL = os.environ.get("SHOUHOU_BASE_URL", "http://localhost:8000")

INSTALLED_APPS = [
    "shouhou.web.staff.admin_app.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_htmx",
    "django_cotton",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "shouhou.plumbing",
    "shouhou.accounts",
    "shouhou.merchants",
    "shouhou.orders",
    "shouhou.policy",
    "shouhou.ledger",
    "shouhou.conduct",
    "shouhou.logistics",
    "shouhou.payments",
    "shouhou.repairs",
    "shouhou.plans",
    "shouhou.insurance",
    "shouhou.cases",
    "shouhou.support.conversations",
    "shouhou.support.help",
    "shouhou.support.satisfaction",
    "shouhou.support.teams",
    "shouhou.sla",
    "shouhou.analytics",
    "shouhou.notifications",
    "shouhou.documents",
    "shouhou.settlements",
    "shouhou.web",
    "shouhou.api",
    "shouhou.wiring.WiringConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "shouhou.web.permissions.DevicePermissions",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shouhou.web.shared.whose.WhoseBrowser",
    "shouhou.web.staff.first_password.OwnPasswordFirst",
]
# The API needs no session, no CSRF and no page language: half a millisecond a call (wsgi.py picks the stack by path).
API_MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]

ROOT_URLCONF = "shouhou.urls"
WSGI_APPLICATION = "shouhou.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "shouhou" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]


def _database() -> dict[str, object]:
    """PostgreSQL by DATABASE_URL; server-side binding and prepared statements are what make it quick."""
    url = os.environ.get("DATABASE_URL", "")
    parts = conninfo_to_dict(url) if url else {}
    options: dict[str, object] = {"server_side_binding": True, "prepare_threshold": 2}
    if wait := os.environ.get("SHOUHOU_LOCK_WAIT"):
        # The web: whoever waits for a row that another holds for so long is told to come back (IN_PROGRESS).
        options["options"] = f"-c lock_timeout={wait}"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "shouhou"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }


# What nobody has read in a conversation for so long is told by mail or text message.
TALK_UNREAD_MINUTES = int(os.environ.get("SHOUHOU_TALK_UNREAD_MINUTES", "5"))
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "/staff/sign-in/"
LOGIN_REDIRECT_URL = "/staff/"
PASSWORD_RESET_TIMEOUT = 3600
# Staff sign in with allauth; only what web/staff/account_urls.py names is reachable. Nobody registers.
ACCOUNT_ADAPTER = "shouhou.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/staff/sign-in/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {
    "change_password": "shouhou.web.staff.forms.NewPasswordForm",
    "reauthenticate": "shouhou.web.staff.forms.PasswordAgainForm",
    "reset_password": "shouhou.web.staff.forms.AskResetForm",
    "reset_password_from_key": "shouhou.web.staff.forms.ResetForm",
    "set_password": "shouhou.web.staff.forms.FirstPasswordForm",
}
MFA_ADAPTER = "shouhou.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "shouhou"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "shouhou.web.staff.forms.CodeForm",
    "reauthenticate": "shouhou.web.staff.forms.CodeAgainForm",
    "activate_totp": "shouhou.web.staff.forms.ActivateForm",
}
SOCIALACCOUNT_ADAPTER = "shouhou.web.staff.oidc.CompanySignIn"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
# The company's own sign-in (OpenID Connect): Keycloak, Entra ID, Authing, Feishu … by its issuer's address.
OIDC_ID = "company"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {}
OIDC = {
    "url": os.environ.get("SHOUHOU_OIDC_URL", "").rstrip("/"), "name": os.environ.get("SHOUHOU_OIDC_NAME", "SSO"),
    "client_id": os.environ.get("SHOUHOU_OIDC_CLIENT_ID", ""), "secret": os.environ.get("SHOUHOU_OIDC_SECRET", ""),
}  # fmt: skip
if OIDC["url"]:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": OIDC_ID, "name": OIDC["name"], "client_id": OIDC["client_id"], "secret": OIDC["secret"],
                "settings": {"server_url": OIDC["url"]},
            }
        ],
    }  # fmt: skip
CSRF_FAILURE_VIEW = "shouhou.web.shared.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE = os.environ.get("SHOUHOU_SECURE") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Strict on every page but /admin, whose own pages need their inline styles (see web/middleware).
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "shouhou" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG or os.environ.get("SHOUHOU_TESTING") == "1":
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
UPLOADS_ROOT = HOME / "uploads"
# Uploads are bounded one by one in plumbing/uploads.py; this bounds everything else.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 12

EMAIL_BACKEND = os.environ.get("SHOUHOU_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = os.environ.get("SHOUHOU_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("SHOUHOU_SMTP_PORT", "25"))
DEFAULT_FROM_EMAIL = os.environ.get("SHOUHOU_FROM_EMAIL", "shouhou@localhost")

# Where the outside world is reached; the small fake servers of the demo and the tests speak the same protocol.
PAYMENT_CHANNELS = {
    "fake": {"url": os.environ.get("SHOUHOU_FAKE_PAYMENT_URL", "http://127.0.0.1:8091")},
    # Without its key a channel is not set up. The address is Stripe's own where none is named.
    "stripe": {
        "key": os.environ.get("SHOUHOU_STRIPE_KEY", ""), "webhook_secret": os.environ.get("SHOUHOU_STRIPE_WEBHOOK_SECRET", ""),
        "url": os.environ.get("SHOUHOU_STRIPE_URL", ""),
    },
    # A key is a file's path or the PEM itself. WeChat's signatures: its public key with the key's id, or its certificates.
    "wechat": {
        name: os.environ.get(f"SHOUHOU_WECHAT_{name.upper()}", "")
        for name in ("merchant", "app", "serial", "private_key", "api_key", "public_key", "public_key_id", "certificates", "url",
                     "secret", "open_url", "api_url")
    },
    "alipay": {
        name: os.environ.get(f"SHOUHOU_ALIPAY_{name.upper()}", "")
        for name in ("app", "private_key", "public_key", "seller", "url")
    },
}  # fmt: skip
# Which channel a tender is paid back through, as "card=stripe,wechat=wechat"; what is not named goes through the fake one.
TENDER_CHANNELS = dict(
    entry.split("=", 1) for entry in os.environ.get("SHOUHOU_TENDERS", "").split(",") if "=" in entry
)
# The channel that consumers pay charges through.
CHARGE_CHANNEL = os.environ.get("SHOUHOU_CHARGE_CHANNEL", "fake")
PAYMENT_CALLBACK_SECRET = os.environ.get("SHOUHOU_PAYMENT_SECRET", SECRET_KEY[:32])
CARRIERS = {"fake": {"url": os.environ.get("SHOUHOU_FAKE_CARRIER_URL", "http://127.0.0.1:8092")}}
CARRIER_CALLBACK_SECRET = os.environ.get("SHOUHOU_CARRIER_SECRET", SECRET_KEY[:32])
# Signs the links with which the shop lets its signed-in buyers in (accounts/signin.py).
SHOP_LINK_SECRET = os.environ.get("SHOUHOU_SHOP_LINK_SECRET", SECRET_KEY[:32])
# Empty: text messages become files below HOME/sms.
SMS_URL = os.environ.get("SHOUHOU_SMS_URL", "")
# Rooms of DingTalk, WeCom, Feishu, Lark and Slack are written to at these services; set, everything goes by this relay instead.
IM_URL = os.environ.get("SHOUHOU_IM_URL", "")
# Signs the text message gateway's reports of delivery.
SMS_CALLBACK_SECRET = os.environ.get("SHOUHOU_SMS_SECRET", SECRET_KEY[:32])
# Signs what the mail server hands on from the sender's mailbox: delivery status notifications (RFC 3464).
MAIL_CALLBACK_SECRET = os.environ.get("SHOUHOU_MAIL_SECRET", SECRET_KEY[:32])
SHOP = {"url": os.environ.get("SHOUHOU_SHOP_URL", "http://127.0.0.1:8093")}

# Webhooks may reach private addresses only where the installation says so (demo and tests on loopback, an intranet).
WEBHOOK_SECONDS = 10.0
WEBHOOKS_PRIVATE = os.environ.get("SHOUHOU_WEBHOOKS_PRIVATE") == "1"

# A worker killed with -9 is noticed within seconds (plumbing/tasks.py takes its jobs up again).
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 4, "delete_jobs": "successful", "update_heartbeat_interval": 2.0, "stalled_worker_timeout": 8.0,
}  # fmt: skip

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"mask": {"()": "shouhou.plumbing.masking.MaskPersonalData"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask"]}},
    # Years without the State Council's notice: the doctor says it once, every process need not.
    # apprise would name a room's secret in its complaints.
    "loggers": {"shouhou.policy.calendars": {"level": "ERROR"}, "apprise": {"level": "CRITICAL"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SHOUHOU_LOG", "WARNING")},
}
