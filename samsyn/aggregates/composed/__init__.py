"""Composing and clearing teaching cases that nobody is in: one composes, two others clear, and only then may it leave."""
