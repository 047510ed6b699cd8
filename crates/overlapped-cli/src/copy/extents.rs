//! Which parts of a file are to be copied, a chunk at a time.
//!
//! A file with holes is walked with SEEK_DATA and SEEK_HOLE; one without, or on a file system that does not know, is one
//! stretch of data. A file whose size means nothing (the files of /proc say 0) is read from front to back until it ends.

use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its first byte.
    pub offset: u64,
    /// Its length in bytes; never 0, and at most a chunk.
    pub len: usize,
}

/// See the module page.
#[derive(Debug)]
pub struct Extents {
    shape: Shape,
    chunk: usize,
    position: u64,
    /// Where the present stretch of data ends.
    data_end: u64,
    size: u64,
    /// Pieces to be handed out once more.
    again: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Dense,
    Sparse,
    /// One piece after the other, until one comes back empty.
    Unknown,
}

impl Extents {
    /// Of a regular file of `size` bytes that may have holes.
    pub fn of_file(size: u64, holes: bool, chunk: usize) -> Self {
        let shape = if holes { Shape::Sparse } else { Shape::Dense };
        let data_end = if holes { 0 } else { size };
        Self { shape, chunk, position: 0, data_end, size, again: Vec::new() }
    }

    /// Of something that ends when it ends.
    pub fn until_the_end(chunk: usize) -> Self {
        Self { shape: Shape::Unknown, chunk, position: 0, data_end: 0, size: u64::MAX, again: Vec::new() }
    }

    /// Must each piece be complete before the next one is known?
    pub fn one_by_one(&self) -> bool {
        self.shape == Shape::Unknown
    }

    /// May there be holes?
    pub fn has_holes(&self) -> bool {
        self.shape == Shape::Sparse
    }

    /// The next piece of data. Only a sparse file is asked where that is.
    pub fn next(&mut self, file: impl AsFd) -> Option<Piece> {
        if let Some(piece) = self.again.last_mut() {
            let first = Piece { offset: piece.offset, len: piece.len.min(self.chunk) };
            *piece = Piece { offset: first.offset + first.len as u64, len: piece.len - first.len };
            if piece.len == 0 {
                self.again.pop();
            }
            return Some(first);
        }
        if self.position >= self.size {
            return None;
        }
        if self.shape == Shape::Unknown {
            // Stays here until `came` says how much there was.
            return Some(Piece { offset: self.position, len: self.chunk });
        }
        if self.position >= self.data_end {
            self.seek_data(file.as_fd())?;
        }
        let left = self.data_end - self.position;
        let piece =
            Piece { offset: self.position, len: usize::try_from(left).map_or(self.chunk, |n| n.min(self.chunk)) };
        self.position += piece.len as u64;
        Some(piece)
    }

    /// A piece is to be handed out again, and from now on no piece is longer than `chunk`.
    pub fn again(&mut self, piece: Piece, chunk: usize) {
        self.chunk = chunk;
        self.again.push(piece);
    }

    /// A piece turned out to have `len` bytes.
    pub fn came(&mut self, piece: Piece, len: usize) {
        match self.shape {
            Shape::Unknown if len > 0 => self.position = piece.offset + len as u64,
            // Everything up to here was asked for, and the file ends before it.
            _ if len < piece.len => self.end_at(piece.offset + len as u64),
            _ => {}
        }
    }

    fn end_at(&mut self, end: u64) {
        if self.shape == Shape::Unknown {
            self.size = self.position;
        } else {
            self.size = self.size.min(end);
        }
    }

    /// The size of the copy: that of the source, or less if it shrank meanwhile.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Moves to the next stretch of data.
    fn seek_data(&mut self, file: BorrowedFd<'_>) -> Option<()> {
        let start = match seek(file, SeekFrom::Data(self.position)) {
            Ok(start) if start < self.size => start,
            // Nothing but a hole is left.
            Ok(_) | Err(Errno::NXIO) => {
                self.position = self.size;
                return None;
            }
            Err(_) => {
                self.shape = Shape::Dense;
                self.data_end = self.size;
                return Some(());
            }
        };
        let end = seek(file, SeekFrom::Hole(start)).unwrap_or(self.size);
        // Whole pages: transfers without a cache need them, and nothing is lost by a few zeros.
        self.position = self.position.max(start & !4095);
        self.data_end = end.checked_next_multiple_of(4096).unwrap_or(end).clamp(start + 1, self.size);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    fn all(extents: &mut Extents, file: &File) -> Vec<(u64, usize)> {
        std::iter::from_fn(|| extents.next(file.as_fd())).map(|p| (p.offset, p.len)).collect()
    }

    #[test]
    fn a_dense_file_is_cut_into_chunks() {
        let file = tempfile::tempfile().unwrap();
        let pieces = |size| all(&mut Extents::of_file(size, false, 4096), &file);
        assert_eq!(pieces(0), []);
        assert_eq!(pieces(4096), [(0, 4096)]);
        assert_eq!(pieces(10_000), [(0, 4096), (4096, 4096), (8192, 1808)]);
    }

    #[test]
    fn holes_are_left_out() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(1 << 20).unwrap();
        file.write_all_at(&[1; 5000], 100 * 4096).unwrap();
        let pieces = all(&mut Extents::of_file(1 << 20, true, 1 << 16), &file);
        let data: usize = pieces.iter().map(|(_, len)| len).sum();
        assert!(data < 1 << 19, "a file system with holes is needed for this test: {pieces:?}");
        assert!(pieces.iter().all(|(offset, _)| *offset % 4096 == 0));
        assert!(pieces.iter().any(|(offset, len)| *offset <= 100 * 4096 && offset + *len as u64 >= 100 * 4096 + 5000));
    }

    #[test]
    fn a_file_that_shrank_ends_where_its_first_short_piece_ended() {
        let file = tempfile::tempfile().unwrap();
        let mut extents = Extents::of_file(20_000, false, 4096);
        let first = extents.next(file.as_fd()).unwrap();
        let second = extents.next(file.as_fd()).unwrap();
        extents.came(second, 100);
        extents.came(first, 4096);
        assert_eq!((extents.next(file.as_fd()), extents.size()), (None, 4196));
    }

    #[test]
    fn a_piece_that_is_handed_out_again_comes_in_smaller_ones() {
        let file = tempfile::tempfile().unwrap();
        let mut extents = Extents::of_file(40_960, false, 16_384);
        let first = extents.next(file.as_fd()).unwrap();
        extents.again(first, 8192);
        let pieces = all(&mut extents, &file);
        assert_eq!(pieces, [(0, 8192), (8192, 8192), (16_384, 8192), (24_576, 8192), (32_768, 8192)]);
    }

    #[test]
    fn a_file_of_unknown_size_ends_with_an_empty_piece() {
        let file = tempfile::tempfile().unwrap();
        let mut extents = Extents::until_the_end(4096);
        for (offset, came) in [(0, 4096), (4096, 10), (4106, 0)] {
            let piece = extents.next(file.as_fd()).unwrap();
            assert_eq!(piece, Piece { offset, len: 4096 });
            extents.came(piece, came);
        }
        assert_eq!((extents.next(file.as_fd()), extents.size()), (None, 4106));
    }
}
