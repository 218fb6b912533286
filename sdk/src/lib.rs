//! Write airs drivers and programs: traits, values and bindings of the Virtual Asset Layer.
