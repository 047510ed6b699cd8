//! ReadDirectoryChangesW (contract 02 §10).

use crate::common::*;
use overlapped_abi::constants::file::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{FileFlags, FileNotifyInformation, FileTime, Overlapped, Status, Win32Error};
use overlapped_devices::file::{Watch, WatchCall, set_times, watch};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{Event, WaitRef};
use overlapped_kernel::request::{Buffer, Completion, RequestRef, Route};
use overlapped_kernel::road::{Refused, Reply};
use std::fs;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Duration;

const NAMES: u32 = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME;

/// A directory that is watched, and the memory of one call on it.
struct Watched {
    file: File,
    buffer: Vec<u32>,
    overlapped: Box<Overlapped>,
    how: Watch,
}

impl Watched {
    fn new(world: &World, overlapped: bool, how: Watch) -> Self {
        Self::with_room(world, overlapped, how, 4096)
    }

    fn with_room(world: &World, overlapped: bool, how: Watch, room: usize) -> Self {
        let flags = if overlapped { FileFlags::OVERLAPPED } else { NO_FLAGS };
        let file = world.open("dir", READ, SHARE_ALL, OPEN_EXISTING, flags | FileFlags::BACKUP_SEMANTICS).unwrap();
        Self { file, buffer: vec![0; room / 4], overlapped: Box::default(), how }
    }

    fn issue(&mut self, event: Option<&Arc<Event>>) -> Result<Reply, Win32Error> {
        let call = WatchCall {
            buffer: Buffer { start: self.buffer.as_mut_ptr().cast(), len: self.buffer.len() * 4 },
            route: Route { event: event.cloned(), ..Route::default() },
            overlapped: Some(NonNull::from(&mut *self.overlapped)),
            payload: None,
        };
        // SAFETY: every test waits for the completion before it lets go of the memory.
        unsafe { watch(&self.file.grant, self.how, call) }.map_err(|Refused { error, .. }| error)
    }

    /// A call that pends or is done at once.
    fn begin(&mut self) -> RequestRef {
        match self.issue(None).unwrap() {
            Reply::Pending(request) | Reply::Done(request, _) => request,
        }
    }

    /// The records of a completed call.
    fn records(&self, bytes: usize) -> Vec<(u32, String)> {
        let mut found = Vec::new();
        let mut at = 0;
        if bytes == 0 {
            return found;
        }
        loop {
            let word = |n: usize| self.buffer[at / 4 + n];
            let (next, action, len) = (word(0) as usize, word(1), word(2) as usize);
            // SAFETY: the record says that its name is there, inside the bytes that were written.
            let name = unsafe {
                assert!(at + FileNotifyInformation::NAME_OFFSET + len <= bytes);
                let start = self.buffer.as_ptr().cast::<u8>().add(at + FileNotifyInformation::NAME_OFFSET);
                std::slice::from_raw_parts(start.cast::<u16>(), len / 2)
            };
            found.push((action, String::from_utf16(name).unwrap()));
            if next == 0 {
                assert_eq!(at + FileNotifyInformation::NAME_OFFSET + len, bytes, "bytes are the end of the last name");
                break;
            }
            at += next;
        }
        found
    }

    /// Calls until so many records have come.
    fn collect(&mut self, world: &World, count: usize) -> Vec<(u32, String)> {
        let mut found = Vec::new();
        while found.len() < count {
            let request = self.begin();
            let completion = finish(world, &request);
            assert_eq!(completion.status, Status::SUCCESS, "after {found:?}");
            found.extend(self.records(completion.bytes));
        }
        found
    }
}

fn finish(world: &World, request: &RequestRef) -> Completion {
    let limit = Timeout::from_millis(LIMIT.as_millis() as u32);
    let _ = world.system.wait_any(&[request.done() as WaitRef], limit, false);
    request.completion().unwrap_or_else(|| {
        eprintln!("nothing was told in {LIMIT:?}");
        std::process::abort()
    })
}

fn world() -> World {
    let world = World::new();
    fs::create_dir(world.path("dir")).unwrap();
    world
}

fn names() -> Watch {
    Watch { subtree: false, filter: NAMES }
}

fn deep(filter: u32) -> Watch {
    Watch { subtree: true, filter }
}

fn added(name: &str) -> (u32, String) {
    (FILE_ACTION_ADDED, name.into())
}

#[test]
fn an_accepted_call_pends_until_a_name_changes_02_10() {
    let world = world();
    let mut watched = Watched::new(&world, true, names());
    let request = watched.begin();
    assert_eq!((request.is_complete(), watched.overlapped.internal), (false, 0x103));
    fs::write(world.path("dir/abc"), b"").unwrap();
    let completion = finish(&world, &request);
    assert_eq!(completion, Completion::success(0x12), "12 bytes and three letters");
    assert_eq!(watched.records(completion.bytes), [added("abc")]);
    assert_eq!(watched.overlapped.internal_high, 0x12);
}

