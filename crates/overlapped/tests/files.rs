//! Synchronous files: the file pointer, the end of the file, sizes, sharing and dispositions through the Rust face (contract
//! 01 section 2, 02 sections 1 to 3, 5 and 12, 03 section 1).

mod common;

use common::{Lab, bounded, on_every_engine, on_real_engines, pattern};
use overlapped::abi::{AccessMask, ShareMode};
use overlapped::{Error, File, LockKind, OpenOptions, OverlappedFile};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

fn open(lab: &Lab, name: &str) -> File {
    lab.options().read(true).write(true).open(lab.path(name)).unwrap()
}

#[track_caller]
fn code<T>(result: Result<T, Error>) -> u32 {
    match result {
        Ok(_) => panic!("a success"),
        Err(error) => error.code().0,
    }
}

#[test]
fn reads_and_writes_move_the_file_pointer() {
    // Contract 03 section 1: at the file pointer; waits; pointer moves.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let mut file = open(lab, "data");
        let mut four = [0; 4];
        file.read_exact(&mut four).unwrap();
        assert_eq!(&four, b"0123");
        file.write_all(b"XY").unwrap();
        file.read_exact(&mut four).unwrap();
        assert_eq!(&four, b"6789");
        assert_eq!(file.stream_position().unwrap(), 10);
        file.write_all(b"end").unwrap();
        file.flush().unwrap();
        assert_eq!(fs::read(lab.path("data")).unwrap(), b"0123XY6789end");
    });
}

#[test]
fn the_end_of_the_file_reads_as_zero_bytes() {
    // Contract 02 section 5: synchronous, lpOverlapped NULL: TRUE, 0 bytes.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let mut file = open(lab, "data");
        let mut buffer = [7; 16];
        assert_eq!(file.read_bytes(&mut buffer), Ok(10));
        assert_eq!(file.read_bytes(&mut buffer), Ok(0));
        assert_eq!(file.set_pointer(SeekFrom::Start(1 << 40)), Ok(1 << 40));
        assert_eq!(file.read_bytes(&mut buffer), Ok(0));
        assert_eq!(file.read_bytes(&mut []), Ok(0));
        assert_eq!(file.stream_position().unwrap(), 1 << 40, "nothing was read, nothing moves");
        file.set_pointer(SeekFrom::Start(8)).unwrap();
        assert_eq!(file.read_bytes(&mut buffer), Ok(2));
        assert_eq!(&buffer[..2], b"89");
    });
}

#[test]
fn whole_files_go_through_std_io() {
    on_every_engine(|lab| {
        let bytes = pattern(1_000_003, 1);
        lab.file("source", &bytes);
        let mut source = open(lab, "source");
        let mut target = lab.options().write(true).create_new(true).open(lab.path("target")).unwrap();
        assert_eq!(io::copy(&mut source, &mut target).unwrap(), 1_000_003);
        let mut back = Vec::new();
        open(lab, "target").read_to_end(&mut back).unwrap();
        assert!(back == bytes);
    });
}

#[test]
fn the_pointer_goes_where_it_is_sent() {
    // Contract 02 section 2: past the end is allowed and extends nothing by itself; before the start is 131.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let mut file = open(lab, "data");
        assert_eq!(file.seek(SeekFrom::End(-3)).unwrap(), 7);
        assert_eq!(file.seek(SeekFrom::Current(-2)).unwrap(), 5);
        assert_eq!(file.stream_position().unwrap(), 5);
        assert_eq!(code(file.set_pointer(SeekFrom::Current(-6))), 131);
        assert_eq!(code(file.set_pointer(SeekFrom::End(-11))), 131);
        assert_eq!(file.stream_position().unwrap(), 5, "a refused move moves nothing");
        assert_eq!(file.seek(SeekFrom::Start(5 << 32)).unwrap(), 5 << 32);
        assert_eq!(file.size(), Ok(10));
        file.write_all(b"far").unwrap();
        assert_eq!(file.size(), Ok((5 << 32) + 3));
        assert!(file.physical_size().unwrap() < 1 << 20);
        file.seek(SeekFrom::Start(9)).unwrap();
        let mut bytes = [1; 4];
        file.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"9\0\0\0", "the gap reads as zeros");
    });
}

