"""Whole files, cleaned into others: a picture, a folder of pictures, a video."""

from streamdesnow.files.clean import clean_file
from streamdesnow.files.report import CleanReport, Progress

__all__ = ["CleanReport", "Progress", "clean_file"]
