//! Watched directories and scattered transfers through the Rust face (contract 02 sections 10 and 11).

use overlapped::abi::constants::attributes::{FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_HIDDEN};
use overlapped::abi::constants::file::*;
use overlapped::abi::{AccessMask, FileFlags, FileTime};
use overlapped::{Action, AlignedBuf, CompletionPort, OpenOptions, OverlappedFile, Watch, changes};
use std::path::Path;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(30);
const NAMES: Watch = Watch { subtree: true, filter: FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME };

fn directory(path: &Path) -> OverlappedFile {
    OpenOptions::new().open_directory(path).unwrap()
}

#[test]
fn changes_below_a_directory_arrive() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("sub")).unwrap();
    let watched = directory(home.path());
    let next = watched.read_changes(vec![0; 4096], NAMES);
    assert!(next.is_pending());
    std::fs::write(home.path().join("sub/a"), b"").unwrap();
    let (bytes, records) = next.wait_timeout(LIMIT).expect("it is told");
    let seen = changes(&records[..bytes.unwrap()]);
    assert_eq!((seen.len(), seen[0].action, seen[0].path.as_path()), (1, Action::Added, Path::new("sub/a")));

    std::fs::rename(home.path().join("sub/a"), home.path().join("sub/b")).unwrap();
    let (bytes, records) = watched.read_changes(records, NAMES).wait_timeout(LIMIT).expect("it was kept");
    let seen: Vec<_> =
        changes(&records[..bytes.unwrap()]).into_iter().map(|change| (change.action, change.path)).collect();
    assert_eq!(seen, [(Action::RenamedFrom, "sub/a".into()), (Action::RenamedTo, "sub/b".into())]);
}

/// Contract 02 section 10: who is told that changes were lost lists the directory, and relies on what is told from then on.
#[test]
fn after_lost_changes_directories_that_came_meanwhile_are_watched_too() {
    let queue = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events");
    let most: usize = queue.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(16_384);
    if most > 100_000 {
        eprintln!("not here: so many changes are never lost");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    ["gone", "stays"].iter().for_each(|name| std::fs::create_dir(path(name)).unwrap());
    let watched = directory(home.path());
    let next = watched.read_changes(vec![0; 4096], NAMES);
    assert!(next.cancel());
    let (_, records) = next.wait_timeout(LIMIT).expect("it ends");
    for _ in 0..=most / 2 {
        std::fs::write(path("f"), b"").unwrap();
        std::fs::remove_file(path("f")).unwrap();
    }
    let outside = tempfile::tempdir_in(home.path().parent().unwrap()).unwrap();
    std::fs::rename(path("gone"), outside.path().join("gone")).unwrap();
    std::fs::rename(path("stays"), path("moved")).unwrap();
    std::fs::create_dir_all(path("new/inner")).unwrap();
    let (lost, mut records) = watched.read_changes(records, NAMES).wait_timeout(LIMIT).expect("it was kept");
    assert_eq!(lost, Ok(0), "the directory has to be listed");

    for directory in ["new/inner", "moved"] {
        // Of the lost ones it may be told more than once: one look takes no more than so many.
        for turn in 0.. {
            std::fs::write(outside.path().join(format!("gone/{turn}")), b"").unwrap();
            let name = format!("{directory}/{turn}");
            let next = watched.read_changes(records, NAMES);
            std::fs::write(path(&name), b"").unwrap();
            let (bytes, told) = next.wait_timeout(LIMIT).expect("it is told");
            let seen: Vec<_> = changes(&told[..bytes.unwrap()]).into_iter().map(|change| change.path).collect();
            records = told;
            assert!(seen.iter().all(|path| !path.starts_with("gone")), "{seen:?}");
            if seen.iter().any(|path| path.starts_with(directory)) {
                break;
            }
            assert!(turn < 10, "no end of it");
        }
    }
}

#[test]
fn changes_are_told_to_a_port_with_key_and_context() {
    let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let port = CompletionPort::<&str, u32>::new(0).unwrap();
    let watched = port.associate(directory(home.path()), "home").unwrap();
    let second = port.associate(directory(other.path()), "other").unwrap();
    watched.read_changes(vec![0; 4096], NAMES, 7).unwrap();
    second.read_changes(vec![0; 4096], NAMES, 8).unwrap();
    std::fs::write(home.path().join("new"), b"").unwrap();
    let done = port.get_timeout(LIMIT).unwrap().expect("a packet");
    let records = done.buffer.unwrap();
    assert_eq!((done.key, done.context, done.result), ("home", 7, Ok(records.len())));
    assert_eq!(changes(&records)[0].path, Path::new("new"));
    let nothing = Watch { filter: 0, ..NAMES };
    let rejected = watched.read_changes(records, nothing, 9).unwrap_err();
    assert_eq!((rejected.error.code().0, rejected.context, rejected.buffer.is_empty()), (87, 9, false));
}

#[test]
fn a_dropped_wait_for_changes_is_cancelled() {
    let home = tempfile::tempdir().unwrap();
    let watched = directory(home.path());
    drop(watched.read_changes(vec![0; 4096], NAMES));
    let next = watched.read_changes(vec![0; 4096], NAMES);
    assert!(next.cancel());
    let (result, _) = next.wait_timeout(LIMIT).expect("it ends");
    assert_eq!(result.unwrap_err().code().0, 995);
}

#[test]
fn a_plain_file_cannot_be_watched() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("f");
    std::fs::write(&path, b"").unwrap();
    let file = OpenOptions::new().read(true).open_overlapped(&path).unwrap();
    let (result, buffer) = file.read_changes(vec![0; 64], NAMES).wait();
    assert_eq!((result.unwrap_err().code().0, buffer.len()), (87, 64), "the buffer comes back");
}

