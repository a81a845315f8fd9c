"""Web geocoders: asked with a key, their answers compared with the offline result."""
