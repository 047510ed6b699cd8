//! The table that a parent leaves to its child, as bytes.
//!
//! It is read by another program than the one that wrote it, perhaps of another version, and anybody may write one: so each
//! number is looked at, a table that ends too early is none, and a descriptor counts only if it leads to the file that the parent meant.

use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use rustix::io::{FdFlags, fcntl_setfd};
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// A command line in the units in which it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Line {
    /// There is none.
    #[default]
    None,
    /// Bytes.
    Bytes(Vec<u8>),
    /// UTF-16, which need not be valid.
    Units(Vec<u16>),
}

/// What STARTUPINFO says that a child can ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Startup {
    /// `lpDesktop`.
    pub desktop: Option<OsString>,
    /// `lpTitle`.
    pub title: Option<OsString>,
    /// `dwX` to `dwFlags`.
    pub numbers: [u32; 8],
    /// `wShowWindow`.
    pub show: u16,
    /// `lpReserved2`.
    pub reserved: Vec<u8>,
}

/// A descriptor by its number, and the file that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    fd: i32,
    device: u64,
    file: u64,
}

impl Place {
    /// Where a descriptor of this process will be in a child.
    pub fn of(fd: BorrowedFd<'_>) -> Option<Self> {
        let stat = rustix::fs::fstat(fd).ok()?;
        Some(Self { fd: fd.as_raw_fd(), device: stat.st_dev, file: stat.st_ino })
    }

    /// Is the descriptor there, does it lead to that file, and is it none of those that are `claimed` already? Then it is one of them, and
    /// children of this process do not get it by themselves.
    pub fn claim(self, claimed: &mut BTreeSet<i32>) -> bool {
        if self.fd < 3 || !claimed.insert(self.fd) {
            return false;
        }
        // SAFETY: if it is not open the call fails, and nothing else is done with it.
        let fd = unsafe { BorrowedFd::borrow_raw(self.fd) };
        Self::of(fd) == Some(self) && fcntl_setfd(fd, FdFlags::CLOEXEC).is_ok()
    }

    /// Makes a copy of it with this number, unless that is in use.
    pub fn copy_to(self, number: i32) {
        // SAFETY: takes numbers only; what is open stays as it is.
        unsafe {
            if libc::fcntl(number, libc::F_GETFD) < 0 {
                libc::dup3(self.fd, number, libc::O_CLOEXEC);
            }
        }
    }

    /// Takes the descriptor over.
    ///
    /// # Safety
    /// [`Place::claim`] has said that it is there, and nobody else takes it.
    pub unsafe fn take(self) -> OwnedFd {
        // SAFETY: the caller's promise.
        unsafe { OwnedFd::from_raw_fd(self.fd) }
    }
}

/// What handles refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// An open device.
    Instance {
        /// Which kind.
        kind: u32,
        /// Opened for overlapped requests.
        overlapped: bool,
        /// The notification modes.
        modes: u8,
        /// What else the device says.
        bytes: Vec<u8>,
    },
    /// An object with a name.
    Named(OsString),
    /// An event, a mutex, a semaphore, a timer without a name.
    Signal,
    /// A section without a name: its bytes, its protection, and whether it is memory.
    Section(u64, u32, bool),
    /// A process by its number; true means its first thread.
    Process(u32, bool),
}

/// A thing with the descriptors that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub thing: Thing,
    /// Its descriptors.
    pub places: Vec<Place>,
}

/// One handle: value, rights, flags, and which of the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// Its value.
    pub value: u32,
    /// The rights.
    pub access: u32,
    /// Inherit and protect.
    pub flags: u32,
    /// The place of its object in [`Table::objects`].
    pub object: u32,
}

