"""Roles, what each may do, and which nobody may hold together: all on one screen."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Regime(StrEnum):
    """What an organisation may keep (dokumentationsregim)."""

    AUTHORITY = "authority"
    OPERATOR = "operator"


class Role(StrEnum):
    """What a person is."""

    ADVISER = "adviser"
    SUPPORTER = "supporter"
    TEAM_LEAD = "team_lead"
    ANALYST = "analyst"
    PUBLISHER = "publisher"
    LOG_REVIEWER = "log_reviewer"
    KEY_OFFICER = "key_officer"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    DELIVERER = "deliverer"
    SUPERVISOR = "supervisor"

    @property
    def label(self) -> Promise:
        """Return the name that people read."""
        return ROLE_LABELS[self]


class Permission(StrEnum):
    """What a page or an action demands."""

    REGISTER_CONTACT = "register_contact"
    SUPPORT_PERSONS = "support_persons"
    ANSWER_VISITORS = "answer_visitors"
    CONFIRM_OVERRIDES = "confirm_overrides"
    EDIT_QUESTIONS = "edit_questions"
    EDIT_TEMPLATES = "edit_templates"
    SEE_STATISTICS_DRAFTS = "see_statistics_drafts"
    DRAFT_RELEASE = "draft_release"
    APPROVE_RELEASE = "approve_release"
    SEE_NEEDS = "see_needs"
    SEE_QUALITY = "see_quality"
    PLAN_MEASUREMENTS = "plan_measurements"
    READ_LOG = "read_log"
    SEE_VOCABULARY = "see_vocabulary"
    SEE_RETENTION = "see_retention"
    RUN_RETENTION = "run_retention"
    MANAGE_KEYS = "manage_keys"
    MANAGE_ACCOUNTS = "manage_accounts"
    DELIVER = "deliver"
    SEE_DELIVERIES = "see_deliveries"
    MANAGE_DELIVERERS = "manage_deliverers"
    KEEP_OWN_TIMES = "keep_own_times"
    BOOK_TIMES = "book_times"
    MANAGE_TIMES = "manage_times"
    COMPOSE_CASES = "compose_cases"
    READ_COMPOSED_CASES = "read_composed_cases"

    @property
    def label(self) -> Promise:
        """Return what it allows, in words."""
        return PERMISSION_LABELS[self]


P = Permission
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADVISER: frozenset(
        {
            P.REGISTER_CONTACT,
            P.SEE_QUALITY,
            P.SEE_VOCABULARY,
            P.KEEP_OWN_TIMES,
            P.BOOK_TIMES,
            P.READ_COMPOSED_CASES,
        }
    ),
    Role.SUPPORTER: frozenset(
        {
            P.REGISTER_CONTACT,
            P.SUPPORT_PERSONS,
            P.ANSWER_VISITORS,
            P.CONFIRM_OVERRIDES,
            P.SEE_VOCABULARY,
            P.KEEP_OWN_TIMES,
            P.BOOK_TIMES,
            P.COMPOSE_CASES,
        }
    ),
    Role.TEAM_LEAD: frozenset(
        {
            P.REGISTER_CONTACT,
            P.EDIT_QUESTIONS,
            P.EDIT_TEMPLATES,
            P.SEE_NEEDS,
            P.CONFIRM_OVERRIDES,
            P.SEE_QUALITY,
            P.PLAN_MEASUREMENTS,
            P.SEE_VOCABULARY,
            P.SEE_RETENTION,
            P.KEEP_OWN_TIMES,
            P.BOOK_TIMES,
            P.MANAGE_TIMES,
            P.COMPOSE_CASES,
            P.READ_COMPOSED_CASES,
        }
    ),
    Role.ANALYST: frozenset(
        {
            P.DRAFT_RELEASE,
            P.SEE_STATISTICS_DRAFTS,
            P.SEE_NEEDS,
            P.SEE_QUALITY,
            P.SEE_VOCABULARY,
            P.SEE_DELIVERIES,
            P.MANAGE_DELIVERERS,
            P.READ_COMPOSED_CASES,
        }
    ),
    Role.PUBLISHER: frozenset(
        {
            P.APPROVE_RELEASE,
            P.SEE_STATISTICS_DRAFTS,
            P.SEE_NEEDS,
            P.SEE_QUALITY,
            P.SEE_VOCABULARY,
            P.READ_COMPOSED_CASES,
        }
    ),
    Role.LOG_REVIEWER: frozenset({P.READ_LOG, P.SEE_RETENTION}),
    Role.KEY_OFFICER: frozenset({P.MANAGE_KEYS, P.SEE_RETENTION}),
    Role.SYSTEM_ADMINISTRATOR: frozenset({P.MANAGE_ACCOUNTS, P.RUN_RETENTION, P.SEE_RETENTION}),
    Role.DELIVERER: frozenset({P.DELIVER}),
    Role.SUPERVISOR: frozenset({P.KEEP_OWN_TIMES}),
}

# Who gives roles reads nothing; who reads the log does nothing that it is about; who looks after keys opens nothing.
# Who delivers for another organisation does nothing else here; a supervisor from outside sees their own times and
# nothing else.
# An analyst may be a publisher too: nobody approves a release of their own, whatever their roles.
FORBIDDEN_PAIRS: frozenset[frozenset[Role]] = frozenset(
    frozenset({one, other})
    for one, others in {
        Role.SYSTEM_ADMINISTRATOR: set(Role) - {Role.SYSTEM_ADMINISTRATOR},
        Role.LOG_REVIEWER: {
            Role.ADVISER,
            Role.SUPPORTER,
            Role.TEAM_LEAD,
            Role.ANALYST,
            Role.PUBLISHER,
            Role.KEY_OFFICER,
        },
        Role.KEY_OFFICER: {Role.ADVISER, Role.SUPPORTER, Role.TEAM_LEAD},
        Role.DELIVERER: set(Role) - {Role.DELIVERER},
        Role.SUPERVISOR: set(Role) - {Role.SUPERVISOR},
    }.items()
    for other in others
)

ROLE_LABELS: dict[Role, Promise] = {
    Role.ADVISER: _("Rådgivare"),
    Role.SUPPORTER: _("Stödjare"),
    Role.TEAM_LEAD: _("Samordnare"),
    Role.ANALYST: _("Analytiker"),
    Role.PUBLISHER: _("Publicist"),
    Role.LOG_REVIEWER: _("Loggranskare"),
    Role.KEY_OFFICER: _("Nyckelansvarig"),
    Role.SYSTEM_ADMINISTRATOR: _("Systemadministratör"),
    Role.DELIVERER: _("Uppgiftslämnare"),
    Role.SUPERVISOR: _("Handledare utifrån"),
}
PERMISSION_LABELS: dict[Permission, Promise] = {
    P.REGISTER_CONTACT: _("Registrera kontakter"),
    P.SUPPORT_PERSONS: _("Stödja utsatta och deras anhöriga"),
    P.ANSWER_VISITORS: _("Läsa och besvara besökares meddelanden"),
    P.CONFIRM_OVERRIDES: _("Bekräfta en kontakt mot reglerna för trygg kontakt"),
    P.EDIT_QUESTIONS: _("Ändra frågor"),
    P.EDIT_TEMPLATES: _("Ändra mallar"),
    P.SEE_STATISTICS_DRAFTS: _("Se utkast till tabeller"),
    P.DRAFT_RELEASE: _("Räkna och skydda tabeller"),
    P.APPROVE_RELEASE: _("Godkänna en annans tabeller"),
    P.SEE_NEEDS: _("Se behov och indikatorer"),
    P.SEE_QUALITY: _("Se uppföljning, mätningar och avvikelser"),
    P.PLAN_MEASUREMENTS: _("Planera mätningar och besluta om avvikelser"),
    P.READ_LOG: _("Läsa loggen"),
    P.SEE_VOCABULARY: _("Se kodlistor"),
    P.SEE_RETENTION: _("Se gallringen"),
    P.RUN_RETENTION: _("Köra gallringen"),
    P.MANAGE_KEYS: _("Sköta nycklar"),
    P.MANAGE_ACCOUNTS: _("Sköta konton och roller"),
    P.DELIVER: _("Lämna sin organisations siffror"),
    P.SEE_DELIVERIES: _("Se vad som har levererats"),
    P.MANAGE_DELIVERERS: _("Sköta uppgiftslämnare"),
    P.KEEP_OWN_TIMES: _("Se och sköta sina egna tider"),
    P.BOOK_TIMES: _("Boka tider, också hos kollegor"),
    P.MANAGE_TIMES: _("Bestämma mötesslag och andras tider"),
    P.COMPOSE_CASES: _("Sätta samman och pröva sammansatta fall"),
    P.READ_COMPOSED_CASES: _("Läsa sammansatta fall"),
}
