"""What a measure hands back, and the statistics several measures share: pure, without models."""
