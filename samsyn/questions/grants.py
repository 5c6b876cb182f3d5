"""What the database roles may do with the room's tables: the public reads views of what is decided, no table."""

PUBLIC_SELECT = ("questions_decided_package", "questions_package_in_use")
