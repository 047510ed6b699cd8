//! What a request gives and what it is refused for (contract 02 sections 5, 6 and 12, 03 section 1).

use super::*;

#[test]
fn what_is_written_is_read() {
    on_every_engine(|lab| {
        lab.file("data", "");
        let file = lab.open("data");
        for len in [1, 4095, 4096, 65_536, 1 << 20] {
            let bytes = pattern(len, len as u64);
            let (written, back) = file.write_at(bytes.clone(), 12_345).wait();
            assert_eq!(written, Ok(len));
            assert!(back == bytes);
            let (read, back) = file.read_at(Vec::with_capacity(len), 12_345).wait();
            assert_eq!(read, Ok(len));
            assert!(back == bytes, "{len} bytes");
        }
        assert_eq!(file.size(), Ok(12_345 + (1 << 20)));
    });
}

#[test]
fn every_kind_of_buffer_can_be_written_from() {
    on_real_engines(|lab| {
        lab.file("data", "");
        let file = lab.open("data");
        assert_eq!(file.write_at(b"static ".as_slice(), 0).wait().0, Ok(7));
        assert_eq!(file.write_at(String::from("string "), 7).wait().0, Ok(7));
        assert_eq!(file.write_at(Arc::<[u8]>::from(b"shared ".as_slice()), 14).wait().0, Ok(7));
        assert_eq!(file.write_at(b"boxed ".to_vec().into_boxed_slice(), 21).wait().0, Ok(6));
        let mut aligned = AlignedBuf::with_capacity(5);
        aligned.resize(1);
        aligned.copy_from_slice(b"!");
        assert_eq!(file.write_at(aligned, 27).wait().0, Ok(1));
        let (read, back) = file.read_at(vec![0; 64].into_boxed_slice(), 0).wait();
        assert_eq!(&back[..read.unwrap()], b"static string shared boxed !");
    });
}

#[test]
fn the_end_of_the_file_is_an_error_and_what_precedes_it_is_not() {
    // The table of contract 02 section 5, overlapped rows.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        for at in [10, 11, 4096, 1 << 40] {
            let (result, buffer) = file.read_at(vec![7; 16], at).wait();
            assert_eq!(result.unwrap_err().code().0, 38, "at {at}");
            assert!(buffer.is_empty(), "nothing was read");
        }
        assert_eq!(file.read_at(vec![0; 16], 8).wait(), (Ok(2), b"89".to_vec()), "straddles the end");
        assert_eq!(file.read_at(Vec::new(), 10).wait(), (Ok(0), Vec::new()), "0 bytes at the end");
        assert_eq!(file.read_at(Vec::new(), 1 << 40).wait(), (Ok(0), Vec::new()), "0 bytes past the end");
        lab.file("empty", "");
        assert_eq!(code(lab.open("empty").read_at(vec![0; 1], 0).wait()), 38);
    });
}

#[test]
fn a_write_of_nothing_changes_nothing() {
    // Contract 02 section 12: success, not even the size.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        for at in [0, 10, 1 << 40, u64::MAX] {
            assert_eq!(file.write_at(Vec::new(), at).wait().0, Ok(0));
        }
        assert_eq!(file.size(), Ok(10));
    });
}

#[test]
fn access_is_checked_before_everything_else() {
    // Contract 02 section 13: 3 access, 5 length 0, 7 offset.
    on_real_engines(|lab| {
        lab.file("data", "0123456789");
        let reader = lab.options().read(true).open_overlapped(lab.path("data")).unwrap();
        let writer = lab.options().write(true).open_overlapped(lab.path("data")).unwrap();
        assert_eq!(code(reader.write_at(Vec::new(), 0).wait()), 5);
        assert_eq!(code(reader.write_at(vec![1], u64::MAX - 5).wait()), 5);
        let refused = writer.read_at(b"mine".to_vec(), 0);
        assert!(!refused.is_pending());
        assert!(!refused.cancel());
        let (result, buffer) = refused.wait();
        assert_eq!(result.unwrap_err().code().0, 5);
        assert_eq!(buffer, b"mine", "a refused buffer comes back as it went");
    });
}

#[test]
fn negative_offsets_are_refused() {
    // Contract 02 section 12: -2 on an overlapped instance and any other negative offset 87; -1 is for writes only.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let file = lab.open("data");
        for at in [u64::MAX - 1, u64::MAX - 2, 1 << 63] {
            assert_eq!(code(file.read_at(vec![0; 4], at).wait()), 87, "read at {at:#x}");
            assert_eq!(code(file.write_at(vec![0; 4], at).wait()), 87, "write at {at:#x}");
        }
        assert_eq!(code(file.read_at(vec![0; 4], u64::MAX).wait()), 87);
        // At the largest offsets there is nothing to read, and nothing can be written.
        assert_eq!(code(file.read_at(vec![0; 4], i64::MAX as u64 - 1).wait()), 38);
        assert_eq!(code(file.write_at(vec![0; 4], i64::MAX as u64 - 1).wait()), 87);
        assert_eq!(file.size(), Ok(10));
    });
}

