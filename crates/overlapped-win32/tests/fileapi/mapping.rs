//! CreateFileMapping and MapViewOfFile (contract 01 section 1, 02 section 3, 04 section 2).

use crate::common::*;
use overlapped_win32::fileapi::pointer::ovl_SetFilePointer;
use overlapped_win32::fileapi::size::ovl_SetEndOfFile;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::memoryapi::views::*;
use std::ffi::{CString, c_void};
use std::ptr::{null, null_mut};

const READONLY: u32 = 2;
const READWRITE: u32 = 4;
const WRITECOPY: u32 = 8;
const MAP_COPY: u32 = 1;
const MAP_WRITE: u32 = 2;
const MAP_READ: u32 = 4;

fn create(file: usize, protection: u32, size: u32, name: Option<&CString>) -> usize {
    let name = name.map_or(null(), bytes);
    // SAFETY: NULL arguments and a name that ends with a zero.
    unsafe { ovl_CreateFileMappingA(file, null(), protection, 0, size, name) }
}

fn map(section: usize, access: u32) -> *mut u8 {
    let view = ovl_MapViewOfFile(section, access, 0, 0, 0).cast::<u8>();
    assert!(!view.is_null());
    assert_eq!(view as usize % 65536, 0);
    view
}

fn unmap(view: *mut u8) {
    // SAFETY: not used any more.
    granted(|| unsafe { ovl_UnmapViewOfFile(view.cast()) });
}

fn close(handle: usize) {
    assert_eq!(ovl_CloseHandle(handle), 1);
}

#[test]
fn a_view_is_the_file() {
    let directory = Directory::new();
    directory.file("f", b"hello, world");
    let file = directory.open("f", BOTH, OPEN_EXISTING, 0);
    let section = create(file.0, READWRITE, 0, None);
    let view = map(section, MAP_READ | MAP_WRITE);
    // The view keeps everything that it needs.
    close(section);
    // SAFETY: the view has twelve bytes.
    unsafe {
        assert_eq!(std::slice::from_raw_parts(view, 12), b"hello, world");
        view.write(b'j');
    }
    assert_eq!(file.read(5), b"jello", "reads see what was written to memory");
    file.write(b"!");
    // SAFETY: as above.
    assert_eq!(unsafe { view.add(5).read() }, b'!', "and memory sees what was written to the file");
    granted(|| ovl_FlushViewOfFile(view.cast(), 0));
    unmap(view);
    // SAFETY: it is no view any more.
    assert_eq!(refused(|| unsafe { ovl_UnmapViewOfFile(view.cast()) }), 487);
    assert_eq!(directory.content("f"), b"jello! world");
}

#[test]
fn a_copy_on_write_view_changes_nothing_but_itself() {
    let directory = Directory::new();
    directory.file("f", b"original");
    let file = directory.open("f", READ, OPEN_EXISTING, 0);
    let section = create(file.0, WRITECOPY, 0, None);
    let view = map(section, MAP_COPY);
    // SAFETY: the view has eight bytes.
    unsafe { view.write(b'X') };
    assert_eq!(directory.content("f"), b"original");
    unmap(view);
    assert!(ovl_MapViewOfFile(section, MAP_WRITE, 0, 0, 0).is_null());
    close(section);
}

#[test]
fn a_section_that_is_larger_than_its_file_makes_that_longer() {
    let directory = Directory::new();
    directory.file("f", b"x");
    let writable = directory.open("f", BOTH, OPEN_EXISTING, 0);
    assert_eq!(code(0, || create(writable.0, READONLY, 100, None)), 8);
    let section = create(writable.0, READWRITE, 70000, None);
    assert_eq!(directory.content("f").len(), 70000);
    // SAFETY: NULL arguments.
    let part = ovl_MapViewOfFile(section, MAP_READ, 0, 65536, 100).cast::<u8>();
    assert!(!part.is_null());
    unmap(part);
    assert_eq!(code(null_mut::<c_void>(), || ovl_MapViewOfFile(section, MAP_READ, 0, 4096, 0)), 1132);
    assert_eq!(code(null_mut::<c_void>(), || ovl_MapViewOfFile(section, MAP_READ, 0, 65536, 65536)), 5);
    assert_eq!(code(null_mut::<c_void>(), || ovl_MapViewOfFile(section, MAP_READ, 0, 131072, 0)), 87);
    close(section);
}

