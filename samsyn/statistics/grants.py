"""What the database roles may do with the room's tables: numbers are written once, and the public sees what is published."""

INSERT_SELECT_ONLY = (
    "statistics_cell",
    "statistics_releasetable",
    "statistics_publishedtable",
    "statistics_publishedfile",
)
# The retention job takes the old ones away; nobody changes one.
INSERT_SELECT_DELETE_ONLY = ("statistics_askedtable", "statistics_neartables")
PUBLIC_SELECT = ("statistics_publishedtable", "statistics_publishedfile", "statistics_publishedtime")
