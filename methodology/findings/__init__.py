"""What a run found, read once and said in words: what pages and documents alike are made from."""
