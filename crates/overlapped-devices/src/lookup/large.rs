//! The names in large directories.
//!
//! Whether a name that is missing is there in another case, only a listing tells. A program that makes thousands of files in one directory
//! would list it for each of them. So when a large directory is asked about again and again, its names are kept by their folded form, and
//! inotify says what has changed since: Linux queues an event before the call that makes the change returns, so whoever reads the events
//! first knows of everything that was done before. What was kept goes when events are lost, with the directory, and in a child of `fork`.
//!
//! Drawbacks: a watch of the user's for each such directory; and file systems that others may change without a word to this kernel (those of
//! a network) are listed each time.

use overlapped_kernel::namespace::fold;
use parking_lot::Mutex;
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Names, from which on a directory is large.
const LARGE: usize = 256;
/// Names, from which on a directory takes too much memory.
const TOO_LARGE: usize = 1 << 18;
/// Directories that are kept at a time.
const MOST: usize = 4;
/// How often a large directory is listed before it is kept.
const LISTINGS: u32 = 3;
/// Large directories that were listed last.
const RECENT: usize = 8;
/// What `statfs` says of file systems that only this kernel changes: ext, XFS, Btrfs, F2FS, tmpfs, overlays of those.
const LOCAL: [i64; 6] = [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x0102_1994, 0x794C_7630];

/// Device and number.
type Key = (u64, u64);

/// See the module page.
pub(super) struct Large(Mutex<State>);

#[derive(Default)]
struct State {
    /// Whose inotify descriptor this is, and of which process.
    events: Option<(OwnedFd, u32)>,
    /// The one used last is the last.
    kept: Vec<Kept>,
    recent: Vec<(Key, u32)>,
}

struct Kept {
    key: Key,
    watch: i32,
    /// By folded name, all that there are of it, in any order.
    names: HashMap<OsString, Vec<OsString>>,
}

impl Large {
    pub const fn new() -> Self {
        Self(Mutex::new(State { events: None, kept: Vec::new(), recent: Vec::new() }))
    }

    /// The entry that a missing name means; see [`Lookup`](overlapped_kernel::namespace::Lookup).
    pub fn in_other_case(&self, directory: &Path, name: &OsStr) -> Option<OsString> {
        // Whoever finds somebody else here lists the directory: in a child of `fork` nobody may ever go.
        if let Some(mut state) = self.0.try_lock()
            && !state.kept.is_empty()
            && let Some(answer) = state.ask(directory, name)
        {
            return answer;
        }
        let wanted = fold(name);
        let (mut found, mut count) = (None::<OsString>, 0);
        for entry in std::fs::read_dir(directory).ok()? {
            let entry = entry.ok()?.file_name();
            count += 1;
            if is(&entry, name, &wanted) && found.as_ref().is_none_or(|found| entry < *found) {
                found = Some(entry);
            }
        }
        if (LARGE..TOO_LARGE).contains(&count)
            && let Some(mut state) = self.0.try_lock()
        {
            // A directory that cannot be kept is listed.
            let _ = state.listed(directory);
        }
        found
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
        let key = key_of(directory).ok()?;
        self.catch_up();
        let at = self.kept.iter().position(|kept| kept.key == key)?;
        let kept = self.kept.remove(at);
        let answer = kept.names.get(&fold(name)).and_then(|same| same.iter().min().cloned());
        self.kept.push(kept);
        Some(answer)
    }

