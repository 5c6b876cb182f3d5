"""What every page is made of: frames, components, form markup, small scripts, charts, maps and number formats.

Knows no word of the field and has no tables. Rooms describe what they want shown with the frozen dataclasses of
``components``, ``charts`` and ``maps``; the page ``ui:gallery`` shows every component in both directions of writing.
"""
