"""What a deposit says about itself, from flags and files, in the shape of the RDM dialect."""
