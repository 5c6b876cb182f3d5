"""What the centre keeps an eye on: the needs that its data tell of, and the indicators of its own service (bevakning).

Which variables and indicators there are stands in two reviewed data files; nothing here is published.
"""
