"""A package of standard questions (*frågepaket*) as plain data, and its way into other systems and back.

Nothing here knows of Django or a database: a vendor of a case system can take this directory and use it alone. A package
version is one frozen value (``package``), read from and written as canonical JSON (``plain``) that follows a JSON Schema
(``schema``), checked as a whole (``checking``), compared with its predecessor (``changes``) and read across
versions where the mappings allow it (``series``). The core package for municipal follow-up comes along (``core``).
"""
