//! Files, directories, links, special files and the null device (contract 01 §2, §4.1, §4.2; 02).
//!
//! One driver opens them all, because only opening a path tells what it leads to. [`FileDriver`] is given to a
//! [`System`]; what is asked of an open file is a function of its [`Grant`]; what is asked by name is a method of the
//! driver, which knows who has the file open.
//!
//! | Module | Holds |
//! |---|---|
//! | `open` | CreateFile on a path, `attributes` and `direct` what its flags mean |
//! | `registry` | share modes, deletion, and `locks`: byte ranges, between the instances of a file |
//! | `neighbours`, `outer`, `record_lock` | the same between processes; `last`, at the end of this one |
//! | `device` | reads and writes, as operations for an engine |
//! | `query`, `times`, `change`, `pointer`, `sparse` | what handles are asked and told |
//! | `information`, `inquiry` | the classes of SetFileInformationByHandle and GetFileInformationByHandleEx |
//! | `control` | the control codes of DeviceIoControl |
//! | `range`, `pipeline` | copies from file to file, as requests |
//! | `names`, `moves`, `copy`, `replace`, `links` | what is done by name: delete, attributes, directories, move, copy, links |
//! | `listing`, `wildcard` | FindFirstFile and its patterns |
//! | `by_number`, `reparse` | names of a number, links by control codes |
//! | `volumes` | what is asked about drives |
//! | `scatter`, `section` | pages in pieces, and files as memory |
//! | `watch` | what changes in a directory |
//! | `adopt`, `plain_pipe` | descriptors that others have opened; pipes for children |
//!
//! What Linux lacks is kept beside the files: share modes in memory and in the run-time directory, so programs without this library
//! are not bound by them; attributes in an extended attribute, so a file system without such forgets them. So are creation
//! times that somebody sets.

mod adopt;
pub(crate) mod answer;
mod attributes;
mod by_number;
mod change;
mod control;
mod copy;
mod device;
mod direct;
pub(crate) mod errors;
mod information;
mod inquiry;
mod last;
mod links;
mod listing;
mod locks;
mod moves;
mod name;
mod names;
mod neighbours;
mod null;
mod open;
mod outer;
mod pipeline;
mod plain_pipe;
mod pointer;
mod query;
mod range;
mod record_lock;
mod registry;
mod reparse;
mod replace;
mod scatter;
mod section;
mod sparse;
pub(crate) mod stat;
mod times;
mod volumes;
mod watch;
mod wildcard;

pub use answer::Answer;
pub(crate) use answer::Fields;
pub use by_number::{on_its_volume, path_of_number};
pub use change::{
    Disposition, flush, rename, set_allocation, set_attributes, set_basic_info, set_disposition, set_end_of_file,
    set_size, set_valid_data,
};
pub use control::control;
pub use copy::{CopyProgress, CopyVerdict};
pub(crate) use direct::Sectors;
pub use information::{SetInformation, set_information};
pub use inquiry::{ListingForm, NextEntries, information, next_entries};
pub(crate) use last::delete_doomed;
pub use listing::{Entry, Listing};
pub use locks::{LockFlags, Range, lock, lock_overlapped, lock_request, unlock};
pub use moves::MoveFlags;
pub use names::NamedFile;
pub use null::is_null;
pub use pointer::{set_pointer, set_pointer_low};
pub use query::{
    alignment_info, attribute_tag_info, basic_info, by_handle_information, compression_info, file_attributes, id_info,
    physical_size, size, standard_info, stat_at_open, storage_info, template_attributes,
};
pub use range::{CopyRange, copy_range};
pub(crate) use registry::{Seat, Wish};
pub use scatter::{SEGMENT, Scatter, scatter};
pub use section::{section_of_file, section_of_memory};
pub use sparse::{allocated_ranges, compression, set_compression, set_sparse, set_zero_data};
pub use stat::FileStat;
pub use times::{Times, set_times, times};
pub use volumes::{Space, Volume, space_of, volume_of};
pub use watch::{Watch, WatchCall, is_change_notification, next_change, watch, watch_telling};

