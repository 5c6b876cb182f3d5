"""Cases (*ärenden*) of exposed persons and relatives: notes, the network of relatives, safety, the caller's code.

Installed at the operator alone. Everything that is told lies encrypted; a case opens for named people with a signed
grant, or with the caller's own words. It keeps no name and searches no content, and no role reads by rank.
"""
