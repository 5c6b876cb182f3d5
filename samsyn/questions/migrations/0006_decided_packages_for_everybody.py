"""Views of what is decided, for the public's role too: no draft, nobody's name."""

from django.db import migrations

FORWARD = """
CREATE VIEW questions_decided_package AS
    SELECT package_id AS package, version, status, valid_from, valid_to, content_hash, content
    FROM questions_packageversion WHERE status NOT IN ('draft', 'consultation');
CREATE VIEW questions_package_in_use AS
    SELECT v.package_id AS package, v.version, i.municipality, i.system, i.from_on, i.to_on
    FROM questions_implementation i JOIN questions_packageversion v ON v.id = i.package_version_id;
"""
BACKWARD = """
DROP VIEW questions_package_in_use;
DROP VIEW questions_decided_package;
"""


class Migration(migrations.Migration):
    dependencies = [("questions", "0005_question_sets_in_force")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