use device::FileDevice;
use overlapped_abi::{FileFlags, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::{Bequest, Device, Driver, OpenParams, Opened, bequest};
use overlapped_kernel::namespace::{FileTarget, Target};
use overlapped_kernel::system::Grant;
use registry::Registry;
use std::path::PathBuf;
use std::sync::Arc;

/// See the module page. Clones share what they know of open files: give one to the system, keep one for calls by name.
#[derive(Clone, Default)]
pub struct FileDriver {
    registry: Arc<Registry>,
    claims: Arc<crate::disk::Claims>,
}

impl std::fmt::Debug for FileDriver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileDriver").finish_non_exhaustive()
    }
}

impl FileDriver {
    /// A driver without open files, whose share modes and locks are its own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One whose share modes and locks bind the processes that meet in this run-time directory (contract 01 §2.2, 02 §9).
    #[must_use]
    pub fn among(directory: PathBuf) -> Self {
        Self { registry: Arc::new(Registry::among(directory)), claims: Arc::default() }
    }

    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Which drives this process writes to, or has locked.
    pub(crate) fn claims(&self) -> &Arc<crate::disk::Claims> {
        &self.claims
    }

    fn open_device(&self, target: &FileTarget, params: &OpenParams) -> Result<open::OpenedFile, Win32Error> {
        open::Opening::new(&self.registry, target, params)?.open()
    }

    fn open_file(&self, target: &FileTarget, params: &OpenParams) -> Result<Opened, Win32Error> {
        let file = self.open_device(target, params)?;
        let access = file.device.access();
        let overlapped = params.flags.contains(FileFlags::OVERLAPPED);
        let device: Arc<dyn Device> = Arc::new(file.device);
        if params.flags.contains(FileFlags::DELETE_ON_CLOSE) {
            last::remember(&device);
        }
        Ok(Opened { device, access, overlapped, existed: file.existed })
    }
}

impl Driver for FileDriver {
    fn open(&self, _system: &System, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
        match target {
            Target::File(file) => Some(self.open_file(file, params)),
            Target::Null => Some(Ok(null::open(params))),
            Target::Disk { .. } | Target::Volume(_) => crate::disk::open(self, target, params),
            _ => crate::console::open::open(target, params),
        }
    }

    fn inherit(&self, system: &System, left: &mut Bequest) -> Option<Result<Opened, Win32Error>> {
        match left.kind {
            bequest::FILE => {
                let fd = left.descriptor.take();
                let [durable, delete_on_close] = [0, 1].map(|at| left.bytes.get(at).is_some_and(|byte| *byte != 0));
                let how = adopt::Left { durable, delete_on_close, keep: left.keep.take() };
                let adopted = fd.ok_or(Win32Error::INVALID_HANDLE);
                Some(adopted.and_then(|fd| self.adopt_as(fd, left.overlapped, how)))
            }
            bequest::NULL => Some(Ok(null::inherit(left.overlapped))),
            bequest::CONSOLE => {
                let input = left.bytes.first().is_some_and(|byte| *byte != 0);
                let adopted = left.descriptor.take().ok_or(Win32Error::INVALID_HANDLE);
                Some(adopted.and_then(|fd| crate::console::ConsoleDevice::adopt(fd, input)))
            }
            bequest::SOCKET => Some(crate::socket::inherit(system, left)),
            _ => None,
        }
    }
}

/// Where the file of a handle is now, as Linux says it; 2 if it has no name any more.
pub fn path(grant: &Grant) -> Result<PathBuf, Win32Error> {
    let device = device_of(grant)?;
    name::find(device.fd(), device.opened_path()).ok_or(Win32Error::FILE_NOT_FOUND)
}

/// What a pipe of Linux is as one of Windows; `None` if the handle refers to something else.
pub(crate) fn plain_pipe(grant: &Grant) -> Option<&plain_pipe::PlainPipe> {
    device_of(grant).ok().filter(|device| device.kind() == stat::Kind::Pipe).map(FileDevice::pipe)
}

/// The file that a handle refers to; 1 if it is something else.
fn device_of(grant: &Grant) -> Result<&FileDevice, Win32Error> {
    grant.instance.device().as_any().downcast_ref().ok_or(Win32Error::INVALID_FUNCTION)
}

/// The file of a handle that has one of these rights; 5 if it has none.
fn device_with(grant: &Grant, rights: overlapped_abi::AccessMask) -> Result<&FileDevice, Win32Error> {
    let device = device_of(grant)?;
    if grant.access.intersects(rights) { Ok(device) } else { Err(Win32Error::ACCESS_DENIED) }
}
