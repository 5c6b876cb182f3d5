"""The keeper of keys (*nyckelvakten*): opens and closes what is encrypted, and never hands out a key.

Pure of Django, so that it runs as a process of its own (``python -m samsyn.privacy.custody.server``) and can move to
another machine. It knows no case and no person, only ids; what it is asked to do rests on an event that the log already
has. It can read nothing of anybody who isn't signed in and unlocked: it lacks the secret that opens their keys.
"""
