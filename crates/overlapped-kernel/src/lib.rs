//! The model: handles, dispatcher objects, waits, requests and completion ports.
//!
//! This crate holds the rules of the Windows device I/O model and makes no I/O system call of its own. A
//! [`Device`](device::Device) performs requests of one kind; an [`Engine`](engine::Engine) carries their operations out; the
//! [`road`] is the one way of every request between them. All state hangs off a [`System`].
//!
//! | Module | Holds | Contract |
//! |---|---|---|
//! | [`system`], [`handle`] | the handle table and what handles refer to | 01 section 1 |
//! | [`namespace`] | what names mean | 01 section 3 |
//! | [`instance`], [`request`], [`road`], [`results`] | open instances and the life of a request | 00, 03 |
//! | [`dispatcher`], [`wait`] | signalled objects and waits on them | 04 |
//! | [`thread`] | what the model knows of a thread: its wait, its APCs | 05 |
//! | [`port`], [`pool`] | the completion port, and threads for it | 06 |
//! | [`task`] | the state of a future that a pool runs | – |
//! | [`sentinel`] | threads of a port that block unannounced | 06 section 9 |
//! | [`alarm`] | how a device comes back to its requests after a time | – |
//! | [`idle`], [`service`] | what waiting threads do, and what is done late | – |
//! | [`patience`] | how long to watch before sleeping | – |

pub mod alarm;
#[cfg(not(loom))]
mod brief;
pub mod clock;
mod contain;
pub mod device;
pub mod dispatcher;
pub mod engine;
pub mod handle;
pub mod idle;
pub mod instance;
pub mod limits;
mod names;
pub mod namespace;
mod outstanding;
pub mod patience;
#[cfg(not(loom))]
pub mod pool;
pub mod port;
pub mod process;
pub mod request;
pub mod results;
pub mod road;
pub mod section;
pub mod sentinel;
pub mod service;
pub mod static_tls;
mod sync;
pub mod system;
pub mod task;
pub mod thread;
pub mod wait;

pub use system::{System, WeakSystem};

#[cfg(all(test, loom))]
mod models;
