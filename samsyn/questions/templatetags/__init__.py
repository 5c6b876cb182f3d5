"""Template tags of question sets."""
