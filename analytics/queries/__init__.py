"""Questions whose answers are figures. Analytics reads only."""
