//! The names in directories that are asked about again and again.
//!
//! Whether a name that is missing is there in another case, only a listing tells. A program that makes many files in one directory
//! would list it for each of them. So when listings of a directory have taken enough, its names are kept by their folded form, and
//! inotify says what has changed since: Linux queues an event before the call that makes the change returns, so whoever reads the events
//! first knows of everything that was done before. What was kept goes when events are lost, with the directory, and in a child of `fork`.
//!
//! Drawbacks: a watch of the user's for each such directory, and an inotify descriptor for each process that has some; and file systems that
//! others may change without a word to this kernel (those of a network) are listed each time.

use overlapped_kernel::namespace::fold;
use parking_lot::Mutex;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::fs::{CWD, Mode, OFlags, RawDir};
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Names, from which on a directory is worth being kept: fewer are read as fast as the events that would tell of a change.
const WORTH: usize = 24;
/// Names, from which on a directory takes too much memory.
const TOO_LARGE: usize = 1 << 18;
/// Directories that are kept at a time.
const MOST: usize = 4;
/// How often a directory is listed before it is kept, and how many names that must have read in all.
const LISTINGS: (u32, usize) = (3, 2048);
/// Directories that were listed last.
const RECENT: usize = 8;
/// Room for the events of one call, and for the entries of one.
const ROOM: usize = 8192;
/// The most that one event takes: its head, and the longest name with a zero.
const EVENT: usize = HEAD + 256;
/// `struct inotify_event` without the name.
const HEAD: usize = 16;
/// What `statfs` says of file systems that only this kernel changes: ext, XFS, Btrfs, F2FS, tmpfs, overlays of those.
const LOCAL: [i64; 6] = [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x0102_1994, 0x794C_7630];

/// Device and number.
type Key = (u64, u64);

/// By folded name, all that there are of it, in any order.
type Names = HashMap<OsString, Vec<OsString>>;

/// See the module page.
pub(super) struct Directories(Mutex<State>);

#[derive(Default)]
struct State {
    /// Whose inotify descriptor this is, and of which process.
    events: Option<(OwnedFd, u32)>,
    /// The one used last is the last.
    kept: Vec<Kept>,
    recent: Vec<Listed>,
}

struct Kept {
    key: Key,
    watch: i32,
    names: Names,
}

/// How often a directory was listed, and how many names that has read.
struct Listed {
    key: Key,
    times: u32,
    names: usize,
}

impl Directories {
    pub const fn new() -> Self {
        Self(Mutex::new(State { events: None, kept: Vec::new(), recent: Vec::new() }))
    }

    /// The entry that a missing name means; see [`Lookup`](overlapped_kernel::namespace::Lookup).
    pub fn in_other_case(&self, directory: &Path, name: &OsStr) -> io::Result<Option<OsString>> {
        // Whoever finds somebody else here lists the directory: in a child of `fork` nobody may ever go.
        if let Some(mut state) = self.0.try_lock()
            && !state.kept.is_empty()
            && let Some(answer) = state.ask(directory, name)
        {
            return Ok(answer);
        }
        let open = open(directory)?;
        let wanted = fold(name);
        let (mut found, mut count) = (None::<OsString>, 0);
        each_name(open.as_fd(), |entry| {
            count += 1;
            if is(entry, name, &wanted) && found.as_ref().is_none_or(|found| entry < &**found) {
                found = Some(entry.to_owned());
            }
        })?;
        if (WORTH..TOO_LARGE).contains(&count)
            && let Some(mut state) = self.0.try_lock()
        {
            // A directory that cannot be kept is listed.
            let _ = state.listed(directory, key_of(open.as_fd())?, count);
        }
        Ok(found)
    }
}

/// Does the entry differ from the name in case at most? No name of ASCII is the same as one of other letters.
fn is(entry: &OsStr, name: &OsStr, folded: &OsStr) -> bool {
    match (entry.is_ascii(), name.is_ascii()) {
        (true, true) => entry.eq_ignore_ascii_case(name),
        (false, false) => fold(entry) == folded,
        _ => false,
    }
}

