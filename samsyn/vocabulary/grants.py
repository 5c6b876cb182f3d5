"""What the application's database role may do with the tables of this room."""

# Triggers (second migration) refuse deletion everywhere; the history isn't even updated.
INSERT_SELECT_ONLY = ("vocabulary_listversion", "vocabulary_change")
