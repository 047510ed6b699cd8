//! Named objects that the processes of a user share (contract 04 section 2).
//!
//! | Module | Does |
//! |---|---|
//! | [`Commons`], [`LazyCommons`] | finds or makes the page of a name in the run-time directory, and takes it away with its last user |
//! | [`page`] | the shared memory of one object: its kind, its signal, who watches it |
//! | [`signal`] | the rules of taking and giving, by compare-and-swap on that memory |
//! | `section` | what a section's name leads to: a file beside its page, with its memory, or a link to the file that it is of |
//! | [`door`] | the socket at which a process is rung, and the thread that answers |
//! | [`identity`] | processes by number and time of their start, since numbers are used again |
//!
//! An object without a name becomes one that processes share when a child inherits it: its page is memory, to which a descriptor leads.
//!
//! The page of a name is a file. Each user holds a shared lock on it for as long as it has the object, which Linux lets go of when the process dies;
//! a page that nobody has locked is nobody's, whatever is in it. Who dies with a mutex is found by who wants it next; who sleeps for such a mutex
//! looks every [`door::LIVENESS`]. A timer is signalled by the process that set it; its page has the due time, so that who waits signals it if
//! that process has died or closed it. Drawback: a process made by fork without exec must not use the objects of its parent.

pub mod door;
pub mod identity;
pub mod page;
mod section;
pub mod signal;

use door::Door;
use overlapped_abi::Context;
use overlapped_abi::Win32Error;
use overlapped_kernel::dispatcher::shared::{Attached, Exchange, Found, Held, Passage, Shared, Spec};
use overlapped_kernel::section::Section;
use page::Page;
use parking_lot::Mutex;
use rustix::fs::{FlockOperation, MemfdFlags, Mode, OFlags, SealFlags};
use rustix::io::{Errno, retry_on_intr};
use signal::Signal;
use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The directory of the named objects, and this process's door in it. See the module page.
#[derive(Debug)]
pub struct Commons {
    directory: PathBuf,
    door: Arc<Door>,
}

impl Commons {
    /// The objects in `directory`, which is made if it is missing. Refused if it is somebody else's, or open to others.
    pub fn new(directory: &Path) -> io::Result<Self> {
        private(directory)?;
        let directory = directory.join("objects");
        private(&directory)?;
        sweep(&directory)?;
        let door = Arc::new(Door::new(&directory)?);
        Ok(Self { directory, door })
    }

    /// The page of a name, found or made, with the directory still locked: who drops the lease earlier than that waits for ever.
    fn find(&self, name: &OsStr, create: Option<Spec>) -> Result<Entry, Failure> {
        let alone = lock_directory(&self.directory)?;
        for attempt in 0.. {
            let path = self.directory.join(file_name(name, attempt));
            let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW;
            let flags = if create.is_some() { flags | OFlags::CREATE } else { flags };
            let file = match rustix::fs::open(&path, flags, Mode::RUSR | Mode::WUSR) {
                Err(Errno::NOENT) => return Err(Failure::Win32(Win32Error::FILE_NOT_FOUND)),
                file => file?,
            };
            let unused = rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
            if unused {
                let _ = rustix::fs::unlink(section::data_of(&path));
                let Some(spec) = create else {
                    let _ = rustix::fs::unlink(&path);
                    return Err(Failure::Win32(Win32Error::FILE_NOT_FOUND));
                };
                Page::format(&file, name, spec)?;
            }
            let page = Page::map(&file)?;
            if page.name() != name.as_bytes() {
                // Two names with one file name: the next one, then.
                continue;
            }
            let spec = page.spec().ok_or(Failure::Win32(Win32Error::INVALID_HANDLE))?;
            if create.is_some_and(|wanted| !wanted.same_kind(&spec)) {
                return Err(Failure::Win32(Win32Error::INVALID_HANDLE));
            }
            retry_on_intr(|| rustix::fs::flock(&file, FlockOperation::LockShared))?;
            let lease = Lease { directory: self.directory.clone(), path, file };
            return Ok(Entry { page, spec, lease, existed: !unused, alone });
        }
        unreachable!("names come to an end before numbers do")
    }

    fn attach(&self, name: &OsStr, create: Option<Spec>) -> Result<Attached, Failure> {
        let entry = self.find(name, create)?;
        if let Spec::Section { size, protection } = entry.spec {
            let section = section::open(&entry.lease.path, size, protection);
            drop(entry.alone);
            return Ok((Found::Section(section?.named(Arc::new(entry.lease))), entry.existed));
        }
        let (signal, existed) = self.signal(entry);
        Ok((Found::Signal(signal), existed))
    }

