"""What changed in the made-up world lately, so that the pages of needs and indicators have something to tell. Invented."""

import random
from collections.abc import Collection

Row = dict[str, object]
RISING_YEAR = 2026
RISING_ABDUCTION = 0.07  # of those without it before
RISING_COUNTY = ("01", "19", 0.13)  # a share of the first county's matters comes from the second instead
ADHERENCE_SINCE = 2024
ADHERENCE = {"shorter": 0.27, "as_standard": 0.55, "longer": 0.18}
DUTY_TOLD_MORE_SINCE = (2025, 3)


def move_county(rng: random.Random, matters: list[Row]) -> None:
    """Let more of the year's professionals call from one county."""
    one, other, share = RISING_COUNTY
    for matter in matters:
        if matter["county"] == one and rng.random() < share:
            matter["county"] = other


def raise_abduction(rng: random.Random, persons: list[Row], *, minors: Collection[str]) -> None:
    """Let more of the year's persons be abducted or at risk of it, the minors first of all."""
    for person in persons:
        exposure = person["exposure"]
        if not isinstance(exposure, list):
            raise TypeError("exposure")
        share = RISING_ABDUCTION * (1.4 if person["age_band"] in minors else 0.5)
        if "abduction" in exposure or rng.random() >= share:
            continue
        if exposure == ["unknown"]:
            exposure.clear()
        exposure.append("abduction")
        person["abduction_status"] = rng.choices(("worry", "plan", "completed"), weights=(55, 25, 20))[0]
        person["abroad_now"] = rng.choices(("risk", "yes"), weights=(70, 30))[0]
        if rng.random() < 0.8:
            person["main_concern"] = "abduction"


def add_later_practice(rng: random.Random, contacts: list[Row]) -> None:
    """Add how calls kept to the standard length once there was one, and that more were told of the duty to report."""
    for contact in contacts:
        if contact["contact_order"] == "not_asked":  # no matter
            continue
        if int(str(contact["year"])) >= ADHERENCE_SINCE:
            contact["adherence_band"] = rng.choices(tuple(ADHERENCE), weights=tuple(ADHERENCE.values()))[0]
        told = (int(str(contact["year"])), int(str(contact["quarter"]))) >= DUTY_TOLD_MORE_SINCE
        if told and contact["duty_informed"] == "no" and rng.random() < 0.5:
            contact["duty_informed"] = "yes"
