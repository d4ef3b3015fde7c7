"""Where results go: recorder, push, HLS, images."""
