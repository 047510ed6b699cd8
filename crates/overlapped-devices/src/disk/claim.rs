//! Who may write to a drive, and who has it for himself (design.md section 4; contract 01 §6).
//!
//! A *claim* is a second descriptor that is opened with O_EXCL, which Linux gives only if nothing is mounted from the device, nor swapped to
//! it, nor built on it. All instances of a process share it. It is taken with the first write and kept as long as one of these instances
//! is open, so nobody can mount what is being written. An image file is in use if a loop device stands before it that is.
//!
//! A *lock* takes away what is mounted first, and gives it back at the end.

use super::device::Made;
use super::host::{Mount, Number, loops_of, mounts};
use crate::file::errors;
use crate::file::stat;
use overlapped_abi::{Status, Win32Error};
use parking_lot::Mutex;
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::{MountFlags, UnmountFlags};
use std::collections::HashMap;
use std::ffi::CString;
use std::path::Path;
use std::sync::{Arc, Weak};

/// Which drive: whatever its names are.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub(super) enum Key {
    Block(Number),
    Image(stat::Key),
}

impl Key {
    /// Is a file system of it mounted? Of an image file only a look at the loop devices tells, by its path.
    pub fn is_mounted(self) -> bool {
        matches!(self, Self::Block(number) if mounts().iter().any(|mount| mount.device == number))
    }
}

/// The claims of a process.
#[derive(Default)]
pub(crate) struct Claims {
    claimed: Mutex<HashMap<Key, Weak<Claim>>>,
    /// Locked drives, and which instance has locked each.
    locked: Mutex<HashMap<Key, u64>>,
}

