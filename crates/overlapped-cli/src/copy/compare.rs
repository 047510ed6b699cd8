//! `--verify`: which parts of source and copy to read again, and whether they are the same.
//!
//! Every part that either file has data in is compared; what is a hole in both is zeros in both. The size has been compared
//! before. Comparing means little while the copy is only in the page cache, so it is written to its device and dropped from
//! the cache first ([`Comparison::of`]): that makes verifying many small files as slow as the device flushes.

use super::extents::Piece;
use super::open::Files;
use rustix::fd::BorrowedFd;
use rustix::fs::{Advice, SeekFrom, seek};
use rustix::io::Errno;
use std::os::fd::AsFd;

/// See the module page.
#[derive(Debug)]
pub struct Comparison {
    position: u64,
    size: u64,
    chunk: usize,
}

impl Comparison {
    /// Of two complete files of `size` bytes. Sees to it that the copy is read from its device.
    pub fn of(files: &Files, size: u64, chunk: usize) -> overlapped::Result<Self> {
        files.target.flush_buffers()?;
        // Advice may be refused: then the comparison is one of the cache.
        let _ = rustix::fs::fadvise(files.target.as_fd(), 0, None, Advice::DontNeed);
        Ok(Self { position: 0, size, chunk })
    }

    /// The next part that one of the files has data in.
    pub fn next(&mut self, source: BorrowedFd<'_>, target: BorrowedFd<'_>) -> Option<Piece> {
        if self.position < self.size {
            let data = self.data(source).min(self.data(target));
            self.position = self.position.max(data & !4095);
        }
        let left = self.size.checked_sub(self.position).filter(|left| *left > 0)?;
        let len = usize::try_from(left).map_or(self.chunk, |n| n.min(self.chunk));
        let piece = Piece { offset: self.position, len };
        self.position += len as u64;
        Some(piece)
    }

    /// Where the next data of a file is.
    fn data(&self, file: BorrowedFd<'_>) -> u64 {
        match seek(file, SeekFrom::Data(self.position)) {
            Ok(offset) => offset,
            Err(Errno::NXIO) => self.size,
            Err(_) => self.position,
        }
    }
}

/// The first byte of a piece at which the two differ, if they do. A piece may come longer than asked for.
pub fn difference(piece: Piece, source: &[u8], target: &[u8]) -> Option<u64> {
    let (a, b) = (&source[..source.len().min(piece.len)], &target[..target.len().min(piece.len)]);
    if a == b {
        return None;
    }
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    Some(piece.offset + same as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt;

    #[test]
    fn data_of_either_file_is_compared() {
        let (a, b) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        for (file, offset) in [(&a, 0x10_0000), (&b, 0x80_0000)] {
            file.set_len(0x100_0000).unwrap();
            file.write_all_at(b"data", offset).unwrap();
        }
        let mut comparison = Comparison { position: 0, size: 0x100_0000, chunk: 0x1_0000 };
        let pieces: Vec<_> = std::iter::from_fn(|| comparison.next(a.as_fd(), b.as_fd())).collect();
        assert!(pieces.len() < 200, "most of it is a hole in both");
        for offset in [0x10_0000, 0x80_0000] {
            assert!(pieces.iter().any(|p| (p.offset..p.offset + p.len as u64).contains(&offset)), "{pieces:?}");
        }
    }

    #[test]
    fn the_first_difference_is_found() {
        let piece = Piece { offset: 100, len: 4 };
        assert_eq!(difference(piece, b"abcdXX", b"abcd"), None);
        assert_eq!(difference(piece, b"abcd", b"abXd"), Some(102));
        assert_eq!(difference(piece, b"abc", b"abcd"), Some(103));
    }
}
