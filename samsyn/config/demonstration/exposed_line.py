"""What the operator's own question set adds to the made-up world, and what it doesn't ask. Invented."""

import random

from samsyn.config.demonstration.world import MATTER_OUTCOMES, World

SEED = 2022
KINDS = {"guidance": 46, "supporting_talk": 37, "between_authorities": 17}
ROLES = {"self": 61, "relative": 17, "friend": 15, "professional": 6, "perpetrator": 1}
ADAPTATIONS = {"child": 0.34, "lgbtq": 0.06, "intellectual": 0.05}
LANGUAGES = {
    "sv": 720,
    "en": 60,
    "ar": 74,
    "so": 30,
    "fa": 22,
    "prs": 20,
    "ckb": 18,
    "kmr": 14,
    "tr": 12,
    "ti": 11,
    "ps": 9,
    "ur": 5,
    "swl": 1,
    "other": 4,
}
INTERPRETERS = {"interpreter": 44, "own_language": 36, "missing": 12, "not_wanted": 8}
# The professionals' questions that nobody is asked here, for their own sake.
NEVER_ASKED = ("sector", "profession")


def as_asked(world: World) -> None:
    """Change a world's facts to what this line asks."""
    rng = random.Random(SEED)  # noqa: S311
    for row in (*world.contact, *world.matter, *world.person):
        row.update({name: "not_asked" for name in NEVER_ASKED if name in row})
    world.caller_place.clear()
    for row in world.contact:
        if row["outcome"] not in MATTER_OUTCOMES:
            continue
        language = _one(rng, LANGUAGES)
        adapted = [code for code, share in ADAPTATIONS.items() if rng.random() < share]
        row |= {
            "contact_kind": _one(rng, KINDS),
            "caller_role": _one(rng, ROLES),
            "adaptation": [*adapted, *(["language"] if language not in ("sv", "en") else [])] or ["not_asked"],
            "language": language,
            "interpreter": "not_needed" if language in ("sv", "en") else _one(rng, INTERPRETERS),
        }


def _one(rng: random.Random, shares: dict[str, int]) -> str:
    return rng.choices(tuple(shares), weights=tuple(shares.values()))[0]
