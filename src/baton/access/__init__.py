"""What an actor may do with a thing: pure rules, and the embargo."""
