//! CreateFile on a path (contract 01 §2).
//!
//! Opens in the order: what the arguments forbid, the descriptor, what kind of file it is, its attributes, the share modes
//! of its other instances, and only then anything that changes it. A refused open thus changes nothing, save that a new
//! file is created before it can be refused, which nobody else can do to it ([`registry`](super::registry)).
//!
//! Everything is opened without blocking, so that a fifo or a serial line cannot hang the call, and set to block
//! afterwards; a plain file, which does not care, only when others get its descriptor. An open that asks for no data access only
//! names the file (O_PATH): it needs no permission on it and has no effect on a device.

use super::attributes;
use super::device::{FileDevice, Made};
use super::direct::Sectors;
use super::errors;
use super::name;
use super::registry::{Refusal, Registry, Seat, Wish};
use super::stat::{Facts, Kind};
use overlapped_abi::constants::attributes::FILE_ATTRIBUTE_READONLY;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::namespace::FileTarget;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Advice, CWD, Mode, OFlags};
use rustix::io::Errno;
use std::path::Path;
use std::sync::Arc;

/// O_DSYNC, which rustix does not tell from O_SYNC: the data and what is needed to find it, not the times.
pub(crate) const DSYNC: OFlags = OFlags::from_bits_retain(0o10000);

/// How often an open starts again because others create and delete the file meanwhile.
const ROUNDS: u32 = 64;

const READING: AccessMask = AccessMask::READ_DATA.union(AccessMask::EXECUTE);
const WRITING: AccessMask = AccessMask::WRITE_DATA.union(AccessMask::APPEND_DATA);

/// A file that was opened.
pub(crate) struct OpenedFile {
    pub device: FileDevice,
    pub existed: bool,
}

/// One CreateFile.
pub(crate) struct Opening<'a> {
    registry: &'a Arc<Registry>,
    target: &'a FileTarget,
    params: &'a OpenParams,
    /// Generic rights mapped, with what CreateFile always adds.
    access: AccessMask,
}

/// Why a try did not give a file.
enum Failure {
    /// The path is missing, or there although it was to be created, or it changed under our hands: the disposition says
    /// what now.
    Missing,
    Exists,
    Changed(Found),
    /// For good.
    Final(Win32Error),
}

impl From<Win32Error> for Failure {
    fn from(error: Win32Error) -> Self {
        Self::Final(error)
    }
}

/// A descriptor and what it refers to, not yet admitted.
struct Found {
    fd: OwnedFd,
    flags: OFlags,
    facts: Facts,
    access: AccessMask,
}

