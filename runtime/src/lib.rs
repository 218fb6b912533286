//! An embeddable runtime for airs drivers and programs.
