//! Requests, waits, objects and APCs through the C face: the rows of contract 03 sections 4 to 9, 04 sections 2 to 8 and 05 that the
//! programs of `conformance/` do not show line by line.

mod apcs;
mod cancel;
mod common;
mod objects;
mod results;
mod several;
mod signals;
mod turns;