/// See the module page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The command line.
    pub line: Line,
    /// STARTUPINFO.
    pub startup: Startup,
    /// The standard handles; 0 for none, [`u64::MAX`] for whatever descriptor 0, 1 or 2 is.
    pub standard: [u64; 3],
    /// The directory in which processes meet.
    pub directory: OsString,
    /// What the handles refer to.
    pub objects: Vec<Object>,
    /// The handles.
    pub handles: Vec<Handle>,
    /// The socket by which the parent gives more handles.
    pub mail: Option<Place>,
}

struct Writer(Vec<u8>);

impl Writer {
    fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend(bytes);
    }

    fn text(&mut self, text: Option<&OsStr>) {
        self.u32(u32::from(text.is_some()));
        self.bytes(text.unwrap_or_default().as_bytes());
    }

    fn place(&mut self, place: &Place) {
        self.u32(place.fd.cast_unsigned());
        self.u64(place.device);
        self.u64(place.file);
    }

    fn thing(&mut self, thing: &Thing) {
        match thing {
            Thing::Instance { kind, overlapped, modes, bytes } => {
                [1, *kind, u32::from(*overlapped), u32::from(*modes)].into_iter().for_each(|word| self.u32(word));
                self.bytes(bytes);
            }
            Thing::Named(name) => {
                self.u32(2);
                self.bytes(name.as_bytes());
            }
            Thing::Signal => self.u32(3),
            Thing::Section(size, protection, is_memory) => {
                self.u32(4);
                self.u64(*size);
                self.u32(*protection);
                self.u32(u32::from(*is_memory));
            }
            Thing::Process(id, is_thread) => {
                [5, *id, u32::from(*is_thread)].into_iter().for_each(|word| self.u32(word));
            }
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let len = self.u32()? as usize;
        Some(self.take(len)?.to_vec())
    }

    fn text(&mut self) -> Option<Option<OsString>> {
        let there = self.u32()? != 0;
        let text = self.bytes()?;
        Some(there.then(|| OsString::from_vec(text)))
    }

    /// A number of things that each have at least so many bytes.
    fn count(&mut self, least: usize) -> Option<u32> {
        self.u32().filter(|count| *count as usize <= self.0.len() / least)
    }

    fn thing(&mut self) -> Option<Thing> {
        Some(match self.u32()? {
            1 => Thing::Instance {
                kind: self.u32()?,
                overlapped: self.u32()? != 0,
                modes: u8::try_from(self.u32()?).ok()?,
                bytes: self.bytes()?,
            },
            2 => Thing::Named(OsString::from_vec(self.bytes()?)),
            3 => Thing::Signal,
            4 => Thing::Section(self.u64()?, self.u32()?, self.u32()? != 0),
            5 => Thing::Process(self.u32()?, self.u32()? != 0),
            _ => return None,
        })
    }

    fn object(&mut self) -> Option<Object> {
        let thing = self.thing()?;
        let count = self.count(20)?;
        Some(Object { thing, places: (0..count).map(|_| self.place()).collect::<Option<_>>()? })
    }

    fn place(&mut self) -> Option<Place> {
        Some(Place { fd: i32::try_from(self.u32()?).ok()?, device: self.u64()?, file: self.u64()? })
    }
}

