//! Copies of files by name: what the progress routine hears and may say, what a copy keeps, and what is left of one that ends early.
//! CopyFile has no chapter in the contract; the rules are those of Microsoft's public documentation of CopyFileEx, and contract 03
//! section 8 (not cancellable), 02 sections 1, 4 and 9.

use crate::common::*;
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::fileapi::locks::ovl_LockFile;
use overlapped_win32::fileapi::size::ovl_GetFileSizeEx;
use overlapped_win32::winbase_io::*;
use std::ffi::c_void;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::ptr::{null, null_mut};

const MIB: usize = 1 << 20;
const CHUNK_FINISHED: u32 = 0;
const STREAM_SWITCH: u32 = 1;
const CANCEL: u32 = 1;
const STOP: u32 = 2;
const QUIET: u32 = 3;

/// One call of the routine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Heard {
    size: i64,
    copied: i64,
    reason: u32,
}

/// What is heard, and what is answered to call number so and so.
#[derive(Default)]
struct Listener {
    heard: Vec<Heard>,
    answer: Option<(usize, u32)>,
    /// Set at that call.
    flag: i32,
    sets_flag: bool,
}

unsafe extern "C" fn listen(
    size: i64,
    copied: i64,
    stream_size: i64,
    stream_copied: i64,
    stream: u32,
    reason: u32,
    source: usize,
    target: usize,
    data: *mut c_void,
) -> u32 {
    // SAFETY: the tests pass a listener, which nobody else has meanwhile.
    let listener = unsafe { &mut *data.cast::<Listener>() };
    assert_eq!((size, copied, 1), (stream_size, stream_copied, stream));
    let mut of_source = 0;
    // SAFETY: the size goes into a variable.
    granted(|| unsafe { ovl_GetFileSizeEx(source, &mut of_source) });
    assert_eq!(of_source, size, "the first handle is the source's");
    assert_eq!(ovl_GetFileType(target), 1, "FILE_TYPE_DISK");
    listener.heard.push(Heard { size, copied, reason });
    match listener.answer {
        Some((call, answer)) if call + 1 == listener.heard.len() => {
            listener.flag = listener.sets_flag.into();
            answer
        }
        _ => 0,
    }
}

fn noise(len: usize) -> Vec<u8> {
    (0..len).map(|n| (n ^ n >> 7 ^ n >> 15) as u8).collect()
}

/// Copies `a` to `b`; the last error, or 0.
fn copy(directory: &Directory, listener: &mut Listener, flags: u32) -> u32 {
    let (a, b) = (directory.name("a"), directory.name("b"));
    let data: *mut Listener = listener;
    // SAFETY: the names end with zeros; the listener lives as long as the call, and its flag is an int that only the routine writes.
    unsafe {
        let flag = &raw const (*data).flag;
        match ovl_CopyFileExA(bytes(&a), bytes(&b), Some(listen), data.cast(), flag, flags) {
            0 => overlapped_win32::errhandlingapi::ovl_GetLastError(),
            _ => 0,
        }
    }
}

#[test]
fn each_part_is_reported_in_order_with_the_handles_of_both_files() {
    let directory = Directory::new();
    let content = noise(5 * MIB + 77);
    directory.file("a", &content);
    let mut listener = Listener::default();
    assert_eq!(copy(&directory, &mut listener, 0), 0);
    let size = content.len() as i64;
    assert_eq!(listener.heard[0], Heard { size, copied: 0, reason: STREAM_SWITCH });
    let parts = &listener.heard[1..];
    assert!(parts.len() > 1, "more than one part: {parts:?}");
    assert!(parts.iter().all(|heard| heard.reason == CHUNK_FINISHED && heard.size == size));
    assert!(parts.windows(2).all(|pair| pair[0].copied < pair[1].copied), "{parts:?}");
    assert_eq!(parts.last().map(|heard| heard.copied), Some(size));
    assert!(directory.content("b") == content);
}

#[test]
fn a_file_of_any_size_is_the_same_afterwards() {
    let directory = Directory::new();
    for len in [0, 1, 4096, MIB - 1, MIB, MIB + 1, 2 * MIB, 9 * MIB + 5] {
        let content = noise(len);
        let (a, b) = (directory.file("a", &content), directory.name("b"));
        // SAFETY: the names end with zeros.
        granted(|| unsafe { ovl_CopyFileA(bytes(&a), bytes(&b), 0) });
        assert!(directory.content("b") == content, "{len} bytes, nobody listens");
        assert_eq!(copy(&directory, &mut Listener::default(), 0), 0);
        assert!(directory.content("b") == content, "{len} bytes, somebody listens");
    }
}