    /// A large directory was listed: keeps it if that happens again and again.
    fn listed(&mut self, directory: &Path) -> io::Result<()> {
        let key = key_of(directory)?;
        // Listed by a thread that found another one here.
        if self.kept.iter().any(|kept| kept.key == key) {
            return Ok(());
        }
        let times = match self.recent.iter().position(|(recent, _)| *recent == key) {
            Some(at) => self.recent.remove(at).1 + 1,
            None => 1,
        };
        if times < LISTINGS {
            self.recent.push((key, times));
            if self.recent.len() > RECENT {
                self.recent.remove(0);
            }
            return Ok(());
        }
        self.keep(directory, key)
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
        match list(directory) {
            Ok(names) if key_of(directory)? == key => self.kept.push(Kept { key, watch, names }),
            _ => self.unwatch(watch),
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
        let Some((events, _)) = &self.events else { return };
        let mut room = [MaybeUninit::<u8>::uninit(); 8192];
        let mut reader = Reader::new(events, &mut room);
        // EAGAIN is the end.
        while let Ok(event) = reader.next() {
            let (watch, flags) = (event.wd(), event.events());
            if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                // Events are lost: new watches, of a new descriptor, begin anew.
                (self.events, self.kept) = (None, Vec::new());
                return;
            }
            if flags.intersects(ReadFlags::IGNORED | ReadFlags::DELETE_SELF | ReadFlags::UNMOUNT) {
                self.kept.retain(|kept| kept.watch != watch);
            }
            let kept = self.kept.iter_mut().find(|kept| kept.watch == watch);
            if let (Some(kept), Some(name)) = (kept, event.file_name()) {
                let there = flags.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO);
                note(&mut kept.names, OsStr::from_bytes(name.to_bytes()), there);
            }
        }
    }
}

/// The name is there now, or not any more.
fn note(names: &mut HashMap<OsString, Vec<OsString>>, name: &OsStr, there: bool) {
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

fn list(directory: &Path) -> io::Result<HashMap<OsString, Vec<OsString>>> {
    let mut names = HashMap::new();
    for entry in std::fs::read_dir(directory)? {
        note(&mut names, &entry?.file_name(), true);
    }
    Ok(names)
}

fn key_of(directory: &Path) -> io::Result<Key> {
    let found = std::fs::metadata(directory)?;
    Ok((found.dev(), found.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A large directory, and what is looked up in it.
    struct Place {
        dir: tempfile::TempDir,
        large: Large,
    }

    impl Place {
        fn new() -> Self {
            let dir = tempfile::tempdir().expect("a directory");
            let place = Self { dir, large: Large::new() };
            (0..LARGE + 10).for_each(|n| place.make(&format!("name-{n}")));
            place
        }

        fn make(&self, name: &str) {
            std::fs::write(self.dir.path().join(name), "").expect("a file");
        }

        fn other(&self, name: &str) -> Option<String> {
            let found = self.large.in_other_case(self.dir.path(), OsStr::new(name));
            found.map(|name| name.into_string().expect("text"))
        }

        fn keeps(&self) -> usize {
            self.large.0.lock().kept.len()
        }
    }

    /// Contract 01 section 3: the first in byte order of those that differ in case only.
    #[test]
    fn a_directory_that_is_kept_answers_as_one_that_is_listed_01_3() {
        let place = Place::new();
        for round in 0..LISTINGS + 2 {
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
    fn changes_by_any_call_are_known_at_once() {
        let place = Place::new();
        (0..LISTINGS).for_each(|_| assert_eq!(place.other("x"), None));
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
        let other = |name: &str| place.large.in_other_case(&here, OsStr::new(name));
        for round in 0..3 {
            std::fs::create_dir(&here).expect("made");
            (0..LARGE).for_each(|n| std::fs::write(here.join(format!("{round}-x-{n}")), "").expect("a file"));
            (0..=LISTINGS)
                .for_each(|_| assert_eq!(other(&format!("{round}-X-1")), Some(format!("{round}-x-1").into())));
            std::fs::remove_dir_all(&here).expect("removed");
            assert_eq!(other(&format!("{round}-X-1")), None);
        }
    }

    #[test]
    fn more_directories_than_are_kept_and_more_events_than_are_queued() {
        let place = Place::new();
        let most = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events");
        let most = most.ok().and_then(|most| most.trim().parse::<u32>().ok()).unwrap_or(16_384);
        (0..LISTINGS).for_each(|_| assert_eq!(place.other("x"), None));
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
            let ask = |name: &str| place.large.in_other_case(place_of.dir.path(), OsStr::new(name));
            (0..=LISTINGS).for_each(|_| assert_eq!(ask("NAME-3"), Some("name-3".into())));
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