impl<'a> Opening<'a> {
    /// Looks at the arguments alone.
    pub fn new(
        registry: &'a Arc<Registry>,
        target: &'a FileTarget,
        params: &'a OpenParams,
    ) -> Result<Self, Win32Error> {
        let OpenParams { access, disposition, flags, .. } = *params;
        let cuts_through_link = flags.contains(FileFlags::OPEN_REPARSE_POINT) && disposition == CREATE_ALWAYS;
        let cuts_unwritable = disposition == TRUNCATE_EXISTING && !access.contains(AccessMask::GENERIC_WRITE);
        // A cache-less append could not keep to sectors; the generic right is not meant by this.
        let appends_direct = flags.contains(FileFlags::NO_BUFFERING) && access.contains(AccessMask::APPEND_DATA);
        let known = (CREATE_NEW..=TRUNCATE_EXISTING).contains(&disposition);
        if !known || cuts_through_link || cuts_unwritable || appends_direct {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut access = access.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
        if flags.contains(FileFlags::DELETE_ON_CLOSE) {
            access |= AccessMask::DELETE;
        }
        Ok(Self { registry, target, params, access })
    }

    fn path(&self) -> &Path {
        &self.target.path
    }

    fn has(&self, flag: FileFlags) -> bool {
        self.params.flags.contains(flag)
    }

    /// Tries until the path holds still.
    pub fn open(self) -> Result<OpenedFile, Win32Error> {
        let disposition = self.params.disposition;
        // A new file is the usual case for these two; the others mostly find one.
        let mut create = matches!(disposition, CREATE_NEW | CREATE_ALWAYS) && !self.target.trailing_separator;
        // A file that lost its name while it was opened; kept open, so that its number stays its own.
        let mut gone: Option<Found> = None;
        for round in 0..ROUNDS {
            let tried = if create { self.create(false) } else { self.open_existing(gone.as_ref()) };
            create = match (tried, disposition) {
                (Ok(opened), _) => return Ok(opened),
                (Err(Failure::Final(error)), _) => return Err(error),
                (Err(Failure::Changed(found)), _) => {
                    gone = Some(found);
                    create
                }
                (Err(Failure::Exists), CREATE_NEW) => return Err(self.exists_already()),
                (Err(Failure::Exists), _) => false,
                (Err(Failure::Missing), OPEN_EXISTING | TRUNCATE_EXISTING) => return Err(self.missing()),
                (Err(Failure::Missing), _) if self.target.trailing_separator => return Err(Win32Error::PATH_NOT_FOUND),
                // There and yet missing: a link that leads nowhere. Its target is what is to be created.
                (Err(Failure::Missing), _) if round > 0 && self.is_link() => return self.create_through_link(),
                (Err(Failure::Missing), _) => true,
            };
        }
        Err(Win32Error::SHARING_VIOLATION)
    }

    fn missing(&self) -> Win32Error {
        errors::by_name(Errno::NOENT, self.path())
    }

    fn is_link(&self) -> bool {
        Facts::of_name(self.path()).is_ok_and(|facts| facts.kind == Kind::Link)
    }

    /// CREATE_NEW found something: 80, unless it is a directory that the caller may not open anyway, or waits to be deleted.
    fn exists_already(&self) -> Win32Error {
        let directory = self.path().is_dir() && !self.has(FileFlags::BACKUP_SEMANTICS);
        let deleted = || Facts::of_name(self.path()).is_ok_and(|facts| self.registry.is_deleted(facts.key));
        if directory || deleted() { Win32Error::ACCESS_DENIED } else { Win32Error::FILE_EXISTS }
    }

    fn create_through_link(&self) -> Result<OpenedFile, Win32Error> {
        match self.create(true) {
            Ok(opened) => Ok(opened),
            Err(Failure::Final(error)) => Err(error),
            Err(_) => Err(Win32Error::FILE_NOT_FOUND),
        }
    }

    /// Creates the file and takes the first seat at it.
    fn create(&self, through_link: bool) -> Result<OpenedFile, Failure> {
        let attributes = self.params.flags.attributes();
        if self.has(FileFlags::DELETE_ON_CLOSE) && attributes & FILE_ATTRIBUTE_READONLY != 0 {
            return Err(Win32Error::ACCESS_DENIED.into());
        }
        if self.registry.is_parent_deleted(self.path()) {
            return Err(Win32Error::ACCESS_DENIED.into());
        }
        let _creating = self.registry.creating();
        let epoch = self.registry.epoch();
        let access = self.resolved_access(AccessMask::FILE_ALL_ACCESS);
        // What is sure to be a new file cannot block, and need not be set to block afterwards.
        let (exclusive, needless) = if through_link {
            (OFlags::empty(), OFlags::PATH)
        } else {
            (OFlags::EXCL, OFlags::PATH | OFlags::NONBLOCK)
        };
        let flags = (linux_access(access, false) | self.base_flags(access)).difference(needless);
        let mode = Mode::from_raw_mode(self.params.permissions & 0o7777);
        let fd = match open(self.path(), flags | OFlags::CREATE | exclusive, mode) {
            Ok(fd) => fd,
            Err(Errno::EXIST) => return Err(Failure::Exists),
            Err(Errno::NOENT) => return Err(Win32Error::PATH_NOT_FOUND.into()),
            Err(Errno::ISDIR) => return Err(Failure::Exists),
            Err(errno) => return Err(errors::by_name(errno, self.path()).into()),
        };
        let facts = Facts::of(fd.as_fd()).map_err(errors::other)?;
        let found = Found { fd, flags, facts, access };
        let (found, seat) = self.admit(found, false, epoch, true)?;
        attributes::set_created(found.fd.as_fd(), &facts, attributes, false)?;
        Ok(OpenedFile { device: self.device(found, Some(seat))?, existed: false })
    }

    /// `gone`: the file that the path led to before, when that had no name any more.
    fn open_existing(&self, gone: Option<&Found>) -> Result<OpenedFile, Failure> {
        let epoch = self.registry.epoch();
        let overwrite = matches!(self.params.disposition, CREATE_ALWAYS | TRUNCATE_EXISTING);
        let found = self.find(overwrite)?;
        let facts = found.facts;
        let existed = matches!(self.params.disposition, CREATE_ALWAYS | OPEN_ALWAYS);
        if facts.kind.is_stream() {
            // Devices know no share modes here, and no disposition changes them.
            return Ok(OpenedFile { device: self.device(found, None)?, existed });
        }
        let overwrite = overwrite && facts.kind == Kind::Regular;
        if facts.may_be_new() {
            self.registry.await_creators();
        }
        // The same nameless file again: a path of /proc leads to it, and always will.
        let nameless = gone.is_some_and(|gone| gone.facts.key == facts.key);
        let (found, seat) = self.admit(found, overwrite, epoch, nameless)?;
        if overwrite {
            rustix::fs::ftruncate(&found.fd, 0).map_err(errors::write)?;
            if self.params.disposition == CREATE_ALWAYS {
                attributes::set_created(found.fd.as_fd(), &facts, self.params.flags.attributes(), true)?;
            }
        }
        Ok(OpenedFile { device: self.device(found, Some(seat))?, existed })
    }

    /// Opens what is there, and checks that this call may have it.
    fn find(&self, overwrite: bool) -> Result<Found, Failure> {
        let mut found = self.descriptor(overwrite)?;
        match found.facts.kind {
            Kind::Directory => self.check_directory()?,
            // Nothing but a directory has a name that ends in a separator.
            _ if self.target.trailing_separator => return Err(Win32Error::INVALID_NAME.into()),
            Kind::Regular => self.check_attributes(&mut found, overwrite)?,
            Kind::Block if found.access.intersects(WRITING) => {
                // A claim that Linux refuses while a file system on it is mounted (design.md section 4).
                found.fd =
                    open(self.path(), found.flags | OFlags::EXCL, Mode::empty()).map_err(|errno| match errno {
                        Errno::BUSY => Win32Error::ACCESS_DENIED,
                        errno => errors::by_name(errno, self.path()),
                    })?;
            }
            _ => {}
        }
        if self.has(FileFlags::DELETE_ON_CLOSE) && !found.facts.kind.is_stream() && !self.may_unlink(&found) {
            return Err(Win32Error::ACCESS_DENIED.into());
        }
        Ok(found)
    }

    /// Only the close could tell otherwise, and nobody would hear it. The path may be one of /proc that leads to the file.
    fn may_unlink(&self, found: &Found) -> bool {
        use rustix::fs::Access;
        let path = name::find(found.fd.as_fd(), self.path());
        let path = path.as_deref().unwrap_or(self.path());
        let parent = path.parent().unwrap_or(Path::new("/"));
        rustix::fs::access(parent, Access::WRITE_OK | Access::EXEC_OK).is_ok()
    }

    /// Contract 01 §2.5 and §4.2.
    fn check_directory(&self) -> Result<(), Win32Error> {
        if !self.has(FileFlags::BACKUP_SEMANTICS) {
            let named_as_such = self.target.trailing_separator;
            return Err(if named_as_such { Win32Error::PATH_NOT_FOUND } else { Win32Error::ACCESS_DENIED });
        }
        match self.params.disposition {
            OPEN_EXISTING | OPEN_ALWAYS => Ok(()),
            // A directory is neither made anew nor emptied.
            _ => Err(Win32Error::FILE_EXISTS),
        }
    }

    /// READONLY, HIDDEN and SYSTEM (contract 01 §2.3, 02 §8).
    fn check_attributes(&self, found: &mut Found, overwrite: bool) -> Result<(), Win32Error> {
        let wanted = self.params.flags.attributes();
        if found.facts.read_only() {
            if self.access.contains(AccessMask::MAXIMUM_ALLOWED) {
                found.access.remove(WRITING & !self.access);
            }
            if overwrite || found.access.intersects(WRITING) || self.has(FileFlags::DELETE_ON_CLOSE) {
                return Err(Win32Error::ACCESS_DENIED);
            }
        }
        let replaced = overwrite && self.params.disposition == CREATE_ALWAYS;
        if replaced && !attributes::may_replace(found.fd.as_fd(), wanted) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        Ok(())
    }

    /// What the caller asked for, where MAXIMUM_ALLOWED stands for `maximum`.
    fn resolved_access(&self, maximum: AccessMask) -> AccessMask {
        if self.access.contains(AccessMask::MAXIMUM_ALLOWED) {
            self.access.difference(AccessMask::MAXIMUM_ALLOWED) | maximum
        } else {
            self.access
        }
    }

    fn base_flags(&self, access: AccessMask) -> OFlags {
        let mut flags = OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        if self.has(FileFlags::WRITE_THROUGH) && access.intersects(WRITING) {
            flags |= DSYNC;
        }
        if self.has(FileFlags::OPEN_REPARSE_POINT) {
            flags |= OFlags::NOFOLLOW;
        }
        flags
    }

    /// Opens the path for what is asked, or for as much as MAXIMUM_ALLOWED gets.
    fn descriptor(&self, overwrite: bool) -> Result<Found, Failure> {
        let all = [
            AccessMask::FILE_ALL_ACCESS,
            AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_EXECUTE,
            AccessMask::FILE_GENERIC_WRITE,
            AccessMask::READ_ATTRIBUTES | AccessMask::SYNCHRONIZE,
        ];
        let maximum = self.access.contains(AccessMask::MAXIMUM_ALLOWED);
        let tries = if maximum { &all[..] } else { &all[3..] };
        let mut refused = Errno::ACCESS;
        for maximum in tries {
            let access = self.resolved_access(*maximum);
            match self.descriptor_for(access, overwrite) {
                Ok(found) => return Ok(found),
                Err(errno @ (Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::TXTBSY)) => refused = errno,
                Err(Errno::NOENT) => return Err(Failure::Missing),
                Err(errno) => return Err(errors::by_name(errno, self.path()).into()),
            }
        }
        Err(errors::by_name(refused, self.path()).into())
    }

    fn descriptor_for(&self, access: AccessMask, overwrite: bool) -> Result<Found, Errno> {
        let base = self.base_flags(access);
        let mut flags = linux_access(access, overwrite) | base;
        let mut opened = open(self.path(), flags, Mode::empty());
        if let Err(Errno::ISDIR) = opened {
            // Rights to write a directory are rights to add entries; Linux asks for them when one is added.
            flags = OFlags::RDONLY | OFlags::DIRECTORY | base.difference(DSYNC);
            opened = open(self.path(), flags, Mode::empty());
        }
        if let Err(Errno::LOOP) = opened
            && self.has(FileFlags::OPEN_REPARSE_POINT)
        {
            flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            opened = open(self.path(), flags, Mode::empty());
        }
        if let Err(Errno::NOTDIR) = opened
            && self.target.trailing_separator
            && errors::parent_exists(self.path())
        {
            // A file whose name was written as a directory's: look at it without the separator.
            opened = open(&self.path().components().collect::<std::path::PathBuf>(), flags, Mode::empty());
        }
        let fd = opened?;
        let facts = Facts::of(fd.as_fd())?;
        Ok(Found { fd, flags, facts, access })
    }

    /// Takes a seat at the file, unless share modes or its deletion forbid it.
    fn admit(&self, found: Found, overwrite: bool, epoch: u64, nameless: bool) -> Result<(Found, Seat), Failure> {
        let wish = Wish {
            access: found.access,
            share: self.params.share,
            overwrite,
            delete_on_close: self.has(FileFlags::DELETE_ON_CLOSE),
            adopted: false,
        };
        let named = || nameless || Facts::of(found.fd.as_fd()).is_ok_and(|facts| facts.links > 0);
        match self.registry.admit(found.facts.key, wish, (found.fd.as_fd(), self.path()), epoch, named) {
            Ok(seat) => Ok((found, seat)),
            Err(Refusal::Gone) => Err(Failure::Changed(found)),
            Err(refusal) => Err(Failure::Final(refusal.into())),
        }
    }

    /// Sets the descriptor up for transfers and makes the device of it.
    fn device(&self, found: Found, seat: Option<Seat>) -> Result<FileDevice, Win32Error> {
        let Found { fd, flags, facts, access } = found;
        let names_only = flags.contains(OFlags::PATH);
        let mut sectors = None;
        let mut nonblocking = !names_only && flags.contains(OFlags::NONBLOCK);
        if !names_only {
            let uncached = self.has(FileFlags::NO_BUFFERING) && facts.kind.has_positions();
            if uncached || !facts.never_blocks() {
                let direct = unblock(&fd, flags, uncached).map_err(errors::other)?;
                sectors = uncached.then(|| Sectors::of(fd.as_fd(), direct));
                nonblocking = false;
            }
        }
        if facts.kind.has_positions() && !names_only && sectors.is_none() {
            self.advise(&fd);
        }
        let durable = flags.contains(DSYNC);
        let made = Made::plain(fd, facts, access, self.path().to_path_buf(), seat);
        Ok(FileDevice::new(Made { names_only, nonblocking, durable, sectors, ..made }))
    }

    /// Hints, so failures mean nothing.
    fn advise(&self, fd: &OwnedFd) {
        let advice = if self.has(FileFlags::RANDOM_ACCESS) {
            Advice::Random
        } else if self.has(FileFlags::SEQUENTIAL_SCAN) {
            Advice::Sequential
        } else {
            return;
        };
        let _ = rustix::fs::fadvise(fd, 0, None, advice);
    }
}

/// How Linux must open a file for these rights.
fn linux_access(access: AccessMask, overwrite: bool) -> OFlags {
    match (access.intersects(READING), overwrite || access.intersects(WRITING)) {
        (true, true) => OFlags::RDWR,
        (true, false) => OFlags::RDONLY,
        (false, true) => OFlags::WRONLY,
        (false, false) => OFlags::PATH,
    }
}

/// Ends the non-blocking mode of the open itself, which an engine could take for the caller's wish, and turns the page
/// cache off if asked. Says whether it is off.
fn unblock(fd: &OwnedFd, flags: OFlags, uncached: bool) -> Result<bool, Errno> {
    if uncached && rustix::fs::fcntl_setfl(fd, OFlags::DIRECT).is_ok() {
        return Ok(true);
    }
    if flags.contains(OFlags::NONBLOCK) {
        rustix::fs::fcntl_setfl(fd, OFlags::empty())?;
    }
    Ok(false)
}

fn open(path: &Path, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    rustix::io::retry_on_intr(|| rustix::fs::openat(CWD, path, flags, mode))
}
