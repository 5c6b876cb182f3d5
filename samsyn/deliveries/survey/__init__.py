"""The survey of methods (*metodenkäten*): a round is opened, every organisation of the register is asked, and it is closed.

The questions are a version of a package in the bank. It asks organisations what they use, never anything about a person.
"""
