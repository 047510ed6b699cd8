//! What is no plain file: NUL, devices, fifos, links, and the files of /proc (contract 01 §3, §4).

use crate::common::*;
use overlapped_abi::constants::attributes::FILE_ATTRIBUTE_REPARSE_POINT;
use overlapped_abi::constants::file::{FILE_BEGIN, FILE_CURRENT, FILE_END};
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_devices::file;
use overlapped_kernel::device::FileType;
use rustix::fs::OFlags;

fn open(world: &World, name: &str, access: AccessMask, flags: FileFlags) -> Result<File, Win32Error> {
    world.open_path(name.as_ref(), access, SHARE_ALL, OPEN_EXISTING, flags)
}

#[test]
fn nul_is_empty_to_readers_and_takes_all_that_is_written_01_3() {
    World::each(|world| {
        for name in ["NUL", "nul", r"\\.\NUL", r"C:\some\where\nul.txt"] {
            let nul = open(world, name, BOTH, NO_FLAGS).unwrap();
            assert_eq!(nul.grant.instance.device().file_type(), FileType::Char);
            assert_eq!(nul.read(10).unwrap(), b"");
            assert_eq!(nul.write(&[1; 100_000]), Ok(100_000));
            assert_eq!(file::flush(&nul.grant), Ok(()));
            assert_eq!(file::size(&nul.grant), Ok(0));
            let from_end = file::set_pointer(&nul.grant, 7, FILE_END);
            assert_eq!((file::set_pointer(&nul.grant, 5, FILE_BEGIN), from_end), (Ok(5), Ok(7)));
            assert_eq!(file::set_pointer(&nul.grant, -6, FILE_CURRENT), Err(Win32Error::NEGATIVE_SEEK));
        }
        let nul = open(world, "NUL", BOTH, FileFlags::OVERLAPPED).unwrap();
        assert_eq!(nul.read_at(0, 10), Err(failed(Win32Error::HANDLE_EOF)));
        assert_eq!(nul.write_at(0, b"abc"), Ok(3));
        assert_eq!(open(world, "NUL", READ, NO_FLAGS).unwrap().write(b"x"), Err(Win32Error::ACCESS_DENIED));
    });
}

#[test]
fn nul_opens_by_any_disposition_and_for_everybody_at_once_01_3() {
    let world = World::new();
    let nul = |disposition| {
        world.open_path("NUL".as_ref(), BOTH, ShareMode::empty(), disposition, NO_FLAGS).expect("NUL opens")
    };
    let open: Vec<File> = (CREATE_NEW..=TRUNCATE_EXISTING).map(nul).collect();
    assert_eq!(open.len(), 5);
}

#[test]
fn whoever_is_given_the_descriptor_of_a_file_finds_one_that_blocks() {
    World::each(|world| {
        world.file("full", b"abc");
        world.file("empty", b"");
        std::fs::create_dir(world.path("dir")).unwrap();
        let blocks = |opened: &File| {
            let device = opened.grant.instance.device();
            let flags = rustix::fs::fcntl_getfl(device.descriptor().expect("it has one")).unwrap();
            (!flags.contains(OFlags::NONBLOCK), flags & OFlags::RWMODE)
        };
        for name in ["full", "empty"] {
            let opened = world.existing(name, BOTH);
            assert_eq!(blocks(&opened), (true, OFlags::RDWR), "{name}");
            assert_eq!(opened.write(b"x"), Ok(1), "{name}");
        }
        let name = world.path("dir");
        let dir = open(world, name.to_str().unwrap(), READ, FileFlags::BACKUP_SEMANTICS).unwrap();
        assert_eq!(blocks(&dir), (true, OFlags::RDONLY));
        let left = world.existing("full", READ);
        let instance = &left.grant.instance;
        let bequest = instance.device().bequeath(instance).expect("a child may have it");
        let flags = rustix::fs::fcntl_getfl(bequest.descriptor.expect("by descriptor")).unwrap();
        assert!(!flags.contains(OFlags::NONBLOCK));
    });
}

#[test]
fn character_devices_are_streams_without_share_modes() {
    World::each(|world| {
        let exclusive = ShareMode::empty();
        let null = || world.open_path("/dev/null".as_ref(), BOTH, exclusive, CREATE_ALWAYS, NO_FLAGS).unwrap();
        let (one, other) = (null(), null());
        assert_eq!(one.grant.instance.device().file_type(), FileType::Char);
        assert_eq!(one.write(b"gone"), Ok(4));
        assert_eq!(other.read(4).unwrap(), b"");
        assert_eq!(file::set_pointer(&one.grant, 0, FILE_BEGIN), Err(Win32Error::SEEK_ON_DEVICE));
        assert_eq!(file::size(&one.grant), Err(Win32Error::INVALID_FUNCTION));
        let zero = open(world, "/dev/zero", READ, FileFlags::OVERLAPPED).unwrap();
        let bytes = zero.read_at(1 << 50, 100).unwrap();
        assert!(!bytes.is_empty() && bytes.iter().all(|byte| *byte == 0), "the offset means nothing");
    });
}

