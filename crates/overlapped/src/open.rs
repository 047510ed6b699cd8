//! How a file is to be opened.

use crate::error::{Error, Result};
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::overlapped_file::OverlappedFile;
use overlapped_abi::constants::open as disposition;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::system::Open;
use std::path::Path;

/// The arguments of CreateFile (contract 01 section 2), as a builder in the manner of [`std::fs::OpenOptions`].
///
/// Sharing is on by default, as it is on Linux: other openers may read, write and delete meanwhile.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// # let dir = tempfile::tempdir().unwrap();
/// # let path = dir.path().join("log");
/// use overlapped::OpenOptions;
///
/// let log = OpenOptions::new().append(true).create(true).share_write(false).open(&path)?;
/// let second = OpenOptions::new().append(true).open(&path);
/// assert_eq!(second.unwrap_err().code().0, 32, "another writer is not welcome");
/// # drop(log);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct OpenOptions {
    read: bool,
    write: bool,
    append: bool,
    truncate: bool,
    create: bool,
    create_new: bool,
    access: Option<AccessMask>,
    share: ShareMode,
    flags: FileFlags,
    permissions: u32,
    system: Option<System>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl OpenOptions {
    /// Nothing asked for yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            read: false,
            write: false,
            append: false,
            truncate: false,
            create: false,
            create_new: false,
            access: None,
            share: ShareMode::READ | ShareMode::WRITE | ShareMode::DELETE,
            flags: FileFlags::empty(),
            permissions: 0o666,
            system: None,
        }
    }

    /// Ask for GENERIC_READ.
    pub fn read(&mut self, yes: bool) -> &mut Self {
        self.read = yes;
        self
    }

    /// Ask for GENERIC_WRITE.
    pub fn write(&mut self, yes: bool) -> &mut Self {
        self.write = yes;
        self
    }

    /// Every write goes to the end, atomically (contract 02 section 12).
    pub fn append(&mut self, yes: bool) -> &mut Self {
        self.append = yes;
        self
    }

    /// Cut an existing file to nothing. Needs [`OpenOptions::write`].
    pub fn truncate(&mut self, yes: bool) -> &mut Self {
        self.truncate = yes;
        self
    }

    /// Create the file if it is missing.
    pub fn create(&mut self, yes: bool) -> &mut Self {
        self.create = yes;
        self
    }

    /// Create the file, and fail with 80 if it exists.
    pub fn create_new(&mut self, yes: bool) -> &mut Self {
        self.create_new = yes;
        self
    }

    /// Exactly these rights, instead of what read, write and append ask for.
    pub fn access_mode(&mut self, access: AccessMask) -> &mut Self {
        self.access = Some(access);
        self
    }

    /// Exactly this sharing.
    pub fn share_mode(&mut self, share: ShareMode) -> &mut Self {
        self.share = share;
        self
    }

    /// Others may read meanwhile.
    pub fn share_read(&mut self, yes: bool) -> &mut Self {
        self.share.set(ShareMode::READ, yes);
        self
    }

    /// Others may write meanwhile.
    pub fn share_write(&mut self, yes: bool) -> &mut Self {
        self.share.set(ShareMode::WRITE, yes);
        self
    }

    /// Others may delete or rename meanwhile.
    pub fn share_delete(&mut self, yes: bool) -> &mut Self {
        self.share.set(ShareMode::DELETE, yes);
        self
    }

    /// Bypass the cache: offset, length and buffer must be aligned (contract 02 section 6); see [`AlignedBuf`](crate::AlignedBuf).
    pub fn unbuffered(&mut self, yes: bool) -> &mut Self {
        self.flags.set(FileFlags::NO_BUFFERING, yes);
        self
    }

    /// Every write reaches the device before it completes.
    pub fn write_through(&mut self, yes: bool) -> &mut Self {
        self.flags.set(FileFlags::WRITE_THROUGH, yes);
        self
    }

    /// The file will be read from front to back.
    pub fn sequential(&mut self, yes: bool) -> &mut Self {
        self.flags.set(FileFlags::SEQUENTIAL_SCAN, yes);
        self
    }

    /// The file will be read here and there.
    pub fn random_access(&mut self, yes: bool) -> &mut Self {
        self.flags.set(FileFlags::RANDOM_ACCESS, yes);
        self
    }

    /// Delete the file when the last handle of all its openers is closed.
    pub fn delete_on_close(&mut self, yes: bool) -> &mut Self {
        self.flags.set(FileFlags::DELETE_ON_CLOSE, yes);
        self
    }

    /// More flags and attributes of CreateFile. FILE_FLAG_OVERLAPPED is not among them: [`open`](Self::open) and
    /// [`open_overlapped`](Self::open_overlapped) say that by their types.
    pub fn flags(&mut self, flags: FileFlags) -> &mut Self {
        self.flags |= flags;
        self
    }

    /// Permission bits of a file that is created, before the umask.
    pub fn mode(&mut self, permissions: u32) -> &mut Self {
        self.permissions = permissions;
        self
    }

    /// Open it in this system instead of the default one.
    pub fn system(&mut self, system: &System) -> &mut Self {
        self.system = Some(system.clone());
        self
    }

    /// Opens it for synchronous requests.
    ///
    /// # Errors
    /// Those of CreateFile (contract 01 section 2); 87 for options that contradict each other.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<File> {
        Ok(File::new(self.create_file(path.as_ref(), FileFlags::empty())?))
    }

    /// Opens it for overlapped requests (FILE_FLAG_OVERLAPPED).
    ///
    /// # Errors
    /// As for [`OpenOptions::open`].
    pub fn open_overlapped(&self, path: impl AsRef<Path>) -> Result<OverlappedFile> {
        Ok(OverlappedFile::new(self.create_file(path.as_ref(), FileFlags::OVERLAPPED)?))
    }

    /// Opens a directory for overlapped requests, to be [watched](OverlappedFile::read_changes) and asked: with GENERIC_READ besides what
    /// was asked for, and FILE_FLAG_BACKUP_SEMANTICS.
    ///
    /// # Errors
    /// As for [`OpenOptions::open`].
    pub fn open_directory(&self, path: impl AsRef<Path>) -> Result<OverlappedFile> {
        self.clone().read(true).flags(FileFlags::BACKUP_SEMANTICS).open_overlapped(path)
    }

    fn create_file(&self, path: &Path, flags: FileFlags) -> Result<OwnedHandle> {
        let system = match &self.system {
            Some(system) => system.clone(),
            None => crate::system::default()?.clone(),
        };
        let error = |code| Error::with_path(code, "open", path);
        // An absolute path of Linux is what it is to the standard library: a backslash in it is a character like any other.
        let mut flags = (self.flags - FileFlags::OVERLAPPED) | flags;
        flags.set(FileFlags::POSIX_SEMANTICS, path.has_root() || flags.contains(FileFlags::POSIX_SEMANTICS));
        let params = OpenParams {
            access: self.access(),
            share: self.share,
            disposition: self.disposition().map_err(error)?,
            flags,
            permissions: self.permissions,
        };
        let Open { handle, grant, .. } = system.open(path.as_os_str(), &params).map_err(error)?;
        OwnedHandle::new(&system, handle, grant)
    }

    fn access(&self) -> AccessMask {
        if let Some(access) = self.access {
            return access;
        }
        let mut access = AccessMask::empty();
        access.set(AccessMask::GENERIC_READ, self.read);
        access.set(AccessMask::GENERIC_WRITE, self.write);
        if self.append {
            access.remove(AccessMask::GENERIC_WRITE);
            access |= AccessMask::FILE_GENERIC_WRITE - AccessMask::WRITE_DATA;
        }
        access
    }

    fn disposition(&self) -> std::result::Result<u32, Win32Error> {
        let changes = self.truncate || self.create || self.create_new;
        if changes && !(self.write || self.append || self.access.is_some()) || self.append && self.truncate {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        Ok(match (self.create_new, self.create, self.truncate) {
            (true, _, _) => disposition::CREATE_NEW,
            (_, true, true) => disposition::CREATE_ALWAYS,
            (_, true, false) => disposition::OPEN_ALWAYS,
            (_, false, true) => disposition::TRUNCATE_EXISTING,
            (_, false, false) => disposition::OPEN_EXISTING,
        })
    }
}