#[test]
fn clones_share_the_pointer_and_other_openings_do_not() {
    // Contract 02 section 2 and 00 section 0.4.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let mut file = open(lab, "data");
        let mut clone = file.try_clone().unwrap();
        let mut other = open(lab, "data");
        file.read_exact(&mut [0; 3]).unwrap();
        assert_eq!(clone.stream_position().unwrap(), 3);
        clone.seek(SeekFrom::Start(6)).unwrap();
        let mut byte = [0];
        file.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"6");
        assert_eq!(other.stream_position().unwrap(), 0);
        drop(file);
        clone.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"7", "one of several handles closed: nothing");
        assert_eq!(lab.system.open_handles(), 2);
        drop((clone, other));
        assert_eq!(lab.system.open_handles(), 0);
    });
}

#[test]
fn calls_on_one_synchronous_file_take_turns() {
    // Contract 00 section 0.4: requests on a synchronous instance are serialised.
    on_every_engine(|lab| {
        lab.file("data", "");
        let file = open(lab, "data");
        std::thread::scope(|scope| {
            for thread in 0..4_u8 {
                let file = file.try_clone().unwrap();
                scope.spawn(move || (0..200).for_each(|_| assert_eq!(file.write_bytes(&[b'a' + thread; 7]), Ok(7))));
            }
        });
        let bytes = fs::read(lab.path("data")).unwrap();
        assert_eq!(bytes.len(), 4 * 200 * 7, "no two writes went to the same place");
        for chunk in bytes.chunks(7) {
            assert!(chunk.iter().all(|byte| *byte == chunk[0]), "writes do not mix");
        }
    });
}

#[test]
fn a_synchronous_pipe_read_waits_for_bytes() {
    // Contract 03 section 1: pipes return what is there, at least 1 byte.
    on_real_engines(|lab| {
        lab.make_fifo("fifo");
        let file = open(lab, "fifo");
        let writer = file.as_fd().try_clone_to_owned().unwrap();
        let feeder = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(5));
            rustix::io::write(&writer, b"abc").unwrap()
        });
        let mut buffer = [0; 64];
        assert_eq!(file.read_bytes(&mut buffer), Ok(3));
        assert_eq!(&buffer[..3], b"abc");
        assert_eq!(feeder.join().unwrap(), 3);
    });
}

#[test]
fn the_end_of_the_file_can_be_set() {
    // Contract 02 section 3: the pointer becomes the end; growth reads as zeros.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let mut file = open(lab, "data");
        file.seek(SeekFrom::Start(4)).unwrap();
        file.set_end_of_file().unwrap();
        assert_eq!(file.size(), Ok(4));
        file.seek(SeekFrom::Start(8)).unwrap();
        file.set_end_of_file().unwrap();
        assert_eq!(fs::read(lab.path("data")).unwrap(), b"0123\0\0\0\0");
        assert_eq!(file.stream_position().unwrap(), 8);
        file.set_len(2).unwrap();
        assert_eq!(fs::read(lab.path("data")).unwrap(), b"01");
        assert_eq!(file.stream_position().unwrap(), 8, "set_len does not move the pointer");
        let reader = lab.options().read(true).open(lab.path("data")).unwrap();
        assert_eq!(code(reader.set_end_of_file()), 5);
        assert_eq!(code(reader.set_len(0)), 5);
        assert_eq!(code(file.set_len(u64::MAX)), 87);
    });
}

#[test]
fn sizes_are_logical_and_physical() {
    // Contract 02 section 1.
    on_real_engines(|lab| {
        lab.file("data", "");
        let file = open(lab, "data");
        assert_eq!((file.size(), file.physical_size()), (Ok(0), Ok(0)));
        file.set_len(10 << 30).unwrap();
        file.set_pointer(SeekFrom::Start(5 << 30)).unwrap();
        file.write_bytes(&vec![1; 1 << 20]).unwrap();
        file.flush_buffers().unwrap();
        assert_eq!(file.size(), Ok(10 << 30));
        let physical = file.physical_size().unwrap();
        assert!((1 << 20..4 << 20).contains(&physical), "{physical}");
        let overlapped = lab.open("data");
        assert_eq!((overlapped.size(), overlapped.physical_size()), (Ok(10 << 30), Ok(physical)));
        assert_eq!(physical, fs::metadata(lab.path("data")).unwrap().blocks() * 512);
    });
}

