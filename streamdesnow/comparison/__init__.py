"""Snowy pictures before and after cleaning as a detector sees them: pictures, films and a page to look at."""
