"""The house itself: rooms, environment, and the page of what is covered."""
