"""How well methods clean: errors, figures of snow, contact sheets, and methods without a network."""