#[test]
fn opening_a_fifo_does_not_wait_for_the_other_end() {
    World::each(|world| {
        rustix::fs::mknodat(
            rustix::fs::CWD,
            world.path("fifo"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        assert_eq!(world.denied("fifo", WRITE), Win32Error::FILE_NOT_FOUND, "nobody reads");
        let reader = world.existing("fifo", READ);
        assert_eq!(reader.grant.instance.device().file_type(), FileType::Pipe);
        let writer = world.existing("fifo", WRITE);
        assert_eq!(writer.write(b"through"), Ok(7));
        let mut seen = Vec::new();
        while seen.len() < 7 {
            seen.extend(reader.read(100).unwrap());
        }
        assert_eq!(seen, b"through", "a short read is a whole one");
        drop(writer);
        assert_eq!(reader.read(1), Err(Win32Error::BROKEN_PIPE));
    });
}

#[test]
fn a_read_from_a_fifo_waits_for_data() {
    let world = World::new();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, world.path("fifo"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let reader = world.existing("fifo", READ);
    let writer = world.existing("fifo", WRITE);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| reader.read(10));
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(!waiting.is_finished(), "the descriptor blocks");
        writer.write(b"late").unwrap();
        assert_eq!(waiting.join().unwrap().unwrap(), b"late");
    });
}

#[test]
fn files_of_proc_are_read_to_their_end_though_they_say_they_are_empty() {
    World::each(|world| {
        for path in ["/proc/cpuinfo", "/proc/self/maps", "/proc/version"] {
            for flags in [NO_FLAGS, FileFlags::OVERLAPPED] {
                let file = open(world, path, READ, flags).unwrap();
                let read = file.read_at(0, 1 << 20).unwrap();
                assert!(!read.is_empty() && read.len() < 1 << 20, "{path}");
                if path != "/proc/self/maps" {
                    assert_eq!(read.last(), Some(&b'\n'), "{path} ends with a line");
                }
            }
        }
        let version = open(world, "/proc/version", READ, NO_FLAGS).unwrap();
        assert_eq!(version.read(1 << 16).unwrap(), std::fs::read("/proc/version").unwrap());
        assert_eq!(version.read(10).unwrap(), b"");
    });
}

#[test]
fn a_link_is_followed_unless_it_is_asked_for_itself_01_2_4() {
    let world = World::new();
    let path = world.file("f", b"target");
    std::os::unix::fs::symlink(&path, world.path("l")).unwrap();
    assert_eq!(world.existing("l", READ).read(99).unwrap(), b"target");
    let flags = FileFlags::OPEN_REPARSE_POINT;
    let link = world.open("l", READ | AccessMask::DELETE, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
    assert_eq!(link.read(1), Err(Win32Error::INVALID_FUNCTION));
    let information = file::attribute_tag_info(&link.grant).unwrap();
    assert_eq!(information.file_attributes, FILE_ATTRIBUTE_REPARSE_POINT);
    assert_eq!(information.reparse_tag, 0xA000_000C);
    assert_eq!(world.refused("l", BOTH, SHARE_ALL, CREATE_ALWAYS, flags), Win32Error::INVALID_PARAMETER);
    file::set_disposition(&link.grant, file::Disposition::DELETE).unwrap();
    drop(link);
    assert!(world.has("f") && !world.has("l"));
}

#[test]
fn links_that_lead_in_circles_are_3() {
    let world = World::new();
    std::os::unix::fs::symlink(world.path("b"), world.path("a")).unwrap();
    std::os::unix::fs::symlink(world.path("a"), world.path("b")).unwrap();
    assert_eq!(world.denied("a", READ), Win32Error::PATH_NOT_FOUND);
}

#[test]
fn a_socket_cannot_be_opened_as_a_file() {
    let world = World::new();
    let _listener = std::os::unix::net::UnixListener::bind(world.path("s")).unwrap();
    assert_eq!(world.denied("s", READ), Win32Error::FILE_NOT_FOUND);
}

#[test]
fn a_deleted_file_can_still_be_reached_through_a_descriptor_of_proc() {
    let world = World::new();
    world.file("f", b"data");
    let file = world.existing("f", READ);
    let fd = std::os::fd::AsRawFd::as_raw_fd(&file.grant.instance.device().descriptor().unwrap());
    world.files.delete_file(&world.system, &world.name("f")).unwrap();
    let again = open(&world, &format!("/proc/self/fd/{fd}"), READ, NO_FLAGS).unwrap();
    assert_eq!(again.read(9).unwrap(), b"data");
}
