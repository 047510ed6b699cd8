//! The Windows device I/O model, native on Linux: requests that do not block, four ways to learn that one has finished,
//! and a completion port that manages its threads as the NT kernel does.
//!
//! Threads that wait do no useful work. Here a thread *issues* requests and goes on; when Linux is done, the completion finds
//! whoever is to handle it. Copying a file with eight requests in flight:
//!
//! ```
//! use overlapped::{CompletionPort, OpenOptions, Result};
//!
//! #[derive(Clone, Copy, PartialEq)]
//! enum From { Source, Target }
//!
//! fn copy(source: &std::path::Path, target: &std::path::Path) -> Result<()> {
//!     const CHUNK: u64 = 256 * 1024;
//!     let port = CompletionPort::<From, u64>::new(0)?;
//!     let input = OpenOptions::new().read(true).open_overlapped(source)?;
//!     let chunks = input.size()?.div_ceil(CHUNK);
//!     let input = port.associate(input, From::Source)?;
//!     let output = OpenOptions::new().write(true).create(true).truncate(true).open_overlapped(target)?;
//!     let output = port.associate(output, From::Target)?;
//!     let mut next = 0..chunks;
//!     for chunk in next.by_ref().take(8) {
//!         input.read_at(Vec::with_capacity(CHUNK as usize), chunk * CHUNK, chunk * CHUNK)?;
//!     }
//!     let mut written = 0;
//!     while written < chunks {
//!         let done = port.get()?; // from either device, in any order, with its buffer and its context: the offset
//!         done.result?;
//!         let Some(buffer) = done.buffer else { continue };
//!         if done.key == From::Source {
//!             output.write_at(buffer, done.context, done.context)?;
//!         } else {
//!             written += 1;
//!             let Some(chunk) = next.next() else { continue };
//!             input.read_at(buffer, chunk * CHUNK, chunk * CHUNK)?;
//!         }
//!     }
//!     Ok(())
//! }
//! # let dir = tempfile::tempdir().unwrap();
//! # let (a, b) = (dir.path().join("a"), dir.path().join("b"));
//! # std::fs::write(&a, vec![7; 3_000_001]).unwrap();
//! # copy(&a, &b).unwrap();
//! # assert!(std::fs::read(&a).unwrap() == std::fs::read(&b).unwrap());
//! ```
//!
//! # The four ways to learn of a completion
//!
//! | | wait for | who handles it | here |
//! |---|---|---|---|
//! | device object | the file itself | any thread, one request at a time | [`wait_any`] with an [`OverlappedFile`] |
//! | event object | an event of the request's own | any thread, up to 64 | [`OverlappedFile::read_at_with_event`] and [`wait_any`] |
//! | alertable I/O | an alertable wait | the issuing thread | [`OverlappedFile::read_at_then`] and [`alertable`] |
//! | completion port | the port | any thread, any number of requests | [`CompletionPort`] |
//!
//! And each single request is an [`Operation`]: wait for it, poll it, cancel it, drop it at any time, or `.await` it under any
//! executor.
//!
//! # Memory
//!
//! A request owns its buffer until it is complete, so nothing in this crate's safe interface can let Linux write to memory that
//! somebody else uses: dropping an operation cancels the request and leaves the buffer to the library until Linux is done.
//!
//! # Engines
//!
//! io_uring carries requests out where the kernel allows it, otherwise epoll with a pool of threads; `OVERLAPPED_ENGINE=uring`
//! or `epoll` forces one, and [`engine::SimEngine`] runs everything on virtual time with injected faults, for your tests.

mod adopt;
pub mod alertable;
mod at_once;
mod buffer;
mod buffer_pool;
pub mod console;
mod directory;
pub mod disk;
mod error;
mod event;
pub mod executor;
mod file;
mod handle;
mod locks;
pub mod mailslot;
mod metadata;
pub mod named;
pub mod net;
mod objects;
pub mod observe;
mod open;
mod operation;
mod overlapped_file;
pub mod parallel;
pub mod pipe;
pub mod pool;
mod port;
pub mod process;
mod recycle;
mod scatter;
mod section;
pub mod serial;
#[cfg(doctest)]
mod soundness;
mod system;
mod unwind;
mod wait;

pub use at_once::AtOnce;
pub use buffer::{AlignedBuf, IoBuf, IoBufMut};
pub use buffer_pool::{BufferPool, PooledBuf};
pub use directory::{Action, Change, changes};
pub use error::{Error, Result};
pub use event::Event;
pub use executor::{Executor, JoinError, JoinHandle};
pub use file::File;
pub use handle::OwnedHandle;
pub use locks::LockKind;
pub use mailslot::{Mailslot, MailslotClient};
pub use net::{TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
pub use objects::{MutexObject, Semaphore, Timer};
pub use open::OpenOptions;
pub use operation::{BufResult, Operation, wait_first};
pub use overlapped_file::OverlappedFile;
pub use pool::{PoolSize, ThreadPool};
pub use port::{Associated, Completion, CompletionPort, PortDevice, Rejected, RejectedContext};
pub use section::{Section, View};
pub use serial::{OverlappedSerialPort, SerialPort};
pub use system::{
    SystemBuilder, default as default_system, default_channel, default_files, default_mailslots, default_pipes,
};
pub use wait::{Signal, Wait, WaitResult, signal_and_wait, wait_all, wait_any};

pub use overlapped_abi as abi;
pub use overlapped_devices as devices;
pub use overlapped_devices::file::{CopyRange, FileStat, Times as FileTimes, Watch};
pub use overlapped_engine as engine;
pub use overlapped_engine::Choice as EngineChoice;
pub use overlapped_engine::sentinel::Choice as SentinelChoice;
pub use overlapped_kernel::System;
pub use overlapped_kernel::clock::Timeout;
pub use overlapped_kernel::dispatcher::WaitRef;
pub use overlapped_kernel::handle::Handle;
pub use overlapped_kernel::idle::Idle;
pub use overlapped_kernel::instance::NotificationModes;
pub use overlapped_kernel::limits::Limits;
pub use overlapped_kernel::namespace;
pub use overlapped_kernel::port::{DeviceLine, PacketLine, Pause, Reason, Snapshot, Why, blocking, blocking_for};
pub use overlapped_kernel::sentinel::Place;
