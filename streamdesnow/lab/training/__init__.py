"""Training: recipes, tasks, losses, the loop, checkpoints."""