#[test]
fn a_synchronous_call_waits_02_10() {
    let world = world();
    let mut watched = Watched::new(&world, false, names());
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Again and again: what comes before the call begins to watch is not told.
            for number in 0..1200 {
                std::thread::sleep(Duration::from_millis(50));
                if over.load(std::sync::atomic::Ordering::Acquire) {
                    return;
                }
                fs::create_dir(world.path(&format!("dir/sub{number}"))).unwrap();
            }
        });
        let Reply::Done(_, completion) = watched.issue(None).unwrap() else { panic!("it pends") };
        over.store(true, std::sync::atomic::Ordering::Release);
        let records = watched.records(completion.bytes);
        assert!(!records.is_empty());
        for (action, name) in records {
            assert_eq!((action, name.starts_with("sub")), (FILE_ACTION_ADDED, true), "{name}");
        }
    });
}

#[test]
fn changes_between_calls_are_kept_for_the_next_02_10() {
    let world = world();
    let mut watched = Watched::new(&world, true, names());
    let request = watched.begin();
    fs::write(world.path("dir/a"), b"").unwrap();
    finish(&world, &request);
    fs::write(world.path("dir/b"), b"").unwrap();
    fs::remove_file(world.path("dir/a")).unwrap();
    assert_eq!(watched.collect(&world, 2), [added("b"), (FILE_ACTION_REMOVED, "a".into())]);
}

#[test]
fn a_rename_is_two_records_and_a_move_across_the_border_one_02_10() {
    let world = world();
    fs::write(world.path("dir/old"), b"").unwrap();
    fs::write(world.path("outside"), b"").unwrap();
    let mut watched = Watched::new(&world, true, names());
    let request = watched.begin();
    fs::rename(world.path("dir/old"), world.path("dir/new")).unwrap();
    let completion = finish(&world, &request);
    let renamed = [(FILE_ACTION_RENAMED_OLD_NAME, "old".into()), (FILE_ACTION_RENAMED_NEW_NAME, "new".into())];
    assert_eq!(watched.records(completion.bytes), renamed, "one directly after the other");
    fs::rename(world.path("dir/new"), world.path("left")).unwrap();
    fs::rename(world.path("outside"), world.path("dir/came")).unwrap();
    assert_eq!(watched.collect(&world, 2), [(FILE_ACTION_REMOVED, "new".into()), added("came")]);
}

#[test]
fn names_of_files_and_of_directories_have_filters_of_their_own_02_10() {
    for (filter, expected) in [(FILE_NOTIFY_CHANGE_FILE_NAME, "file"), (FILE_NOTIFY_CHANGE_DIR_NAME, "directory")] {
        let world = world();
        let mut watched = Watched::new(&world, true, Watch { subtree: false, filter });
        let request = watched.begin();
        fs::create_dir(world.path("dir/directory")).unwrap();
        fs::write(world.path("dir/file"), b"x").unwrap();
        let completion = finish(&world, &request);
        assert_eq!(watched.records(completion.bytes), [added(expected)]);
    }
}

#[test]
fn contents_and_attributes_are_modifications_02_10() {
    use std::os::unix::fs::PermissionsExt;
    let world = world();
    let file = world.path("dir/f");
    let born =
        || set_times(&world.existing("dir/f", BOTH).grant, Some(FileTime::from_ticks(1 << 56)), None, None).unwrap();
    for (filter, change) in [
        (FILE_NOTIFY_CHANGE_SIZE, (&|| fs::write(&file, b"longer").unwrap()) as &dyn Fn()),
        (FILE_NOTIFY_CHANGE_LAST_WRITE, &|| fs::write(&file, b"again").unwrap()),
        (FILE_NOTIFY_CHANGE_ATTRIBUTES, &|| fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap()),
        (FILE_NOTIFY_CHANGE_SECURITY, &|| fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap()),
        (FILE_NOTIFY_CHANGE_LAST_ACCESS, &|| drop(fs::read(&file).unwrap())),
        (FILE_NOTIFY_CHANGE_CREATION, &born),
    ] {
        let _ = fs::remove_file(&file);
        fs::write(&file, b"x").unwrap();
        let mut watched = Watched::new(&world, true, Watch { subtree: false, filter });
        let request = watched.begin();
        change();
        let completion = finish(&world, &request);
        let records = watched.records(completion.bytes);
        assert_eq!(records.first(), Some(&(FILE_ACTION_MODIFIED, "f".into())), "filter {filter:#x}");
    }
}

