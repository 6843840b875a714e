"""What tests stand on: a clock, an issuer, an outbox, worlds, and a way to call the handlers."""
