//! Drives and volumes (contract 01 sections 4.3, 4.4 and 6). Image files stand in for drives; where the tests may make loop devices, block devices
//! with file systems on them are tested, too.

use overlapped::namespace::{Disk, DiskName, Drive, DriveLetter, Namespace};
use overlapped::{AlignedBuf, EngineChoice, OpenOptions, OverlappedFile, System, SystemBuilder, disk};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const SIZE: u64 = 4 << 20;
const DRIVE: &str = r"\\.\PhysicalDrive3";
const VOLUME: &str = r"\\.\V:";

/// An image file as a drive and as a volume, on each engine.
struct World {
    system: System,
    image: PathBuf,
    _directory: TempDir,
}

impl World {
    fn new(choice: EngineChoice) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let image = directory.path().join("disk.img");
        File::create(&image).unwrap().set_len(SIZE).unwrap();
        let mut names = Namespace::new();
        names.set_disk(DiskName::PhysicalDrive(3), Disk::new(&image)).unwrap();
        let volume = Drive { device: Some(image.clone()), ..Drive::default() };
        names.set_drive(DriveLetter::new('v').unwrap(), volume).unwrap();
        let system = SystemBuilder::new().engine(choice).namespace(names).build().ok()?;
        Some(Self { system, image, _directory: directory })
    }

    fn each(test: impl Fn(&Self)) {
        let worlds = [EngineChoice::Uring, EngineChoice::Epoll].map(Self::new);
        assert!(worlds.iter().any(Option::is_some), "no engine");
        worlds.iter().flatten().for_each(test);
    }

    fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.system(&self.system);
        options
    }

    fn open(&self, name: &str) -> OverlappedFile {
        self.options().read(true).write(true).open_overlapped(name).unwrap()
    }
}

fn code<T: std::fmt::Debug>(result: overlapped::Result<T>) -> u32 {
    result.unwrap_err().code().0
}

fn sectors(byte: u8, bytes: usize) -> AlignedBuf {
    let mut buffer = AlignedBuf::with_capacity(bytes);
    buffer.resize(bytes);
    buffer.fill(byte);
    buffer
}

#[test]
fn sectors_are_written_and_read_where_the_offset_says_01_4_4() {
    World::each(|world| {
        for name in [DRIVE, VOLUME] {
            let drive = world.open(name);
            assert_eq!(drive.write_at(sectors(7, 8192), 4096).wait().0, Ok(8192));
            let (read, buffer) = drive.read_at(AlignedBuf::with_capacity(16384), 0).wait();
            assert_eq!(read, Ok(16384));
            assert!(buffer[..4096].iter().all(|b| *b == 0) && buffer[4096..12288].iter().all(|b| *b == 7), "{name}");
        }
        assert_eq!(world.image.metadata().unwrap().len(), SIZE);
    });
}

#[test]
fn offset_length_and_buffer_keep_to_sectors_01_4_3() {
    World::each(|world| {
        let drive = world.open(DRIVE);
        assert_eq!(code(drive.read_at(AlignedBuf::with_capacity(4096), 100).wait().0), 87);
        let mut short = AlignedBuf::with_capacity(4096);
        short.set_capacity(100);
        assert_eq!(code(drive.read_at(short, 0).wait().0), 87);
        // A vector lies anywhere; past its first byte it is on no sector.
        let skewed = Skewed(vec![0; 8192]);
        assert_eq!(code(drive.write_at(skewed, 0).wait().0), 87);
        assert_eq!(drive.read_at(AlignedBuf::with_capacity(4096), 0).wait().0, Ok(4096));
    });
}

/// A buffer of 4096 bytes at an odd address.
struct Skewed(Vec<u8>);

// SAFETY: the bytes are on the heap and stay where they are.
unsafe impl overlapped::IoBuf for Skewed {
    fn start(&self) -> *const u8 {
        let start = self.0.as_ptr();
        start.wrapping_add(1 + start.align_offset(2))
    }

    fn len(&self) -> usize {
        4096
    }
}

#[test]
fn nothing_is_behind_the_last_sector_01_4_4() {
    World::each(|world| {
        let drive = world.open(DRIVE);
        assert_eq!(code(drive.read_at(AlignedBuf::with_capacity(4096), SIZE).wait().0), 27);
        assert_eq!(code(drive.write_at(sectors(1, 4096), SIZE).wait().0), 27);
        assert_eq!(code(drive.write_at(sectors(1, 8192), SIZE - 4096).wait().0), 27);
        let (read, buffer) = drive.read_at(AlignedBuf::with_capacity(8192), SIZE - 4096).wait();
        assert_eq!((read, buffer.iter().all(|byte| *byte == 0)), (Ok(4096), true));
        assert_eq!(world.image.metadata().unwrap().len(), SIZE, "an image is never made longer");
        assert!(drive.read_at(AlignedBuf::with_capacity(0), 0).wait().0.is_ok());
    });
}

