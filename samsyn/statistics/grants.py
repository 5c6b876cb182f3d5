"""What the database roles may do with the room's tables: numbers are written once, and the public sees one table."""

INSERT_SELECT_ONLY = ("statistics_cell", "statistics_releasetable", "statistics_publishedtable")
PUBLIC_SELECT = ("statistics_publishedtable",)
