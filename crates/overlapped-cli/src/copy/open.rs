//! The two files of a copy: opened, told apart, and finished or taken back.
//!
//! The target is first tried as a new file, which answers in one call whether there is one already. An existing one is
//! overwritten in place: its pages may be in the cache, and giving them back only to fill new ones is what makes `cp` onto
//! an existing file slow. It is cut to the source's size at the end; a source with holes empties it first, since its old data
//! would show through. The drawback is that a failure leaves neither the old nor the new contents: then it is removed,
//! and the user is told.

use super::extents::Extents;
use super::make::same_file;
use super::meta::{Meta, Rules};
use super::walk::Job;
use super::worker::{Device, Port};
use crate::problem::{Problem, Shown};
use overlapped::{FileStat, OpenOptions, OverlappedFile, System};
use overlapped_abi::Win32Error;
use rustix::fs::FileType;
use rustix::io::Errno;
use std::borrow::Cow;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// How files are opened.
#[derive(Debug)]
pub struct Opener {
    /// The system to open them in.
    pub system: System,
    /// Where relative names start, if there is such a place. The library would match them by the rules of Windows; absolute ones it
    /// takes as they are.
    pub here: Option<PathBuf>,
    /// Who may keep which mode.
    pub rules: Rules,
    /// Bypass the page cache.
    pub unbuffered: bool,
    /// The copies will be read again.
    pub verify: bool,
    /// Bytes a read or write.
    pub chunk: usize,
    /// Bytes a copy from file to file.
    pub stride: usize,
}

/// A source and a target, both associated with the port.
#[derive(Debug)]
pub struct Files {
    /// Read from here.
    pub source: Device,
    /// Write there.
    pub target: Device,
    /// What the target keeps of the source, if both are files.
    meta: Option<Meta>,
    place: Place,
    unbuffered: bool,
    /// Two files that the library can copy by itself.
    inside: bool,
    compared: bool,
    /// The target's contents are no longer what they were.
    touched: AtomicBool,
    /// The target's size before anything was written.
    old_size: AtomicU64,
    /// The room that was reserved for it.
    reserved: AtomicU64,
}

/// What was at the target's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing.
    Fresh,
    /// A file with so many names.
    Occupied { names: u64 },
    /// A device: it is written to, and left alone otherwise.
    Device,
}

/// A source that has been looked at.
struct Source {
    file: OverlappedFile,
    stat: FileStat,
    /// Its size means something.
    sized: bool,
}

impl Opener {
    /// Opens both files of a job. If that fails, everything is as it was.
    pub fn open(&self, job: &Job, port: &Port) -> Result<(Files, Extents), Problem> {
        let source = self.source(&job.source)?;
        let (target, place, old_size) = self.target(job, &source)?;
        let is_file = FileType::from_raw_mode(source.stat.mode).is_file() && place != Place::Device;
        let meta = is_file.then(|| self.rules.keep(&source.stat));
        let unbuffered = self.unbuffered && source.sized && place != Place::Device;
        let inside = is_file && source.sized && !unbuffered;
        let extents = if source.sized {
            let FileStat { size, allocated, .. } = source.stat;
            let holes = allocated < size;
            Extents::of_file(size, holes && is_file, if inside { self.stride } else { self.chunk })
        } else {
            Extents::until_the_end(self.chunk)
        };
        let (touched, old_size, reserved) = (AtomicBool::new(false), AtomicU64::new(old_size), AtomicU64::new(0));
        let associated = port.associate(source.file, ()).and_then(|source| {
            let target = port.associate(target, ())?;
            let compared = self.verify && is_file;
            Ok(Files { source, target, meta, place, unbuffered, inside, compared, touched, old_size, reserved })
        });
        let files = associated.map_err(|error| {
            if place == Place::Fresh {
                // Best effort: the first failure is the one to tell.
                let _ = rustix::fs::unlink(&job.target);
            }
            Problem::reading(&job.source, error)
        })?;
        if extents.has_holes() {
            files.empty_target().map_err(|error| Problem::writing(&job.source, &job.target, error))?;
        }
        Ok((files, extents))
    }

    fn options(&self, unbuffered: bool) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.system(&self.system).unbuffered(unbuffered);
        options
    }

    /// Where there is no current directory, a relative name leads nowhere.
    fn absolute<'a>(&self, path: &'a Path) -> Result<Cow<'a, Path>, Errno> {
        match &self.here {
            _ if path.is_absolute() => Ok(Cow::Borrowed(path)),
            Some(here) => Ok(Cow::Owned(here.join(path))),
            None => Err(Errno::NOENT),
        }
    }

    fn source(&self, path: &Path) -> Result<Source, Problem> {
        let absolute = self.absolute(path).map_err(|error| Problem::reading(path, error))?;
        let open = |unbuffered| -> Result<(OverlappedFile, FileStat), Problem> {
            let file = self.options(unbuffered).read(true).open_overlapped(&absolute);
            let file = file.map_err(|error| Problem::reading(path, error))?;
            let stat = file.stat_at_open().map_err(|error| Problem::reading(path, error))?;
            Ok((file, stat))
        };
        let sized = |stat: &FileStat| FileType::from_raw_mode(stat.mode).is_file() && stat.size > 0;
        let (mut file, mut stat) = open(self.unbuffered)?;
        if self.unbuffered && !sized(&stat) {
            // Its pieces may begin anywhere, which only buffered reads can do.
            (file, stat) = open(false)?;
        }
        Ok(Source { sized: sized(&stat), file, stat })
    }

    /// The target, what was there, and its size.
    fn target(&self, job: &Job, source: &Source) -> Result<(OverlappedFile, Place, u64), Problem> {
        let writing = |error: Errno| Problem::writing(&job.source, &job.target, error);
        let path = self.absolute(&job.target).map_err(writing)?;
        let mode = self.rules.initial(&self.rules.keep(&source.stat));
        let mut options = self.options(self.unbuffered && source.sized);
        options.read(self.verify).write(true).mode(mode);
        match options.create_new(true).open_overlapped(&path) {
            Ok(file) => return Ok((file, Place::Fresh, 0)),
            Err(error) if [Win32Error::FILE_EXISTS, Win32Error::ALREADY_EXISTS].contains(&error.code()) => {}
            Err(error) => return Err(Problem::writing(&job.source, &job.target, error)),
        }
        let stat = rustix::fs::stat(&*path).map_err(writing)?;
        if (stat.st_dev as u64, stat.st_ino as u64) == (source.stat.device, source.stat.inode) {
            return Err(same_file(&job.source, &job.target));
        }
        let place = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Place::Occupied { names: stat.st_nlink as u64 },
            FileType::CharacterDevice | FileType::BlockDevice => {
                options = self.options(false);
                options.write(true);
                Place::Device
            }
            FileType::Directory => return Err(writing(Errno::ACCESS)),
            kind => {
                let why =
                    format!("{} was not copied: {} is {}", Shown(&job.source), Shown(&job.target), kind_name(kind));
                return Err(Problem::new(&job.target, format!("{why}; choose a file as target")));
            }
        };
        let opened = options.create_new(false).open_overlapped(&path);
        let opened = opened.map_err(|error| Problem::writing(&job.source, &job.target, error))?;
        Ok((opened, place, u64::try_from(stat.st_size).unwrap_or(0)))
    }
}

