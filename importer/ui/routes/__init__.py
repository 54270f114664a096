"""The page's addresses: each one reads a request, asks the desk, and answers with JSON."""

from importer.ui.routes import mappings, page, runs, sources

ROUTES = (*page.ROUTES, *sources.ROUTES, *mappings.ROUTES, *runs.ROUTES)
