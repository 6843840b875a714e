"""HTTP: requests in, answers out. Knows API Gateway's events, JSON and pages, not the store."""
