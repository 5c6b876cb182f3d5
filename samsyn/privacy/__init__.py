"""Privacy (*integritet*): classes of fields, keys, spoken codes, and the machinery of erasure (*gallring*).

It knows no other room's tables: each room classifies its own fields and declares its own retention rules.
It does not encrypt anything yet, and it does not decide how long something is kept: the disposal decision does.
"""
