"""What allauth asks of us: nobody signs up by themselves, nothing is mailed, passwords hash two at a time."""

import time
import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.people import actions, events, leaving, queries, slots


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask again before ways of signing in are changed, unless the person has signed in within five minutes."""
        user = self.request.user
        if not user.is_authenticated:
            return True
        since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        is_recent = any(record.get("at", 0) > since for record in get_authentication_records(self.request, user))
        return queries.has_second_factor(user.pk) and not is_recent

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords by name and address: nobody elsewhere keeps a colleague out by guessing wrong."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is mailed: a mail would tell who works here."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No flash messages: the page that follows says what happened."""

    def is_safe_url(self, url: str) -> bool:
        """Say whether to go on to this address afterwards; what is no address at all is none of ours."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def logout(self, request: HttpRequest) -> None:
        """Sign out: the log says so, and what other rooms had open is dropped as when the screen is locked."""
        actor, now = request.actor, request.received_at  # type: ignore[attr-defined]
        if actor is not None:
            actions.record_screen(kind=events.SIGNED_OUT, by=actor, at=now)
        super().logout(request)
        if actor is not None:
            leaving.forget(actor.account_id, is_gone=False)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go on with the sign-in; the start password is gone."""
        account_id = request.account.pk  # type: ignore[attr-defined]
        actions.password_changed(account_id=account_id)
        # Changing the password gave the session a new key; it is still the person's only one.
        actions.move_session(account_id=account_id, session_key=str(request.session.session_key))
        return reverse("start")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Begin at the person's first room."""
        return reverse("start")


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An identity provider proves who somebody is; whether they have an account is decided here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody signs up."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names in authenticators: neutral, and the sign-in name only."""

    def get_totp_label(self, user: Any) -> str:
        """Return what the app shows."""
        return str(user.name)

    def build_totp_svg(self, url: str) -> str:
        """Return the picture as it stands in a page: without the prolog of a file of its own."""
        return str(super().build_totp_svg(url)).partition("?>")[2].strip()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the relying party: this host, under a neutral name."""
        from allauth.core import context

        return {"id": context.request.get_host().partition(":")[0], "name": "Samsyn"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str | Promise:  # noqa: A002
        """Return the name of a new passkey."""
        return str(_("Nyckel"))


class TwoAtATimeArgon2(Argon2PasswordHasher):
    """Argon2 with at most two derivations at once in the installation: a burst of sign-ins cannot exhaust the memory.

    Keyboards write å, ä and ö in one or in two signs; both are the same password (Unicode NFC).
    """

    def encode(self, password: str, salt: str) -> str:
        """Hash when there is room."""
        with slots.place():
            return super().encode(unicodedata.normalize("NFC", password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare when there is room."""
        with slots.place():
            return super().verify(unicodedata.normalize("NFC", password), encoded)
