"""What this machine can run, and whether a pipeline's cameras and outputs can be reached.

Each module looks at one thing and returns findings; `streamdesnow doctor` prints them.
"""
