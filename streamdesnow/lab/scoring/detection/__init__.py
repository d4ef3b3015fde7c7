"""What a detector finds in cleaned pictures, scored against what is there."""