fn filled(letter: u8, len: usize) -> AlignedBuf {
    let mut buffer = AlignedBuf::with_capacity(len);
    buffer.resize(len);
    buffer.fill(letter);
    buffer
}

#[test]
fn buffers_are_written_and_read_as_one() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("f");
    let file = OpenOptions::new().read(true).write(true).create(true).unbuffered(true).open_overlapped(&path).unwrap();
    let buffers = vec![filled(b'a', 4096), filled(b'b', 8192), filled(b'c', 512)];
    let (bytes, buffers) = file.write_gathered(buffers, 0).wait();
    assert_eq!((bytes.unwrap(), buffers.len()), (4096 + 8192 + 512, 3));
    let content = std::fs::read(&path).unwrap();
    assert_eq!((content[0], content[4096], content[12288], content.len()), (b'a', b'b', b'c', 12800));

    let empty = vec![AlignedBuf::with_capacity(8192), AlignedBuf::with_capacity(8192), AlignedBuf::with_capacity(4096)];
    let (bytes, buffers) = file.read_scattered(empty, 0).wait();
    assert_eq!(bytes.unwrap(), 12800);
    assert_eq!(buffers.iter().map(|buffer| buffer.len()).collect::<Vec<_>>(), [8192, 4608, 0]);
    assert_eq!((buffers[0][8191], buffers[1][4607]), (b'b', b'c'));

    let crooked = vec![filled(b'a', 512), filled(b'b', 4096)];
    assert_eq!(file.write_gathered(crooked, 0).wait().0.unwrap_err().code().0, 87);
    let buffered = OpenOptions::new().read(true).open_overlapped(&path).unwrap();
    let (result, _) = buffered.read_scattered(vec![AlignedBuf::with_capacity(4096)], 0).wait();
    assert_eq!(result.unwrap_err().code().0, 87, "not on a file with buffering");
}

#[test]
fn attributes_and_times_of_a_directory_are_changed_01_4_2() {
    let home = tempfile::tempdir().unwrap();
    let noon = FileTime::from_unix(1_700_000_000, 0);
    let mut options = OpenOptions::new();
    options.access_mode(AccessMask::WRITE_ATTRIBUTES).flags(FileFlags::BACKUP_SEMANTICS);
    let directory = options.open(home.path()).unwrap();
    assert_eq!(directory.attributes().unwrap(), FILE_ATTRIBUTE_DIRECTORY);
    directory.set_attributes(FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_DIRECTORY).unwrap();
    directory.set_times(noon, None, noon).unwrap();
    let again = options.open_overlapped(home.path()).unwrap();
    assert_eq!(again.attributes().unwrap(), FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_HIDDEN);
    let times = again.times().unwrap();
    assert_eq!((Some(times.creation), Some(times.write)), (noon, noon));
    let query = options.access_mode(AccessMask::empty()).open(home.path()).unwrap();
    let refused = query.set_attributes(FILE_ATTRIBUTE_DIRECTORY);
    assert_eq!(refused.unwrap_err().code().0, 5);
}
