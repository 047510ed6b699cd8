//! The machine, its clock and zone, its console's aliases, old files, and counted strings.

use overlapped_win32::consoleapi::aliases::*;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::exceptions::{ovl_GetThreadErrorMode, ovl_SetThreadErrorMode};
use overlapped_win32::ntdll::strings::*;
use overlapped_win32::oldfiles::*;
use overlapped_win32::sysinfoapi::firmware::*;
use overlapped_win32::sysinfoapi::settings::*;
use overlapped_win32::timezoneapi::calendar::SystemTime;
use overlapped_win32::timezoneapi::dynamic::*;
use overlapped_win32::timezoneapi::zone::TimeZoneInformation;
use std::mem::zeroed;
use std::os::unix::ffi::OsStrExt;
use std::ptr::{null, null_mut};

fn error<T>(answer: T) -> (T, u32) {
    (answer, ovl_GetLastError())
}

#[test]
fn the_clock_is_not_set_to_what_is_no_time() {
    let bad = SystemTime { year: 2024, month: 13, ..SystemTime::default() };
    let (mut adjustment, mut increment, mut off) = (0, 0, 9);
    // SAFETY: places of ours.
    unsafe {
        assert_eq!((error(ovl_SetSystemTime(&bad)), error(ovl_SetLocalTime(&bad))), ((0, 87), (0, 87)));
        assert_eq!(error(ovl_SetSystemTime(null())), (0, 998));
        assert_eq!(ovl_GetSystemTimeAdjustment(&mut adjustment, &mut increment, &mut off), 1);
        assert_eq!(increment, 156_250);
        assert_eq!(adjustment == increment, off == 1);
        assert_eq!(error(ovl_SetSystemTimeAdjustment(1, 0)), (0, 87));
        let mut kind = 9;
        assert_eq!((ovl_GetProductInfo(6, 1, 0, 0, &mut kind), kind), (1, 0x30));
        assert_eq!((ovl_GetProductInfo(5, 1, 0, 0, &mut kind), kind), (0, 0));
        assert_eq!(error(ovl_SetComputerNameA(c"new-name".as_ptr().cast())), (0, 5));
        assert_eq!(error(ovl_SetComputerNameA(c"no name".as_ptr().cast())), (0, 87));
        assert_eq!(error(ovl_SetComputerNameExA(9, c"name".as_ptr().cast())), (0, 87));
        let (mut name, mut size) = ([0u8; 16], 16);
        let host = c"a-very-long-host-name.example.org".as_ptr().cast();
        assert_eq!((ovl_DnsHostnameToComputerNameA(host, name.as_mut_ptr(), &mut size), size), (1, 15));
        assert_eq!(&name, b"A-VERY-LONG-HOS\0");
        size = 15;
        assert_eq!((error(ovl_DnsHostnameToComputerNameA(host, name.as_mut_ptr(), &mut size)), size), ((0, 234), 16));
        assert_eq!(ovl_GetSystemWindowsDirectoryA(null_mut(), 0), 11);
        assert_eq!(error(ovl_GetSystemWow64DirectoryA(null_mut(), 0)), (0, 120));
        assert_eq!(error(ovl_Wow64DisableWow64FsRedirection(null_mut())), (0, 1));
    }
}

#[test]
fn the_firmware_and_idle_processors() {
    let (mut kind, mut size) = (0, 0);
    // SAFETY: places of ours.
    unsafe {
        assert_eq!(ovl_GetFirmwareType(&mut kind), 1);
        assert_eq!(kind == 2, std::path::Path::new("/sys/firmware/efi").exists());
        assert_eq!(error(ovl_EnumSystemFirmwareTables(4711, null_mut(), 0)), (0, 1));
        let acpi = u32::from_be_bytes(*b"ACPI");
        let bytes = ovl_EnumSystemFirmwareTables(acpi, null_mut(), 0);
        assert_eq!(bytes % 4, 0);
        assert_eq!(error(ovl_GetSystemFirmwareTable(acpi, u32::from_le_bytes(*b"!!!!"), null_mut(), 0)), (0, 1168));
        if kind == 1 {
            let guid = c"{8be4df61-93ca-11d2-aa0d-00e098032b8c}".as_ptr().cast();
            let got = ovl_GetFirmwareEnvironmentVariableA(c"BootOrder".as_ptr().cast(), guid, null_mut(), 0);
            assert_eq!(error(got), (0, 1));
        }
        assert_eq!(error(ovl_QueryIdleProcessorCycleTime(&mut size, null_mut())), (0, 122));
        let mut idle = vec![0u64; size as usize / 8];
        assert_eq!(ovl_QueryIdleProcessorCycleTime(&mut size, idle.as_mut_ptr()), 1);
        assert!(!idle.is_empty());
        assert_eq!(error(ovl_QueryIdleProcessorCycleTimeEx(99, &mut size, idle.as_mut_ptr())), (0, 87));
    }
}