#[test]
fn a_subtree_is_followed_as_it_grows_and_moves_02_10() {
    let world = world();
    fs::create_dir_all(world.path("dir/one/two")).unwrap();
    let mut watched = Watched::new(&world, true, deep(NAMES));
    let request = watched.begin();
    fs::write(world.path("dir/one/two/f"), b"").unwrap();
    let completion = finish(&world, &request);
    assert_eq!(watched.records(completion.bytes), [added("one\\two\\f")]);

    fs::create_dir_all(world.path("dir/new/deep")).unwrap();
    assert_eq!(watched.collect(&world, 2), [added("new"), added("new\\deep")]);
    fs::write(world.path("dir/new/deep/g"), b"").unwrap();
    assert_eq!(watched.collect(&world, 1), [added("new\\deep\\g")], "once, however it was found");

    fs::rename(world.path("dir/new"), world.path("dir/moved")).unwrap();
    fs::write(world.path("dir/moved/deep/h"), b"").unwrap();
    let renamed = [(FILE_ACTION_RENAMED_OLD_NAME, "new".into()), (FILE_ACTION_RENAMED_NEW_NAME, "moved".into())];
    assert_eq!(watched.collect(&world, 3), [&renamed[..], &[added("moved\\deep\\h")]].concat());

    fs::rename(world.path("dir/moved"), world.path("away")).unwrap();
    fs::write(world.path("away/deep/unseen"), b"").unwrap();
    fs::write(world.path("dir/last"), b"").unwrap();
    assert_eq!(watched.collect(&world, 2), [(FILE_ACTION_REMOVED, "moved".into()), added("last")]);
}

#[test]
fn without_the_subtree_what_is_below_is_not_told_02_10() {
    let world = world();
    fs::create_dir(world.path("dir/sub")).unwrap();
    let mut watched = Watched::new(&world, true, names());
    let request = watched.begin();
    fs::write(world.path("dir/sub/unseen"), b"").unwrap();
    fs::write(world.path("dir/seen"), b"").unwrap();
    let completion = finish(&world, &request);
    assert_eq!(watched.records(completion.bytes), [added("seen")]);
}

#[test]
fn the_first_call_fixes_filter_and_subtree_02_10() {
    let world = world();
    fs::create_dir(world.path("dir/sub")).unwrap();
    let mut watched = Watched::new(&world, true, Watch { subtree: false, filter: FILE_NOTIFY_CHANGE_FILE_NAME });
    let request = watched.begin();
    fs::write(world.path("dir/a"), b"").unwrap();
    finish(&world, &request);
    watched.how = deep(FILE_NOTIFY_CHANGE_DIR_NAME);
    let request = watched.begin();
    fs::create_dir(world.path("dir/sub/directory")).unwrap();
    fs::create_dir(world.path("dir/directory")).unwrap();
    fs::write(world.path("dir/b"), b"").unwrap();
    let completion = finish(&world, &request);
    assert_eq!(watched.records(completion.bytes), [added("b")]);
    watched.how.filter = 0;
    assert_eq!(watched.issue(None).map(drop), Err(Win32Error::INVALID_PARAMETER), "it is checked all the same");
}

#[test]
fn what_does_not_fit_is_lost_and_said_to_be_02_10() {
    let world = world();
    let mut watched = Watched::with_room(&world, true, names(), 16);
    let request = watched.begin();
    fs::write(world.path("dir/a long name"), b"").unwrap();
    let enumerate = Completion { status: Status::NOTIFY_ENUM_DIR, bytes: 0 };
    assert_eq!(finish(&world, &request), enumerate);
    assert_eq!(watched.overlapped.internal, 0x10C);
    // Larger buffers do not help later: the first one's size counts.
    watched.buffer = vec![0; 1024];
    let request = watched.begin();
    fs::write(world.path("dir/another long name"), b"").unwrap();
    assert_eq!(finish(&world, &request), enumerate);
    let request = watched.begin();
    fs::write(world.path("dir/x"), b"").unwrap();
    let completion = finish(&world, &request);
    assert_eq!(watched.records(completion.bytes), [added("x")], "the watch goes on");
}

#[test]
fn a_directory_that_fills_faster_than_it_is_read_is_told_in_full_or_not_at_all_02_10() {
    let world = world();
    let mut watched = Watched::with_room(&world, true, names(), 1024);
    let first = watched.begin();
    world.file("dir/first", b"");
    let mut told = finish(&world, &first).bytes;
    assert_eq!(watched.records(told), [added("first")]);
    // More than the room of the first call, whatever the later calls offer.
    for n in 0..500 {
        world.file(&format!("dir/{n}"), b"");
    }
    watched.buffer = vec![0; 64 * 1024 / 4];
    let next = watched.begin();
    assert_eq!(finish(&world, &next), Completion { status: Status::NOTIFY_ENUM_DIR, bytes: 0 });
    world.file("dir/last", b"");
    let next = watched.begin();
    told = finish(&world, &next).bytes;
    assert_eq!(watched.records(told), [added("last")], "what was lost is lost, and what comes after is told");
}

