//! ReadDirectoryChangesW (contract 02 §10).
//!
//! The first call on an instance makes an inotify descriptor that watches the directory, or the directories below it too
//! ([`tree`]); filter, subtree flag and the size of the notification buffer are its own for the life of the instance. Linux
//! keeps what happens between the calls. A request first takes what has happened, and if that is nothing it waits: its
//! operation reads one byte of the descriptor, which takes nothing and fails as soon as there is an event, since none is
//! that short. So engines carry it out and end it like any read of a stream.
//!
//! The drawback: each directory below a watched one costs one of the user's inotify watches (`fs.inotify.max_user_watches`), and
//! Linux tells of a changed mode, owner or time as one and the same change.

mod notification;
mod records;
mod tree;

pub use notification::{is_change_notification, next_change};

use super::device::FileDevice;
use super::stat::Kind;
use super::{device_with, errors};
use overlapped_abi::constants::file::{self as notify, FILE_NOTIFY_VALID_MASK};
use overlapped_abi::{AccessMask, Overlapped, Status, Win32Error};
use overlapped_kernel::device::{Next, Start};
use overlapped_kernel::engine::{Kind as What, Mode, Operation, Parts, RawResult};
use overlapped_kernel::request::{Buffer, Completion, Function, Position, Request, Route};
use overlapped_kernel::road::{Call, Refused, Reply, Report};
use overlapped_kernel::system::Grant;
use parking_lot::Mutex;
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::io::Errno;
use std::any::Any;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use tree::{Batch, Tree};

/// What is wanted of the first call on an instance; later ones are checked and change nothing.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    /// Directories below it too.
    pub subtree: bool,
    /// FILE_NOTIFY_CHANGE_*.
    pub filter: u32,
}

impl Watch {
    /// Files and directories that come, go and change their names.
    pub const NAMES: Self =
        Self { subtree: false, filter: notify::FILE_NOTIFY_CHANGE_FILE_NAME | notify::FILE_NOTIFY_CHANGE_DIR_NAME };
    /// The same, and files whose contents change: by their sizes and their times.
    pub const CONTENTS: Self = Self {
        subtree: false,
        filter: Self::NAMES.filter | notify::FILE_NOTIFY_CHANGE_SIZE | notify::FILE_NOTIFY_CHANGE_LAST_WRITE,
    };

    /// In the directories below it, too.
    #[must_use]
    pub const fn with_subtree(self) -> Self {
        Self { subtree: true, ..self }
    }
}

/// The rest of a call: who is told of the completion.
pub struct WatchCall {
    /// For the records, FILE_NOTIFY_INFORMATION, on a multiple of 4; may be empty.
    pub buffer: Buffer,
    /// Who is told.
    pub route: Route,
    /// The caller's OVERLAPPED.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request is to own.
    pub payload: Option<Box<dyn Any + Send>>,
}

/// The notification buffer of an instance.
pub(crate) struct Notifications {
    inotify: Arc<OwnedFd>,
    /// Bytes of the first call's buffer.
    room: usize,
    tree: Mutex<Tree>,
}

/// The byte that no read ever fills.
static NOWHERE: AtomicU8 = AtomicU8::new(0);

/// ReadDirectoryChangesW. Overlapped: pending until something has changed, or done at once; synchronous: waits. 87 for filters
/// that do not exist and for what is no directory, 5 without FILE_LIST_DIRECTORY, 998 for a crooked buffer, 1450 if Linux lets
/// this user watch no more.
///
/// # Safety
/// The buffer is writable, and it and the OVERLAPPED stay valid until the request is complete.
pub unsafe fn watch(grant: &Grant, how: Watch, call: WatchCall) -> Result<Reply, Refused> {
    // SAFETY: the caller's promise.
    unsafe { watch_telling(grant, how, false, call) }
}

