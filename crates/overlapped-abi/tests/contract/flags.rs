//! Access masks and the sharing rule (contract 01 §2.1, §2.2).

use overlapped_abi::constants::access::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, ShareMode};

#[test]
fn generic_rights_become_those_of_files() {
    for (generic, mapped) in [
        (0x8000_0000, 0x12_0089),
        (0x4000_0000, 0x12_0116),
        (0x2000_0000, 0x12_00A0),
        (0x1000_0000, 0x1F_01FF),
        (0xC000_0000, 0x12_019F),
        (0, 0),
        (0x0001_0080, 0x0001_0080),
        (0x8001_0000, 0x13_0089),
        (0x0200_0000, 0x0200_0000),
    ] {
        assert_eq!(AccessMask::from_bits_retain(generic).map_generic_file().bits(), mapped, "{generic:#x}");
    }
}

#[test]
fn typed_bits_have_the_named_values() {
    let access = [
        (AccessMask::READ_DATA, FILE_READ_DATA),
        (AccessMask::WRITE_DATA, FILE_WRITE_DATA),
        (AccessMask::APPEND_DATA, FILE_APPEND_DATA),
        (AccessMask::READ_EA, FILE_READ_EA),
        (AccessMask::WRITE_EA, FILE_WRITE_EA),
        (AccessMask::EXECUTE, FILE_EXECUTE),
        (AccessMask::DELETE_CHILD, FILE_DELETE_CHILD),
        (AccessMask::READ_ATTRIBUTES, FILE_READ_ATTRIBUTES),
        (AccessMask::WRITE_ATTRIBUTES, FILE_WRITE_ATTRIBUTES),
        (AccessMask::DELETE, DELETE),
        (AccessMask::READ_CONTROL, READ_CONTROL),
        (AccessMask::WRITE_DAC, WRITE_DAC),
        (AccessMask::WRITE_OWNER, WRITE_OWNER),
        (AccessMask::SYNCHRONIZE, SYNCHRONIZE),
        (AccessMask::ACCESS_SYSTEM_SECURITY, ACCESS_SYSTEM_SECURITY),
        (AccessMask::MAXIMUM_ALLOWED, MAXIMUM_ALLOWED),
        (AccessMask::GENERIC_ALL, GENERIC_ALL),
        (AccessMask::GENERIC_EXECUTE, GENERIC_EXECUTE),
        (AccessMask::GENERIC_WRITE, GENERIC_WRITE),
        (AccessMask::GENERIC_READ, GENERIC_READ),
        (AccessMask::FILE_GENERIC_READ, FILE_GENERIC_READ),
        (AccessMask::FILE_GENERIC_WRITE, FILE_GENERIC_WRITE),
        (AccessMask::FILE_GENERIC_EXECUTE, FILE_GENERIC_EXECUTE),
        (AccessMask::FILE_ALL_ACCESS, FILE_ALL_ACCESS),
    ];
    for (typed, named) in access {
        assert_eq!(typed.bits(), named);
    }
    let flags = [
        (FileFlags::WRITE_THROUGH, FILE_FLAG_WRITE_THROUGH),
        (FileFlags::OVERLAPPED, FILE_FLAG_OVERLAPPED),
        (FileFlags::NO_BUFFERING, FILE_FLAG_NO_BUFFERING),
        (FileFlags::RANDOM_ACCESS, FILE_FLAG_RANDOM_ACCESS),
        (FileFlags::SEQUENTIAL_SCAN, FILE_FLAG_SEQUENTIAL_SCAN),
        (FileFlags::DELETE_ON_CLOSE, FILE_FLAG_DELETE_ON_CLOSE),
        (FileFlags::BACKUP_SEMANTICS, FILE_FLAG_BACKUP_SEMANTICS),
        (FileFlags::POSIX_SEMANTICS, FILE_FLAG_POSIX_SEMANTICS),
        (FileFlags::SESSION_AWARE, FILE_FLAG_SESSION_AWARE),
        (FileFlags::OPEN_REPARSE_POINT, FILE_FLAG_OPEN_REPARSE_POINT),
        (FileFlags::OPEN_NO_RECALL, FILE_FLAG_OPEN_NO_RECALL),
        (FileFlags::FIRST_PIPE_INSTANCE, FILE_FLAG_FIRST_PIPE_INSTANCE),
        (FileFlags::OPEN_REQUIRING_OPLOCK, FILE_FLAG_OPEN_REQUIRING_OPLOCK),
    ];
    for (typed, named) in flags {
        assert_eq!(typed.bits(), named);
    }
    assert_eq!(ShareMode::READ.bits(), FILE_SHARE_READ);
    assert_eq!(ShareMode::WRITE.bits(), FILE_SHARE_WRITE);
    assert_eq!(ShareMode::DELETE.bits(), FILE_SHARE_DELETE);
}

#[test]
fn the_sharing_table() {
    // Contract 01 §2.2; the columns are the new open, the rows the existing one, `true` is a conflict.
    let read = AccessMask::GENERIC_READ.map_generic_file();
    let write = AccessMask::GENERIC_WRITE.map_generic_file();
    let both = read | write;
    let (r, rw, none) = (ShareMode::READ, ShareMode::READ | ShareMode::WRITE, ShareMode::empty());
    let opens = [(read, r), (read, rw), (write, r), (write, rw), (both, rw), (both, none)];
    let no = false;
    let rows = [
        ((read, r), [no, no, true, true, true, true]),
        ((read, rw), [no, no, no, no, no, true]),
        ((write, r), [true, no, true, true, true, true]),
        ((write, rw), [true, no, true, no, no, true]),
        ((both, r), [true, no, true, true, true, true]),
        ((both, rw), [true, no, true, no, no, true]),
        ((read, none), [true; 6]),
        ((AccessMask::DELETE, none), [true; 6]),
    ];
    for ((access, share), conflicts) in rows {
        for ((new_access, new_share), conflict) in opens.into_iter().zip(conflicts) {
            assert_eq!(
                ShareMode::conflicts(access, share, new_access, new_share),
                conflict,
                "{access:?} sharing {share:?}, then {new_access:?} sharing {new_share:?}",
            );
            assert_eq!(ShareMode::conflicts(new_access, new_share, access, share), conflict, "the other way round");
        }
    }
    let query = AccessMask::READ_ATTRIBUTES | AccessMask::SYNCHRONIZE;
    assert!(!ShareMode::conflicts(both, none, query, none), "an attribute open passes");
}

#[test]
fn what_a_handle_may_do() {
    assert!(AccessMask::FILE_GENERIC_READ.can_read() && !AccessMask::FILE_GENERIC_READ.can_write());
    assert!(AccessMask::APPEND_DATA.can_write() && AccessMask::APPEND_DATA.is_append_only());
    assert!(AccessMask::FILE_GENERIC_WRITE.can_write() && !AccessMask::FILE_GENERIC_WRITE.is_append_only());
    assert_eq!(FileFlags::from_bits_retain(0x4000_0080).attributes(), 0x80);
}
