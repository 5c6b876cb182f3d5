"""What the database roles may do with the room's tables: the public's role sees none of them."""
