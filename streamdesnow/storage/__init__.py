"""What is kept on disk: written safely, named after cameras, pictures encoded."""
