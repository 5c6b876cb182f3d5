"""Code lists (*kodlistor*): region, sector, age, exposure, relation, advice, outcome, and how they compare abroad.

Codes come from reviewed files, are valid from a day to a day, are closed and never deleted. The room says nothing
about questions, and an answer that isn't known is a state of the answer, never a code.
"""
