"""The gate of aggregates: the agreement with the centre and each quarter's package (*kvartalspaket*). The operator's alone.

Packages are counted out of de-identified facts, protected, attacked, approved by a second person, signed and handed over.
The room reads no case, no message and no working record; what the centre does with a package is in ``deliveries``.
"""
