"""What a deposit says about itself, from flags and files of several forms, in the shape of the RDM dialect. Pure."""