#[test]
fn pages_are_gathered_and_scattered_02_11() {
    World::each(|world| {
        for name in [DRIVE, VOLUME] {
            let drive = world.open(name);
            let (written, _) =
                drive.write_gathered(vec![sectors(1, 4096), sectors(2, 8192), sectors(3, 512)], 512).wait();
            assert_eq!(written, Ok(12_800), "{name}");
            let pages = |count| (0..count).map(|_| AlignedBuf::with_capacity(4096)).collect::<Vec<_>>();
            let (read, buffers) = drive.read_scattered(pages(4), 512).wait();
            assert_eq!(read, Ok(16384), "{name}");
            assert_eq!(buffers.iter().map(|page| page[0]).collect::<Vec<_>>(), [1, 2, 2, 3], "{name}");
            assert_eq!(buffers[3][511..513], [3, 0], "{name}");
            // What lies across the end is read up to it; a write there is refused.
            let (read, buffers) = drive.read_scattered(pages(2), SIZE - 512).wait();
            assert_eq!((read, buffers[0].len(), buffers[1].len()), (Ok(512), 512, 0), "{name}");
            assert_eq!(code(drive.read_scattered(pages(1), SIZE).wait().0), 27, "{name}");
            assert_eq!(code(drive.write_gathered(vec![sectors(1, 4096)], SIZE - 512).wait().0), 27, "{name}");
            assert_eq!(code(drive.read_scattered(pages(1), 100).wait().0), 87, "{name}");
        }
    });
}

#[test]
fn a_synchronous_handle_has_a_pointer_on_sectors_01_4_3() {
    World::each(|world| {
        let mut drive = world.options().read(true).write(true).open(DRIVE).unwrap();
        assert_eq!(drive.seek(SeekFrom::End(0)).unwrap(), SIZE);
        assert_eq!(drive.seek(SeekFrom::Start(512)).unwrap(), 512);
        assert!(drive.seek(SeekFrom::Start(100)).is_err());
        let mut buffer = sectors(0, 4096);
        assert_eq!(drive.read(&mut buffer).unwrap(), 4096);
        assert_eq!(drive.stream_position().unwrap(), 4608);
        assert_eq!(drive.write(&buffer).unwrap(), 4096);
        drive.flush().unwrap();
        assert_eq!(code(drive.size()), 1, "GetFileSize is not for drives");
    });
}

