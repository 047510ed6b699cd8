//! Contract 01 section 6: drives and volumes.

use crate::common::*;
use overlapped_abi::ByHandleFileInformation;
use overlapped_win32::fileapi::information::ovl_GetFileInformationByHandle;
use overlapped_win32::fileapi::volumes::*;
use std::ptr::{null, null_mut};

#[test]
fn c_is_a_drive() {
    assert_ne!(ovl_GetLogicalDrives() & 1 << 2, 0);
    let mut buffer = [0xFFu8; 128];
    // SAFETY: the buffer has the size that is told, and the roots end with zeros.
    unsafe {
        let len = ovl_GetLogicalDriveStringsA(128, buffer.as_mut_ptr()) as usize;
        assert!(buffer[..len + 1].windows(4).any(|root| root == b"C:\\\0"));
        assert_eq!((buffer[len - 1], buffer[len]), (0, 0));
        assert!(matches!(ovl_GetDriveTypeA(c"C:\\".as_ptr().cast()), 2..=6));
        assert_eq!(ovl_GetDriveTypeA(c"Q:\\".as_ptr().cast()), 1);
        assert_eq!(ovl_GetDriveTypeW(null()), ovl_GetDriveTypeA(c"\\".as_ptr().cast()));
    }
}

#[test]
fn free_space_is_told_in_clusters_and_bytes() {
    let directory = Directory::new();
    let (mut sectors, mut bytes_each, mut free, mut total) = (0, 0, 0, 0);
    let (mut available, mut all) = (0, 0);
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        let (place, missing) = (directory.wide(""), directory.wide("none"));
        granted(|| ovl_GetDiskFreeSpaceW(place.as_ptr(), &mut sectors, &mut bytes_each, &mut free, &mut total));
        granted(|| ovl_GetDiskFreeSpaceExW(place.as_ptr(), &mut available, &mut all, null_mut()));
        assert_eq!(refused(|| ovl_GetDiskFreeSpaceExW(missing.as_ptr(), null_mut(), null_mut(), null_mut())), 3);
        granted(|| ovl_GetDiskFreeSpaceExA(null(), &mut available, null_mut(), null_mut()));
    }
    assert_eq!((bytes_each, sectors.is_power_of_two()), (512, true));
    assert!(free <= total && available <= all);
}

#[test]
fn a_volume_is_described_by_its_root() {
    let directory = Directory::new();
    let mut label = [7u16; 4];
    let (mut kind, mut serial, mut longest, mut flags) = ([0u16; 32], 0, 0, 0);
    let (root, rootless) = (directory.wide(""), wide("C:"));
    // SAFETY: the pointers are valid for their sizes.
    unsafe {
        let (label_at, kind_at) = (label.as_mut_ptr(), kind.as_mut_ptr());
        let ask = |root: &[u16], size| {
            ovl_GetVolumeInformationW(root.as_ptr(), label_at, 4, &mut serial, &mut longest, &mut flags, kind_at, size)
        };
        let mut ask = ask;
        assert_eq!(refused(|| ask(&rootless, 32)), 123);
        assert_eq!(refused(|| ask(&root, 1)), 24);
        granted(|| ask(&root, 32));
        let file = directory.create("f");
        let mut information = ByHandleFileInformation::default();
        ovl_GetFileInformationByHandle(file.0, &mut information);
        assert_eq!(information.volume_serial_number, serial);
        let nothing = null_mut();
        let mut again = 0;
        granted(|| {
            ovl_GetVolumeInformationByHandleW(file.0, null_mut(), 0, &mut again, nothing, nothing, null_mut(), 0)
        });
        assert_eq!(again, serial);
    }
    assert!(!until_zero(&kind).is_empty());
    assert_eq!((label[0], longest), (0, 255));
    assert_eq!(flags & 0x40, 0x40, "sparse files");
}