fn kind_name(kind: FileType) -> &'static str {
    super::plan::kind(kind)
}

impl Files {
    /// Does the copy bypass the page cache?
    pub fn unbuffered(&self) -> bool {
        self.unbuffered
    }

    /// Can the library copy by itself? What fits in one buffer is sooner read and written at once.
    pub fn copies_inside(&self) -> bool {
        self.inside
    }

    /// Will both be read again?
    pub fn is_compared(&self) -> bool {
        self.compared
    }

    /// The target is about to change.
    pub fn touch(&self) {
        self.touched.store(true, Relaxed);
    }

    /// Asks for the end of everything on its way.
    pub fn cancel(&self) {
        self.source.cancel_all();
        self.target.cancel_all();
    }

    /// Takes away old data that would show through holes.
    fn empty_target(&self) -> overlapped::Result<()> {
        if self.old_size.swap(0, Relaxed) > 0 && self.place != Place::Device {
            self.touch();
            self.target.set_len(0)?;
        }
        Ok(())
    }

    /// Reserves room for a new file without holes, so that the blocks need not be found while others wait to write.
    pub fn reserve(&self, size: u64) {
        // A disk that is full will say so when it is written to.
        if self.place == Place::Fresh && self.target.set_allocation(size).is_ok() {
            self.reserved.store(size, Relaxed);
        }
    }

    /// Cuts or extends the target to its final size. `end`: where the last write ended.
    pub fn set_size(&self, size: u64, end: u64) -> overlapped::Result<()> {
        let differs = self.old_size.load(Relaxed).max(end) != size || self.reserved.load(Relaxed) > size;
        if self.place != Place::Device && differs {
            self.touch();
            self.target.set_len(size)?;
        }
        Ok(())
    }

    /// Sets mode and times, as the last thing.
    pub fn finish(&self, rules: &Rules) -> rustix::io::Result<()> {
        match &self.meta {
            Some(meta) => meta.finish_file(self.target.as_fd(), rules, self.place == Place::Fresh),
            None => Ok(()),
        }
    }

    /// Empties a target that is about to go, since its room is only free when the last descriptor is closed, and other files may
    /// wait for it.
    fn give_room_back(&self) {
        let _ = rustix::fs::ftruncate(self.target.as_fd(), 0);
    }

    /// Takes an unfinished target away. What is to be told about it besides the failure.
    pub fn take_back(&self, target: &Path) -> Removal {
        match self.place {
            Place::Device => Removal::None,
            Place::Occupied { .. } if !self.touched.load(Relaxed) => Removal::None,
            Place::Fresh => {
                self.give_room_back();
                removed(rustix::fs::unlink(target), || Removal::Quiet)
            }
            Place::Occupied { names } => {
                if names == 1 {
                    self.give_room_back();
                }
                // Through links, to the file that was overwritten.
                let file = target.canonicalize().unwrap_or_else(|_| target.to_path_buf());
                removed(rustix::fs::unlink(&file), || Removal::Old { others: names > 1 })
            }
        }
    }
}

fn removed(result: Result<(), Errno>, how: impl FnOnce() -> Removal) -> Removal {
    match result {
        Ok(()) | Err(Errno::NOENT) => how(),
        Err(_) => Removal::Failed,
    }
}

/// What became of an unfinished target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// There was nothing to remove.
    None,
    /// It was removed, and nothing had been there before.
    Quiet,
    /// It was removed, and had been something else before; perhaps other names lead to the same half-written file.
    Old {
        /// There are other names.
        others: bool,
    },
    /// It could not be removed.
    Failed,
}

impl Removal {
    /// What to add to the sentence about the failure.
    pub fn note(self, target: &Path) -> Option<String> {
        let target = Shown(target);
        match self {
            Self::None | Self::Quiet => None,
            Self::Old { others: false } => Some(format!("the half-overwritten {target} was removed")),
            Self::Old { others: true } => Some(format!(
                "the half-overwritten {target} was removed, but its other names (hard links) still lead to it"
            )),
            Self::Failed => Some(format!("{target} is incomplete and could not be removed; remove it")),
        }
    }
}
