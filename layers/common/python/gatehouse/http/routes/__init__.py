"""The routes, one file a noun. Each reads who calls, checks them, reads the body, and answers."""
