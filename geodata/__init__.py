"""Tables, gazetteer and geocoding of China's development zones; knows nothing of the analysis."""