impl Table {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer(Vec::new());
        let (kind, line) = match &self.line {
            Line::None => (0, Vec::new()),
            Line::Bytes(bytes) => (1, bytes.clone()),
            Line::Units(units) => (2, units.iter().flat_map(|unit| unit.to_le_bytes()).collect()),
        };
        w.u32(kind);
        w.bytes(&line);
        w.text(self.startup.desktop.as_deref());
        w.text(self.startup.title.as_deref());
        self.startup.numbers.iter().for_each(|number| w.u32(*number));
        w.u32(self.startup.show.into());
        w.bytes(&self.startup.reserved);
        self.standard.iter().for_each(|handle| w.u64(*handle));
        w.bytes(self.directory.as_bytes());
        w.u32(self.objects.len() as u32);
        for object in &self.objects {
            w.thing(&object.thing);
            w.u32(object.places.len() as u32);
            object.places.iter().for_each(|place| w.place(place));
        }
        w.u32(self.handles.len() as u32);
        for handle in &self.handles {
            [handle.value, handle.access, handle.flags, handle.object].into_iter().for_each(|word| w.u32(word));
        }
        if let Some(mail) = &self.mail {
            w.place(mail);
        }
        w.0
    }

    /// Of bytes; `None` if they are none.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut r = Reader(bytes);
        let (kind, line) = (r.u32()?, r.bytes()?);
        let line = match kind {
            0 => Line::None,
            1 => Line::Bytes(line),
            2 => Line::Units(line.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect()),
            _ => return None,
        };
        let (desktop, title) = (r.text()?, r.text()?);
        let mut numbers = [0; 8];
        for number in &mut numbers {
            *number = r.u32()?;
        }
        let startup = Startup { desktop, title, numbers, show: u16::try_from(r.u32()?).ok()?, reserved: r.bytes()? };
        let standard = [r.u64()?, r.u64()?, r.u64()?];
        let directory = OsString::from_vec(r.bytes()?);
        let count = r.count(8)?;
        let objects = (0..count).map(|_| r.object()).collect::<Option<Vec<_>>>()?;
        let count = r.count(16)?;
        let handle = |r: &mut Reader<'_>| {
            let handle = Handle { value: r.u32()?, access: r.u32()?, flags: r.u32()?, object: r.u32()? };
            ((handle.object as usize) < objects.len()).then_some(handle)
        };
        let handles = (0..count).map(|_| handle(&mut r)).collect::<Option<_>>()?;
        // A parent of an older version has none.
        let mail = r.place();
        Some(Self { line, startup, standard, directory, objects, handles, mail })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fd::AsFd;

    fn table() -> Table {
        let place = Place::of(std::io::stdin().as_fd()).unwrap();
        let startup = Startup { title: Some("title".into()), numbers: [1, 2, 3, 4, 5, 6, 7, 8], ..Startup::default() };
        let instance = Thing::Instance { kind: 3, overlapped: true, modes: 1, bytes: vec![1, 2, 3] };
        let things =
            [instance, Thing::Named("n".into()), Thing::Signal, Thing::Section(1, 2, true), Thing::Process(9, true)];
        Table {
            line: Line::Units(vec![0xD800, 0x61]),
            startup,
            standard: [0, 4, u64::MAX],
            directory: "/run".into(),
            objects: things.into_iter().map(|thing| Object { thing, places: vec![place; 2] }).collect(),
            handles: vec![Handle { value: 4, access: 5, flags: 1, object: 4 }],
            mail: None,
        }
    }

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let table = table();
        assert_eq!(Table::decode(&table.encode()), Some(table));
    }

    #[test]
    fn a_table_that_ends_early_or_makes_no_sense_is_none() {
        let bytes = table().encode();
        for len in 0..bytes.len() {
            assert_eq!(Table::decode(&bytes[..len]), None, "{len}");
        }
        for at in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[at] ^= 0xFF;
            // Whatever comes of it, it comes without a panic, and each handle has an object.
            if let Some(table) = Table::decode(&wrong) {
                assert!(table.handles.iter().all(|handle| (handle.object as usize) < table.objects.len()));
            }
        }
    }

    #[test]
    fn a_descriptor_counts_only_if_it_leads_to_the_file_that_was_meant() {
        let file = tempfile::tempfile().unwrap();
        let place = Place::of(file.as_fd()).unwrap();
        let mut claimed = BTreeSet::new();
        assert!(place.claim(&mut claimed));
        assert!(!place.claim(&mut claimed), "nobody takes it twice");
        let claim = |place: Place| place.claim(&mut BTreeSet::new());
        assert!(!claim(Place { file: place.file + 1, ..place }));
        assert!(!claim(Place { fd: 2, ..place }) && !claim(Place { fd: -1, ..place }));
        assert!(!claim(Place { fd: 1_000_000, ..place }));
    }
}
