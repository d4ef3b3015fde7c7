"""The pipeline file: schema, loading, secrets, errors with line numbers.

What may be written: `pipeline` (the whole), `camera`, `engine`, `output` (its sections), made of `base`,
`units`, `secret`, `template`, `login`; `fit` checks the sections against each other.

How a file becomes that: `load`, by way of `parse` (YAML with places, as a `document`), `override` (`--set`),
`environment` (`${NAME}`) and `explain` (what pydantic finds, as a `problem` with a place).

How it is told to people: `schema` (JSON Schema for editors), `reference` (docs/configuration.md), `shipped`
(the examples that are installed along).
"""
