"""The demonstration (demonstrationen): both installations on one machine with a made-up world and ready personas.

Nothing here is installed by the ordinary settings.
"""
