"""Statistics (statistik): table definitions, counting, disclosure control, releases and the public pages.

Counts fact rows, never working records; what a reader of the public site gets are stored, protected cells and nothing
else. It estimates nothing: what isn't told in the contacts isn't here.
"""
