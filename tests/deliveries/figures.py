"""Made-up figures that hang together: every person stands once in each variable with one answer."""

import random
from typing import Any

from samsyn.deliveries.checking.formats import TableFormat
from tests.deliveries.files import as_csv


def counts(form: TableFormat, *, persons: int, seed: str) -> list[int]:
    dice = random.Random(seed)
    made = [0] * form.size
    units = form.places["units"]["all"]
    for _person in range(persons):
        division = min(dice.randrange(form.width + 3), form.width - 1)
        made[units + division] += 1
        for variable in form.variables[1:]:
            answers = form.places[variable.code]
            names = [*answers] + [one.code for one in variable.codes] * 3
            chosen = dice.sample(names, 2 if variable.is_multiple else 1)
            for answer in dict.fromkeys(chosen):
                made[answers[answer] + division] += 1
    return made


def as_rows(form: TableFormat, code: str, period: str, figures: list[int]) -> list[list[str]]:
    keys = zip(form.each_cell(), figures, strict=True)
    return [[code, period, form.name, form.table, *key, str(count), "normal"] for key, count in keys]


def as_file(form: TableFormat, code: str, period: str, *, persons: int = 60, seed: str = "", **how: Any) -> bytes:
    return as_csv(form, as_rows(form, code, period, counts(form, persons=persons, seed=f"{code}{period}{seed}")), **how)