#[test]
fn who_wants_to_hear_no_more_is_asked_no_more() {
    let directory = Directory::new();
    let content = noise(3 * MIB);
    directory.file("a", &content);
    let mut listener = Listener { answer: Some((1, QUIET)), ..Listener::default() };
    assert_eq!(copy(&directory, &mut listener, 0), 0);
    assert_eq!(listener.heard.len(), 2);
    assert!(directory.content("b") == content);
}

#[test]
fn a_copy_that_is_cancelled_takes_its_target_away() {
    let directory = Directory::new();
    directory.file("a", &noise(4 * MIB));
    for call in [0, 1, 2, 4] {
        let mut listener = Listener { answer: Some((call, CANCEL)), ..Listener::default() };
        assert_eq!(copy(&directory, &mut listener, 0), 1235, "ERROR_REQUEST_ABORTED");
        assert_eq!(listener.heard.len(), call + 1);
        assert!(!directory.path("b").exists());
    }
}

#[test]
fn the_flag_ends_a_copy_also_when_the_routine_has_gone_quiet() {
    let directory = Directory::new();
    directory.file("a", &noise(4 * MIB));
    for answer in [0, QUIET] {
        let mut listener = Listener { answer: Some((1, answer)), sets_flag: true, ..Listener::default() };
        assert_eq!(copy(&directory, &mut listener, 0), 1235);
        assert_eq!(listener.heard.len(), 2);
        assert!(!directory.path("b").exists());
    }
}

#[test]
fn a_copy_that_is_stopped_leaves_the_beginning() {
    let directory = Directory::new();
    let content = noise(6 * MIB);
    directory.file("a", &content);
    let mut listener = Listener { answer: Some((3, STOP)), ..Listener::default() };
    assert_eq!(copy(&directory, &mut listener, 0), 1235);
    let copied = listener.heard[3].copied as usize;
    let left = directory.content("b");
    assert_eq!(left.len(), copied, "what was reported, and nothing behind it");
    assert!(left == content[..copied] && copied < content.len());
    // RESTARTABLE: the next one makes it whole.
    assert_eq!(copy(&directory, &mut Listener::default(), 2), 0);
    assert!(directory.content("b") == content);
}

#[test]
fn flags_that_mean_something_else_are_refused() {
    let directory = Directory::new();
    directory.file("a", b"1");
    assert_eq!(copy(&directory, &mut Listener::default(), 0x100), 87);
    assert!(!directory.path("b").exists());
    assert_eq!(copy(&directory, &mut Listener::default(), 0x100F), 0, "hints, and FAIL_IF_EXISTS");
    assert_eq!(copy(&directory, &mut Listener::default(), 1), 80);
}

#[test]
fn a_link_is_copied_as_such_where_that_is_asked_for() {
    const COPY_SYMLINK: u32 = 0x800;
    let directory = Directory::new();
    directory.file("f", b"data");
    std::os::unix::fs::symlink("f", directory.path("a")).unwrap();
    let target = || std::fs::read_link(directory.path("b")).ok();
    let same = Some("f".into());
    assert_eq!(copy(&directory, &mut Listener::default(), COPY_SYMLINK | 1), 0);
    assert_eq!(target(), same);
    assert_eq!(copy(&directory, &mut Listener::default(), COPY_SYMLINK | 1), 80);
    // In the place of a file, but of none that is in use, and of no directory.
    std::fs::remove_file(directory.path("b")).unwrap();
    directory.file("b", b"old");
    let user = directory.open("b", READ, OPEN_EXISTING, 0);
    assert_eq!(copy(&directory, &mut Listener::default(), COPY_SYMLINK | 1), 80);
    assert_eq!(directory.content("b"), b"old");
    drop(user);
    assert_eq!(copy(&directory, &mut Listener::default(), COPY_SYMLINK), 0);
    assert_eq!(target(), same);
    std::fs::remove_file(directory.path("b")).unwrap();
    std::fs::create_dir(directory.path("b")).unwrap();
    assert_eq!(copy(&directory, &mut Listener::default(), COPY_SYMLINK), 5);
    assert_eq!(std::fs::read_dir(directory.path("")).unwrap().count(), 3, "nothing else is left");
    std::fs::remove_dir(directory.path("b")).unwrap();
    // Without the flag it is followed, and with it a file is copied as ever.
    assert_eq!(copy(&directory, &mut Listener::default(), 0), 0);
    assert_eq!((target(), directory.content("b")), (None, b"data".to_vec()));
    std::fs::remove_file(directory.path("a")).unwrap();
    directory.file("a", b"plain");
    let mut listener = Listener::default();
    assert_eq!(copy(&directory, &mut listener, COPY_SYMLINK), 0);
    assert_eq!((directory.content("b"), listener.heard.len()), (b"plain".to_vec(), 2));
    std::fs::remove_file(directory.path("a")).unwrap();
    assert_eq!(copy(&directory, &mut listener, COPY_SYMLINK), 2);
}

