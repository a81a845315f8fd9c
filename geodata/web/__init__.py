"""Web geocoders: asked with a key, held against what is known offline."""
