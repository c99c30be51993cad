"""What the columns say: NumPy arrays in, NumPy arrays out, one question a module."""
