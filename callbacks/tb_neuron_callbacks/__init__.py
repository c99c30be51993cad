"""Capture: what the training script imports to record the units of a network."""
