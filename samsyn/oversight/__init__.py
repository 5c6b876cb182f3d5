"""The pages over the log (*logg*): reading it, checking it, proving an event. Reading is itself an event.

Has no tables of its own. Says what was recorded and whether it has been altered since; it can't say what was never
recorded, and what it shows of the log's state counts less than a check with the key and a checkpoint kept elsewhere.
"""
