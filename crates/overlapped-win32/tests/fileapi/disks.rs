//! Contract 01 sections 4.3, 4.4 and 6: drives and volumes by CreateFile and DeviceIoControl. An image file stands in for a drive.

use crate::common::*;
use crate::control::control;
use overlapped::namespace::{Disk, DiskName, Drive, DriveLetter};
use overlapped_abi::Overlapped;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::pointer::ovl_SetFilePointer;
use overlapped_win32::fileapi::size::{ovl_FlushFileBuffers, ovl_GetFileSizeEx};
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::ioapiset::ovl_GetOverlappedResult;
use std::ffi::CString;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

const SIZE: u64 = 32 << 20;
const SHARE_RW: u32 = 3;

/// Memory at a multiple of every sector.
#[repr(align(4096))]
struct Aligned([u8; 8192]);

/// A drive and a volume on an image of their own, of the process's default system.
struct Image {
    drive: CString,
    volume: CString,
    directory: Directory,
}

impl Image {
    fn new() -> Self {
        // Tests run side by side, and share the table of names.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let letter = char::from(b'H' + number as u8);
        let directory = Directory::new();
        let path = directory.path("disk.img");
        std::fs::File::create(&path).unwrap().set_len(SIZE).unwrap();
        let mut names = overlapped::default_system().unwrap().namespace().write();
        names.set_disk(DiskName::PhysicalDrive(700 + number), Disk::new(&path)).unwrap();
        let volume = Drive { device: Some(path), ..Drive::default() };
        names.set_drive(DriveLetter::new(letter).unwrap(), volume).unwrap();
        let text = |text: String| CString::new(text).unwrap();
        let drive = text(format!(r"\\.\PHYSICALDRIVE{}", 700 + number));
        Self { drive, volume: text(format!(r"\\.\{letter}:")), directory }
    }

    fn open(&self, name: &CString, access: u32, flags: u32) -> File {
        // SAFETY: the name ends with a zero.
        let handle = unsafe { ovl_CreateFileA(bytes(name), access, SHARE_RW, null_mut(), OPEN_EXISTING, flags, 0) };
        assert_ne!(handle, INVALID, "{}", ovl_GetLastError());
        File(handle)
    }

    fn drive(&self) -> File {
        self.open(&self.drive, BOTH, 0)
    }
}

fn dword(answer: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(answer[at..at + 4].try_into().unwrap())
}

fn qword(answer: &[u8], at: usize) -> u64 {
    u64::from_ne_bytes(answer[at..at + 8].try_into().unwrap())
}

#[test]
fn length_and_geometry_are_told() {
    let image = Image::new();
    let drive = image.drive();
    let length = control(&drive, 0x7405C, &[], 8).unwrap();
    assert_eq!(qword(&length, 0), SIZE);
    assert_eq!(control(&drive, 0x7405C, &[], 7), Err((122, 0)));
    let shape = control(&drive, 0x70000, &[], 24).unwrap();
    assert_eq!((shape.len(), dword(&shape, 8), dword(&shape, 20)), (24, 12, 512));
    let product = qword(&shape, 0) * u64::from(dword(&shape, 12)) * u64::from(dword(&shape, 16)) * 512;
    assert!(product <= SIZE && product > SIZE / 2, "{shape:?}");
    assert_eq!(control(&drive, 0x70000, &[], 23), Err((122, 0)));
    for room in [32, 40, 200] {
        let shape = control(&drive, 0x700A0, &[], room).unwrap();
        assert_eq!((shape.len(), qword(&shape, 24)), (room.min(40) as usize, SIZE));
    }
    assert_eq!(control(&drive, 0x700A0, &[], 31), Err((122, 0)));
    let looker = image.open(&image.drive, 0, 0);
    assert_eq!(control(&looker, 0x7405C, &[], 8), Err((5, 0)), "the length needs GENERIC_READ");
    assert_eq!(control(&looker, 0x70000, &[], 24).unwrap(), control(&drive, 0x70000, &[], 24).unwrap());
}

