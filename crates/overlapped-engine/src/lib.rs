//! The engines that carry requests out against Linux, and the choice between them.
//!
//! | Module | Engine | Carries out what blocks by |
//! |---|---|---|
//! | [`uring`] | [`UringEngine`] | io_uring: a ring thread, and a ring that port threads share |
//! | [`epoll`] | [`EpollEngine`] | a pool of threads that make blocking calls |
//! | [`sim`] | [`SimEngine`] | itself, on virtual time, from one seed |
//!
//! Sockets are the same on all: calls that do not block, and one set of watched descriptors that the thread that waits polls.
//!
//! [`sentinel`] sees which threads of ports sleep.
//!
//! All first let the calling thread do what cannot block. [`select`] takes the engine that `OVERLAPPED_ENGINE` names, and else
//! the ring if the kernel lets us, and says why.

mod copying;
mod direct;
pub mod epoll;
pub mod sentinel;
mod signals;
pub mod sim;
mod sockets;
mod task;
pub mod uring;

mod choice;

pub use choice::{Choice, ParseChoiceError, SelectError, Selection, VARIABLE, default_engine, open, select};
pub use epoll::EpollEngine;
pub use sim::SimEngine;
pub use uring::{UringEngine, UringError};
