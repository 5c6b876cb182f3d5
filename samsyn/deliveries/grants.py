"""What the database roles may do with the room's tables: the public sees who delivers what and closed rounds, never a figure."""

PUBLIC_SELECT = (
    "deliveries_deliverer",
    "deliveries_agreement",
    "deliveries_closed_round",
    "deliveries_closed_reply",
)
INSERT_SELECT_ONLY = ("deliveries_reminder",)