impl State {
    /// What is known of the name; `None` if the directory is not kept.
    fn ask(&mut self, directory: &Path, name: &OsStr) -> Option<Option<OsString>> {
        let stat = rustix::fs::stat(directory).ok()?;
        self.catch_up();
        let at = self.kept.iter().position(|kept| kept.key == key_in(&stat))?;
        let kept = self.kept.remove(at);
        let answer = kept.names.get(&fold(name)).and_then(|same| same.iter().min().cloned());
        self.kept.push(kept);
        Some(answer)
    }

    /// A directory was listed: keeps it if that has been much work.
    fn listed(&mut self, directory: &Path, key: Key, names: usize) -> io::Result<()> {
        // Listed by a thread that found another one here.
        if self.kept.iter().any(|kept| kept.key == key) {
            return Ok(());
        }
        let before = self.recent.iter().position(|recent| recent.key == key).map(|at| self.recent.remove(at));
        let Listed { times, names: read, .. } = before.unwrap_or(Listed { key, times: 0, names: 0 });
        let listed = Listed { key, times: times + 1, names: read + names };
        if listed.times >= LISTINGS.0 && listed.names >= LISTINGS.1 {
            return self.keep(directory, key);
        }
        self.recent.push(listed);
        if self.recent.len() > RECENT {
            self.recent.remove(0);
        }
        Ok(())
    }

    fn keep(&mut self, directory: &Path, key: Key) -> io::Result<()> {
        self.catch_up();
        if !LOCAL.contains(&(rustix::fs::statfs(directory)?.f_type as i64)) {
            return Ok(());
        }
        if self.kept.len() >= MOST {
            let oldest = self.kept.remove(0);
            self.unwatch(oldest.watch);
        }
        let flags = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO;
        let flags = flags | WatchFlags::DELETE_SELF | WatchFlags::ONLYDIR;
        let watch = inotify::add_watch(self.events()?, directory, flags)?;
        // Watched first: what changes during the listing is told again.
        match list(directory, key) {
            Ok(names) => self.kept.push(Kept { key, watch, names }),
            Err(_) => self.unwatch(watch),
        }
        Ok(())
    }

    fn events(&mut self) -> io::Result<&OwnedFd> {
        if self.events.is_none() {
            let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
            self.events = Some((events, std::process::id()));
        }
        self.events.as_ref().map(|(events, _)| events).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn unwatch(&mut self, watch: i32) {
        if let Some((events, _)) = &self.events {
            // It may have gone with its directory.
            let _ = inotify::remove_watch(events, watch);
        }
    }

    /// Applies what has happened since the last time.
    fn catch_up(&mut self) {
        if self.events.as_ref().is_some_and(|(_, process)| *process != std::process::id()) {
            // The parent's, whose events are not to be taken from it.
            (self.events, self.kept) = (None, Vec::new());
        }
        let mut room = [MaybeUninit::<u8>::uninit(); ROOM];
        while let Some((events, _)) = &self.events {
            // EAGAIN if there is nothing.
            let Ok((told, _)) = rustix::io::read(events, &mut room[..]) else { return };
            let last = told.len() + EVENT <= ROOM;
            if !apply(told, &mut self.kept) {
                // Events are lost: new watches, of a new descriptor, begin anew.
                (self.events, self.kept) = (None, Vec::new());
            }
            if last {
                return;
            }
        }
    }
}

/// Applies events to what they are about. False: some are lost.
fn apply(mut events: &[u8], all: &mut Vec<Kept>) -> bool {
    while let Some((head, rest)) = events.split_first_chunk::<HEAD>() {
        let word = |at: usize| u32::from_ne_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (watch, flags, len) = (word(0).cast_signed(), ReadFlags::from_bits_retain(word(4)), word(12) as usize);
        let (name, rest) = rest.split_at(len.min(rest.len()));
        events = rest;
        if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            return false;
        }
        if flags.intersects(ReadFlags::IGNORED | ReadFlags::DELETE_SELF | ReadFlags::UNMOUNT) {
            all.retain(|kept| kept.watch != watch);
        }
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        if let Some(kept) = all.iter_mut().find(|kept| kept.watch == watch)
            && !name.is_empty()
        {
            let there = flags.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO);
            note(&mut kept.names, OsStr::from_bytes(name), there);
        }
    }
    true
}

/// The name is there now, or not any more.
fn note(names: &mut Names, name: &OsStr, there: bool) {
    let folded = fold(name);
    if there {
        let same = names.entry(folded).or_default();
        if !same.iter().any(|known| known == name) {
            same.push(name.to_owned());
        }
    } else if let Some(same) = names.get_mut(&folded) {
        same.retain(|known| known != name);
        if same.is_empty() {
            names.remove(&folded);
        }
    }
}