#[test]
fn flushing_needs_write_access() {
    // Contract 02 section 7.
    on_real_engines(|lab| {
        lab.file("data", "x");
        open(lab, "data").flush_buffers().unwrap();
        assert_eq!(code(lab.options().read(true).open(lab.path("data")).unwrap().flush_buffers()), 5);
    });
}

#[test]
fn access_is_checked_on_every_call() {
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let reader = lab.options().read(true).open(lab.path("data")).unwrap();
        let writer = lab.options().write(true).open(lab.path("data")).unwrap();
        let error = reader.write_bytes(b"x").unwrap_err();
        assert_eq!((error.code().0, error.operation()), (5, "write"));
        assert_eq!(code(writer.read_bytes(&mut [0; 1])), 5);
        let mut writer = &writer;
        assert_eq!(writer.read(&mut [0; 1]).unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    });
}

#[test]
fn appends_go_to_the_end_wherever_the_pointer_stands() {
    // Contract 02 section 12; the pointer ends at the new end of the file.
    on_every_engine(|lab| {
        lab.file("log", "0123456789");
        let mut log = lab.options().append(true).open(lab.path("log")).unwrap();
        log.write_all(b"abc").unwrap();
        log.seek(SeekFrom::Start(0)).unwrap();
        log.write_all(b"def").unwrap();
        assert_eq!(fs::read(lab.path("log")).unwrap(), b"0123456789abcdef");
        assert_eq!(code(log.read_bytes(&mut [0; 1])), 5, "append is no right to read");
    });
}

#[test]
fn who_does_not_share_keeps_others_out() {
    // Contract 01 section 2: 32, in both directions, whatever the interface.
    on_real_engines(|lab| {
        let path = lab.file("data", "0123456789");
        let owner = lab.options().read(true).share_write(false).open(&path).unwrap();
        let error = lab.options().write(true).open(&path).unwrap_err();
        assert_eq!((error.code().0, error.path()), (32, Some(&*path)));
        assert_eq!(code(lab.options().append(true).open_overlapped(&path)), 32);
        lab.options().read(true).open(&path).unwrap();
        let clone = owner.try_clone().unwrap();
        drop(owner);
        assert_eq!(code(lab.options().write(true).open(&path)), 32, "until the last handle of the instance");
        drop(clone);
        let writer = lab.options().write(true).open(&path).unwrap();
        assert_eq!(code(lab.options().read(true).share_write(false).open(&path)), 32);
        drop(writer);
        let alone = lab.options().read(true).share_mode(ShareMode::empty()).open_overlapped(&path).unwrap();
        assert_eq!(code(lab.options().read(true).open(&path)), 32);
        drop(alone);
        lab.options().read(true).open(&path).unwrap();
    });
}

