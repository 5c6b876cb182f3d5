"""What the libraries of the sign-in keep, field by field: their models can't say it themselves.

Tables that stay empty here (e-mail addresses, groups, permissions, tokens) are classed as what they would hold.
"""

from collections.abc import Mapping

from samsyn.privacy.classes import Classification, classify

CLASSIFICATIONS: Mapping[str, Classification] = {
    "account.EmailAddress": classify(
        retention="accounts", identifying=("email",), technical=("id", "user", "verified", "primary")
    ),
    "account.EmailConfirmation": classify(
        retention="accounts", sensitive=("key",), technical=("id", "email_address", "created", "sent")
    ),
    "auth.Group": classify(retention="accounts", technical=("id", "name", "permissions")),
    "auth.Permission": classify(retention="accounts", technical=("id", "name", "content_type", "codename")),
    "contenttypes.ContentType": classify(retention="organisations", technical=("id", "app_label", "model")),
    "mfa.Authenticator": classify(
        retention="accounts", sensitive=("data", "last_used_at"), technical=("id", "user", "type", "created_at")
    ),
    "sessions.Session": classify(
        retention="sessions", sensitive=("session_key", "session_data"), technical=("expire_date",)
    ),
    "socialaccount.SocialAccount": classify(
        retention="accounts",
        identifying=("uid", "extra_data"),
        sensitive=("last_login",),
        technical=("id", "user", "provider", "date_joined"),
    ),
    "socialaccount.SocialApp": classify(
        retention="organisations",
        sensitive=("client_id", "secret", "key"),
        technical=("id", "provider", "provider_id", "name", "settings"),
    ),
    "socialaccount.SocialToken": classify(
        retention="accounts", sensitive=("token", "token_secret"), technical=("id", "app", "account", "expires_at")
    ),
}
