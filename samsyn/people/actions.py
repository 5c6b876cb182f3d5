"""What is done to accounts and roles: each checked, written and recorded in one transaction."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction

from samsyn.audit import actions as audit
from samsyn.audit.events import EventKind
from samsyn.people import events, leaving, policies, queries
from samsyn.people.actors import Actor
from samsyn.people.models import Account, Installation, Organisation, RoleAssignment, normalised_name
from samsyn.people.roles import Regime, Role
from samsyn.privacy import spoken_codes

REGIMES: Mapping[str, Regime] = {"centre": Regime.AUTHORITY, "operator": Regime.OPERATOR}


@transaction.atomic
def set_up_installation(*, name: str, by: Actor, at: datetime) -> Installation:
    """Write down, once and for ever, what this installation is; a second call returns the same."""
    policies.check_can_manage(by)
    existing = Installation.objects.first()
    if existing is not None:
        return existing
    made = Installation.objects.create(name=name, regime=REGIMES[name].value, created_at=at)
    audit.record(events.INSTALLATION_CREATED, by=by, at=at)
    return made


@transaction.atomic
def create_organisation(*, name: str, kind: str, regime: Regime, by: Actor, at: datetime) -> Organisation:
    """Make an organisation."""
    policies.check_can_manage(by)
    organisation = Organisation.objects.create(name=name, kind=kind, regime=regime.value)
    audit.record(events.ORGANISATION_CREATED, by=by, at=at, subject=str(organisation.pk))
    return organisation


@transaction.atomic
def create_account(*, name: str, pseudonym: str, organisation: Organisation, by: Actor, at: datetime) -> Account:
    """Make an account that nobody can sign in to yet: ``reset_sign_in`` gives it a start password."""
    policies.check_can_manage(by)
    policies.check_name(normalised_name(name))
    policies.check_pseudonym(pseudonym)
    account = Account(name=normalised_name(name), pseudonym=pseudonym, organisation=organisation, created_at=at)
    account.set_unusable_password()
    account.save(force_insert=True)
    audit.record(events.ACCOUNT_CREATED, by=by, at=at, subject=str(account.pk))
    return account


@transaction.atomic
def reset_sign_in(*, account_id: UUID, by: Actor, at: datetime) -> str:
    """Take every way to sign in away and return a start password, shown once and to be changed at the first sign-in."""
    policies.check_can_manage(by)
    policies.check_not_oneself(by, account_id)
    account = _locked(account_id)
    password = f"{spoken_codes.new_code(words=4)} {secrets.randbelow(90) + 10}"
    account.set_password(password)
    account.password_is_temporary = True
    account.save(update_fields=["password", "password_is_temporary"])
    Authenticator.objects.filter(user=account).delete()
    _end_session(account)
    audit.record(events.SIGN_IN_RESET, by=by, at=at, subject=str(account_id))
    return password


@transaction.atomic
def close_account(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """Close an account: its roles end, its session too, and nobody signs in to it again."""
    policies.check_can_manage(by)
    policies.check_not_oneself(by, account_id)
    account = _locked(account_id)
    leaving.check(account_id, role=None, at=at)
    account.is_active = False
    account.set_unusable_password()
    account.save(update_fields=["is_active", "password"])
    account.assignments.filter(ended_at=None).update(ended_at=at, ended_by=by.account_id)
    Authenticator.objects.filter(user=account).delete()
    _end_session(account)
    audit.record(events.ACCOUNT_CLOSED, by=by, at=at, subject=str(account_id))
    transaction.on_commit(lambda: leaving.forget(account_id, is_gone=True))


@transaction.atomic
def suspend_account(*, account_id: UUID, by: Actor, at: datetime) -> bool:
    """Shut an account until somebody resumes it: nobody signs in to it, and it keeps its roles. Say whether it was open."""
    policies.check_can_manage(by)
    account = _locked(account_id)
    if not account.is_active:
        return False
    account.is_active = False
    account.save(update_fields=["is_active"])
    _end_session(account)
    audit.record(events.ACCOUNT_SUSPENDED, by=by, at=at, subject=str(account_id))
    transaction.on_commit(lambda: leaving.forget(account_id, is_gone=True))
    return True


@transaction.atomic
def resume_account(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """Open a suspended account again; one that was closed has no role left and stays closed."""
    policies.check_can_manage(by)
    account = _locked(account_id)
    if account.is_active or not account.assignments.filter(ended_at=None).exists():
        return
    account.is_active = True
    account.save(update_fields=["is_active"])
    audit.record(events.ACCOUNT_RESUMED, by=by, at=at, subject=str(account_id))


@transaction.atomic
def give_role(*, account_id: UUID, role: Role, by: Actor, at: datetime) -> None:
    """Give the account a role from now on; the person signs in anew to use it."""
    policies.check_can_manage(by)
    policies.check_not_oneself(by, account_id)
    account = _locked(account_id)
    held = {Role(value) for value in account.assignments.filter(ended_at=None).values_list("role", flat=True)}
    if role in held:
        return
    policies.check_pair_is_allowed(role, held)
    RoleAssignment.objects.create(account=account, role=role.value, given_by=by.account_id, given_at=at)
    _end_session(account)
    audit.record(events.ROLE_GIVEN, by=by, at=at, subject=str(account_id), facts={"role": role.value})


@transaction.atomic
def end_role(*, account_id: UUID, role: Role, by: Actor, at: datetime) -> None:
    """End a role from now on."""
    policies.check_can_manage(by)
    policies.check_not_oneself(by, account_id)
    account = _locked(account_id)
    leaving.check(account_id, role=role, at=at)
    ended = account.assignments.filter(role=role.value, ended_at=None).update(ended_at=at, ended_by=by.account_id)
    if not ended:
        return
    _end_session(account)
    audit.record(events.ROLE_ENDED, by=by, at=at, subject=str(account_id), facts={"role": role.value})
    transaction.on_commit(lambda: leaving.forget(account_id, is_gone=True))


@transaction.atomic
def begin_session(*, account_id: UUID, session_key: str, by: Actor, at: datetime) -> None:
    """Let this session be the account's only one, and record that the person signed in."""
    account = _locked(account_id)
    if account.session_key and account.session_key != session_key:
        Session.objects.filter(session_key=account.session_key).delete()
    account.session_key = session_key
    account.save(update_fields=["session_key"])
    audit.record(events.SIGNED_IN, by=by, at=at)


