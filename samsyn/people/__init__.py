"""People (personer): organisations, accounts, roles, sign-in, and who may open what."""
