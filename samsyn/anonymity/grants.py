"""What the application's database role may do with the tables of this room."""

# A table that was counted on is never rewritten.
INSERT_SELECT_ONLY = ("anonymity_populationtable",)
