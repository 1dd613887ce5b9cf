"""What pages show, as plain frozen data made from records: templates decide nothing and look nothing up."""
