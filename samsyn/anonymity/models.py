"""Tables of how many people there are. A table is never changed; a newer one takes its place."""

import uuid

from django.db import models

from samsyn.privacy.classes import classify


class PopulationTable(models.Model):
    """People by municipality, age and sex on a day, in the packed form that browsers read (``packing``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.CharField(max_length=40, unique=True)
    source = models.CharField(max_length=200)
    counted_on = models.DateField()
    read_on = models.DateField()
    is_made_up = models.BooleanField()
    total = models.PositiveIntegerField()
    packed = models.BinaryField()
    loaded_at = models.DateTimeField()

    privacy = classify(
        retention="population_tables",
        statistical=("total", "packed"),
        technical=("id", "version", "source", "counted_on", "read_on", "is_made_up", "loaded_at"),
    )

    def __str__(self) -> str:
        return self.version
