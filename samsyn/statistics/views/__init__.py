"""Pages: the public's, and those of the staff who draft, approve and publish."""
