//! The attributes of airs-sdk: airs::driver, airs::program, derive(airs::Schema).