    fn signal(&self, entry: Entry) -> (Arc<Signal>, bool) {
        let Entry { page, spec, lease, existed, .. } = entry;
        (self.listed(Signal::new(page, spec, Arc::clone(&self.door), Root::Lease(lease))), existed)
    }

    fn listed(&self, signal: Signal) -> Arc<Signal> {
        let signal = Arc::new(signal);
        self.door.list(&signal);
        signal
    }

    /// A new object without a name.
    fn publish(&self, spec: Spec, held: Held) -> Result<Arc<Signal>, Failure> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = rustix::fs::memfd_create("overlapped-object", flags)?;
        Page::format(&file, OsStr::new(""), spec)?;
        // Nobody takes the memory away from under the others.
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let page = Page::map(&file)?;
        let signal = Signal::new(page, spec, Arc::clone(&self.door), Root::Memory(file));
        signal.begin_held(held);
        Ok(self.listed(signal))
    }

    /// The object without a name that another process has published; `EINVAL` if it is none.
    fn receive(&self, file: OwnedFd) -> Result<Arc<Signal>, Failure> {
        if !rustix::fs::fcntl_get_seals(&file)?.contains(SealFlags::SHRINK) {
            return Err(Failure::Win32(Win32Error::INVALID_HANDLE));
        }
        let page = Page::map(&file)?;
        let spec = page.spec().filter(|spec| !matches!(spec, Spec::Section { .. }));
        let spec = spec.ok_or(Failure::Win32(Win32Error::INVALID_HANDLE))?;
        Ok(self.listed(Signal::new(page, spec, Arc::clone(&self.door), Root::Memory(file))))
    }

    fn attach_section(&self, name: &OsStr, new: Section) -> Result<(Section, bool), Failure> {
        let (size, protection) = (new.size(), new.protection());
        let Entry { spec, lease, existed, alone, .. } = self.find(name, Some(Spec::Section { size, protection }))?;
        let section = match spec {
            Spec::Section { size, protection } if existed => section::open(&lease.path, size, protection),
            _ => section::publish(&lease.path, new),
        };
        drop(alone);
        Ok((section?.named(Arc::new(lease)), existed))
    }
}

/// What [`Commons::find`] has found.
struct Entry {
    page: Page,
    spec: Spec,
    lease: Lease,
    existed: bool,
    /// The lock of the directory.
    alone: OwnedFd,
}

/// The commons in a directory, entered with the first name: most programs have none.
#[derive(Debug)]
pub struct LazyCommons {
    directory: PathBuf,
    commons: OnceLock<Option<Commons>>,
    /// Held by who enters.
    entering: Mutex<()>,
}

impl LazyCommons {
    /// The objects in `directory`. If that cannot be used, the log says why, and names are the process's own.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, commons: OnceLock::new(), entering: Mutex::default() }
    }

    /// `None` if names are the process's own, now and later. An error is one that passes: the next call tries again.
    fn enter(&self) -> Result<Option<&Commons>, Win32Error> {
        if let Some(known) = self.commons.get() {
            return Ok(known.as_ref());
        }
        let _alone = self.entering.lock();
        if let Some(known) = self.commons.get() {
            return Ok(known.as_ref());
        }
        let made = match Commons::new(&self.directory) {
            Ok(commons) => Some(commons),
            Err(error) if passes(&error) => {
                return Err(Win32Error::from_errno(error.raw_os_error().unwrap_or(libc::EIO), Context::Open));
            }
            Err(error) => {
                tracing::warn!(%error, directory = %self.directory.display(), "named objects are not shared");
                None
            }
        };
        Ok(self.commons.get_or_init(|| made).as_ref())
    }
}

impl Exchange for LazyCommons {
    fn attach(&self, name: &OsStr, create: Option<Spec>) -> Result<Option<Attached>, Win32Error> {
        let Some(commons) = self.enter()? else { return Ok(None) };
        commons.attach(name, create).map(Some).map_err(Win32Error::from)
    }

    fn attach_section(&self, name: &OsStr, new: Section) -> Result<(Section, bool), Win32Error> {
        let Some(commons) = self.enter()? else { return Ok((new, false)) };
        commons.attach_section(name, new).map_err(Win32Error::from)
    }