#[test]
fn zones_that_change_with_the_years() {
    // SAFETY: places of ours, for which zeros are values.
    unsafe {
        let mut zone: DynamicZone = zeroed();
        assert!(ovl_GetDynamicTimeZoneInformation(&mut zone) <= 2);
        let mut plain: TimeZoneInformation = zeroed();
        assert_eq!(ovl_GetTimeZoneInformationForYear(2020, null(), &mut plain), 1);
        assert_eq!(error(ovl_GetTimeZoneInformationForYear(1600, null(), &mut plain)), (0, 87));
        let utc = SystemTime { year: 2020, month: 7, day: 1, hour: 12, ..SystemTime::default() };
        let (mut local, mut back) = (SystemTime::default(), SystemTime::default());
        assert_eq!(ovl_SystemTimeToTzSpecificLocalTimeEx(&zone, &utc, &mut local), 1);
        assert_eq!(ovl_TzSpecificLocalTimeToSystemTimeEx(&zone, &local, &mut back), 1);
        assert_eq!((back.year, back.month, back.day, back.hour), (2020, 7, 1, 12));
        assert_eq!(
            (ovl_EnumDynamicTimeZoneInformation(0, &mut zone), ovl_EnumDynamicTimeZoneInformation(1, &mut zone)),
            (0, 259)
        );
        assert_eq!(error(ovl_SetTimeZoneInformation(&plain)), (0, 1314));
    }
}

#[test]
fn aliases_are_kept_by_program() {
    let program = c"aliases-of-a-test".as_ptr().cast();
    let mut room = [0u8; 64];
    // SAFETY: strings that end with a zero, and places of ours.
    unsafe {
        if overlapped_win32::consoleapi::session::ovl_GetConsoleCP() == 0 {
            assert_eq!(error(ovl_AddConsoleAliasA(c"a".as_ptr().cast(), c"b".as_ptr().cast(), program)), (0, 6));
            return;
        }
        assert_eq!(ovl_AddConsoleAliasA(c"ll".as_ptr().cast(), c"ls -l".as_ptr().cast(), program), 1);
        assert_eq!(ovl_AddConsoleAliasA(c"up".as_ptr().cast(), c"cd ..".as_ptr().cast(), program), 1);
        let get = |name: &std::ffi::CStr, to: &mut [u8]| {
            error(ovl_GetConsoleAliasA(name.as_ptr().cast(), to.as_mut_ptr(), to.len() as u32, program))
        };
        assert_eq!(get(c"LL", &mut room).0, 6);
        assert!(room.starts_with(b"ls -l\0"));
        assert_eq!((get(c"LL", &mut room[..5]), get(c"none", &mut room)), ((0, 122), (0, 31)));
        let bytes = ovl_GetConsoleAliasesLengthA(program);
        assert_eq!((bytes, ovl_GetConsoleAliasesLengthW([0].as_ptr())), (18, 0));
        assert_eq!(ovl_GetConsoleAliasesA(room.as_mut_ptr(), 64, program), 18);
        assert!(room.starts_with(b"ll=ls -l\0up=cd ..\0"));
        assert!(ovl_GetConsoleAliasExesLengthA() >= 18);
        assert_eq!(ovl_AddConsoleAliasA(c"ll".as_ptr().cast(), null(), program), 1);
        assert_eq!(get(c"ll", &mut room), (0, 31));
        let mut history: History = zeroed();
        assert_eq!(error(ovl_GetConsoleHistoryInfo(&mut history)), (0, 87));
        let set: [u32; 4] = [16, 99, 3, 1];
        assert_eq!(ovl_SetConsoleHistoryInfo(set.as_ptr().cast()), 1);
        let mut told: [u32; 4] = [16, 0, 0, 0];
        assert_eq!((ovl_GetConsoleHistoryInfo(told.as_mut_ptr().cast()), told), (1, set));
        assert_eq!(error(ovl_SetConsoleHistoryInfo([16u32, 1, 1, 2].as_ptr().cast())), (0, 87));
    }
}