@transaction.atomic
def move_session(*, account_id: UUID, session_key: str) -> None:
    """Follow the account's session to its new key after a rotation."""
    Account.objects.filter(pk=account_id).update(session_key=session_key)


@transaction.atomic
def record_screen(*, kind: EventKind, by: Actor, at: datetime) -> None:
    """Record that somebody left the screen, by locking it or by signing out, or came back to it."""
    audit.record(kind, by=by, at=at)


def count_passkey_use(*, authenticator_id: int, count: int, at: datetime) -> bool:
    """Keep a passkey's own count of its uses; return False, and record it, for one that has not gone up: a copy exists.

    WebAuthn, section 7.2: a passkey that several devices share doesn't count and says 0 each time.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().select_related("user").get(pk=authenticator_id)
        before = row.data.get("count", row.wrap().authenticator_data.counter)
        if count > before or count == before == 0:
            row.data["count"] = count
            row.save(update_fields=["data"])
            return True
        audit.record(events.PASSKEY_COPIED, by=queries.actor_of(row.user), at=at, subject=str(row.user_id))
    return False


@transaction.atomic
def choose_language(*, account_id: UUID, language: str) -> None:
    """Keep the language that the person reads."""
    Account.objects.filter(pk=account_id).update(language=language)


@transaction.atomic
def password_changed(*, account_id: UUID) -> None:
    """Note that the start password is gone."""
    Account.objects.filter(pk=account_id).update(password_is_temporary=False)


def _locked(account_id: UUID) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise LookupError("no such account")
    return account


def _end_session(account: Account) -> None:
    if account.session_key:
        Session.objects.filter(session_key=account.session_key).delete()
        account.session_key = ""
        account.save(update_fields=["session_key"])