fn open(directory: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(CWD, directory, flags, Mode::empty())?)
}

/// The names of a directory that was opened just now, without `.` and `..`.
fn each_name(open: BorrowedFd<'_>, mut found: impl FnMut(&OsStr)) -> io::Result<()> {
    let mut room = [MaybeUninit::<u8>::uninit(); ROOM];
    let mut entries = RawDir::new(open, &mut room[..]);
    while let Some(entry) = entries.next() {
        match entry?.file_name().to_bytes() {
            b"." | b".." => {}
            name => found(OsStr::from_bytes(name)),
        }
    }
    Ok(())
}

/// All names of the directory, if it is still the same one.
fn list(directory: &Path, key: Key) -> io::Result<Names> {
    let open = open(directory)?;
    if key_of(open.as_fd())? != key {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut names = Names::new();
    each_name(open.as_fd(), |name| note(&mut names, name, true))?;
    Ok(names)
}

fn key_of(open: BorrowedFd<'_>) -> io::Result<Key> {
    Ok(key_in(&rustix::fs::fstat(open)?))
}

#[allow(clippy::unnecessary_cast, clippy::cast_lossless)] // the fields' widths differ between architectures
fn key_in(stat: &rustix::fs::Stat) -> Key {
    (stat.st_dev as u64, stat.st_ino as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: usize = 256;
    /// So many listings, and a directory of so many names is kept.
    const OFTEN: usize = LISTINGS.1 / NAMES + 1;

    /// A directory, and what is looked up in it.
    struct Place {
        dir: tempfile::TempDir,
        kept: Directories,
    }

    impl Place {
        fn new() -> Self {
            let dir = tempfile::tempdir().expect("a directory");
            let place = Self { dir, kept: Directories::new() };
            (0..NAMES).for_each(|n| place.make(&format!("name-{n}")));
            place
        }

        fn make(&self, name: &str) {
            std::fs::write(self.dir.path().join(name), "").expect("a file");
        }

        fn other(&self, name: &str) -> Option<String> {
            let found = self.kept.in_other_case(self.dir.path(), OsStr::new(name)).expect("listed");
            found.map(|name| name.into_string().expect("text"))
        }

        fn keeps(&self) -> usize {
            self.kept.0.lock().kept.len()
        }
    }

    /// Contract 01 section 3: the first in byte order of those that differ in case only.
    #[test]
    fn a_directory_that_is_kept_answers_as_one_that_is_listed_01_3() {
        let place = Place::new();
        for round in 0..OFTEN + 2 {
            assert_eq!(place.other("NAME-7").as_deref(), Some("name-7"));
            assert_eq!(place.other("nothing"), None);
            place.make(&format!("Grüße-{round}"));
            assert_eq!(place.other(&format!("GRÜSSE-{round}")), None, "one letter stays one letter");
            assert_eq!(place.other(&format!("gRÜßE-{round}")), Some(format!("Grüße-{round}")));
            place.make(&format!("GRÜßE-{round}"));
            assert_eq!(place.other(&format!("gRÜßE-{round}")), Some(format!("GRÜßE-{round}")), "the first of two");
            std::fs::remove_file(place.dir.path().join(format!("GRÜßE-{round}"))).expect("removed");
            assert_eq!(place.other(&format!("gRÜßE-{round}")), Some(format!("Grüße-{round}")));
        }
        assert_eq!(place.keeps(), 1);
    }

    #[test]
    fn small_directories_are_kept_when_listing_them_has_been_as_much_work_and_tiny_ones_never() {
        let place = Place::new();
        for (names, kept) in [(WORTH - 1, false), (WORTH, true), (100, true)] {
            let here = place.dir.path().join(names.to_string());
            std::fs::create_dir(&here).expect("made");
            (0..names).for_each(|n| std::fs::write(here.join(format!("of-{n}")), "").expect("a file"));
            let before = place.keeps();
            for round in 0..=LISTINGS.1 / names {
                assert_eq!(place.keeps(), before, "{names}: {round} listings are not worth it");
                let found = place.kept.in_other_case(&here, OsStr::new("OF-1")).expect("listed");
                assert_eq!(found.as_deref(), Some(OsStr::new("of-1")));
            }
            assert_eq!(place.keeps() - before, usize::from(kept), "{names}");
            std::fs::write(here.join("New"), "").expect("a file");
            let found = place.kept.in_other_case(&here, OsStr::new("NEW")).expect("listed");
            assert_eq!(found.as_deref(), Some(OsStr::new("New")));
        }
        assert!(place.kept.in_other_case(&place.dir.path().join("missing"), OsStr::new("x")).is_err());
    }

    #[test]
    fn changes_by_any_call_are_known_at_once() {
        let place = Place::new();
        (0..OFTEN).for_each(|_| assert_eq!(place.other("x"), None));
        let (here, outside) = (place.dir.path(), tempfile::tempdir().expect("another directory"));
        for round in 0..50 {
            std::fs::create_dir(here.join("X")).expect("made");
            assert_eq!(place.other("x").as_deref(), Some("X"), "{round}");
            std::fs::rename(here.join("X"), here.join("Y")).expect("moved within");
            assert_eq!((place.other("x"), place.other("y").as_deref()), (None, Some("Y")), "{round}");
            std::fs::rename(here.join("Y"), outside.path().join("Y")).expect("moved out");
            assert_eq!(place.other("y"), None, "{round}");
            std::fs::rename(outside.path().join("Y"), here.join("X")).expect("moved in");
            assert_eq!(place.other("x").as_deref(), Some("X"), "{round}");
            std::fs::remove_dir(here.join("X")).expect("removed");
            assert_eq!(place.other("x"), None, "{round}");
        }
        std::fs::hard_link(here.join("name-1"), here.join("LINK")).expect("a link");
        std::os::unix::fs::symlink("nowhere", here.join("SYMBOLIC")).expect("a symbolic link");
        assert_eq!(place.other("link").as_deref(), Some("LINK"));
        assert_eq!(place.other("symbolic").as_deref(), Some("SYMBOLIC"));
    }

    #[test]
    fn a_directory_that_goes_and_comes_again_is_another_one() {
        let place = Place::new();
        let here = place.dir.path().join("d");
        let other = |name: &str| place.kept.in_other_case(&here, OsStr::new(name)).ok().flatten();
        for round in 0..3 {
            std::fs::create_dir(&here).expect("made");
            (0..NAMES).for_each(|n| std::fs::write(here.join(format!("{round}-x-{n}")), "").expect("a file"));
            (0..=OFTEN).for_each(|_| assert_eq!(other(&format!("{round}-X-1")), Some(format!("{round}-x-1").into())));
            std::fs::remove_dir_all(&here).expect("removed");
            assert_eq!(other(&format!("{round}-X-1")), None);
        }
    }

    #[test]
    fn more_directories_than_are_kept_and_more_events_than_are_queued() {
        let place = Place::new();
        let most = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events");
        let most = most.ok().and_then(|most| most.trim().parse::<u32>().ok()).unwrap_or(16_384);
        (0..OFTEN).for_each(|_| assert_eq!(place.other("x"), None));
        if most <= 40_000 {
            // Each is queued, since it is not the same as the one before.
            for _ in 0..most / 4 + 10 {
                place.make("x");
                std::fs::rename(place.dir.path().join("x"), place.dir.path().join("y")).expect("moved");
                std::fs::remove_file(place.dir.path().join("y")).expect("removed");
            }
        }
        place.make("Late");
        assert_eq!(place.other("LATE").as_deref(), Some("Late"));
        let places: Vec<_> = (0..MOST + 2).map(|_| Place::new()).collect();
        for place_of in &places {
            let ask = |name: &str| place.kept.in_other_case(place_of.dir.path(), OsStr::new(name)).ok().flatten();
            (0..=OFTEN).for_each(|_| assert_eq!(ask("NAME-3"), Some("name-3".into())));
        }
        assert!(place.keeps() <= MOST);
    }

    #[test]
    fn threads_find_what_they_have_made() {
        let place = Place::new();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let place = &place;
                scope.spawn(move || {
                    for n in 0..200 {
                        let (name, other) = (format!("of-{thread}-{n}"), format!("OF-{thread}-{n}"));
                        assert_eq!(place.other(&other), None);
                        place.make(&name);
                        assert_eq!(place.other(&other), Some(name));
                    }
                });
            }
        });
    }
}
