//! Descriptors that others have opened: standard input and output, and what POSIX code hands over (design.md section 1).
//!
//! A regular file adopted for synchronous use keeps the position of its descriptor: transfers happen there and move it, so that
//! printf and WriteFile on the same output, or a parent and a child that share it, do not overwrite each other. The offset of an
//! OVERLAPPED moves it there first. Adopted for overlapped use, it has positions as any file here, and the descriptor's own is
//! left alone. An adopted file shares everything, unless a parent process has opened it; where instances with stricter share modes have it open it does without a
//! place among them, since whoever opened the descriptor has asked nobody.

use super::FileDriver;
use super::device::{FileDevice, Made};
use super::direct::Sectors;
use super::errors;
use super::last;
use super::open::DSYNC;
use super::registry::Wish;
use super::stat::{Facts, Kind, proc_path};
use overlapped_abi::{AccessMask, ShareMode, Win32Error};
use overlapped_kernel::device::{Device, Opened};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::OFlags;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Arc;

/// How a parent process has opened what it has left.
#[derive(Default)]
pub(super) struct Left {
    /// FILE_FLAG_WRITE_THROUGH.
    pub durable: bool,
    /// FILE_FLAG_DELETE_ON_CLOSE.
    pub delete_on_close: bool,
    /// What holds the share mode of its instance, and its file, until the last handle is closed, here or there (contract 01 §2.2, 02 §8).
    pub keep: Option<OwnedFd>,
}

impl FileDriver {
    /// A device of the descriptor, with the rights that it was opened with.
    pub fn adopt(&self, fd: OwnedFd, overlapped: bool) -> Result<Opened, Win32Error> {
        self.adopt_as(fd, overlapped, Left::default())
    }

    /// The same for one that a parent process has left.
    pub(super) fn adopt_as(&self, fd: OwnedFd, overlapped: bool, left: Left) -> Result<Opened, Win32Error> {
        let Left { durable, delete_on_close, keep } = left;
        let flags = rustix::fs::fcntl_getfl(&fd).map_err(errors::other)?;
        let facts = Facts::of(fd.as_fd()).map_err(errors::other)?;
        let (kind, access, names_only) = (facts.kind, access_of(flags), flags.contains(OFlags::PATH));
        let positioned = kind.has_positions() && !names_only;
        let direct = positioned && flags.contains(OFlags::DIRECT);
        let sectors = direct.then(|| Sectors::of(fd.as_fd(), true));
        let share = ShareMode::READ | ShareMode::WRITE | ShareMode::DELETE;
        let wish = Wish { access, share, overwrite: false, delete_on_close, adopted: true };
        let path = rustix::fs::readlink(proc_path(fd.as_fd()), Vec::new()).map(|path| path.into_bytes());
        let path = PathBuf::from(OsStr::from_bytes(&path.unwrap_or_default()));
        let file = (fd.as_fd(), path.as_path());
        let seat = match kind.is_stream() {
            true => None,
            false => self.registry.admit(facts.key, wish, file, self.registry.epoch(), || true).ok(),
        };
        let seat = seat.map(|seat| seat.keeping(keep));
        let durable = durable || flags.contains(DSYNC);
        let cursor = kind == Kind::Regular && !names_only && !overlapped;
        let made = Made { names_only, durable, sectors, cursor, ..Made::plain(fd, facts, access, path, seat) };
        let device: Arc<dyn Device> = Arc::new(FileDevice::new(made));
        if delete_on_close {
            last::remember(&device);
        }
        Ok(Opened { device, access, overlapped, existed: true })
    }
}

fn access_of(flags: OFlags) -> AccessMask {
    let data = match flags & OFlags::RWMODE {
        _ if flags.contains(OFlags::PATH) => AccessMask::empty(),
        OFlags::WRONLY => AccessMask::FILE_GENERIC_WRITE,
        OFlags::RDWR => AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE,
        _ => AccessMask::FILE_GENERIC_READ,
    };
    data | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES
}
