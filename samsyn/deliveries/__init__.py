"""Deliveries (*leveranser*): volume data that other organisations send us, and signed packages between installations.

Four doors (portal, REST, SFTP, signed package) lead into one pipeline: a file is checked before anything of it is kept,
and what is kept are counts. Nothing about a single person is ever stored; statistics above reads accepted figures only.
"""
