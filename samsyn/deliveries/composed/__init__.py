"""Composed cases (*sammansatta fall*): teaching cases that nobody is in, made of closed choices and told by the system.

The operator composes and clears them (``aggregates``); here stands what a case can be made of, how it is told, and the door
that takes cleared ones in. There is no free text anywhere on the way.
"""