/// While it lives, nobody can mount the device: one descriptor for a block device, one for each loop device before an image.
#[derive(Debug)]
struct Claim(#[expect(dead_code, reason = "held, not used")] Vec<OwnedFd>);

/// What an instance has.
#[derive(Default)]
pub(super) struct Held(Mutex<State>);

#[derive(Default)]
struct State {
    claim: Option<Arc<Claim>>,
    locked: bool,
    /// What was mounted, in the order in which it was, to be mounted again.
    unmounted: Vec<Mount>,
}

impl Claims {
    /// May it be opened? Not while it is locked: 5.
    pub(super) fn admit(&self, key: Key) -> Result<(), Win32Error> {
        if self.locked.lock().contains_key(&key) { Err(Win32Error::ACCESS_DENIED) } else { Ok(()) }
    }

    /// May this instance write? The first time it claims the device; 5 if somebody else uses it.
    pub(super) fn may_write(&self, made: &Made, held: &Held) -> Result<(), Status> {
        let mut state = held.0.lock();
        if made.writable || state.claim.is_some() {
            return Ok(());
        }
        state.claim = Some(self.claim(made)?);
        Ok(())
    }

    fn claim(&self, made: &Made) -> Result<Arc<Claim>, Status> {
        let mut claimed = self.claimed.lock();
        if let Some(claim) = claimed.get(&made.key).and_then(Weak::upgrade) {
            return Ok(claim);
        }
        claimed.retain(|_, claim| claim.strong_count() > 0);
        let descriptors = match made.key {
            Key::Block(_) => vec![alone(&made.path)?],
            Key::Image(_) => {
                let nodes = loops_of(&made.path).into_iter().filter_map(Number::node);
                nodes.map(|node| alone(&node)).collect::<Result<_, _>>()?
            }
        };
        let claim = Arc::new(Claim(descriptors));
        claimed.insert(made.key, Arc::downgrade(&claim));
        Ok(claim)
    }

    /// See [`super::lock`].
    pub(super) fn lock(&self, made: &Made, held: &Held) -> Result<(), Win32Error> {
        let mut state = held.0.lock();
        let mut locked = self.locked.lock();
        if locked.contains_key(&made.key) || !made.seat.is_alone() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let gone = unmount(made)?;
        if state.claim.is_none() && !made.writable {
            match self.claim(made) {
                Ok(claim) => state.claim = Some(claim),
                Err(_) => {
                    remount(gone);
                    return Err(Win32Error::ACCESS_DENIED);
                }
            }
        }
        state.unmounted.extend(gone);
        state.locked = true;
        locked.insert(made.key, made.seat.id());
        Ok(())
    }

    /// See [`super::unlock`].
    pub(super) fn unlock(&self, made: &Made, held: &Held) -> Result<(), Win32Error> {
        let mut state = held.0.lock();
        if !state.locked {
            return Err(Win32Error::NOT_LOCKED);
        }
        self.give_back(made, &mut state);
        Ok(())
    }

    /// FSCTL_DISMOUNT_VOLUME: 5 while files are open there. It is mounted again when the lock or the handle ends.
    pub(super) fn dismount(&self, made: &Made, held: &Held) -> Result<(), Win32Error> {
        let mut state = held.0.lock();
        let gone = unmount(made)?;
        state.unmounted.extend(gone);
        Ok(())
    }

    /// The instance is closed.
    pub(super) fn release(&self, made: &Made, held: &Held) {
        self.give_back(made, &mut held.0.lock());
    }

    fn give_back(&self, made: &Made, state: &mut State) {
        // Before the mount, which the claim would forbid.
        state.claim = None;
        remount(std::mem::take(&mut state.unmounted));
        if std::mem::take(&mut state.locked) {
            self.locked.lock().remove(&made.key);
        }
    }
}

/// A descriptor that excludes all other uses of a block device; 5 if there are any.
fn alone(path: &Path) -> Result<OwnedFd, Status> {
    let flags = OFlags::RDWR | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let opened = rustix::io::retry_on_intr(|| rustix::fs::openat(CWD, path, flags, Mode::empty()));
    opened.map_err(|errno| match errno {
        Errno::ROFS => Status::MEDIA_WRITE_PROTECTED,
        _ => Status::ACCESS_DENIED,
    })
}

/// The mounts of a drive: its own, or of a whole disk also those of its partitions.
pub(super) fn mounts_of(made: &Made) -> Vec<Mount> {
    let devices = match made.key {
        Key::Block(number) => vec![number],
        Key::Image(_) => loops_of(&made.path),
    };
    let is_on =
        |mount: &Mount| devices.iter().any(|device| mount.device == *device || mount.device.whole() == Some(*device));
    mounts().into_iter().filter(is_on).collect()
}

/// Takes away all mounts of a drive, the newest first, or none of them.
fn unmount(made: &Made) -> Result<Vec<Mount>, Win32Error> {
    let mut left = mounts_of(made);
    if left.iter().any(|mount| made.seat.registry().any_in(mount.device.0)) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let mut gone = Vec::new();
    while let Some(mount) = left.pop() {
        if let Err(errno) = rustix::mount::unmount(&mount.point, UnmountFlags::NOFOLLOW) {
            remount(gone);
            return Err(match errno {
                Errno::BUSY | Errno::PERM => Win32Error::ACCESS_DENIED,
                errno => errors::other(errno),
            });
        }
        gone.insert(0, mount);
    }
    Ok(gone)
}

/// Mounts again what [`unmount`] took away. What cannot be, because the volume was formatted, say, stays away.
fn remount(gone: Vec<Mount>) {
    for mount in gone {
        let words = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let flags = words(&mount.options).iter().fold(MountFlags::empty(), |flags, word| flags | flag(word));
        let data: Vec<_> = words(&mount.data).into_iter().filter(|word| !matches!(&**word, "rw" | "ro")).collect();
        let data = CString::new(data.join(",")).unwrap_or_default();
        let (kind, point) = (mount.kind.as_str(), &mount.point);
        if let Err(error) = rustix::mount::mount(&*mount.source, point, kind, flags, data.as_c_str()) {
            tracing::warn!(%error, point = %point.display(), "a volume that was locked is not mounted again");
        }
    }
}

fn flag(word: &str) -> MountFlags {
    match word {
        "ro" => MountFlags::RDONLY,
        "nosuid" => MountFlags::NOSUID,
        "nodev" => MountFlags::NODEV,
        "noexec" => MountFlags::NOEXEC,
        "noatime" => MountFlags::NOATIME,
        "nodiratime" => MountFlags::NODIRATIME,
        "relatime" => MountFlags::RELATIME,
        "sync" => MountFlags::SYNCHRONOUS,
        _ => MountFlags::empty(),
    }
}
