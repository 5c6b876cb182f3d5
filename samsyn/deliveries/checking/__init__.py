"""The tidy format and its checker: files in, located faults or counts out. Pure and streaming, usable without Django."""
