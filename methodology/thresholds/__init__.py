"""A sample of plants gives a benchmark value per level, with its interval and attainment."""
