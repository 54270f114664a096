"""A local web page for people who would rather look than write YAML.

It does no work of its own: mappings are checked by the importer's own loader, cells converted by
its own converters, and rehearsals and imports are the very commands that the page shows, run as
child processes.
"""