#[test]
fn numbers_properties_and_partitions_are_told() {
    let image = Image::new();
    let drive = image.drive();
    let number = control(&drive, 0x2D_1080, &[], 12).unwrap();
    assert_eq!((dword(&number, 0), dword(&number, 8)), (7, 0));
    assert!(dword(&number, 4) >= 700);

    let query = |id: u32, kind: u32| [id.to_ne_bytes(), kind.to_ne_bytes(), [0; 4]].concat();
    let alignment = control(&drive, 0x2D_1400, &query(6, 0), 28).unwrap();
    assert_eq!((dword(&alignment, 4), dword(&alignment, 16), dword(&alignment, 20)), (28, 512, 512));
    assert_eq!(control(&drive, 0x2D_1400, &query(6, 1), 0), Ok(vec![]), "does it exist?");
    let head = control(&drive, 0x2D_1400, &query(0, 0), 8).unwrap();
    assert_eq!((head.len(), dword(&head, 4)), (8, 36), "the head says how long the whole is");
    assert_eq!(control(&drive, 0x2D_1400, &[0; 4], 28), Err((87, 0)));
    assert_eq!(control(&drive, 0x2D_1400, &query(99, 0), 28), Err((1, 0)));

    assert_eq!(dword(&control(&drive, 0x70050, &[], 48).unwrap(), 0), 2, "raw");
    let info = control(&drive, 0x70048, &[], 144).unwrap();
    assert_eq!((dword(&info, 0), qword(&info, 8), qword(&info, 16), dword(&info, 24)), (2, 0, SIZE, 0));
    for code in [0x70024, 0x2D_4800, 0x9_0083] {
        assert_eq!(control(&drive, code, &[], 0), Ok(vec![]), "{code:#x}");
    }
    assert_eq!(control(&drive, 0x9_0028, &[], 0), Err((21, 0)), "nothing is mounted");
    assert_eq!(control(&drive, 0x900C4, &[], 0), Err((1, 0)), "no file");

    let volume = image.open(&image.volume, READ, 0);
    let extents = control(&volume, 0x56_0000, &[], 32).unwrap();
    assert_eq!((dword(&extents, 0), qword(&extents, 16), qword(&extents, 24)), (1, 0, SIZE));
    assert_eq!(control(&volume, 0x56_0000, &[], 31), Err((122, 0)));
}

#[test]
fn a_partition_table_is_read() {
    let image = Image::new();
    let mut record = Box::new(Aligned([0; 8192]));
    record.0[440..444].copy_from_slice(&[9, 8, 7, 6]);
    record.0[446 + 16..446 + 32].copy_from_slice(&[0x80, 0, 0, 0, 7, 0, 0, 0, 0, 8, 0, 0, 0, 16, 0, 0]);
    record.0[510..512].copy_from_slice(&[0x55, 0xAA]);
    let drive = image.drive();
    let mut count = 0;
    // SAFETY: the buffer is valid for its size.
    let written = unsafe { ovl_WriteFile(drive.0, record.0.as_ptr().cast(), 512, &mut count, null_mut()) };
    assert_eq!((written, count), (1, 512));
    let layout = control(&drive, 0x70050, &[], 48 + 4 * 144).unwrap();
    assert_eq!((dword(&layout, 0), dword(&layout, 4), dword(&layout, 8)), (0, 4, 0x0607_0809));
    let second = &layout[48 + 144..];
    assert_eq!((qword(second, 8), qword(second, 16), dword(second, 24)), (2048 * 512, 4096 * 512, 2));
    assert_eq!((second[32], second[33], dword(second, 36)), (7, 1, 2048));
    assert_eq!(control(&drive, 0x70050, &[], 48 + 143), Err((122, 0)));
}

#[test]
fn sectors_are_read_and_written_with_the_pointer_and_overlapped() {
    let image = Image::new();
    let drive = image.drive();
    let mut buffer = Box::new(Aligned([5; 8192]));
    let mut count = 0;
    // SAFETY: buffers and counts are valid, and requests are waited for.
    unsafe {
        assert_eq!(ovl_GetFileType(drive.0), 1);
        assert_eq!(ovl_SetFilePointer(drive.0, 1024, null_mut(), 0), 1024);
        assert_eq!(code(u32::MAX, || ovl_SetFilePointer(drive.0, 100, null_mut(), 0)), 87);
        assert_eq!(ovl_WriteFile(drive.0, buffer.0.as_ptr().cast(), 1024, &mut count, null_mut()), 1);
        let unaligned = buffer.0.as_ptr().wrapping_add(1).cast();
        assert_eq!(refused(|| ovl_WriteFile(drive.0, unaligned, 512, &mut count, null_mut())), 87);
        assert_eq!(refused(|| ovl_WriteFile(drive.0, buffer.0.as_ptr().cast(), 100, &mut count, null_mut())), 87);
        let mut size = 0;
        assert_eq!(refused(|| ovl_GetFileSizeEx(drive.0, &mut size)), 1);

        let overlapped = image.open(&image.drive, READ, OVERLAPPED);
        let mut request = Overlapped { offset: 1024, ..Overlapped::default() };
        buffer.0.fill(0);
        let (to, room) = (buffer.0.as_mut_ptr().cast(), 2048);
        assert_eq!(refused(|| ovl_ReadFile(overlapped.0, to, room, null_mut(), &mut request)), 997);
        assert_eq!(ovl_GetOverlappedResult(overlapped.0, &mut request, &mut count, 1), 1);
        assert_eq!((count, &buffer.0[..1024], &buffer.0[1024..2048]), (2048, &[5; 1024][..], &[0; 1024][..]));
        request.offset = SIZE as u32;
        assert_eq!(refused(|| ovl_ReadFile(overlapped.0, to, room, null_mut(), &mut request)), 27);
    }
    drop(drive);
    assert_eq!(&image.directory.content("disk.img")[1024..1026], [5, 5]);
}

