"""Trouble in every mixture: the whole program against servers and disks that fail."""
