"""Each rule over plain events: what sets it off, and what is so near that it must not."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.oversight import rounds
from samsyn.oversight.review import explaining, flags, sampling
from samsyn.oversight.review.limits import VERSIONS, Limits, limits_on
from samsyn.oversight.review.seen import ACCESSES, Seen

MORNING = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)
LIMITS = Limits(since=date(2026, 1, 1))
NUMBERS = count()


def at(minutes: float, kind: str, actor: str = "anna", subject: str = "case-1", /, **facts: Any) -> Seen:
    return Seen(f"{next(NUMBERS):08}", kind, MORNING + timedelta(minutes=minutes), actor, subject, facts)


def on_duty(minutes: float = -600, actor: str = "anna") -> Seen:
    return at(minutes, "duty_begun", actor, "")


def found(rule: flags.Rule, *events: Seen, before: tuple[Seen, ...] = ()) -> list[Seen]:
    return list(rule(flags.Period(events, before, LIMITS)))


def why(*events: Seen) -> str:
    """Return what explains the last event."""
    return explaining.explained(events[-1], explaining.Grounds(events), LIMITS).by


OWN = at(-5000, "case_created", kind="ordinary")
BY_CODE = ("case_code_opened", "case_code_opened_under_duress")
YEAR = 60 * 24 * 365


def shared(
    minutes: float, purpose: str = "support", to: str = "bo", hours: int = 24 * 14, rights: str = "read+write"
) -> Seen:
    return at(minutes, "case_shared", "anna", grantee=to, purpose=purpose, hours=hours, rights=rights)


def read(minutes: float, actor: str = "anna", subject: str = "case-1") -> Seen:
    return at(minutes, "case_read", actor, subject)


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ((OWN, read(0)), explaining.OWN),
        ((at(-YEAR - 1, "case_created", kind="ordinary"), read(0)), explaining.NOTHING),
        ((OWN, read(0, "bo")), explaining.NOTHING),
        ((read(0),), explaining.NOTHING),
        ((OWN, read(0, subject="case-2")), explaining.NOTHING),
        ((OWN, shared(-10), read(0, "bo")), explaining.GRANT),
        ((OWN, shared(-10, "handover"), read(0, "bo")), explaining.HAND_OVER),
        ((OWN, shared(-60, "supervision", hours=2), read(0, "bo")), explaining.SUPERVISION),
        ((OWN, shared(-121, "supervision", hours=2), read(0, "bo")), explaining.NOTHING),
        ((OWN, shared(-10), read(0, "cia")), explaining.NOTHING),
        ((OWN, shared(5), read(0, "bo")), explaining.NOTHING),
        ((OWN, shared(-10), at(-5, "case_revoked", account="bo"), read(0, "bo")), explaining.NOTHING),
        ((OWN, shared(-10), at(-5, "case_revoked", account="cia"), read(0, "bo")), explaining.GRANT),
        ((OWN, shared(-9), at(-8, "case_revoked", account="bo"), shared(-7), read(0, "bo")), explaining.GRANT),
        ((OWN, shared(-10), at(-5, "case_withdrawn", "bo"), read(0, "bo")), explaining.NOTHING),
        # A grant that came later and is over has taken the place of an earlier one.
        ((OWN, shared(-200), shared(-130, "supervision", hours=2), read(0, "bo")), explaining.NOTHING),
        ((on_duty(), at(-59, BY_CODE[0]), read(0)), explaining.CODE),
        ((on_duty(), at(-59, BY_CODE[1]), read(0)), explaining.CODE),
        ((on_duty(), at(-61, BY_CODE[0]), read(0)), explaining.NOTHING),
        ((at(-59, BY_CODE[0]), read(0)), explaining.NOTHING),
        ((on_duty(), at(-60, "duty_ended", "anna", ""), at(-59, BY_CODE[0]), read(0)), explaining.NOTHING),
        ((on_duty(), at(-59, BY_CODE[0], "bo"), read(0)), explaining.NOTHING),
        ((on_duty(), at(-5, "case_created", kind="by_code"), at(0, "case_written")), explaining.CODE),
        ((on_duty(), at(-90, "case_created", kind="by_code"), read(0)), explaining.NOTHING),
        ((OWN, at(-59, "emergency_opened", "officer", reader="bo"), read(0, "bo")), explaining.EMERGENCY),
        ((OWN, at(-61, "emergency_opened", "officer", reader="bo"), read(0, "bo")), explaining.NOTHING),
        ((OWN, at(-59, "emergency_opened", "officer", reader="bo"), read(0, "officer")), explaining.NOTHING),
        ((at(0, "case_not_opened"), read(0)), explaining.REFUSED),
        ((at(0, "case_not_opened", "bo"), read(0)), explaining.NOTHING),
    ],
)  # fmt: skip
def test_an_access_is_explained_by_its_ground_and_nothing_else(events: tuple[Seen, ...], wanted: str) -> None:
    assert why(*events) == wanted


def test_a_grant_does_not_explain_itself() -> None:
    assert why(shared(0, to="anna")) == explaining.NOTHING


def test_what_nothing_explains_is_flagged_and_refused_attempts_are_not() -> None:
    strange = read(0, "bo")
    assert found(flags.unexplained, OWN, strange, read(1)) == [strange]
    assert found(flags.unexplained, at(0, "case_not_opened", "bo"), read(0, "bo"), before=(OWN,)) == []


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        (flags.emergency, "emergency_opened"),
        (flags.export, "case_exported"),
        (flags.duress, "case_code_opened_under_duress"),
        (flags.duress, "case_erased_under_duress"),
        (flags.override, "outbound_overridden"),
        (flags.officer_replaced, "officer_replaced"),
        (flags.helpers_words, "case_code_opened_by_helpers"),
        (flags.ties_taken_back, "ties_taken_back"),
        (flags.passkey_copied, "passkey_copied"),
    ],
)
def test_what_is_always_looked_at(rule: flags.Rule, kind: str) -> None:
    one = at(0, kind)
    assert found(rule, read(0), one, before=(at(-9999, kind),)) == [one]


def test_reading_outside_duty() -> None:
    late = read(5)
    assert found(flags.outside_duty, on_duty(-60), read(0), at(1, "duty_ended", "anna", ""), late) == [late]
    assert found(flags.outside_duty, read(0), before=(on_duty(),)) == []
    strange = read(0, "bo")
    assert found(flags.outside_duty, strange, before=(on_duty(),)) == [strange]


def test_many_cases() -> None:
    eight = [read(n, subject=f"case-{n}") for n in range(8)]
    assert found(flags.many_cases, *eight) == [eight[-1]]
    assert found(flags.many_cases, *eight[:-1], *[read(n, subject="case-1") for n in range(30)]) == []
    spread = [read(10 * n, subject=f"case-{n}") for n in range(8)]
    assert found(flags.many_cases, *spread) == []
    day = [read(60 * n, subject=f"case-{n}") for n in range(20)]
    assert found(flags.many_cases, *day) == [day[-1]]


def test_reading_without_writing() -> None:
    five = [read(n) for n in range(5)]
    assert found(flags.reading_without_writing, *five) == [five[-1]]
    assert found(flags.reading_without_writing, *five[:3], at(3, "case_written"), *five[3:]) == []
    assert found(flags.reading_without_writing, *[read(n, subject=f"case-{n}") for n in range(9)]) == []


def test_somebody_who_was_let_in_to_write_and_only_reads() -> None:
    three = [read(n, "bo") for n in range(3)]
    assert found(flags.granted_and_only_read, *three, before=(shared(-9),)) == [three[-1]]
    assert (
        found(flags.granted_and_only_read, three[0], at(0.5, "case_written", "bo"), *three[1:], before=(shared(-9),))
        == []
    )
    assert found(flags.granted_and_only_read, *three, before=(shared(-9, rights="read"),)) == []
    assert found(flags.granted_and_only_read, *three) == []


def test_reading_after_closing() -> None:
    late = read(0)
    assert found(flags.after_closing, late, before=(at(-1, "case_closed"),)) == [late]
    assert found(flags.after_closing, read(0), at(1, "case_closed"), read(2, subject="case-2")) == []


def test_reading_soon_after_somebody_else_changed_the_rules_of_contact() -> None:
    soon, late = read(60, "bo"), read(25 * 60, "bo")
    rules = at(0, "case_written", part="rules")
    assert found(flags.after_new_rules, rules, soon, late) == [soon]
    assert found(flags.after_new_rules, rules, read(60)) == []
    assert found(flags.after_new_rules, at(0, "case_written", part="note"), soon) == []


def test_an_export_soon_after_the_first_reading() -> None:
    asked = at(60, "case_export_asked")
    assert found(flags.export_after_first_reading, read(0), asked) == [asked]
    assert found(flags.export_after_first_reading, asked) == [asked]
    assert found(flags.export_after_first_reading, asked, before=(read(-26 * 60),)) == []


@pytest.mark.parametrize(
    ("rule", "kind", "number"),
    [
        (flags.refused_codes, "case_code_refused", LIMITS.refused_codes),
        (flags.refused_cases, "case_denied", LIMITS.refused_cases),
        (flags.refused_keys, "keys_refused", LIMITS.refused_keys),
    ],
)
def test_refusals_in_a_row(rule: flags.Rule, kind: str, number: int) -> None:
    row = [at(n, kind) for n in range(number)]
    assert found(rule, *row) == [row[-1]]
    assert found(rule, *row[:-1]) == []
    assert found(rule, *[at(n, kind, f"person-{n}") for n in range(9)]) == []
    assert found(rule, *[at(n * 60 * 24, kind) for n in range(9)]) == []


def test_frequent_emergencies_and_two_who_approve_each_other() -> None:
    first, second = (at(n, "emergency_opened", "officer", reader="bo") for n in (-60 * 24 * 20, 0))
    assert found(flags.frequent_emergencies, second, before=(first,)) == [second]
    assert found(flags.frequent_emergencies, second, before=(at(-60 * 24 * 31, "emergency_opened", reader="bo"),)) == []
    assert found(flags.frequent_emergencies, second, before=(at(-60, "emergency_opened", reader="cia"),)) == []
    there = at(-60, "case_share_approved", "bo", asked_by="anna")
    back = at(0, "case_export_approved", "anna", asked_by="bo")
    assert found(flags.reciprocal_approvers, back, before=(there,)) == [back]
    assert found(flags.reciprocal_approvers, at(0, "case_share_approved", "bo", asked_by="anna"), before=(there,)) == []


def test_roles_changed_in_the_night_of_stockholm() -> None:
    night = at(60 * 12.5, "role_given", "administrator", "account")  # half past ten in the evening
    assert found(flags.roles_at_night, at(0, "role_given"), at(60 * 11.5, "role_given"), night) == [night]


def test_reviews_faster_than_anybody_reads() -> None:
    quick = [at(n / 30, "log_reviewed", "reviewer") for n in range(6)]
    assert found(flags.quick_reviews, *quick) == [quick[5]]
    assert found(flags.quick_reviews, *[at(n / 5, "log_reviewed", "reviewer") for n in range(20)]) == []


def test_every_rule_has_its_words_and_every_explanation_too() -> None:
    assert {name for name, _rule in flags.RULES} | {rounds.SAMPLE} == set(rounds.RULES)
    kinds = {value for name, value in vars(explaining).items() if name.isupper() and isinstance(value, str)}
    assert kinds == set(rounds.EXPLANATIONS)
    assert all(rule.__doc__ for _name, rule in flags.RULES)
    assert ACCESSES <= rounds.KINDS


def test_limits_are_dated_and_the_latest_that_had_begun_holds() -> None:
    assert [one.since for one in VERSIONS] == sorted(one.since for one in VERSIONS)
    assert limits_on(date(2020, 1, 1)) == VERSIONS[0]
    assert limits_on(date(2030, 1, 1)) == VERSIONS[-1]


@settings(max_examples=60, deadline=None)
@given(
    ids=st.sets(st.text("abcdef0123456789", min_size=4, max_size=8), max_size=200),
    seed=st.binary(min_size=32, max_size=32),
)
def test_a_sample_is_the_same_for_all_who_draw_it_and_follows_the_seed(ids: set[str], seed: bytes) -> None:
    drawn = sampling.drawn(ids, seed=seed, share=0.05, least=5)
    assert drawn == sampling.drawn(sorted(ids), seed=seed, share=0.05, least=5)
    assert len(drawn) == len(set(drawn)) == min(len(ids), max(5, -(-len(ids) // 20)))
    assert set(drawn) <= ids
    # One access more changes at most one of the drawn ones per place that it takes: it can't be steered from outside.
    more = sampling.drawn(ids | {"zzzz"}, seed=seed, share=0.05, least=5)
    assert len(set(drawn) - set(more)) <= 1
