//! What the fuzz targets share: bytes that decide, and a file tree that is only a list.

use overlapped_kernel::namespace::Lookup;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// The fuzzer's input, from which every decision comes. After its end, everything is 0.
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// All of an input.
    pub fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    /// Is nothing left to decide?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `limit`, which is at most 256.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit.max(1)
    }

    /// The next four bytes.
    pub fn word(&mut self) -> u32 {
        u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }
}

/// A file system of a few files.
pub struct Tree {
    current: PathBuf,
    files: BTreeSet<PathBuf>,
}

impl Tree {
    /// These files, and the directories that they are in.
    pub fn new(current: &str, files: &[&str]) -> Self {
        let files = files.iter().flat_map(|file| Path::new(file).ancestors()).map(Path::to_path_buf).collect();
        Self { current: current.into(), files }
    }
}

impl Lookup for Tree {
    fn exists(&self, path: &Path) -> bool {
        self.files.contains(path)
    }

    fn read_dir_names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
        if !self.exists(directory) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let inside = self.files.iter().filter(|file| file.parent() == Some(directory));
        Ok(inside.filter_map(|file| file.file_name().map(ToOwned::to_owned)).collect())
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        Ok(self.current.clone())
    }
}
