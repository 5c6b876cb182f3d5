"""What the log says about erasure is said in words."""

from samsyn.privacy.events import ROWS_ERASED


def test_erasure_is_told_with_the_names_of_rule_and_decision() -> None:
    facts: dict[str, str | int] = {"rule": "working_record", "rows": 20, "decision": "working_record"}
    told = ROWS_ERASED.as_sentence(actor="Systemet", facts=facts)
    assert told.startswith("Systemet gallrade 20 rader enligt regeln Arbetsunderlag till avslutade kontakter (beslut ")
    assert "working_record" not in told
    facts["rule"] = "gone_long_ago"
    assert "gone_long_ago" in ROWS_ERASED.as_sentence(actor="Systemet", facts=facts)
