"""Who is told of a run that nobody watched: hooks, webhooks, metrics."""
