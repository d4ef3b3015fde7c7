"""What is known of a running pipeline: as values, as JSON, as what is wrong with it."""
