"""What the database roles may do with the room's tables: the public sees who delivers what, never a figure."""

PUBLIC_SELECT = ("deliveries_deliverer", "deliveries_agreement")
INSERT_SELECT_ONLY = ("deliveries_reminder",)
