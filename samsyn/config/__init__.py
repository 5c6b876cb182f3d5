"""Where the rooms are put together: settings, addresses, middleware, the command line and the demonstration.

It owns no domain rules and no tables.
"""
