"""The anonymity meter (*anonymitetsmätare*): how many people in Sweden what has been asked so far may be about.

The table of people by municipality, age and sex is loaded from a file; the computing is done in the browser, and what is
typed into the meter never reaches a server. The room knows no contact and no case.
"""
