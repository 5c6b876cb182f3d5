"""What the application's database role may do with the protocol of erasure: add to it, and read it."""

INSERT_SELECT_ONLY = ("privacy_erasurerecord",)
