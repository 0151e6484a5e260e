"""Measures over snapshots: pure functions over plain values."""