#[test]
fn dispositions_do_what_their_names_say() {
    // Contract 01 section 2: the table of dispositions.
    on_real_engines(|lab| {
        let (there, missing) = (lab.file("there", "0123456789"), lab.path("missing"));
        let writing = || lab.options().write(true).clone();
        // OPEN_EXISTING
        assert_eq!(code(writing().open(&missing)), 2);
        assert_eq!(code(writing().open(lab.path("no/such"))), 3);
        assert_eq!(writing().open(&there).unwrap().size(), Ok(10));
        // CREATE_NEW
        assert_eq!(code(writing().create_new(true).open(&there)), 80);
        assert_eq!(writing().create_new(true).open(&missing).unwrap().size(), Ok(0));
        // OPEN_ALWAYS
        assert_eq!(writing().create(true).open(&there).unwrap().size(), Ok(10));
        fs::remove_file(&missing).unwrap();
        assert_eq!(writing().create(true).open(&missing).unwrap().size(), Ok(0));
        // TRUNCATE_EXISTING
        fs::remove_file(&missing).unwrap();
        assert_eq!(code(writing().truncate(true).open(&missing)), 2);
        assert_eq!(writing().truncate(true).open(&there).unwrap().size(), Ok(0));
        // CREATE_ALWAYS
        fs::write(&there, "again").unwrap();
        assert_eq!(writing().create(true).truncate(true).open(&there).unwrap().size(), Ok(0));
        assert_eq!(writing().create(true).truncate(true).open(&missing).unwrap().size(), Ok(0));
        assert!(missing.exists());
    });
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    on_real_engines(|lab| {
        let path = lab.file("data", "0123456789");
        assert_eq!(code(lab.options().read(true).truncate(true).open(&path)), 87);
        assert_eq!(code(lab.options().read(true).create(true).open(&path)), 87);
        assert_eq!(code(lab.options().append(true).truncate(true).open(&path)), 87);
        assert_eq!(fs::read(&path).unwrap(), b"0123456789", "a refused open changes nothing");
    });
}

#[test]
fn directories_are_no_files() {
    // Contract 01 section 2: 5 without FILE_FLAG_BACKUP_SEMANTICS.
    on_real_engines(|lab| {
        fs::create_dir(lab.path("dir")).unwrap();
        assert_eq!(code(lab.options().read(true).open(lab.path("dir"))), 5);
    });
}

#[test]
fn the_mode_of_a_new_file_is_what_was_asked_for() {
    on_real_engines(|lab| {
        let path = lab.path("secret");
        lab.options().write(true).create_new(true).mode(0o600).open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    });
}

#[test]
fn a_file_may_go_with_its_last_handle() {
    // Contract 02 section 8.
    on_real_engines(|lab| {
        let path = lab.file("data", "x");
        let mut options = lab.options();
        let file = options.access_mode(AccessMask::GENERIC_READ | AccessMask::DELETE).delete_on_close(true);
        let file = file.open(&path).unwrap();
        let clone = file.try_clone().unwrap();
        drop(file);
        assert!(path.exists());
        drop(clone);
        assert!(!path.exists());
    });
}

#[test]
fn drive_letters_and_posix_paths_lead_to_the_same_file() {
    // Decision D9.
    on_real_engines(|lab| {
        let path = lab.file("data", "0123456789");
        let windows = format!("C:{}", path.display().to_string().replace('/', "\\"));
        assert_eq!(lab.options().read(true).open(&windows).unwrap().size(), Ok(10));
        // Case matters only where both exist; a POSIX path is taken as it is.
        assert_eq!(lab.options().read(true).open(windows.replace("data", "DATA")).unwrap().size(), Ok(10));
        assert_eq!(code(lab.options().read(true).open(lab.path("DATA"))), 2);
    });
}

#[test]
fn a_handle_says_what_it_is() {
    on_real_engines(|lab| {
        lab.file("data", "0123456789");
        let file = open(lab, "data");
        let raw = file.handle().raw();
        assert!(raw != 0 && raw.is_multiple_of(4) && u32::try_from(raw).is_ok(), "{raw:#x}");
        assert!(file.handle().access().contains(AccessMask::READ_DATA | AccessMask::WRITE_DATA));
        let handle = file.into_handle();
        assert_eq!(handle.duplicate().unwrap().access(), handle.access());
        assert_ne!(handle.duplicate().unwrap().raw(), handle.raw());
        assert_eq!(lab.system.open_handles(), 1);
    });
}

#[test]
fn the_default_system_follows_the_environment() {
    // Design section 3: OVERLAPPED_ENGINE forces one, else uring if the kernel lets us, else epoll.
    bounded("a file on the default system", || {
        let engine = overlapped::default_system().unwrap().engine().name();
        match std::env::var("OVERLAPPED_ENGINE").unwrap_or_default().as_str() {
            "" | "auto" => assert!(engine == "uring" || engine == "epoll", "{engine}"),
            wanted => assert!(wanted.starts_with(engine), "{engine} instead of {wanted}"),
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        let mut file = OpenOptions::new().read(true).write(true).create(true).open(&path).unwrap();
        file.write_all(b"default").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"default");
    });
}

