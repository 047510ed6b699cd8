//! The mappings of contract 10, and of 08 §11, row by row.

mod errno;
mod flags;
mod rows;
mod values;
