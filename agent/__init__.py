"""What a person says becomes a plan of typed calls, through a small model on this CPU."""
