"""Figures that others have delivered: compiled over the nation, computed as indicators, shown to who delivered them."""
