"""What a running pipeline shows in a browser, and tells programs that watch it."""