/// ReadDirectoryChangesExW: [`watch`], with `details` for records that are FILE_NOTIFY_EXTENDED_INFORMATION, on multiples of 8. The first
/// call on an instance decides that, as it does what is watched.
///
/// # Safety
/// As for [`watch`].
pub unsafe fn watch_telling(grant: &Grant, how: Watch, details: bool, call: WatchCall) -> Result<Reply, Refused> {
    let WatchCall { buffer, route, overlapped, payload } = call;
    if let Err(error) = prepare(grant, how, details, buffer, &route) {
        return Err(Refused { error, payload });
    }
    let call = Call {
        function: Function::Control,
        position: Position::At(0),
        buffer,
        route,
        overlapped,
        payload,
        report: Report::AsPending,
    };
    // SAFETY: the caller's promise.
    unsafe {
        if grant.instance.is_overlapped() { grant.instance.call(call) } else { grant.instance.call_and_wait(call) }
    }
}

/// The checks, and the beginning of the watch.
fn prepare(grant: &Grant, how: Watch, details: bool, buffer: Buffer, route: &Route) -> Result<(), Win32Error> {
    let device = device_with(grant, AccessMask::READ_DATA)?;
    if how.filter == 0 || how.filter & !FILE_NOTIFY_VALID_MASK != 0 || device.kind() != Kind::Directory {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if route.routine.is_some() && (grant.instance.is_associated() || !grant.instance.is_overlapped()) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if !(buffer.start as usize).is_multiple_of(4) || buffer.start.is_null() && buffer.len != 0 {
        return Err(Win32Error::NOACCESS);
    }
    device.notifications(|| Notifications::new(device, how, buffer.len, details)).map(drop)
}

impl Notifications {
    fn new(device: &FileDevice, how: Watch, room: usize, details: bool) -> Result<Self, Win32Error> {
        let tree = Tree::new(device.fd(), device.opened_path(), how, details).map_err(no_room)?;
        Ok(Self { inotify: tree.descriptor(), room, tree: Mutex::new(tree) })
    }

    /// A new request: what has happened already, or the wait for more.
    pub fn start(&self, request: &Request) -> Start {
        match self.outcome(request) {
            Some(Completion { status, .. }) if status.is_error() => Start::Failed(status),
            Some(completion) => Start::Done(completion),
            None => Start::Transfer(self.wait()),
        }
    }

    /// The wait of a request has ended.
    pub fn resume(&self, request: &Request, result: RawResult) -> Next {
        match result {
            Ok(_) | Err(Errno::INVAL | Errno::AGAIN | Errno::INTR) => match self.outcome(request) {
                Some(completion) => Next::Complete(completion),
                None => Next::Continue(self.wait()),
            },
            Err(Errno::CANCELED) if request.instance().is_closed() => {
                Next::Complete(Completion { status: Status::NOTIFY_CLEANUP, bytes: 0 })
            }
            Err(Errno::CANCELED) => Next::Complete(Completion::failure(Status::CANCELLED)),
            Err(errno) => Next::Complete(Completion::failure(errors::other(errno).to_status())),
        }
    }

    fn wait(&self) -> Operation {
        Operation {
            kind: What::Read,
            mode: Mode::STREAM,
            fd: self.inotify.as_raw_fd(),
            // Never written: the module page says why.
            buffer: NOWHERE.as_ptr(),
            len: 1,
            parts: Parts::NONE,
            offset: 0,
        }
    }

    /// The completion of a request, if there is something to tell. Everything is told to one request or lost.
    fn outcome(&self, request: &Request) -> Option<Completion> {
        let buffer = request.buffer();
        let Batch { records, deleted } = self.tree.lock().take(self.room.min(buffer.len));
        if deleted {
            return Some(Completion::failure(Status::DELETE_PENDING));
        }
        let records = match records.told() {
            None => return Some(Completion { status: Status::NOTIFY_ENUM_DIR, bytes: 0 }),
            Some([]) => return None,
            Some(records) => records,
        };
        // SAFETY: the buffer was given away until completion (`watch`), is not NULL if it has room, and only the party that
        // carries the request out gets here.
        unsafe { std::ptr::copy_nonoverlapping(records.as_ptr(), buffer.start, records.len()) };
        Some(Completion::success(records.len()))
    }
}

/// The errors of inotify: what its limits refuse is 1450.
fn no_room(errno: Errno) -> Win32Error {
    match errno {
        Errno::NOSPC | Errno::MFILE | Errno::NFILE | Errno::NOMEM => Win32Error::NO_SYSTEM_RESOURCES,
        other => errors::other(other),
    }
}
