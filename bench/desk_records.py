"""Fill a database for ``bench.desk``: fact rows of the made-up years, and working records as the desk leaves them.

``python -m bench.desk_records WANTED``, with the environment of an installation in which calls have been closed. Each
closed call is copied with all that hangs on it (persons, answers, ticks, saved groups) until there are WANTED.
"""

import sys
from typing import Any

CONTACT_TABLES = ("Contact", "ExposedPerson", "FurtherMentioned", "Answer", "SavedGroup", "ChecklistTick")


def add_facts(wanted: int) -> int:
    """Add rows of the made-up years until there are as many contacts as wanted; return how many there are."""
    from samsyn.config.demonstration import world
    from samsyn.contacts import actions
    from samsyn.contacts.models import ContactFact

    while ContactFact.objects.count() < wanted:
        made = world.generate(seed=ContactFact.objects.count(), scale=4.0)
        actions.add_facts(**vars(made))
    return ContactFact.objects.count()


def copy_closed(wanted: int) -> int:
    """Copy the closed calls with everything in them until there are as many as wanted; return how many there are."""
    from django.apps import apps
    from django.db import connection, transaction

    models = [apps.get_model("contacts", name) for name in CONTACT_TABLES]
    contact = models[0]
    closed = list(contact.objects.filter(closed_at__isnull=False).values_list("pk", flat=True))
    copies = -(-(wanted - len(closed)) // len(closed))
    if copies > 0:
        with transaction.atomic(), connection.cursor() as cursor:
            for model in models:
                cursor.execute(_copy(model, {one._meta.db_table for one in models}), [copies, closed])
    there: int = contact.objects.filter(closed_at__isnull=False).count()
    return there


def _copy(model: Any, copied: set[str]) -> str:
    """Return the statement that copies a table's rows; a copy's id follows from the id and the number of the copy."""
    columns, values = [], []
    for field in model._meta.concrete_fields:
        points_at = field.related_model._meta.db_table if field.related_model else None
        if field.primary_key and field.get_internal_type() != "UUIDField":
            continue  # the database numbers it
        columns.append(f'"{field.column}"')
        is_copied = field.primary_key or points_at in copied
        values.append(f'md5("{field.column}"::text || copy.turn)::uuid' if is_copied else f'"{field.column}"')
    table = model._meta.db_table
    of = "id" if table == "contacts_contact" else "contact_id"
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM {table}, generate_series(1, %s) AS copy (turn) WHERE {of} = ANY(%s)"
    )


def main() -> None:
    """Fill, and print how many fact rows and how many closed calls there are."""
    import django

    django.setup()
    from django.db import connection

    wanted = int(sys.argv[1])
    print(add_facts(wanted), copy_closed(wanted))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
