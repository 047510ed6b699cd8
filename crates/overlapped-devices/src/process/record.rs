//! The record of a process: memory that it shares with its parent and with whoever has its handle, and behind that the [`Table`].
//!
//! The file has no name. Its size is sealed, so that nobody can take the memory away from under another; what stands in it may be
//! changed by each who has it, which harms nobody but those who ask for this process's exit code.

use super::table::Table;
use overlapped_kernel::process::Will;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering::*};

const MAGIC: u64 = u64::from_le_bytes(*b"ovlproc1");
/// Where the table begins.
const TABLE: u64 = size_of::<Head>() as u64;
/// The longest table that is read.
const LONGEST: u32 = 64 << 20;
/// The code is said.
const SAID: u64 = 1 << 32;

#[repr(C)]
struct Head {
    magic: AtomicU64,
    /// What the environment of the child names, too: another file in this place is not meant.
    nonce: AtomicU64,
    /// Bytes of the table.
    len: AtomicU32,
    /// The process that it was made for.
    process: AtomicU32,
    /// The code with which that ends, and [`SAID`].
    said: AtomicU64,
    /// The code with which somebody has ended it, and [`SAID`].
    sentence: AtomicU64,
    /// Why its program could not be begun.
    failure: AtomicI32,
}

/// See the module page.
pub struct Record {
    head: NonNull<Head>,
    fd: OwnedFd,
    /// The parent's end of the socket by which it gives the process handles, and how many it has given.
    mail: Option<OwnedFd>,
    given: AtomicU32,
}

// SAFETY: the memory is there until the record is dropped, and all that is in it is atomic.
unsafe impl Send for Record {}
// SAFETY: as above.
unsafe impl Sync for Record {}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").field("process", &self.process()).finish_non_exhaustive()
    }
}

impl Record {
    /// A record with a table. Its descriptor is at least 3.
    pub fn new(table: &Table) -> Result<Self, Errno> {
        let fd = rustix::fs::memfd_create("overlapped-process", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        let fd = rustix::io::fcntl_dupfd_cloexec(&fd, 3)?;
        let bytes = table.encode();
        rustix::fs::ftruncate(&fd, TABLE + bytes.len() as u64)?;
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let at = TABLE + (bytes.len() - rest.len()) as u64;
            rest = &rest[rustix::io::pwrite(&fd, rest, at)?..];
        }
        rustix::fs::fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let record = Self::map(fd)?;
        let mut nonce = [0; 8];
        rustix::rand::getrandom(&mut nonce, rustix::rand::GetRandomFlags::empty())?;
        let head = record.head();
        head.nonce.store(u64::from_ne_bytes(nonce), Relaxed);
        head.len.store(bytes.len() as u32, Relaxed);
        head.magic.store(MAGIC, Release);
        Ok(record)
    }

    /// The record that another process has made; `EINVAL` for anything else.
    pub fn adopt(fd: OwnedFd) -> Result<Self, Errno> {
        let seals = rustix::fs::fcntl_get_seals(&fd)?;
        if !seals.contains(SealFlags::SHRINK) || rustix::fs::fstat(&fd)?.st_size.cast_unsigned() < TABLE {
            return Err(Errno::INVAL);
        }
        let record = Self::map(fd)?;
        if record.head().magic.load(Acquire) == MAGIC { Ok(record) } else { Err(Errno::INVAL) }
    }

    fn map(fd: OwnedFd) -> Result<Self, Errno> {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        let null = std::ptr::null_mut();
        // SAFETY: a fresh mapping, of a file that is at least as long and is sealed against becoming shorter.
        let memory = unsafe { rustix::mm::mmap(null, size_of::<Head>(), access, MapFlags::SHARED, &fd, 0) }?;
        let head = NonNull::new(memory.cast()).ok_or(Errno::NOMEM)?;
        Ok(Self { head, fd, mail: None, given: AtomicU32::new(0) })
    }

    /// The record with the parent's end of that socket.
    pub fn with_mail(self, mail: OwnedFd) -> Self {
        // Not `Self { mail, ..self }`: it has a destructor.
        let mut record = self;
        record.mail = Some(mail);
        record
    }

    fn head(&self) -> &Head {
        // SAFETY: mapped as long as `self` lives, aligned as pages are, and all fields are atomic.
        unsafe { self.head.as_ref() }
    }

    /// The table, if it is one.
    pub fn table(&self) -> Option<Table> {
        let len = self.head().len.load(Relaxed);
        let most = rustix::fs::fstat(&self.fd).ok()?.st_size.cast_unsigned().checked_sub(TABLE)?;
        if len > LONGEST || u64::from(len) > most {
            return None;
        }
        let mut bytes = vec![0; len as usize];
        let mut done = 0;
        while done < bytes.len() {
            match rustix::io::pread(&self.fd, &mut bytes[done..], TABLE + done as u64).ok()? {
                0 => return None,
                more => done += more,
            }
        }
        Table::decode(&bytes)
    }

    pub fn nonce(&self) -> u64 {
        self.head().nonce.load(Relaxed)
    }

    /// The process that it was made for; 0 as long as there is none.
    pub fn process(&self) -> u32 {
        self.head().process.load(Acquire)
    }

    /// Where a child writes its number, and why it could not begin its program.
    pub fn cells(&self) -> (&AtomicU32, &AtomicI32) {
        (&self.head().process, &self.head().failure)
    }

    /// The process says with which code it ends. The last word counts.
    pub fn say(&self, code: u32) {
        self.head().said.store(SAID | u64::from(code), Release);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        // SAFETY: what `map` has mapped; no reference outlives `self`.
        let unmapped = unsafe { rustix::mm::munmap(self.head.as_ptr().cast(), size_of::<Head>()) };
        debug_assert!(unmapped.is_ok());
    }
}

fn code(cell: &AtomicU64) -> Option<u32> {
    let value = cell.load(Acquire);
    (value & SAID != 0).then_some(value as u32)
}

impl Will for Record {
    fn said(&self) -> Option<u32> {
        code(&self.head().said)
    }

    fn sentence(&self) -> Option<u32> {
        code(&self.head().sentence)
    }

    fn condemn(&self, code: u32) {
        let _ = self.head().sentence.compare_exchange(0, SAID | u64::from(code), AcqRel, Relaxed);
    }

    fn descriptor(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn mail(&self) -> Option<(BorrowedFd<'_>, u32)> {
        self.mail.as_ref().map(|mail| (mail.as_fd(), self.given.fetch_add(1, Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_by_others_as_it_was_made() {
        let table = Table { directory: "/run".into(), ..Table::default() };
        let made = Record::new(&table).unwrap();
        let read = Record::adopt(made.fd.try_clone().unwrap()).unwrap();
        assert_eq!((read.table(), read.nonce(), read.process()), (Some(table), made.nonce(), 0));
        read.say(0xC000_013A);
        made.condemn(5);
        read.condemn(6);
        assert_eq!((made.said(), read.sentence()), (Some(0xC000_013A), Some(5)));
        assert!(rustix::fs::ftruncate(&read.fd, 0).is_err(), "its size is sealed");
    }

    #[test]
    fn other_files_are_no_records() {
        let file = rustix::fs::memfd_create("x", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
        assert!(Record::adopt(file.try_clone().unwrap()).is_err());
        rustix::fs::ftruncate(&file, 4096).unwrap();
        assert!(Record::adopt(file.try_clone().unwrap()).is_err(), "not sealed");
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK).unwrap();
        assert!(Record::adopt(file).is_err(), "not ours");
        assert!(Record::adopt(tempfile::tempfile().unwrap().into()).is_err());
    }
}
