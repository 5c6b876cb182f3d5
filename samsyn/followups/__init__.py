"""Follow-up (uppföljning) with the professional: directly after the call, and later of the effects in a single matter.

Coded answers only. Direct answers are facts without a way back to a call; they wait until five are there and are counted
together. An address to write to or call lies apart, sealed, and goes when the follow-up is done or taken back.
"""
