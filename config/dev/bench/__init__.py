"""`make bench`: Baton against the bare SQL of the same answer, in the same run."""
