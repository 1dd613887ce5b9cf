"""Who is asking: users, sessions, personal access tokens and their scopes."""
