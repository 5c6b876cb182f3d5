"""Samsyn: the operational system of the national competence centre against honour-based violence and oppression."""