#[test]
fn a_write_at_minus_one_appends() {
    // Contract 02 section 12: atomically with respect to the size, from many threads too.
    on_every_engine(|lab| {
        lab.file("log", "start|");
        let file = lab.open("log");
        assert_eq!(file.write_at(b"a line|".to_vec(), u64::MAX).wait().0, Ok(7));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let file = &file;
                scope.spawn(move || {
                    for n in 0..50 {
                        let line = format!("{thread}:{n}|");
                        let len = line.len();
                        assert_eq!(file.write_at(line, u64::MAX).wait().0, Ok(len));
                    }
                });
            }
        });
        let text = std::fs::read_to_string(lab.path("log")).unwrap();
        let mut lines: Vec<&str> = text.split_terminator('|').collect();
        assert_eq!(lines[..2], ["start", "a line"]);
        assert_eq!(lines.len(), 202);
        lines.sort_unstable();
        lines.dedup();
        if !lab.is_simulated() {
            // The simulation may make a transfer in two parts, between which others append.
            assert_eq!(lines.len(), 202, "every line is whole");
        }
    });
}

#[test]
fn a_file_opened_for_append_ignores_offsets() {
    // Contract 02 section 12: FILE_APPEND_DATA without FILE_WRITE_DATA.
    on_every_engine(|lab| {
        lab.file("log", "0123456789");
        let file = lab.options().access_mode(AccessMask::APPEND_DATA).open_overlapped(lab.path("log")).unwrap();
        assert_eq!(file.write_at(b"abc".to_vec(), 0).wait().0, Ok(3));
        assert_eq!(file.write_at(b"def".to_vec(), 5).wait().0, Ok(3));
        assert_eq!(std::fs::read(lab.path("log")).unwrap(), b"0123456789abcdef");
    });
}

#[test]
fn offsets_beyond_four_gibibytes_work() {
    // Contract 03 section 2: a 64-bit start.
    on_every_engine(|lab| {
        lab.file("sparse", "");
        let file = lab.open("sparse");
        let places = [(1_u64 << 32) - 2, (1 << 32) + 12_345, 5 << 32, (1 << 40) + 1];
        for (n, at) in places.into_iter().enumerate() {
            assert_eq!(file.write_at(pattern(5, n as u64), at).wait().0, Ok(5), "at {at:#x}");
        }
        for (n, at) in places.into_iter().enumerate() {
            assert_eq!(file.read_at(vec![0; 5], at).wait(), (Ok(5), pattern(5, n as u64)), "at {at:#x}");
        }
        assert_eq!(file.size(), Ok((1 << 40) + 6));
        assert!(file.physical_size().unwrap() < 1 << 20, "holes take no room");
        assert_eq!(file.read_at(vec![1; 3], 7 << 32).wait(), (Ok(3), vec![0; 3]), "a hole reads as zeros");
    });
}

#[test]
fn unbuffered_transfers_must_be_aligned() {
    // Contract 02 section 6: offset, length and address; violation 87.
    on_real_engines(|lab| {
        let bytes = pattern(3 * 4096 + 100, 9);
        lab.file("data", &bytes);
        let mut options = lab.options();
        let file = options.read(true).write(true).unbuffered(true).open_overlapped(lab.path("data")).unwrap();
        let aligned = || AlignedBuf::with_capacity(4096);
        assert_eq!(code(file.read_at(aligned(), 100).wait()), 87, "the offset");
        assert_eq!(code(file.read_at(vec![0; 100], 0).wait()), 87, "the length");
        assert_eq!(code(file.read_at(Skewed(AlignedBuf::with_capacity(8192)), 0).wait()), 87, "the address");
        let mut short = aligned();
        short.resize(100);
        assert_eq!(code(file.write_at(short, 0).wait()), 87, "the length of a write");
        assert_eq!(std::fs::read(lab.path("data")).unwrap().len(), bytes.len(), "nothing was written");

        let (read, buffer) = file.read_at(aligned(), 4096).wait();
        assert_eq!(read, Ok(4096));
        assert!(*buffer == bytes[4096..8192]);
        let (read, buffer) = file.read_at(aligned(), 3 * 4096).wait();
        assert_eq!(read, Ok(100), "the tail has only the real bytes");
        assert!(*buffer == bytes[3 * 4096..]);
        assert_eq!(code(file.read_at(aligned(), 4 * 4096).wait()), 38);
    });
}

/// One byte off the alignment.
struct Skewed(AlignedBuf);

// SAFETY: the bytes are those of the aligned buffer, on the heap, save the first.
unsafe impl overlapped::IoBuf for Skewed {
    fn start(&self) -> *const u8 {
        // SAFETY: inside the buffer's 8192 bytes.
        unsafe { overlapped::IoBuf::start(&self.0).add(1) }
    }

    fn len(&self) -> usize {
        4096
    }
}

// SAFETY: as above.
unsafe impl overlapped::IoBufMut for Skewed {
    fn start_mut(&mut self) -> *mut u8 {
        // SAFETY: inside the buffer's 8192 bytes.
        unsafe { overlapped::IoBufMut::start_mut(&mut self.0).add(1) }
    }

    fn capacity(&self) -> usize {
        4096
    }

    unsafe fn set_filled(&mut self, _len: usize) {}
}
