"""Running where nobody watches: hooks, metrics, credentials, and the schedulers of the README."""
