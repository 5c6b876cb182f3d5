"""Rubbish at every door: a clear refusal, nothing changed, nothing logged of what was sent, and never a fault of ours."""
