//! The contestants that are not ours.
//!
//! Each is what a good programmer would write by hand for exactly this job, and nothing more: no
//! handles, no ports, no cancelling. They are the limit that a general library can come near to.

pub mod condition;
pub mod crews;
pub mod doormen;
pub mod echo;
pub mod echo_program;
pub mod echo_ring;
pub mod echo_runtimes;
pub mod flow;
pub mod futex;
pub mod names;
pub mod pread;
pub mod program;
pub mod queues;
pub mod ring;
pub mod ring_copy;
pub mod ring_read;
pub mod sockets;
pub mod windows;
