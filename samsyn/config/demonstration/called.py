"""Who called, waited and gave up in the made-up world, beside the contacts that its answered calls became. Invented."""

import random
from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, str | int | bool]
SINCE = 2022
OPEN_HOURS = ("09_10", "10_11", "11_12")
# Many call when the line opens, and wait longest then: per cent under 1, 1 to 3, 3 to 5, 5 to 10 minutes, and more.
WAITS = ("under_1", "1_3", "3_5", "5_10", "10_plus")
SHARES = {"09_10": (38, 27, 17, 13, 5), "10_11": (58, 24, 10, 6, 2), "11_12": (66, 21, 8, 4, 1)}
# Of a hundred who are answered so many more give up, are missed, or fail; and so many come while the line is closed.
UNANSWERED = {"abandoned": 9, "missed": 3, "failed": 1}
CLOSED = 7
# Chat and mailbox opened in October 2026: answered, left unanswered.
WRITTEN_SINCE = (2026, 4)
CHATS = (38, 7)
LETTERS = (27, 2)
LETTER_WAITS = {"under_1_day": 48, "1_2_days": 27, "2_4_days": 19, "4_days_plus": 6}


def beside(contacts: Iterable[Mapping[str, object]], *, seed: int = 9) -> list[Row]:
    """Return the facts of the calls that these facts of contacts come from, and of those that nobody answered."""
    rng = random.Random(seed)  # noqa: S311
    rows: list[Row] = []
    for contact in contacts:
        if contact["channel"] != "phone" or int(str(contact["year"])) < SINCE:
            continue
        quarter: Row = {"year": int(str(contact["year"])), "quarter": int(str(contact["quarter"]))}
        hour = str(contact["hour_band"]) if contact["hour_band"] in OPEN_HOURS else OPEN_HOURS[-1]
        length = "unknown" if rng.random() < 0.01 else str(contact["length_band"])
        is_stuck = length == "unknown"
        rows.append(quarter | _call(rng, hour, "answered") | {"length_band": length, "is_stuck": is_stuck})
        for outcome, share in UNANSWERED.items():
            if rng.random() * 100 < share:
                rows.append(quarter | _call(rng, rng.choices(OPEN_HOURS, (6, 3, 2))[0], outcome))
        if rng.random() * 100 < CLOSED:
            hour = rng.choice(("before_09", "after_12"))
            rows.append(quarter | _call(rng, hour, "missed") | {"is_out_of_hours": True})
    return rows + list(_written(rng))


def _call(rng: random.Random, hour: str, outcome: str) -> Row:
    waits = rng.choices(WAITS, SHARES.get(hour, SHARES["11_12"]))[0]
    return {
        "hour_band": hour,
        "channel": "phone",
        "queue": "professionals",
        "outcome": outcome,
        "wait_band": waits,
        "length_band": "not_applicable",
        "is_out_of_hours": False,
        "is_stuck": False,
    }


def _written(rng: random.Random) -> Iterator[Row]:
    year, quarter = WRITTEN_SINCE
    for channel, (answered, unanswered) in {"chat": CHATS, "mailbox": LETTERS}.items():
        for number in range(answered + unanswered):
            is_answered = number < answered
            row = _call(rng, rng.choice(OPEN_HOURS), "answered" if is_answered else "missed")
            row |= {"year": year, "quarter": quarter, "channel": channel}
            if channel == "mailbox":
                row["wait_band"] = rng.choices(tuple(LETTER_WAITS), tuple(LETTER_WAITS.values()))[0]
            elif is_answered:
                row["length_band"] = rng.choice(("10_20", "20_40", "20_40", "40_plus"))
            else:
                row["outcome"] = "abandoned"
            yield row
