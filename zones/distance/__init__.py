"""The nearest hub: on the sphere by three engines, on the ellipsoid."""
