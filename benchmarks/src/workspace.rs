//! Data files whose every byte is known.
//!
//! A file is a sequence of 64-bit words; word number `i` is [`word`]`(i)`. So the content needs no
//! memory, does not compress, and anybody can say what a read at any offset must bring. A file that is
//! to be overwritten is [poisoned](poison) first: one page of every chunk is inverted, and a copy that
//! leaves out any chunk shows.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The size of a page and of a random read.
pub const BLOCK: usize = 4096;
/// A [poisoned](poison) file has one wrong page in every so many bytes.
pub const CHUNK: u64 = 256 << 10;
/// Files are written and re-read in pieces of this size.
const PIECE: usize = 1 << 20;
const WORD: u64 = size_of::<u64>() as u64;

static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();

/// A directory for data files; removed when dropped, so also on an error, a panic and Ctrl-C.
pub struct Workspace(TempDir);

impl Workspace {
    /// A new directory inside `dir`.
    pub fn new(dir: &Path) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("ovl-bench-").tempdir_in(dir).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}; choose another --dir", dir.display()))
        })?;
        let _ = DIRECTORY.set(directory.path().to_owned());
        Ok(Self(directory))
    }

    /// A path inside it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Held by a thread that others wait for: if it panics, they would wait for ever, so the program ends.
pub struct AbandonOnPanic;

impl Drop for AbandonOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if let Some(directory) = DIRECTORY.get() {
                let _ = fs::remove_dir_all(directory);
            }
            std::process::exit(101);
        }
    }
}

/// Word number `index` of every file (the SplitMix64 sequence).
#[inline]
pub fn word(index: u64) -> u64 {
    let z = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The content of a file from `offset`, which is a multiple of eight, on.
fn fill(buffer: &mut [u8], offset: u64) {
    for (index, bytes) in (offset / WORD..).zip(buffer.chunks_mut(size_of::<u64>())) {
        bytes.copy_from_slice(&word(index).to_le_bytes()[..bytes.len()]);
    }
}

/// Whether `buffer` is the content of a file from `offset` on.
fn matches(buffer: &[u8], offset: u64) -> bool {
    (offset / WORD..)
        .zip(buffer.chunks(size_of::<u64>()))
        .all(|(index, bytes)| bytes == &word(index).to_le_bytes()[..bytes.len()])
}

/// Writes a file of `length` bytes. The content starts with word number `first`.
pub fn create(path: &Path, length: u64, first: u64) -> io::Result<()> {
    let file = File::create(path)?;
    let mut buffer = vec![0; PIECE.min(usize::try_from(length).unwrap_or(PIECE))];
    let mut at = 0;
    while at < length {
        let size = (length - at).min(PIECE as u64) as usize;
        fill(&mut buffer[..size], first * WORD + at);
        file.write_all_at(&buffer[..size], at)?;
        at += size as u64;
    }
    Ok(())
}

/// Reads the whole file, so that it is in the page cache.
pub fn warm(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    let mut buffer = vec![0; PIECE];
    let mut at = 0;
    loop {
        match file.read_at(&mut buffer, at)? {
            0 => return Ok(()),
            count => at += count as u64,
        }
    }
}

/// Where in chunk number `chunk` the poison goes: not always the same page of it.
fn poisoned_page(chunk: u64, length: u64) -> (u64, usize) {
    let start = chunk * CHUNK;
    let pages = (length - start).min(CHUNK).div_ceil(BLOCK as u64);
    let at = start + word(chunk) % pages * BLOCK as u64;
    (at, (length - at).min(BLOCK as u64) as usize)
}

/// Makes one page of every chunk wrong.
pub fn poison(path: &Path, length: u64) -> io::Result<()> {
    let file = File::options().write(true).open(path)?;
    let mut page = [0; BLOCK];
    for chunk in 0..length.div_ceil(CHUNK) {
        let (at, size) = poisoned_page(chunk, length);
        fill(&mut page, at);
        page.iter_mut().for_each(|byte| *byte = !*byte);
        file.write_all_at(&page[..size], at)?;
    }
    file.sync_data()
}

/// Compares the pages that [`poison`] made wrong, and the length.
pub fn check_sample(path: &Path, length: u64) -> io::Result<()> {
    let file = open_copy(path)?;
    expect_length(&file, length)?;
    let mut page = [0; BLOCK];
    for chunk in 0..length.div_ceil(CHUNK) {
        let (at, size) = poisoned_page(chunk, length);
        file.read_exact_at(&mut page[..size], at)?;
        expect_content(&page[..size], at)?;
    }
    Ok(())
}

/// Compares every byte of a file that was [created](create) with `first`.
pub fn check_whole(path: &Path, length: u64, first: u64) -> io::Result<()> {
    let file = open_copy(path)?;
    expect_length(&file, length)?;
    let mut buffer = vec![0; PIECE.min(usize::try_from(length).unwrap_or(PIECE))];
    let mut at = 0;
    while at < length {
        let size = (length - at).min(PIECE as u64) as usize;
        file.read_exact_at(&mut buffer[..size], at)?;
        expect_content(&buffer[..size], first * WORD + at)?;
        at += size as u64;
    }
    Ok(())
}

fn open_copy(path: &Path) -> io::Result<File> {
    File::open(path).map_err(|error| io::Error::new(error.kind(), format!("the copy {}: {error}", path.display())))
}

fn expect_length(file: &File, length: u64) -> io::Result<()> {
    match file.metadata()?.len() {
        is if is == length => Ok(()),
        is => Err(io::Error::other(format!("the copy is {is} bytes long, not {length}"))),
    }
}

fn expect_content(buffer: &[u8], offset: u64) -> io::Result<()> {
    if matches(buffer, offset) {
        return Ok(());
    }
    Err(io::Error::other(format!("the copy differs in the {} bytes at {offset}", buffer.len())))
}

/// What a [`Block`]'s read is checked by: its first and its last word, added up over all reads.
#[inline]
pub fn stamp(block: &[u8]) -> u64 {
    let head = block.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let tail = block.last_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    head.wrapping_add(tail)
}

/// The [`stamp`] that block number `block` of a file has.
pub fn expected_stamp(block: u64) -> u64 {
    let words = BLOCK as u64 / WORD;
    word(block * words).wrapping_add(word(block * words + words - 1))
}

/// One aligned block of memory, fit for unbuffered reads.
#[repr(C, align(4096))]
#[derive(Clone)]
pub struct Block(pub [u8; BLOCK]);

impl Block {
    /// So many blocks of zeroes.
    pub fn many(count: usize) -> Vec<Self> {
        vec![Self([0; BLOCK]); count]
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, CHUNK, Workspace, check_sample, check_whole, create, expected_stamp, poison, stamp};
    use std::fs;

    #[test]
    fn a_created_file_checks_and_a_poisoned_one_does_not() {
        let workspace = Workspace::new(&std::env::temp_dir()).unwrap();
        let path = workspace.path("file");
        let length = 3 * CHUNK + 5;
        create(&path, length, 0).unwrap();
        check_whole(&path, length, 0).unwrap();
        check_sample(&path, length).unwrap();
        let bytes = fs::read(&path).unwrap();
        assert_eq!(stamp(&bytes[BLOCK..2 * BLOCK]), expected_stamp(1));
        poison(&path, length).unwrap();
        assert!(check_sample(&path, length).is_err());
        assert!(check_whole(&path, length, 0).is_err());
        assert!(check_whole(&path, length + 1, 0).is_err());
    }
}