/// What a child of the next tests is to write to.
const LIMITED: &str = "OVERLAPPED_TEST_SIZE_LIMIT";

#[test]
fn a_write_beyond_the_limit_for_sizes_is_223_after_what_fitted() {
    // Contract 02 section 12. A limit holds for the whole process, so another one runs into it.
    if let Some(path) = std::env::var_os(LIMITED) {
        return beyond_the_limit(path.as_ref());
    }
    in_processes_of_its_own("a_write_beyond_the_limit_for_sizes_is_223_after_what_fitted");
}

/// Runs the test once more on each engine, with the name of a file that is not there.
fn in_processes_of_its_own(test: &'static str) {
    for engine in ["uring", "epoll"] {
        let home = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", test]).env(LIMITED, home.path().join("f")).env("OVERLAPPED_ENGINE", engine);
        let output = bounded(test, move || child.output().unwrap());
        assert!(output.status.success(), "{engine}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

fn beyond_the_limit(path: &std::path::Path) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Longer than any report of the test's own, should its output be a file.
    const LIMIT: u64 = 1 << 20;
    setrlimit(Resource::Fsize, Rlimit { current: Some(LIMIT), maximum: Some(LIMIT) }).unwrap();
    let data = vec![7; LIMIT as usize + 5000];
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    let mut file = options.open(path).unwrap();
    assert_eq!(file.write_bytes(&data), Ok(LIMIT as usize), "what fits");
    assert_eq!(file.stream_position().unwrap(), LIMIT, "the pointer is behind it");
    assert_eq!(code(file.write_bytes(b"x")), 223);
    file.rewind().unwrap();
    assert!(file.write_all(&data).is_err());
    assert_eq!(code(file.set_len(LIMIT + 1)), 223);
    drop(file);
    let overlapped = options.open_overlapped(path).unwrap();
    let (result, _) = overlapped.write_at(data, 0).wait();
    assert_eq!(code(result), 223);
    let (result, _) = overlapped.write_at(vec![7; 100], LIMIT - 50).wait();
    assert_eq!(code(result), 223);
}

#[test]
fn a_lock_without_a_descriptor_to_tell_other_processes_of_it_is_refused_with_4() {
    // Contract 02 section 9: locks hold between processes.
    if let Some(path) = std::env::var_os(LIMITED) {
        return without_descriptors(path.as_ref());
    }
    in_processes_of_its_own("a_lock_without_a_descriptor_to_tell_other_processes_of_it_is_refused_with_4");
}

fn without_descriptors(path: &std::path::Path) {
    use overlapped::LockKind;
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use std::os::fd::AsRawFd;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).share_read(true).share_write(true);
    let (file, stranger) = (options.open_overlapped(path).unwrap(), fs::File::open(path).unwrap());
    let is_locked = || {
        // SAFETY: zeros are a lock of everything, and the structure is this closure's own.
        let mut lock: libc::flock = unsafe { std::mem::zeroed() };
        lock.l_type = libc::F_WRLCK as libc::c_short;
        // SAFETY: as above.
        assert_eq!(unsafe { libc::fcntl(stranger.as_raw_fd(), libc::F_OFD_GETLK, &raw mut lock) }, 0);
        lock.l_type != libc::F_UNLCK as libc::c_short
    };
    let before = getrlimit(Resource::Nofile);
    let next = fs::File::open("/dev/null").unwrap();
    let current = Some(next.as_raw_fd() as u64);
    drop(next);
    setrlimit(Resource::Nofile, Rlimit { current, ..before }).unwrap();
    assert_eq!(code(file.try_lock_range(0..10, LockKind::Exclusive)), 4);
    assert_eq!(code(file.lock_range(0..10, LockKind::Exclusive).wait().0), 4);
    setrlimit(Resource::Nofile, before).unwrap();
    assert!(!is_locked());
    file.try_lock_range(0..10, LockKind::Exclusive).unwrap();
    assert!(is_locked());
    file.unlock_range(0..10).unwrap();
    assert!(!is_locked());
}

#[test]
fn files_of_the_standard_library_are_adopted_with_their_rights_and_position() {
    on_real_engines(|lab| {
        lab.file("data", "0123456789");
        let mut standard = std::fs::File::open(lab.path("data")).unwrap();
        standard.read_exact(&mut [0; 4]).unwrap();
        let overlapped = OverlappedFile::from_fd_in(&lab.system, standard.try_clone().unwrap()).unwrap();
        assert_eq!(overlapped.read_at(vec![0; 3], 7).wait(), (Ok(3), b"789".to_vec()));
        assert_eq!(overlapped.write_at("x", 0).wait().0.unwrap_err().code().0, 5, "opened to be read");
        let synchronous = File::from_fd_in(&lab.system, standard).unwrap();
        let mut rest = String::new();
        (&synchronous).read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "456789", "where the descriptor stood");
    });
}

