"""What Gatehouse is about, in the standard library alone: no store, no network, no clock."""
