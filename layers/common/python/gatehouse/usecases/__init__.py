"""What people and programs do with Gatehouse: one verb a file, speaking to ports."""
