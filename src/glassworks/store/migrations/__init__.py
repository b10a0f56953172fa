"""The steps from an older database to this version's, in order; `database.upgrade` takes them."""
