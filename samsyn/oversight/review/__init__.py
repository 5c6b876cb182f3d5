"""Log review (*loggkontroll*): what explains an access, what is worth a look, which of the rest is drawn. Pure."""