#[test]
fn only_what_is_there_opens_and_is_not_created_01_2_3() {
    World::each(|world| {
        let open = |name: &str| world.options().read(true).open_overlapped(name).map(drop);
        assert_eq!(code(open(r"\\.\PhysicalDrive9")), 2);
        assert_eq!(code(open(r"\\.\W:")), 2);
        assert_eq!(code(open(r"\\.\V:\")), 3);
        let created = world.options().write(true).create(true).truncate(true).open_overlapped(DRIVE);
        assert_eq!(code(created.map(drop)), 87);
    });
}

#[test]
fn access_is_what_was_asked_for_01_4_3() {
    World::each(|world| {
        let reader = world.options().read(true).open_overlapped(DRIVE).unwrap();
        assert_eq!(code(reader.write_at(sectors(1, 4096), 0).wait().0), 5);
        let nothing = world.options().access_mode(overlapped::abi::AccessMask::empty()).open_overlapped(DRIVE).unwrap();
        assert_eq!(code(nothing.read_at(AlignedBuf::with_capacity(4096), 0).wait().0), 5);
        assert_eq!(disk::geometry(nothing.handle()).unwrap().bytes_per_sector, 512);
        assert_eq!(code(disk::length(nothing.handle())), 5);
        assert_eq!(disk::length(reader.handle()), Ok(SIZE));
    });
}

#[test]
fn the_geometry_is_not_larger_than_the_drive_01_6() {
    World::each(|world| {
        let shape = disk::geometry(world.open(DRIVE).handle()).unwrap();
        let tracks = shape.cylinders * u64::from(shape.tracks_per_cylinder);
        let bytes = tracks * u64::from(shape.sectors_per_track) * u64::from(shape.bytes_per_sector);
        assert!(bytes <= SIZE && shape.cylinders > 0 && !shape.removable, "{shape:?}");
        let file = world.options().read(true).open_overlapped(&world.image).unwrap();
        assert_eq!(code(disk::geometry(file.handle())), 1, "a file is no drive");
    });
}

#[test]
fn partitions_are_listed_01_6() {
    World::each(|world| {
        let mut image = File::options().write(true).open(&world.image).unwrap();
        image.seek(SeekFrom::Start(440)).unwrap();
        image.write_all(&[1, 2, 3, 4, 0, 0]).unwrap();
        image.write_all(&[0x80, 0, 0, 0, 0x83, 0, 0, 0, 8, 0, 0, 0, 100, 0, 0, 0]).unwrap();
        image.seek(SeekFrom::Start(510)).unwrap();
        image.write_all(&[0x55, 0xAA]).unwrap();
        let layout = disk::layout(world.open(DRIVE).handle()).unwrap();
        assert_eq!(layout.style, disk::Style::Mbr { signature: 0x0403_0201 });
        assert_eq!((layout.partitions[0].start, layout.partitions[0].length), (8 * 512, 100 * 512));
    });
}

#[test]
fn a_locked_volume_is_nobody_elses_01_6() {
    World::each(|world| {
        let (volume, other) = (world.open(VOLUME), world.open(VOLUME));
        assert_eq!(code(disk::lock(volume.handle())), 5, "somebody else has it open");
        drop(other);
        let lock = disk::lock(volume.handle()).unwrap();
        assert_eq!(code(disk::lock(volume.handle())), 5, "twice");
        assert_eq!(code(world.options().read(true).open_overlapped(VOLUME)), 5);
        assert_eq!(volume.write_at(sectors(3, 4096), 0).wait().0, Ok(4096));
        drop(lock);
        world.open(VOLUME);
        let lock = disk::lock(volume.handle()).unwrap();
        // The lock ends with the handle, too.
        std::mem::forget(lock);
        drop(volume);
        world.open(VOLUME);
    });
}

/// Runs a program of the system; what it printed, if it succeeded.
fn run(program: &str, arguments: &[&Path]) -> Option<String> {
    let done = Command::new(program).args(arguments).output().ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// A file system in a loop device, mounted; taken away at the end.
struct Mounted {
    node: PathBuf,
    point: TempDir,
    _image: TempDir,
}

impl Mounted {
    /// None where this user or this machine cannot have such, which is said.
    fn new() -> Option<Self> {
        let image = tempfile::tempdir().unwrap();
        let path = image.path().join("volume.img");
        File::create(&path).unwrap().set_len(8 << 20).unwrap();
        run("mkfs.ext4", &[Path::new("-q"), &path])?;
        let node = run("losetup", &[Path::new("--find"), Path::new("--show"), &path])?;
        let mounted = Self { node: node.into(), point: tempfile::tempdir().unwrap(), _image: image };
        run("mount", &[&mounted.node, mounted.point.path()])?;
        Some(mounted)
    }

    fn is_mounted(&self) -> bool {
        std::fs::read_to_string("/proc/self/mounts").unwrap().contains(self.node.to_str().unwrap())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = run("umount", &[self.point.path()]);
        let _ = run("losetup", &[Path::new("--detach"), &self.node]);
    }
}

#[test]
fn a_mounted_file_system_is_not_written_under_01_4_4() {
    let Some(mounted) = Mounted::new() else {
        eprintln!("SKIPPED: no loop devices, or no right to mount them");
        return;
    };
    for choice in [EngineChoice::Uring, EngineChoice::Epoll] {
        let mut names = Namespace::new();
        names.set_drive(DriveLetter::new('v').unwrap(), Drive::new(mounted.point.path())).unwrap();
        names.set_disk(DiskName::PhysicalDrive(3), Disk::new(&mounted.node)).unwrap();
        let Ok(system) = SystemBuilder::new().engine(choice).namespace(names).build() else { continue };
        let open = |name| OpenOptions::new().read(true).write(true).system(&system).open_overlapped(name).unwrap();

        // Found by where it is mounted.
        let volume = open(VOLUME);
        let (read, boot) = volume.read_at(AlignedBuf::with_capacity(4096), 0).wait();
        assert_eq!((read, &boot[0x438..0x43A]), (Ok(4096), &[0x53, 0xEF][..]), "the mark of ext4");
        assert_eq!(code(volume.write_at(boot, 0).wait().0), 5);
        let drive = open(DRIVE);
        assert_eq!(code(drive.write_at(sectors(1, 4096), 4096).wait().0), 5);
        drop(drive);

        // A lock takes the file system away, unless somebody uses it, and brings it back.
        let file = File::create(mounted.point.path().join("file")).unwrap();
        assert_eq!(code(disk::lock(volume.handle())), 5);
        drop(file);
        let lock = disk::lock(volume.handle()).unwrap();
        assert!(!mounted.is_mounted());
        let (read, boot) = volume.read_at(AlignedBuf::with_capacity(4096), 0).wait();
        assert_eq!(read, Ok(4096));
        assert_eq!(volume.write_at(boot, 0).wait().0, Ok(4096));
        drop(lock);
        assert!(mounted.is_mounted() && mounted.point.path().join("file").exists());
        assert_eq!(code(volume.write_at(sectors(1, 4096), 0).wait().0), 5);
    }
}
