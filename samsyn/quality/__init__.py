"""Quality (kvalitet): measurement periods (mätperioder) with their reports, and deviations (avvikelser) from templates.

A period writes what is asked into ``questions`` and reads what was answered from ``contacts``; the desk knows of neither.
"""
