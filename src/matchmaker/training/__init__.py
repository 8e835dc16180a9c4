"""Making the encoder ours: pairs of texts that belong together, and the adapter that is learned from them."""
