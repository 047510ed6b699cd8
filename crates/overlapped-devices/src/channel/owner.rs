//! Who owns names: a process, by the number that it has drawn and the two files that say so.
//!
//! `NUMBER.lock` carries a record lock for as long as the process lives: Linux lets go of it when the process ends however that happens, when it
//! executes another program, and does not pass it on to children. So neither numbers of processes that are used again nor a child that
//! still has its parent's descriptors make a dead owner look alive. `NUMBER.socket` is where it is spoken to.

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Flock, FlockType};
use std::collections::BTreeSet;
use std::fmt;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

/// An owner of names in the run-time directory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(pub(super) u64);

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({:016x})", self.0)
    }
}

/// Those of this process, whose own record locks it does not see; and to open such a file and close it would release the lock.
static HERE: Mutex<BTreeSet<Owner>> = Mutex::new(BTreeSet::new());

impl Owner {
    pub(super) fn socket_path(self, directory: &Path) -> PathBuf {
        directory.join(format!("{:016x}.socket", self.0))
    }

    fn lock_path(self, directory: &Path) -> PathBuf {
        directory.join(format!("{:016x}.lock", self.0))
    }

    /// Does its process still live?
    pub(super) fn is_alive(self, directory: &Path) -> bool {
        if HERE.lock().contains(&self) {
            return true;
        }
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        match rustix::fs::open(self.lock_path(directory), flags, Mode::empty()) {
            Ok(file) => !matches!(rustix::process::fcntl_getlk(&file, &Flock::from(FlockType::WriteLock)), Ok(None)),
            // Short of descriptors, say: nobody is dead for that.
            Err(errno) => errno != Errno::NOENT,
        }
    }

    /// Takes away what a dead owner left.
    fn bury(self, directory: &Path) {
        let _ = rustix::fs::unlink(self.socket_path(directory));
        let _ = rustix::fs::unlink(self.lock_path(directory));
    }

    fn of_file(name: &std::ffi::OsStr) -> Option<Self> {
        let number = name.to_str()?.strip_suffix(".lock")?;
        u64::from_str_radix(number, 16).ok().map(Self)
    }
}

/// This process as an owner.
#[derive(Debug)]
pub(super) struct Living {
    owner: Owner,
    directory: PathBuf,
    _lock: OwnedFd,
}

impl Living {
    /// Draws a number, and buries the dead. The directory is locked by the caller.
    pub fn enter(directory: &Path) -> Result<Self, Errno> {
        sweep(directory);
        loop {
            let mut number = [0; 8];
            rustix::rand::getrandom(&mut number, rustix::rand::GetRandomFlags::empty())?;
            let owner = Owner(u64::from_le_bytes(number));
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            match rustix::fs::open(owner.lock_path(directory), flags, Mode::RUSR | Mode::WUSR) {
                Err(Errno::EXIST) => {}
                opened => {
                    let lock = opened?;
                    rustix::fs::fcntl_lock(&lock, FlockOperation::NonBlockingLockExclusive)?;
                    HERE.lock().insert(owner);
                    return Ok(Self { owner, directory: directory.to_path_buf(), _lock: lock });
                }
            }
        }
    }

    pub fn owner(&self) -> Owner {
        self.owner
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.owner.bury(&self.directory);
        HERE.lock().remove(&self.owner);
    }
}

fn sweep(directory: &Path) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        if let Some(owner) = Owner::of_file(&entry.file_name())
            && !owner.is_alive(directory)
        {
            owner.bury(directory);
        }
    }
}
