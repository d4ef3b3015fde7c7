"""What is trained on and scored with: photographs, published sets, pairs of snowy and snow-free frames."""
