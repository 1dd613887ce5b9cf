"""The InvenioRDM dialect of the REST interface."""
