"""Where a source may be, how it may be packed, and several of them."""