#[test]
fn a_clone_of_an_overlapped_file_is_the_same_instance() {
    on_real_engines(|lab| {
        let file = lab.fifo("fifo");
        let clone = file.try_clone().unwrap();
        let read = file.read_at(vec![0; 1], 0);
        assert!(read.is_pending());
        assert_eq!(clone.outstanding(), 1);
        drop(file);
        assert!(read.is_pending(), "there is another handle");
        drop(clone);
        assert_eq!(read.wait().0.unwrap_err().code().0, 995);
    });
}

#[test]
fn ranges_are_locked_for_an_instance_and_given_back_exactly() {
    // Contract 02 section 9.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let (file, other) = (open(lab, "data"), open(lab, "data"));
        file.try_lock_range(2..5, LockKind::Exclusive).unwrap();
        assert_eq!(code(other.try_lock_range(4..9, LockKind::Shared)), 33);
        assert_eq!(code(other.read_bytes(&mut [0; 4])), 33);
        assert_eq!(file.read_bytes(&mut [0; 4]), Ok(4), "its own");
        assert_eq!(code(other.unlock_range(2..5)), 158, "a stranger's");
        assert_eq!(code(file.unlock_range(2..4)), 158, "another range");
        file.unlock_range(2..5).unwrap();
        assert_eq!(other.read_bytes(&mut [0; 4]), Ok(4));
        file.lock_range(0..u64::MAX, LockKind::Shared).unwrap();
        assert_eq!(code(file.write_bytes(b"x")), 33, "nobody writes");
        assert_eq!(code(file.try_lock_range(Range { start: 5, end: 4 }, LockKind::Shared)), 307);
        drop(file);
        other.lock_range(0..1, LockKind::Exclusive).unwrap();
        let blind = lab.options().access_mode(AccessMask::READ_ATTRIBUTES).open(lab.path("data")).unwrap();
        assert_eq!(code(blind.try_lock_range(0..1, LockKind::Shared)), 5);
    });
}

#[test]
fn an_overlapped_lock_waits_for_its_range_and_can_be_cancelled() {
    // Contract 02 section 9: pending, and complete when granted; 03 section 8.
    on_every_engine(|lab| {
        lab.file("data", "0123456789");
        let open = || lab.options().read(true).write(true).open_overlapped(lab.path("data")).unwrap();
        let (file, other) = (open(), open());
        assert_eq!(file.lock_range(0..10, LockKind::Exclusive).wait(), (Ok(0), ()));
        let (first, second) = (other.lock_range(0..5, LockKind::Exclusive), other.lock_range(5..9, LockKind::Shared));
        assert!(first.is_pending() && second.is_pending());
        assert!(first.cancel());
        assert_eq!(code(first.wait().0), 995);
        file.unlock_range(0..10).unwrap();
        assert_eq!(second.wait(), (Ok(0), ()));
        assert_eq!(code(file.try_lock_range(6..7, LockKind::Exclusive)), 33);
        other.unlock_range(5..9).unwrap();
        file.try_lock_range(6..7, LockKind::Exclusive).unwrap();
        assert_eq!(code(other.lock_range(Range { start: 5, end: 4 }, LockKind::Shared).wait().0), 307);
    });
}
