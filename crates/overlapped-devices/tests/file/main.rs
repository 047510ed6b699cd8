//! The file device against contract 01 §2, §4 and 02: one test a rule, named by what happens.
//!
//! `OVERLAPPED_ENGINE` chooses the engine, as everywhere. Tests of transfers also run on an engine that moves a few bytes at
//! a time from another thread, and is interrupted now and then.

mod common;

mod attributes;
mod between;
mod create;
mod delete;
mod information;
mod locks;
mod names;
mod pointer;
mod races;
mod ranges;
mod rename;
mod replace;
mod scatter;
mod sharing;
mod special;
mod transfer;
mod unbuffered;
mod watch;
