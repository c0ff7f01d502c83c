"""What tests share: commands, closes, comparisons, places."""
