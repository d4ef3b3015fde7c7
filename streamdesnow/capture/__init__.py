"""Where frames come from: workers in processes of their own."""
