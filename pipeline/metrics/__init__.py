"""Measures of sales: pure functions over plain values, one file a measure (docs/metrics.md, M8)."""