#[test]
fn a_copy_may_be_used_by_whom_its_source_may_be_used() {
    let directory = Directory::new();
    for (n, mode) in [0o600, 0o700, 0o444, 0o640].into_iter().enumerate() {
        let (a, b) = (directory.file(&format!("a{n}"), b"secret"), directory.name(&format!("b{n}")));
        std::fs::set_permissions(directory.path(&format!("a{n}")), PermissionsExt::from_mode(mode)).unwrap();
        // SAFETY: the names end with zeros.
        granted(|| unsafe { ovl_CopyFileA(bytes(&a), bytes(&b), 1) });
        let copied = std::fs::metadata(directory.path(&format!("b{n}"))).unwrap().mode() & 0o777;
        // The umask may take rights away from others, never from the owner.
        assert_eq!((copied & 0o700, copied & !mode), (mode & 0o700, 0), "{copied:o} of {mode:o}");
    }
}

#[test]
fn a_target_that_is_replaced_keeps_its_permissions() {
    let directory = Directory::new();
    let (a, b) = (directory.file("a", b"new"), directory.file("b", b"older"));
    std::fs::set_permissions(directory.path("b"), PermissionsExt::from_mode(0o600)).unwrap();
    // SAFETY: the names end with zeros.
    granted(|| unsafe { ovl_CopyFileA(bytes(&a), bytes(&b), 0) });
    assert_eq!(directory.content("b"), b"new");
    assert_eq!(std::fs::metadata(directory.path("b")).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn holes_stay_holes() {
    let directory = Directory::new();
    let size = 64 * MIB as u64 + 3;
    let (a, b) = (directory.file("a", b""), directory.name("b"));
    let file = std::fs::File::options().write(true).open(directory.path("a")).unwrap();
    file.set_len(size).unwrap();
    for at in [0, 20 * MIB as u64 + 777] {
        file.write_all_at(&noise(100_000), at).unwrap();
    }
    // SAFETY: the names end with zeros.
    granted(|| unsafe { ovl_CopyFileA(bytes(&a), bytes(&b), 1) });
    let copied = std::fs::metadata(directory.path("b")).unwrap();
    assert_eq!(copied.len(), size);
    assert!(copied.blocks() * 512 < 4 * MIB as u64, "{} blocks", copied.blocks());
    assert!(directory.content("b") == directory.content("a"));

    let mut listener = Listener::default();
    assert_eq!(copy(&directory, &mut listener, 0), 0);
    assert_eq!(listener.heard.last().map(|heard| heard.copied), Some(size as i64), "holes count");
}

#[test]
fn a_file_that_says_that_it_is_empty_is_read_until_it_ends() {
    let directory = Directory::new();
    for (name, copy) in [(c"/proc/version", "b"), (c"/proc/filesystems", "c")] {
        let b = directory.name(copy);
        // SAFETY: the names end with zeros.
        granted(|| unsafe { ovl_CopyFileA(name.as_ptr().cast(), bytes(&b), 1) });
        assert_eq!(directory.content(copy), std::fs::read(name.to_str().unwrap()).unwrap(), "{name:?}");
    }
}

#[test]
fn a_locked_source_is_not_copied() {
    let directory = Directory::new();
    for len in [100, 3 * MIB] {
        let (a, b) = (directory.file("a", &noise(len)), directory.name("b"));
        let owner = directory.open("a", READ, OPEN_EXISTING, 0);
        granted(|| ovl_LockFile(owner.0, len as u32 / 2, 0, 1, 0));
        // SAFETY: the names end with zeros.
        assert_eq!(refused(|| unsafe { ovl_CopyFileA(bytes(&a), bytes(&b), 1) }), 33, "ERROR_LOCK_VIOLATION");
        assert!(!directory.path("b").exists());
    }
}

#[test]
fn directories_and_devices_are_not_copied() {
    let directory = Directory::new();
    let (a, b) = (directory.file("a", b"1"), directory.name("b"));
    std::fs::create_dir(directory.path("d")).unwrap();
    let d = directory.name("d");
    // SAFETY: the names end with zeros.
    unsafe {
        assert_eq!(refused(|| ovl_CopyFileA(bytes(&d), bytes(&b), 0)), 5);
        assert_eq!(refused(|| ovl_CopyFileA(bytes(&a), bytes(&d), 0)), 5);
        assert_eq!(refused(|| ovl_CopyFileA(c"/dev/zero".as_ptr().cast(), bytes(&b), 0)), 1);
        assert_eq!(refused(|| ovl_CopyFileExA(bytes(&a), null(), None, null_mut(), null(), 0)), 3);
    }
    assert!(!directory.path("b").exists(), "nothing was begun");
}
