"""``samsyn grant``: run as the owner after a migration, so that every other role has exactly what it needs."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from psycopg import sql


def room_lists(name: str) -> frozenset[str]:
    """Return the union of the tables that the rooms' ``grants`` modules list under ``name``."""
    tables: set[str] = set()
    for app in apps.get_app_configs():
        if app.name.startswith("samsyn.") and find_spec(f"{app.name}.grants"):
            tables.update(getattr(import_module(f"{app.name}.grants"), name, ()))
    return frozenset(tables)


class Command(BaseCommand):
    """Give the application role its work and the public role its reading, or its visitors; take everything else away."""

    # Checks read every page's address and its libraries; this needs the models alone.
    requires_system_checks = ()
    help = "Give the database roles exactly the rights they need (run as the owner, after migrate)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the rights in one transaction: nobody ever sees half of them."""
        owner = connection.settings_dict["USER"]
        base = owner.removesuffix("_owner")
        application = sql.Identifier(f"{base}_app")
        public = sql.Identifier(urlsplit(settings.PUBLIC_DATABASE_URL).username or f"{base}_public")
        insert_only = room_lists("INSERT_SELECT_ONLY")
        never_changed = room_lists("INSERT_SELECT_DELETE_ONLY")
        read_by_public = room_lists("PUBLIC_SELECT")
        visited = room_lists("VISITORS")
        with connection.cursor() as cursor:
            tables = [t for t in connection.introspection.table_names(cursor) if t != "django_migrations"]
            views = sorted(
                set(connection.introspection.table_names(cursor, include_views=True)) - {*tables, "django_migrations"}
            )
            unknown = (insert_only | never_changed | read_by_public | visited) - {*tables, *views}
            if unknown:
                raise ValueError(f"grants name tables that do not exist: {sorted(unknown)}")
            cursor.execute("BEGIN")
            run = cursor.execute
            everyone = sql.SQL("{}, {}").format(application, public)
            run(sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
            run(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(everyone))
            run(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(everyone))
            run(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(application))
            for table in [*tables, *views]:
                rights = "SELECT" if table in views else "SELECT, INSERT"
                if table not in insert_only and table not in views:
                    rights += ", DELETE" if table in never_changed else ", UPDATE, DELETE"
                run(sql.SQL(f"GRANT {rights} ON {{}} TO {{}}").format(sql.Identifier(table), application))
                if table in read_by_public:
                    run(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), public))
                if table in visited:
                    run(sql.SQL(f"GRANT {rights} ON {{}} TO {{}}").format(sql.Identifier(table), public))
            run(sql.SQL("GRANT SELECT ON django_migrations TO {}").format(application))
            cursor.execute("COMMIT")
