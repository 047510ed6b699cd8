//! Directories that are watched (contract 02 section 10).

use crate::buffer::{IoBufMut, room};
use crate::error::Error;
use crate::operation::{self, Operation};
use crate::overlapped_file::OverlappedFile;
use crate::port::{Associated, Parcel, Put, Refusal, to_port};
use overlapped_abi::FileNotifyInformation;
use overlapped_abi::constants::file as notify;
use overlapped_devices::file::{self, Watch, WatchCall};
use overlapped_kernel::request::{Buffer, RequestRef, Route};
use overlapped_kernel::road::{Refused, Reply};
use std::any::Any;
use std::path::PathBuf;

/// What has happened to an entry of a watched directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Created, or moved in from outside.
    Added,
    /// Deleted, or moved out.
    Removed,
    /// Its contents or attributes are others.
    Modified,
    /// Renamed: the old name. The new one follows directly.
    RenamedFrom,
    /// Renamed: the new name.
    RenamedTo,
}

/// One change, as [`changes`] reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What has happened.
    pub action: Action,
    /// To whom, relative to the watched directory.
    pub path: PathBuf,
}

impl OverlappedFile {
    /// Waits for changes in this [directory](crate::OpenOptions::open_directory) (ReadDirectoryChangesW), and puts them into the buffer as
    /// FILE_NOTIFY_INFORMATION records, which [`changes`] reads. 0 bytes mean that there were more than the buffer of the first call
    /// had room for: list the directory again.
    ///
    /// The first call begins the watch; what happens between two calls is kept for the next one, and the filter, the subtree flag and
    /// the buffer's size of later calls change nothing.
    ///
    /// The operation fails with 87 for a filter that does not exist or what is no directory, 5 without the right to list it or when
    /// it was deleted, 998 for a buffer that does not start at a multiple of 4, 1450 when this user may watch no more directories.
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// # let dir = tempfile::tempdir().unwrap();
    /// use overlapped::{Action, OpenOptions, Watch, changes};
    ///
    /// let directory = OpenOptions::new().open_directory(dir.path())?;
    /// let next = directory.read_changes(vec![0; 4096], Watch::NAMES.with_subtree());
    /// std::fs::write(dir.path().join("new"), b"").unwrap();
    /// let (bytes, records) = next.wait();
    /// let seen = changes(&records[..bytes?]);
    /// assert_eq!((seen[0].action, seen[0].path.as_os_str()), (Action::Added, "new".as_ref()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_changes<B: IoBufMut>(&self, buffer: B, watch: Watch) -> Operation<B> {
        let mut owner = Box::new(buffer);
        let memory = room(&mut *owner);
        // SAFETY: the memory belongs to the payload.
        match unsafe { self.issue_watch(watch, memory, Route::default(), owner) } {
            Ok(request) => Operation::issued(request, operation::fill::<B>),
            Err((error, payload)) => Operation::refused(error, operation::unbox(payload), operation::fill::<B>),
        }
    }

    /// # Safety
    /// The memory belongs to the payload (`IoBufMut`).
    unsafe fn issue_watch(
        &self,
        watch: Watch,
        buffer: Buffer,
        route: Route,
        payload: Box<dyn Any + Send>,
    ) -> std::result::Result<RequestRef, Refusal> {
        let call = WatchCall { buffer, route, overlapped: None, payload: Some(payload) };
        // SAFETY: the request owns the payload until it is complete.
        match unsafe { file::watch(self.handle().grant(), watch, call) } {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => Ok(request),
            Err(Refused { error, payload: Some(payload) }) => Err((Error::new(error, "watch"), payload)),
            Err(Refused { payload: None, .. }) => unreachable!("a refusal gives the payload back"),
        }
    }
}

impl<K, C, B> Associated<OverlappedFile, K, C, B>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: IoBufMut,
{
    /// Waits for changes in this directory, as [`OverlappedFile::read_changes`] does. The packet brings buffer and context back.
    ///
    /// # Errors
    /// A request that is not accepted gives everything back and queues no packet.
    pub fn read_changes(&self, buffer: B, watch: Watch, context: C) -> Put<C, B> {
        let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel.
        Parcel::<K, C, B>::put(unsafe { self.issue_watch(watch, memory, to_port(), parcel) })
    }
}

/// The changes in the records of [`OverlappedFile::read_changes`]. Ends at the first that is not whole.
#[must_use]
pub fn changes(records: &[u8]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut rest = Some(records);
    while let Some((change, next)) = rest.and_then(first) {
        changes.push(change);
        rest = next;
    }
    changes
}

/// The first change, and what comes after it.
fn first(records: &[u8]) -> Option<(Change, Option<&[u8]>)> {
    let word = |at: usize| Some(u32::from_ne_bytes(records.get(at..at + 4)?.try_into().ok()?));
    let (distance, action, len) = (word(0)? as usize, word(4)?, word(8)? as usize);
    let start = FileNotifyInformation::NAME_OFFSET;
    let name = records.get(start..start + len)?;
    let units: Vec<u16> = name.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]])).collect();
    let path = String::from_utf16_lossy(&units).replace('\\', "/").into();
    let action = match action {
        notify::FILE_ACTION_ADDED => Action::Added,
        notify::FILE_ACTION_REMOVED => Action::Removed,
        notify::FILE_ACTION_RENAMED_OLD_NAME => Action::RenamedFrom,
        notify::FILE_ACTION_RENAMED_NEW_NAME => Action::RenamedTo,
        _ => Action::Modified,
    };
    let next = if distance == 0 { None } else { records.get(distance..) };
    Some((Change { action, path }, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_are_not_whole_end_the_list() {
        assert_eq!(changes(&[]), []);
        let mut record = [8u32, 1, 4].map(u32::to_ne_bytes).concat();
        record.extend(b"a\0b\0");
        assert_eq!(changes(&record).len(), 1, "a distance into itself shows nothing that is whole");
        assert_eq!(changes(&record[..14]), []);
    }
}