#[test]
fn files_are_opened_as_before_createfile() {
    let directory = tempfile::tempdir().unwrap();
    let path = [directory.path().join("old").as_os_str().as_bytes(), b"\0"].concat();
    let mut room = [0u8; 16];
    // SAFETY: strings that end with a zero, and places of ours.
    unsafe {
        let mut opened: OpenedFile = zeroed();
        assert_eq!(error(ovl_OpenFile(path.as_ptr(), &mut opened, 0)), (-1, 2));
        assert_eq!(error(ovl__lopen(path.as_ptr(), 0)), (-1, 2));
        let file = ovl__lcreat(path.as_ptr(), 0);
        assert_ne!(file, -1);
        assert_eq!((ovl__lwrite(file, b"0123456789".as_ptr(), 10), ovl__llseek(file, 4, 0)), (10, 4));
        // Nothing written cuts the file where it is.
        assert_eq!((ovl__hwrite(file, null(), 0), ovl__llseek(file, 0, 2), ovl__llseek(file, -2, 1)), (0, 4, 2));
        assert_eq!((ovl__lread(file, room.as_mut_ptr().cast(), 16), &room[..2]), (2, &b"23"[..]));
        assert_eq!((ovl__lclose(file), error(ovl__lclose(file))), (0, (-1, 6)));
        assert_eq!(ovl_OpenFile(path.as_ptr(), &mut opened, 0x4000), 1);
        let file = ovl_OpenFile(path.as_ptr(), &mut opened, 0x8000);
        assert_ne!(file, -1);
        assert_eq!((ovl__hread(file, room.as_mut_ptr().cast(), 16), ovl__lclose(file)), (4, 0));
        let mut kind = 9;
        assert_eq!(error(ovl_GetBinaryTypeA(path.as_ptr(), &mut kind)), (0, 193));
        let program = [std::env::current_exe().unwrap().as_os_str().as_bytes(), b"\0"].concat();
        assert_eq!((ovl_GetBinaryTypeA(program.as_ptr(), &mut kind), kind), (1, 6));
        assert_eq!(ovl_OpenFile(path.as_ptr(), &mut opened, 0x200), 1);
        assert_eq!(error(ovl_OpenFile(path.as_ptr(), &mut opened, 0x4000)), (-1, 2));
        assert_eq!(error(ovl_OpenFile(path.as_ptr(), &mut opened, 3)), (-1, 87));
    }
}

#[test]
fn counted_strings_are_converted_and_freed() {
    // SAFETY: strings that end with a zero, and places of ours.
    unsafe {
        let (mut narrow, mut wide, mut back): (Counted<u8>, Counted<u16>, Counted<u8>) = zeroed();
        ovl_RtlInitAnsiString(&mut narrow, c"gr\u{fc}n".as_ptr().cast());
        assert_eq!(ovl_RtlAnsiStringToUnicodeString(&mut wide, &narrow, 1), 0);
        let shown = format!("{wide:?}");
        assert!(shown.contains("length: 8, room: 10"), "{shown}");
        assert_eq!(ovl_RtlUnicodeStringToAnsiString(&mut back, &wide, 1), 0);
        assert!(format!("{back:?}").contains("length: 5, room: 6"));
        ovl_RtlFreeUnicodeString(&mut wide);
        ovl_RtlFreeAnsiString(&mut back);
        assert!(format!("{wide:?}").contains("length: 0, room: 0"));
        let mut number = 0;
        let mut value =
            |text: &std::ffi::CStr, base| (ovl_RtlCharToInteger(text.as_ptr().cast(), base, &mut number), number);
        assert_eq!((value(c" -12x", 0).1, value(c"0x1F", 0).1, value(c"0b101", 0).1), (12u32.wrapping_neg(), 31, 5));
        assert_eq!((value(c"777", 8).1, value(c"z", 10).1, value(c"1", 3).0), (511, 0, 0xC000_000D));
        let mut seconds = 0;
        assert_eq!((ovl_RtlTimeToSecondsSince1970(&116_444_736_010_000_000, &mut seconds), seconds), (1, 1));
        assert_eq!(ovl_RtlTimeToSecondsSince1970(&0, &mut seconds), 0);
    }
}

#[test]
fn a_thread_has_an_error_mode_of_its_own() {
    let mut before = 9;
    // SAFETY: a place of ours.
    unsafe {
        assert_eq!((ovl_SetThreadErrorMode(1, &mut before), before), (1, 0));
        assert_eq!((ovl_SetThreadErrorMode(0x8001, &mut before), before), (1, 1));
        assert_eq!(error(ovl_SetThreadErrorMode(4, &mut before)), (0, 87));
    }
    assert_eq!(ovl_GetThreadErrorMode(), 0x8001);
    std::thread::spawn(|| assert_eq!(ovl_GetThreadErrorMode(), 0)).join().unwrap();
}