    fn publish(&self, spec: Spec, held: Held) -> Result<Arc<dyn Shared>, Win32Error> {
        let commons = self.enter()?.ok_or(Win32Error::NOT_SUPPORTED)?;
        Ok(commons.publish(spec, held)?)
    }

    fn receive(&self, descriptor: OwnedFd) -> Result<Arc<dyn Shared>, Win32Error> {
        let commons = self.enter()?.ok_or(Win32Error::NOT_SUPPORTED)?;
        Ok(commons.receive(descriptor)?)
    }

    fn directory(&self) -> Option<&Path> {
        Some(&self.directory)
    }

    fn pass_section(&self, name: &OsStr) -> Option<Passage> {
        let Entry { lease, alone, .. } = self.enter().ok()??.find(name, None).ok()?;
        drop(alone);
        Some(Passage { name: Some(name.to_owned()), descriptor: lease.copy()? })
    }
}

#[derive(Debug)]
enum Failure {
    Win32(Win32Error),
    Errno(Errno),
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<Failure> for Win32Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Win32(error) => error,
            Failure::Errno(errno) => Self::from_errno(errno.raw_os_error(), Context::Open),
        }
    }
}

/// The hold of this process on a page.
#[derive(Debug)]
pub(crate) struct Lease {
    directory: PathBuf,
    path: PathBuf,
    file: OwnedFd,
}

impl Lease {
    /// Another hold on the page, for another process.
    pub(crate) fn copy(&self) -> Option<OwnedFd> {
        let _alone = lock_directory(&self.directory).ok()?;
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let file = rustix::fs::open(&self.path, flags, Mode::empty()).ok()?;
        let [own, found] =
            [&self.file, &file].map(|file| rustix::fs::fstat(file).map(|stat| (stat.st_dev, stat.st_ino)));
        if own.ok()? != found.ok()? {
            return None;
        }
        // With the directory locked nobody has it alone.
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared).ok()?;
        Some(file)
    }
}

/// What keeps a page.
#[derive(Debug)]
pub(crate) enum Root {
    /// It is a file with a name.
    Lease(Lease),
    /// It is memory, which those have to whom it was passed on.
    Memory(OwnedFd),
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Without the lock the page stays, and the next one who wants the name finds that it is nobody's.
        if let Ok(_alone) = lock_directory(&self.directory)
            && rustix::fs::flock(&self.file, FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            let _ = rustix::fs::unlink(section::data_of(&self.path));
            let _ = rustix::fs::unlink(&self.path);
        }
    }
}

/// Nobody else finds, makes or removes pages while the result lives.
pub(crate) fn lock_directory(directory: &Path) -> Result<OwnedFd, Errno> {
    let lock = rustix::fs::open(directory, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    retry_on_intr(|| rustix::fs::flock(&lock, FlockOperation::LockExclusive))?;
    Ok(lock)
}

/// Is the process or the machine short of something, for the moment? Nothing is settled by such an error.
pub(crate) fn passes(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    errno.is_some_and(|errno| matches!(errno, Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::INTR))
}

/// Takes away the pages that processes left which ended without closing their handles.
fn sweep(directory: &Path) -> io::Result<()> {
    let _alone = lock_directory(directory)?;
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if section::is_data(&path) {
            // It goes with its page.
            continue;
        }
        // A door is a socket, which cannot be opened.
        let Ok(file) = rustix::fs::open(&path, OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW, Mode::empty()) else {
            continue;
        };
        if rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = rustix::fs::unlink(section::data_of(&path));
            let _ = rustix::fs::unlink(&path);
        }
    }
    Ok(())
}

/// Makes a directory that its owner alone may enter, or checks one that is there: refused if it is somebody else's, or open to others.
pub fn private(directory: &Path) -> io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made?,
    }
    let found = directory.symlink_metadata()?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() || found.mode() & 0o077 != 0 {
        let why = format!("{} must be a directory of yours with mode 700", directory.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(())
}

/// A file name for any name: what is plain stays readable, and a hash tells the rest apart.
pub(crate) fn file_name(name: &OsStr, attempt: u32) -> String {
    // FNV-1a: fixed, as all processes must agree.
    let hash = name
        .as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    let plain = name.as_bytes().iter().filter(|byte| byte.is_ascii_alphanumeric()).take(40);
    format!("{}-{hash:016x}-{attempt}", plain.map(|&byte| char::from(byte)).collect::<String>())
}

#[cfg(test)]
mod tests;
