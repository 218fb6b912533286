//! What is built and loaded: manifest, project file, reading a component, digest.