#[test]
fn a_volume_is_locked_and_unlocked() {
    let image = Image::new();
    let volume = image.open(&image.volume, BOTH, 0);
    assert_eq!(control(&volume, 0x9_001C, &[], 0), Err((158, 0)), "not locked");
    assert_eq!(control(&volume, 0x9_0018, &[], 0), Ok(vec![]));
    // SAFETY: the name ends with a zero.
    let open = || unsafe { ovl_CreateFileA(bytes(&image.volume), READ, SHARE_RW, null_mut(), OPEN_EXISTING, 0, 0) };
    assert_eq!(code(INVALID, open), 5);
    assert_eq!(control(&volume, 0x9_0020, &[], 0), Ok(vec![]), "dismounted");
    assert_eq!(control(&volume, 0x9_001C, &[], 0), Ok(vec![]));
    drop(File(open()));
}

#[test]
fn a_drive_and_a_volume_are_flushed_by_who_may_write_02_7() {
    let image = Image::new();
    for name in [&image.drive, &image.volume] {
        for (access, flags) in [(BOTH, 0), (WRITE, OVERLAPPED)] {
            let writer = image.open(name, access, flags);
            granted(|| ovl_FlushFileBuffers(writer.0));
        }
        let reader = image.open(name, READ, 0);
        assert_eq!(refused(|| ovl_FlushFileBuffers(reader.0)), 5);
    }
}

#[test]
fn a_drive_is_opened_and_not_made() {
    let image = Image::new();
    let open = |name: &CString, disposition| {
        // SAFETY: the name ends with a zero.
        code(INVALID, || unsafe { ovl_CreateFileA(bytes(name), BOTH, SHARE_RW, null_mut(), disposition, 0, 0) })
    };
    assert_eq!(open(&image.drive, CREATE_ALWAYS), 87);
    assert_eq!(open(&CString::new(r"\\.\PHYSICALDRIVE99999").unwrap(), OPEN_EXISTING), 2);
    let mut root = image.volume.clone().into_string().unwrap();
    root.push('\\');
    assert_eq!(open(&CString::new(root).unwrap(), OPEN_EXISTING), 3);
}

#[test]
fn pages_are_scattered_and_gathered() {
    use overlapped_abi::FileSegmentElement;
    use overlapped_win32::fileapi::scatter::{ovl_ReadFileScatter, ovl_WriteFileGather};
    let image = Image::new();
    let mut pages = Box::new([Aligned([0; 8192]), Aligned([7; 8192])]);
    pages[0].0[0] = 5;
    let start = pages.as_mut_ptr() as u64;
    let elements = [start, start + 8192, 0].map(|buffer| FileSegmentElement { buffer });
    for (name, flags) in [(&image.drive, 0), (&image.volume, 0), (&image.drive, 0x2000_0000)] {
        let drive = image.open(name, BOTH, OVERLAPPED | flags);
        let mut request = Overlapped { offset: 4096, ..Overlapped::default() };
        // SAFETY: two pages, an element for each and one that ends them, and a request, until it is complete.
        let told = |function: unsafe extern "C" fn(_, _, _, _, _) -> _, request: &mut Overlapped| unsafe {
            let accepted = function(drive.0, elements.as_ptr(), 8192, null_mut(), &raw mut *request);
            assert_eq!((accepted, ovl_GetLastError()), (0, 997));
            let mut bytes = 0;
            let told = ovl_GetOverlappedResult(drive.0, &raw mut *request, &raw mut bytes, 1);
            assert_eq!(told, 1, "{}", ovl_GetLastError());
            bytes
        };
        assert_eq!(told(ovl_WriteFileGather, &mut request), 8192);
        pages[1].0.fill(0);
        assert_eq!(told(ovl_ReadFileScatter, &mut request), 8192);
        assert_eq!((pages[0].0[0], pages[1].0[4095], pages[1].0[4096]), (5, 7, 0));
        pages[1].0.fill(7);
        // Not of whole sectors.
        request.offset = 100;
        // SAFETY: as above.
        let refused = unsafe { ovl_ReadFileScatter(drive.0, elements.as_ptr(), 8192, null_mut(), &raw mut request) };
        assert_eq!((refused, ovl_GetLastError()), (0, 87));
    }
}
