"""Looking back: what runs did, what became of one row, what another mapping would do."""
