//! The register: which process owns which names, in files of the run-time directory.
//!
//! Names whose file name is the same share a file, nearly always one. Changes are made under a lock of the whole register and put in place by
//! renaming, so who only looks needs no lock and sees one state or the other. Each owner's entry has a note of the device's, by which a
//! second creator decides without asking the first.

use super::codec::{Fields, Malformed, Writer};
use super::owner::Owner;
use overlapped_kernel::namespace::ObjectName;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What kind of thing a name is of; names of different kinds have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Named pipes.
    Pipe = 1,
    /// Mailslots.
    Mailslot = 2,
    /// Who takes in the datagrams of other computers for the mailslots of this one.
    Post = 3,
}

/// How many kinds there are.
pub(super) const KINDS: usize = 3;

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Pipe => "pipe",
            Self::Mailslot => "mailslot",
            Self::Post => "post",
        }
    }

    pub(super) fn index(self) -> usize {
        self as usize - 1
    }

    pub(super) fn from_number(number: u8) -> Result<Self, Malformed> {
        [Self::Pipe, Self::Mailslot, Self::Post].into_iter().find(|kind| *kind as u8 == number).ok_or(Malformed)
    }
}

/// A name in the register, compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Of what.
    pub kind: Kind,
    /// Which.
    pub name: ObjectName,
}

impl Name {
    /// The name of a thing of that kind.
    pub fn new(kind: Kind, name: impl Into<ObjectName>) -> Self {
        Self { kind, name: name.into() }
    }

    /// The form that all spellings share.
    pub(super) fn key(&self) -> &[u8] {
        self.name.folded().as_bytes()
    }

    pub(super) fn file_name(&self) -> String {
        format!("{}-{}", self.kind.prefix(), crate::shared::file_name(self.name.folded(), 0))
    }
}

/// An owner of a name and what it has noted there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Whom to connect to.
    pub owner: Owner,
    /// The device's words.
    pub note: Vec<u8>,
}

/// The names of one file, each with its owners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bucket(Vec<(Vec<u8>, Vec<Registration>)>);

const MAGIC: &[u8] = b"overlapped names 1";

impl Bucket {
    /// What the file holds; nothing if there is none, or if it is no such file.
    pub fn read(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(Self::parse(&bytes).unwrap_or_else(|Malformed| {
                tracing::warn!(path = %path.display(), "the register of names is damaged here, and begun again");
                Self::default()
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(bytes.strip_prefix(MAGIC).ok_or(Malformed)?);
        let mut names = Vec::new();
        for _ in 0..fields.u32()? {
            let name = fields.bytes()?.to_vec();
            let mut owners = Vec::new();
            for _ in 0..fields.u32()? {
                owners.push(Registration { owner: Owner(fields.u64()?), note: fields.bytes()?.to_vec() });
            }
            names.push((name, owners));
        }
        fields.finish()?;
        Ok(Self(names))
    }

    fn bytes(&self) -> Vec<u8> {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut out = Writer::new().rest(MAGIC).u32(count(self.0.len()));
        for (name, owners) in &self.0 {
            out = out.bytes(name).u32(count(owners.len()));
            out = owners.iter().fold(out, |out, entry| out.u64(entry.owner.0).bytes(&entry.note));
        }
        out.finish()
    }

    /// Puts this in the place of what the file holds. The register is locked by the caller.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        if self.0.is_empty() {
            return match std::fs::remove_file(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            };
        }
        let mut new: OsString = path.to_path_buf().into();
        new.push(".new");
        let new = PathBuf::from(new);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let file = rustix::fs::open(&new, flags, Mode::RUSR | Mode::WUSR).map_err(io::Error::from)?;
        io::Write::write_all(&mut std::fs::File::from(file), &self.bytes())?;
        std::fs::rename(&new, path)
    }

    /// The owners of a name.
    pub fn owners(&self, name: &Name) -> &[Registration] {
        self.0.iter().find(|(key, _)| key == name.key()).map_or(&[], |(_, owners)| owners)
    }

    /// These own the name now.
    pub fn set_owners(&mut self, name: &Name, owners: Vec<Registration>) {
        self.0.retain(|(key, _)| key != name.key());
        if !owners.is_empty() {
            self.0.push((name.key().to_vec(), owners));
        }
    }

    /// Keeps only owners that live.
    pub fn retain(&mut self, alive: impl Fn(Owner) -> bool) {
        self.0.iter_mut().for_each(|(_, owners)| owners.retain(|entry| alive(entry.owner)));
        self.0.retain(|(_, owners)| !owners.is_empty());
    }
}

/// Nobody else changes the register while the result lives.
pub(super) fn lock(directory: &Path) -> Result<OwnedFd, Errno> {
    crate::shared::lock_directory(directory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bucket() -> Bucket {
        let entry = |number: u64, note: &[u8]| Registration { owner: Owner(number), note: note.to_vec() };
        let mut bucket = Bucket::default();
        bucket.set_owners(&Name::new(Kind::Pipe, "One"), vec![entry(1, b"x"), entry(u64::MAX, b"")]);
        bucket.set_owners(&Name::new(Kind::Pipe, "Two"), vec![entry(2, b"note")]);
        bucket
    }

    #[test]
    fn names_are_found_in_any_case_and_go_with_their_last_owner() {
        let mut bucket = bucket();
        assert_eq!(Bucket::parse(&bucket.bytes()), Ok(bucket.clone()));
        assert_eq!(bucket.owners(&Name::new(Kind::Pipe, "oNE")).len(), 2);
        bucket.retain(|owner| owner.0 == u64::MAX);
        assert_eq!((bucket.owners(&Name::new(Kind::Pipe, "one")).len(), bucket.0.len()), (1, 1));
        bucket.set_owners(&Name::new(Kind::Pipe, "ONE"), vec![]);
        assert_eq!(bucket, Bucket::default());
    }

    proptest! {
        #[test]
        fn a_damaged_register_is_refused_whole(cut in 0_usize..200, at in 0_usize..200, to: u8) {
            let whole = bucket().bytes();
            prop_assert_eq!(Bucket::parse(&whole[..cut % whole.len()]), Err(Malformed));
            let mut spoiled = whole.clone();
            let at = at % whole.len();
            spoiled[at] = to;
            // No panic, and no more memory than there are bytes.
            let _ = Bucket::parse(&spoiled);
        }
    }
}