#[test]
fn rights_and_arguments_are_checked() {
    let directory = Directory::new();
    directory.file("empty", b"");
    directory.file("f", b"x");
    let (empty, reader) =
        (directory.open("empty", BOTH, OPEN_EXISTING, 0), directory.open("f", READ, OPEN_EXISTING, 0));
    let writer = directory.open("f", WRITE, OPEN_EXISTING, 0);
    assert_eq!(code(0, || create(empty.0, READWRITE, 0, None)), 1006, "nothing to map");
    assert_eq!(code(0, || create(reader.0, READWRITE, 0, None)), 5);
    assert_eq!(code(0, || create(writer.0, READONLY, 0, None)), 5);
    assert_eq!(code(0, || create(reader.0, 0x40000000, 0, None)), 87);
    assert_eq!(code(0, || create(INVALID, READWRITE, 0, None)), 87, "memory needs a size");
    assert_eq!(code(0, || create(12345676, READWRITE, 0, None)), 6);
    let section = create(reader.0, READONLY, 0, None);
    assert_eq!(code(null_mut::<c_void>(), || ovl_MapViewOfFile(section, MAP_WRITE, 0, 0, 0)), 5);
    assert_eq!(code(null_mut::<c_void>(), || ovl_MapViewOfFile(section, 0, 0, 0, 0)), 87);
    assert_eq!(code(null_mut::<c_void>(), || ovl_MapViewOfFile(reader.0, MAP_READ, 0, 0, 0)), 6);
    close(section);
}

#[test]
fn a_mapped_file_cannot_be_cut_02_3() {
    let directory = Directory::new();
    let file = directory.create("f");
    file.write(&[b'x'; 100]);
    let section = create(file.0, READWRITE, 0, None);
    // SAFETY: NULL for the high half.
    unsafe { assert_eq!(ovl_SetFilePointer(file.0, 10, null_mut(), 0), 10) };
    assert_eq!(refused(|| ovl_SetEndOfFile(file.0)), 1224);
    // SAFETY: as above.
    unsafe { assert_eq!(ovl_SetFilePointer(file.0, 200, null_mut(), 0), 200) };
    granted(|| ovl_SetEndOfFile(file.0));
    close(section);
    // SAFETY: as above.
    unsafe { assert_eq!(ovl_SetFilePointer(file.0, 10, null_mut(), 0), 10) };
    granted(|| ovl_SetEndOfFile(file.0));
}

#[test]
fn memory_is_shared_by_its_name() {
    let name = CString::new(format!("Local\\mapping of {}", std::process::id())).unwrap();
    let first = create(INVALID, READWRITE, 4096, Some(&name));
    assert_eq!(code(true, || create(INVALID, READWRITE, 4096, Some(&name)) != 0), 183);
    // SAFETY: the name ends with a zero.
    let opened = unsafe { ovl_OpenFileMappingA(MAP_READ, 0, bytes(&name)) };
    let (one, other) = (map(first, MAP_READ | MAP_WRITE), map(opened, MAP_READ));
    // SAFETY: both views have a page.
    unsafe {
        assert_eq!(other.read(), 0, "new memory is zeros");
        one.write(7);
        assert_eq!(other.read(), 7);
    }
    assert_eq!(code(null_mut::<c_void>(), || ovl_MapViewOfFile(opened, MAP_WRITE, 0, 0, 0)), 5, "opened for reading");
    unmap(one);
    unmap(other);
    let missing = CString::new("no such mapping").unwrap();
    // SAFETY: as above.
    assert_eq!(code(0, || unsafe { ovl_OpenFileMappingA(MAP_READ, 0, bytes(&missing)) }), 2);
    close(first);
    close(opened);
}

#[test]
fn a_view_can_be_put_where_it_is_wanted() {
    let section = create(INVALID, READWRITE, 65536, None);
    let first = map(section, MAP_READ | MAP_WRITE);
    let taken = || ovl_MapViewOfFileEx(section, MAP_READ, 0, 0, 0, first.cast());
    assert_eq!(code(null_mut::<c_void>(), taken), 487);
    unmap(first);
    let again = ovl_MapViewOfFileEx(section, MAP_READ, 0, 0, 0, first.cast());
    // Another thread may have taken the place meanwhile.
    assert!(again.is_null() || again == first.cast());
    if !again.is_null() {
        unmap(again.cast());
    }
    close(section);
}
