"""What the application's database role may do with the tables of the log."""

# The preparation of the database grants INSERT and SELECT on these and nothing more. Triggers (first migration) refuse
# the rest even to the owner, as long as nobody disables them, which the application's role can't.
INSERT_SELECT_ONLY = ("audit_event", "audit_leaf", "audit_checkpoint")
