"""What became of every row: the ledger, its totals, and the report that is made of them."""
