//! Contract 01 sections 3 and 6: volumes and devices by name.

use crate::common::*;
use overlapped_win32::fileapi::dos_devices::*;
use overlapped_win32::fileapi::find::ovl_FindClose;
use overlapped_win32::fileapi::information::ovl_GetFinalPathNameByHandleW;
use overlapped_win32::fileapi::ovl_CreateFileW;
use overlapped_win32::fileapi::volume_names::*;
use overlapped_win32::fileapi::volumes::ovl_GetDriveTypeW;
use std::ptr::{null, null_mut};

fn volume_of(root: &str) -> Vec<u16> {
    let mut volume = vec![0u16; 50];
    let root = wide(root);
    // SAFETY: the name ends with a zero, and the size is the buffer's.
    granted(|| unsafe { ovl_GetVolumeNameForVolumeMountPointW(root.as_ptr(), volume.as_mut_ptr(), 50) });
    volume
}

#[test]
fn volumes_are_listed_by_names_that_lead_to_them() {
    let c = volume_of("C:\\");
    let (mut volume, mut found) = ([0u16; 64], Vec::new());
    // SAFETY: sizes are those of the buffers, and names end with zeros.
    unsafe {
        assert_eq!(code(INVALID, || ovl_FindFirstVolumeW(volume.as_mut_ptr(), 20)), 206);
        let search = ovl_FindFirstVolumeW(volume.as_mut_ptr(), 64);
        assert_ne!(search, INVALID);
        loop {
            found.push(until_zero(&volume));
            match code_of(|| ovl_FindNextVolumeW(search, volume.as_mut_ptr(), 64)) {
                (1, _) => {}
                (_, error) => {
                    assert_eq!(error, 18);
                    break;
                }
            }
        }
        assert_eq!(refused(|| ovl_FindClose(search)), 6, "it has a function of its own");
        granted(|| ovl_FindVolumeClose(search));
        assert_eq!(refused(|| ovl_FindVolumeClose(search)), 6);
        assert!(found.contains(&until_zero(&c)), "{found:?}");
        assert_eq!(ovl_GetDriveTypeW(c.as_ptr()), ovl_GetDriveTypeW(wide("C:\\").as_ptr()));
        let none = code(INVALID, || ovl_FindFirstVolumeMountPointW(c.as_ptr(), volume.as_mut_ptr(), 64));
        assert_eq!(none, 18);
    }
    assert!(until_zero(&c).starts_with(r"\\?\Volume{") && until_zero(&c).ends_with(r"}\"));
}

/// The answer of a call, and the last error after it.
fn code_of(call: impl FnOnce() -> i32) -> (i32, u32) {
    overlapped_win32::errhandlingapi::ovl_SetLastError(UNTOUCHED);
    let answer = call();
    (answer, overlapped_win32::errhandlingapi::ovl_GetLastError())
}

#[test]
fn a_file_can_be_named_through_its_volume() {
    let directory = Directory::new();
    directory.file("there", b"1");
    let volume = until_zero(&volume_of("C:\\"));
    let name = format!("{volume}{}", &directory.path("there").display().to_string()[1..]).replace('/', "\\");
    let through = wide(&name);
    // SAFETY: the name ends with a zero.
    let file = File(unsafe { ovl_CreateFileW(through.as_ptr(), READ, SHARE_ALL, null(), OPEN_EXISTING, 0, 0) });
    assert_eq!(file.read(4), b"1");
    let mut told = [0u16; 300];
    // SAFETY: the size is the buffer's.
    let by =
        |flags: u32, told: &mut [u16]| unsafe { ovl_GetFinalPathNameByHandleW(file.0, told.as_mut_ptr(), 300, flags) };
    assert_ne!(by(1, &mut told), 0);
    assert_eq!(until_zero(&told), name);
    assert_ne!(by(2, &mut told), 0);
    assert!(until_zero(&told).starts_with(r"\Device\HarddiskVolume"));
}

#[test]
fn only_a_root_has_a_volume_name() {
    let directory = Directory::new();
    let (inner, rootless, missing) = (wide(&format!("{}\\", directory.path("").display())), wide("C:"), wide("Q:\\"));
    let (mut volume, mut needed) = ([0u16; 60], 0);
    let to = volume.as_mut_ptr();
    let c = volume_of("C:\\");
    let wrong = wide(r"\\?\Volume{00000000-0000-0000-0000-000000000000}\");
    // SAFETY: sizes are those of the buffers, and names end with zeros.
    unsafe {
        assert_eq!(refused(|| ovl_GetVolumeNameForVolumeMountPointW(inner.as_ptr(), to, 60)), 4390);
        assert_eq!(refused(|| ovl_GetVolumeNameForVolumeMountPointW(rootless.as_ptr(), to, 60)), 123);
        assert_eq!(refused(|| ovl_GetVolumeNameForVolumeMountPointW(missing.as_ptr(), to, 60)), 3);
        assert_eq!(refused(|| ovl_GetVolumeNameForVolumeMountPointW(c.as_ptr(), to, 49)), 206);
        granted(|| ovl_GetVolumePathNamesForVolumeNameW(c.as_ptr(), to, 60, &mut needed));
        assert_eq!((needed, &volume[..5]), (5, &[67, 58, 92, 0, 0][..]));
        assert_eq!(refused(|| ovl_GetVolumePathNamesForVolumeNameW(c.as_ptr(), null_mut(), 0, &mut needed)), 234);
        assert_eq!(refused(|| ovl_GetVolumePathNamesForVolumeNameW(wrong.as_ptr(), to, 60, &mut needed)), 2);
        assert_eq!(refused(|| ovl_GetVolumePathNamesForVolumeNameW(inner.as_ptr(), to, 60, &mut needed)), 123);
        assert_eq!(refused(|| ovl_DeleteVolumeMountPointW(wide("C:\\").as_ptr())), 5);
        assert_eq!(refused(|| ovl_SetVolumeMountPointW(wide("C:\\").as_ptr(), c.as_ptr())), 145);
    }
}

#[test]
fn the_root_of_a_name_is_that_of_its_drive_volume_or_share() {
    use overlapped_win32::fileapi::volumes::ovl_GetVolumePathNameW;
    let ask = |name: &str| {
        let (name, mut root) = (wide(name), [0u16; 64]);
        overlapped_win32::errhandlingapi::ovl_SetLastError(UNTOUCHED);
        // SAFETY: the name ends with a zero, and the size is the buffer's.
        match unsafe { ovl_GetVolumePathNameW(name.as_ptr(), root.as_mut_ptr(), 64) } {
            0 => Err(overlapped_win32::errhandlingapi::ovl_GetLastError()),
            _ => Ok(until_zero(&root)),
        }
    };
    let volume = until_zero(&volume_of("C:\\"));
    let rows: [(&str, Result<&str, u32>); 14] = [
        (r"C:\x\..\y", Ok(r"C:\")),
        ("relative", Ok(r"C:\")),
        ("/posix/path", Ok(r"C:\")),
        (r"\\?\C:\x", Ok(r"\\?\C:\")),
        (r"\\.\C:", Ok(r"\\.\C:\")),
        (r"\\server\share\x\y", Ok(r"\\server\share\")),
        (r"\\server\share", Ok(r"\\server\share\")),
        (r"\\?\UNC\server\share\x", Ok(r"\\?\UNC\server\share\")),
        (&format!("{volume}x\\y"), Ok(&volume)),
        (r"\\server", Err(123)),
        (r"\\.\COM1", Err(123)),
        ("nul", Err(123)),
        (r"Q:\x", Err(2)),
        ("", Err(87)),
    ];
    for (name, expected) in rows {
        assert_eq!(ask(name), expected.map(String::from), "{name}");
    }
    let (name, mut root) = (wide(r"C:\x"), [7u16; 8]);
    // SAFETY: as above.
    unsafe {
        assert_eq!(refused(|| ovl_GetVolumePathNameW(name.as_ptr(), root.as_mut_ptr(), 3)), 206);
        assert_eq!(refused(|| ovl_GetVolumePathNameW(name.as_ptr(), root.as_mut_ptr(), 0)), 87);
        granted(|| ovl_GetVolumePathNameW(name.as_ptr(), root.as_mut_ptr(), 4));
    }
    assert_eq!(root[..5], [67, 58, 92, 0, 7]);
}

fn query(name: Option<&str>) -> Result<Vec<String>, u32> {
    let name = name.map(wide);
    let mut told = vec![0u16; 16_000];
    overlapped_win32::errhandlingapi::ovl_SetLastError(UNTOUCHED);
    // SAFETY: the name ends with a zero, and the size is the buffer's.
    let len =
        unsafe { ovl_QueryDosDeviceW(name.as_ref().map_or(null(), |name| name.as_ptr()), told.as_mut_ptr(), 16_000) };
    if len == 0 {
        return Err(overlapped_win32::errhandlingapi::ovl_GetLastError());
    }
    assert_eq!(told[len as usize - 2..len as usize], [0, 0]);
    let all = String::from_utf16(&told[..len as usize - 2]).unwrap();
    Ok(all.split('\0').map(str::to_owned).collect())
}

#[test]
fn devices_are_known_by_name() {
    let all = query(None).unwrap();
    for name in ["C:", "NUL", "PIPE", "MAILSLOT"] {
        assert!(all.iter().any(|known| known == name), "{name} in {all:?}");
    }
    for name in &all {
        assert!(query(Some(name)).is_ok(), "{name}");
    }
    assert!(query(Some("c:")).unwrap()[0].starts_with(r"\Device\HarddiskVolume"));
    assert_eq!(query(Some("NUL")).unwrap(), [r"\Device\Null"]);
    assert_eq!(query(Some("COM4711")), Err(2));
    let mut small = [0u16; 4];
    // SAFETY: the size is the buffer's.
    assert_eq!(code(0, || unsafe { ovl_QueryDosDeviceW(null(), small.as_mut_ptr(), 4) }), 122);
}

#[test]
fn a_directory_becomes_a_drive_and_a_terminal_a_port() {
    let directory = Directory::new();
    directory.file("f", b"12");
    let (drive, target) = (wide("U:"), wide(&directory.path("").display().to_string()));
    // SAFETY: names end with zeros.
    unsafe {
        granted(|| ovl_DefineDosDeviceW(0, drive.as_ptr(), target.as_ptr()));
        let (name, other) = (wide("U:\\f"), wide("/dev"));
        let file = File(ovl_CreateFileW(name.as_ptr(), READ, SHARE_ALL, null(), OPEN_EXISTING, 0, 0));
        assert_eq!(file.read(4), b"12");
        assert!(query(Some("U:")).unwrap()[0].starts_with(r"\??\C:\"));
        assert_eq!(refused(|| ovl_DefineDosDeviceW(6, drive.as_ptr(), other.as_ptr())), 2, "another target");
        granted(|| ovl_DefineDosDeviceW(2, drive.as_ptr(), null()));
        assert_eq!(query(Some("U:")), Err(2));
        assert_eq!(refused(|| ovl_DefineDosDeviceW(2, drive.as_ptr(), null())), 2);
        let (port, tty) = (wide("COM217"), wide("/dev/tty"));
        granted(|| ovl_DefineDosDeviceW(0, port.as_ptr(), tty.as_ptr()));
        assert_eq!(query(Some("COM217")).unwrap(), [r"\Device\Serial216"]);
        granted(|| ovl_DefineDosDeviceW(2, port.as_ptr(), null()));
        assert_eq!(refused(|| ovl_DefineDosDeviceW(0, wide("FOO").as_ptr(), target.as_ptr())), 87);
    }
}