#[test]
fn without_a_buffer_only_the_fact_is_told_02_10() {
    let world = world();
    let mut watched = Watched::with_room(&world, true, names(), 0);
    let request = watched.begin();
    fs::write(world.path("dir/a"), b"").unwrap();
    assert_eq!(finish(&world, &request), Completion { status: Status::NOTIFY_ENUM_DIR, bytes: 0 });
}

#[test]
fn requests_wait_in_order_and_can_be_cancelled_02_10() {
    let world = world();
    let mut first = Watched::new(&world, true, names());
    let request = first.begin();
    assert!(request.cancel());
    assert_eq!(finish(&world, &request), Completion::failure(Status::CANCELLED));
    let request = first.begin();
    fs::write(world.path("dir/a"), b"").unwrap();
    let completion = finish(&world, &request);
    assert_eq!(first.records(completion.bytes), [added("a")]);
}

#[test]
fn closing_the_handle_ends_the_wait_without_an_error_02_10() {
    let world = world();
    let mut watched = Watched::new(&world, true, names());
    let request = watched.begin();
    let Watched { file, overlapped, buffer, .. } = watched;
    drop(file);
    assert_eq!(finish(&world, &request), Completion { status: Status::NOTIFY_CLEANUP, bytes: 0 });
    drop((overlapped, buffer));
}

#[test]
fn deleting_the_watched_directory_ends_the_wait_with_5_02_10() {
    let world = world();
    let mut watched = Watched::new(&world, true, names());
    let request = watched.begin();
    fs::remove_dir(world.path("dir")).unwrap();
    assert_eq!(finish(&world, &request).status.to_win32(), Win32Error::ACCESS_DENIED);
}

#[test]
fn it_is_missed_too_if_a_link_led_to_it_or_it_was_moved_before_02_10() {
    let world = world();
    for name in ["real", "other"] {
        fs::create_dir(world.path(name)).unwrap();
    }
    for moved in [false, true] {
        fs::remove_dir(world.path("dir")).unwrap_or_else(|_| fs::remove_file(world.path("dir")).unwrap());
        fs::create_dir(world.path("real/one")).unwrap();
        std::os::unix::fs::symlink(world.path("real/one"), world.path("dir")).unwrap();
        let mut watched = Watched::new(&world, true, deep(NAMES));
        let request = watched.begin();
        if moved {
            fs::rename(world.path("real/one"), world.path("other/two")).unwrap();
            fs::remove_dir(world.path("other/two")).unwrap();
        } else {
            fs::remove_dir(world.path("real/one")).unwrap();
        }
        assert_eq!(finish(&world, &request).status, Status::DELETE_PENDING, "moved: {moved}");
    }
}

#[test]
fn an_event_is_reset_and_set_02_10() {
    let world = world();
    let mut watched = Watched::new(&world, true, names());
    let event = Arc::new(Event::manual_reset(true));
    let Reply::Pending(request) = watched.issue(Some(&event)).unwrap() else { panic!("nothing has changed") };
    let limit = Timeout::from_millis(LIMIT.as_millis() as u32);
    let waits = |limit| world.system.wait_any(&[Arc::clone(&event) as WaitRef], limit, false);
    assert_eq!(format!("{:?}", waits(Timeout::from_millis(0))), "Ok(TimedOut)");
    fs::write(world.path("dir/a"), b"").unwrap();
    waits(limit).unwrap();
    assert!(request.is_complete());
}

#[test]
fn wrong_arguments_are_refused_02_10() {
    let world = world();
    world.file("plain", b"");
    for filter in [0, 0x80, 0x200] {
        let mut watched = Watched::new(&world, true, Watch { subtree: false, filter });
        assert_eq!(watched.issue(None).map(drop), Err(Win32Error::INVALID_PARAMETER), "{filter:#x}");
    }
    let mut plain = Watched::new(&world, true, names());
    plain.file = world.existing("plain", READ);
    assert_eq!(plain.issue(None).map(drop), Err(Win32Error::INVALID_PARAMETER), "no directory");
    let mut blind = Watched::new(&world, true, names());
    let flags = FileFlags::OVERLAPPED | FileFlags::BACKUP_SEMANTICS;
    blind.file =
        world.open("dir", overlapped_abi::AccessMask::READ_ATTRIBUTES, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
    assert_eq!(blind.issue(None).map(drop), Err(Win32Error::ACCESS_DENIED), "no right to list");
}
