"""Shapes of the API: what goes out, and what may come in."""
