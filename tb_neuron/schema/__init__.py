"""The stored format's definition, `neuron.proto`, and the code generated from it."""
