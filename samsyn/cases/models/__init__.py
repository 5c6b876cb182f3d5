"""Keys under secrets that the server lacks, cases whose texts nobody reads in the database, and who may open them."""

from samsyn.cases.models.cases import Case, CaseCode, CaseGrant, CaseText, Exclusion, OfficerSeal, Withdrawal
from samsyn.cases.models.keys import (
    Certification,
    DutyShift,
    Keyring,
    KeyWay,
    Recovery,
    RecoverySeal,
    Succession,
    SuccessionSeal,
    Tie,
)
from samsyn.cases.models.permissions import CaseExport, ContactClearance, ContactOverride, Emergency, ShareRequest

__all__ = [
    "Case",
    "CaseCode",
    "CaseExport",
    "CaseGrant",
    "CaseText",
    "Certification",
    "ContactClearance",
    "ContactOverride",
    "DutyShift",
    "Emergency",
    "Exclusion",
    "KeyWay",
    "Keyring",
    "OfficerSeal",
    "Recovery",
    "RecoverySeal",
    "ShareRequest",
    "Succession",
    "SuccessionSeal",
    "Tie",
    "Withdrawal",
]
