"""The pipeline file: schema, loading, secrets, errors with line numbers."""
