"""What makes parts of the documentation from the code; never imported by the packages."""
