//! What processes tell of themselves, what they ask for in case they fail, packages, and sessions.

use overlapped_win32::appmodel::*;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::numa::*;
use overlapped_win32::processinfo::*;
use overlapped_win32::processthreadsapi::ovl_GetCurrentThread;
use overlapped_win32::restart::*;
use overlapped_win32::sysinfoapi::topology::GroupAffinity;
use overlapped_win32::threadinfo::ovl_WinExec;
use overlapped_win32::winuser::stations::*;
use overlapped_win32::wtsapi::*;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};

const OWN: usize = usize::MAX;

fn error<T>(answer: T) -> (T, u32) {
    (answer, ovl_GetLastError())
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn until_zero(text: &[u16]) -> String {
    String::from_utf16_lossy(text.split(|unit| *unit == 0).next().unwrap())
}

#[test]
fn classes_of_information() {
    let mut numbers = [0u32; 2];
    // SAFETY: places of ours, as long as is said.
    unsafe {
        let mut get = |class, len| {
            let got = ovl_GetProcessInformation(OWN, class, numbers.as_mut_ptr().cast(), len);
            (error(got), numbers)
        };
        assert_eq!(get(0, 4).1[0], 5);
        assert_eq!(get(0, 8).0, (0, 24));
        assert_eq!(get(7, 4).1[0], 0xFFFF_FFFE);
        assert!(matches!(get(9, 8).1, [0x8664 | 0xAA64, 3]));
        assert_eq!(get(5, 4).0, (0, 87));
        let set = |class, from: &[u32]| {
            let len = size_of_val(from) as u32;
            error(ovl_SetProcessInformation(OWN, class, from.as_ptr().cast(), len))
        };
        assert_eq!(set(0, &[3]).0, 1);
        assert_eq!(set(0, &[0]), (0, 87));
        assert_eq!(set(4, &[1, 5, 4]).0, 1);
        assert_eq!(set(4, &[2, 0, 0]), (0, 87));
        let mut state = [1u32, 0, 0];
        assert_eq!((ovl_GetProcessInformation(OWN, 4, state.as_mut_ptr().cast(), 12), state), (1, [1, 5, 4]));
        let mut memory = [0u64; 4];
        assert_eq!(ovl_GetProcessInformation(OWN, 2, memory.as_mut_ptr().cast(), 32), 1);
        assert!(memory[0] > 0 && memory[1] > 0 && memory[2] >= memory[1], "{memory:?}");
    }
}

#[test]
fn smaller_questions() {
    let (mut first, mut second, mut yes) = (0u32, 9u32, 9);
    // SAFETY: places of ours.
    unsafe {
        assert_eq!((ovl_GetProcessShutdownParameters(&mut first, &mut second), first, second), (1, 0x280, 0));
        assert_eq!(ovl_SetProcessShutdownParameters(0x3FF, 1), 1);
        assert_eq!((ovl_GetProcessShutdownParameters(&mut first, &mut second), first, second), (1, 0x3FF, 1));
        assert_eq!(error(ovl_SetProcessShutdownParameters(0x500, 0)), (0, 87));
        assert_eq!((ovl_SetProcessPriorityBoost(OWN, 1), ovl_GetProcessPriorityBoost(OWN, &mut yes), yes), (1, 1, 1));
        assert_eq!((ovl_IsProcessCritical(OWN, &mut yes), yes), (1, 0));
        assert_eq!(error(ovl_IsProcessCritical(OWN, null_mut())), (0, 998));
        assert_eq!(error(ovl_GetProcessDEPPolicy(OWN, &mut first, &mut yes)), (0, 50));
        assert_eq!((error(ovl_SetProcessDEPPolicy(1)), ovl_GetSystemDEPPolicy()), ((0, 50), 1));
        assert_eq!(error(ovl_WaitForInputIdle(OWN, 0)), (u32::MAX, 1471));
        assert_eq!(ovl_GetProcessVersion(0), 0x000A_0000);
        let (mut process, mut native) = (9, 9);
        assert_eq!((ovl_IsWow64Process2(OWN, &mut process, &mut native), process), (1, 0));
        assert!(matches!(native, 0x8664 | 0xAA64));
        assert_eq!((ovl_GetMachineTypeAttributes(native, &mut first), first), (0, 3));
        assert_eq!((ovl_GetMachineTypeAttributes(0x14C, &mut first), first), (0, 0));
        assert_eq!((ovl_IsWow64GuestMachineSupported(0x14C, &mut yes), yes), (0, 0));
    }
}

#[test]
fn policies_are_told() {
    let (mut one, mut two) = (0u32, [0u32; 2]);
    // SAFETY: places of ours.
    unsafe {
        assert_eq!((ovl_GetProcessMitigationPolicy(OWN, 0, two.as_mut_ptr().cast(), 8), two), (1, [1, 1]));
        assert_eq!(error(ovl_GetProcessMitigationPolicy(OWN, 0, two.as_mut_ptr().cast(), 4)), (0, 87));
        assert_eq!(error(ovl_GetProcessMitigationPolicy(OWN, 20, (&raw mut one).cast(), 4)), (0, 87));
        // Extension points: once off, off for ever.
        assert_eq!(ovl_SetProcessMitigationPolicy(6, [1u32].as_ptr().cast(), 4), 1);
        assert_eq!((ovl_GetProcessMitigationPolicy(OWN, 6, (&raw mut one).cast(), 4), one), (1, 1));
        assert_eq!(error(ovl_SetProcessMitigationPolicy(6, [0u32].as_ptr().cast(), 4)), (0, 5));
        assert_eq!(error(ovl_SetProcessMitigationPolicy(6, [2u32].as_ptr().cast(), 4)), (0, 87));
        assert_eq!(error(ovl_SetProcessMitigationPolicy(0, [1u32, 1].as_ptr().cast(), 8)), (0, 87));
    }
}

/// In a process of its own, since policies cannot be taken back.
#[test]
fn policies_hold() {
    const NAME: &str = "OVERLAPPED_TEST_POLICIES";
    if std::env::var_os(NAME).is_none() {
        let me = std::env::current_exe().unwrap();
        let run = std::process::Command::new(me).args(["--exact", "process::policies_hold"]).env(NAME, "1").output();
        let run = run.unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
        return;
    }
    use overlapped_win32::memoryapi::ovl_VirtualAlloc;
    // SAFETY: places of ours; nothing is executed.
    unsafe {
        assert_ne!(ovl_WinExec(c"true".as_ptr().cast(), 0), 0);
        assert_eq!(ovl_SetProcessMitigationPolicy(2, [1u32].as_ptr().cast(), 4), 1);
        assert_eq!(error(ovl_VirtualAlloc(null_mut(), 1, 0x3000, 0x40)), (null_mut(), 1655));
        let plain = ovl_VirtualAlloc(null_mut(), 1, 0x3000, 4);
        let mut old = 0;
        let code = overlapped_win32::memoryapi::ovl_VirtualProtect(plain, 1, 0x20, &mut old);
        assert_eq!(error(code), (0, 1655));
        assert_eq!(ovl_SetProcessMitigationPolicy(13, [1u32].as_ptr().cast(), 4), 1);
        assert_eq!(error(ovl_WinExec(c"true".as_ptr().cast(), 0)), (0, 367));
    }
}

#[test]
fn a_line_is_executed() {
    // SAFETY: strings that end with a zero.
    unsafe {
        assert_eq!(ovl_WinExec(c"true".as_ptr().cast(), 0), 33);
        assert_eq!(ovl_WinExec(c"no-such-program-anywhere".as_ptr().cast(), 0), 2);
    }
}

#[test]
fn restarts_and_recoveries_are_kept() {
    let (mut room, mut size, mut flags) = ([0u16; 40], 40, 0);
    // SAFETY: strings that end with a zero, and places of ours.
    unsafe {
        let get =
            |to: *mut u16, size: &mut u32, flags: &mut u32| ovl_GetApplicationRestartSettings(OWN, to, size, flags);
        assert_eq!(get(room.as_mut_ptr(), &mut size, &mut flags), 0x8007_0490);
        assert_eq!(ovl_RegisterApplicationRestart(wide("-again").as_ptr(), 8), 0);
        assert_eq!((get(room.as_mut_ptr(), &mut size, &mut flags), size, flags), (0, 7, 8));
        assert_eq!(until_zero(&room), "-again");
        size = 3;
        assert_eq!((get(room.as_mut_ptr(), &mut size, &mut flags), size), (0x8007_007A, 7));
        assert_eq!(ovl_RegisterApplicationRestart(wide(&"x".repeat(1024)).as_ptr(), 0), 0x8007_0057);
        assert_eq!(ovl_RegisterApplicationRestart(null(), 0x10), 0x8007_0057);
        assert_eq!(ovl_UnregisterApplicationRestart(), 0);
        assert_eq!(get(room.as_mut_ptr(), &mut size, &mut flags), 0x8007_0490);
        let (mut callback, mut parameter, mut ping) = (0, 0, 0);
        assert_eq!(ovl_GetApplicationRecoveryCallback(OWN, &mut callback, &mut parameter, &mut ping, &mut flags), 1);
        assert_eq!(ovl_RegisterApplicationRecoveryCallback(77, 88, 0, 0), 0);
        assert_eq!(ovl_GetApplicationRecoveryCallback(OWN, &mut callback, &mut parameter, &mut ping, &mut flags), 0);
        assert_eq!((callback, parameter, ping), (77, 88, 5000));
        assert_eq!(ovl_RegisterApplicationRecoveryCallback(77, 88, 300_001, 0), 0x8007_0057);
        assert_eq!(ovl_UnregisterApplicationRecoveryCallback(), 0);
        let file = wide("C:\\x.log");
        assert_eq!(ovl_WerUnregisterFile(file.as_ptr()), 0x8007_0490);
        assert_eq!((ovl_WerRegisterFile(file.as_ptr(), 2, 0), ovl_WerUnregisterFile(file.as_ptr())), (0, 0));
        assert_eq!(ovl_WerRegisterMemoryBlock(null_mut(), 1), 0x8007_0057);
        assert_eq!((ovl_WerSetFlags(4), ovl_WerGetFlags(OWN, &mut flags), flags), (0, 0, 4));
    }
}

#[test]
fn there_is_no_package_and_names_of_some_are_taken_apart() {
    let (mut room, mut size) = ([0u16; 130], 130);
    // SAFETY: strings that end with a zero, and places of ours.
    unsafe {
        assert_eq!((ovl_GetCurrentPackageFullName(&mut size, room.as_mut_ptr()), size), (15700, 0));
        assert_eq!(ovl_GetCurrentPackageFullName(null_mut(), room.as_mut_ptr()), 87);
        assert_eq!(ovl_GetCurrentApplicationUserModelId(&mut size, null_mut()), 15703);
        assert_eq!(ovl_GetPackageFullName(OWN, &mut size, room.as_mut_ptr()), 15700);
        assert_eq!(ovl_GetPackageFullName(4711 * 4, &mut size, room.as_mut_ptr()), 6);
        size = 130;
        let full = wide("Contoso.Tool_1.2.3.4_x64__8wekyb3d8bbwe");
        assert_eq!(ovl_PackageFamilyNameFromFullName(full.as_ptr(), &mut size, room.as_mut_ptr()), 0);
        assert_eq!((until_zero(&room), size), ("Contoso.Tool_8wekyb3d8bbwe".into(), 27));
        size = 5;
        assert_eq!((ovl_PackageFamilyNameFromFullName(full.as_ptr(), &mut size, room.as_mut_ptr()), size), (122, 27));
        let (family, app) = (wide("Contoso.Tool_8wekyb3d8bbwe"), wide("App"));
        size = 130;
        assert_eq!(ovl_FormatApplicationUserModelId(family.as_ptr(), app.as_ptr(), &mut size, room.as_mut_ptr()), 0);
        let (mut first, mut second, mut sizes) = ([0u16; 130], [0u16; 130], [130, 130]);
        let [one, two] = &mut sizes;
        let parsed = ovl_ParseApplicationUserModelId(room.as_ptr(), one, first.as_mut_ptr(), two, second.as_mut_ptr());
        assert_eq!(
            (parsed, until_zero(&first), until_zero(&second)),
            (0, "Contoso.Tool_8wekyb3d8bbwe".into(), "App".into())
        );
        assert_eq!(ovl_FormatApplicationUserModelId(app.as_ptr(), app.as_ptr(), &mut size, room.as_mut_ptr()), 87);
    }
}

/// WTS_SESSION_INFOA and WTS_PROCESS_INFOA begin like this.
#[repr(C)]
struct Row {
    first: u32,
    second: u32,
    text: *const c_char,
    third: usize,
}

#[test]
fn sessions_and_their_processes() {
    let (mut rows, mut count) = (null_mut::<c_void>(), 0);
    // SAFETY: places of ours; the rows are as many as is said.
    unsafe {
        assert_eq!(ovl_WTSEnumerateSessionsA(0, 0, 1, &mut rows, &mut count), 1);
        let sessions = std::slice::from_raw_parts(rows.cast::<Row>(), count as usize);
        let told: Vec<_> = sessions.iter().map(|row| (row.first, CStr::from_ptr(row.text), row.third as u32)).collect();
        assert_eq!(told, [(0, c"Services", 4), (1, c"Console", 0)]);
        ovl_WTSFreeMemory(rows);
        assert_eq!(overlapped_win32::power::ovl_WTSGetActiveConsoleSessionId(), 1);
        let mut session = 9;
        assert_eq!(overlapped_win32::processes::ovl_ProcessIdToSessionId(std::process::id(), &mut session), 1);
        assert_eq!(session, 1);
        assert_eq!(error(ovl_WTSEnumerateSessionsA(0, 0, 2, &mut rows, &mut count)), (0, 87));
        assert_eq!(error(ovl_WTSEnumerateSessionsA(4, 0, 1, &mut rows, &mut count)), (0, 6));
        let mut level = 1;
        assert_eq!(ovl_WTSEnumerateProcessesExA(0, &mut level, 0xFFFF_FFFE, &mut rows, &mut count), 1);
        let all = std::slice::from_raw_parts(rows.cast::<[u64; 8]>(), count as usize);
        let own = all.iter().find(|row| row[0] >> 32 == u64::from(std::process::id())).expect("this process");
        let name = CStr::from_ptr(own[1] as *const c_char).to_str().unwrap();
        assert!(name.starts_with("base"), "{name}");
        assert_eq!(overlapped_win32::sids::ovl_IsValidSid(own[2] as *const _), 1);
        assert!(own[3] as u32 >= 1, "threads");
        assert_eq!(ovl_WTSFreeMemoryExA(1, rows, count), 1);
        let (mut text, mut bytes) = (null_mut(), 0);
        let user = overlapped_win32::wtsapi::ovl_WTSQuerySessionInformationA(0, u32::MAX, 5, &mut text, &mut bytes);
        assert_eq!((user, CStr::from_ptr(text.cast()).count_bytes() + 1), (1, bytes as usize));
        ovl_WTSFreeMemory(text.cast());
        assert_eq!(error(ovl_WTSQuerySessionInformationA(0, 5, 5, &mut text, &mut bytes)), (0, 7022));
        assert_eq!(error(ovl_WTSQuerySessionInformationA(0, 1, 99, &mut text, &mut bytes)), (0, 87));
        assert_eq!(error(ovl_WTSQueryUserToken(1, null_mut())), (0, 1314));
        assert_eq!(error(ovl_WTSLogoffSession(0, 9, 0)), (0, 7022));
        assert_eq!(error(ovl_WTSOpenServerA(c"some-other-computer".as_ptr().cast())), (0, 1722));
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert_eq!(ovl_WTSTerminateProcess(0, child.id(), 3), 1);
        assert!(!child.wait().unwrap().success());
    }
}

#[test]
fn the_station_and_its_desktop() {
    let (mut room, mut needed) = ([0u16; 20], 0);
    let (station, desktop) = (ovl_GetProcessWindowStation(), ovl_OpenInputDesktop(0, 0, 0));
    // SAFETY: places of ours.
    unsafe {
        let text = |object, what, to: &mut [u16], needed: &mut u32| {
            let size = size_of_val(to) as u32;
            let got = ovl_GetUserObjectInformationW(object, what, to.as_mut_ptr().cast(), size, needed);
            (error(got), until_zero(to))
        };
        assert_eq!(text(station, 2, &mut room, &mut needed).1, "WinSta0");
        assert_eq!((text(desktop, 2, &mut room, &mut needed).1, needed), ("Default".into(), 16));
        assert_eq!(text(desktop, 3, &mut room, &mut needed).1, "Desktop");
        assert_eq!(text(desktop, 2, &mut room[..3], &mut needed).0, (0, 122));
        assert_eq!(text(4711 * 4, 2, &mut room, &mut needed).0, (0, 6));
        assert_eq!(text(desktop, 9, &mut room, &mut needed).0, (0, 87));
        let mut flags = [9u32; 3];
        assert_eq!(ovl_GetUserObjectInformationA(station, 1, flags.as_mut_ptr().cast(), 12, &mut needed), 1);
        assert_eq!((flags, needed), ([0, 0, 1], 12));
        assert_eq!(error(ovl_OpenDesktopA(c"other".as_ptr().cast(), 0, 0, 0)), (0, 2));
    }
    assert_eq!((ovl_CloseDesktop(desktop), ovl_CloseWindowStation(station)), (1, 1));
    assert_eq!(ovl_GetThreadDesktop(overlapped_win32::processthreadsapi::ovl_GetCurrentThreadId()), desktop);
}

#[test]
fn processors_by_their_sets() {
    let (mut needed, mut number) = (0, 0u16);
    // SAFETY: places of ours, as long as is said.
    unsafe {
        assert_eq!(error(ovl_GetSystemCpuSetInformation(null_mut(), 0, &mut needed, 0, 0)), (0, 122));
        let mut sets = vec![[0u32; 8]; needed as usize / 32];
        assert_eq!(ovl_GetSystemCpuSetInformation(sets.as_mut_ptr().cast(), needed, &mut needed, OWN, 0), 1);
        assert!(sets.iter().all(|set| set[0] == 32 && set[2] >= 0x100), "{sets:x?}");
        let first = sets[0][2];
        let thread = ovl_GetCurrentThread();
        let mut found = [0; 4];
        assert_eq!(ovl_SetThreadSelectedCpuSets(thread, &first, 1), 1);
        assert_eq!(
            (ovl_GetThreadSelectedCpuSets(thread, found.as_mut_ptr(), 4, &mut needed), needed, found[0]),
            (1, 1, first)
        );
        assert_eq!(error(ovl_GetThreadSelectedCpuSets(thread, null_mut(), 0, &mut needed)), (0, 122));
        let mut mask: GroupAffinity = std::mem::zeroed();
        assert_eq!((ovl_GetThreadSelectedCpuSetMasks(thread, &mut mask, 1, &mut number), number), (1, 1));
        assert_eq!(ovl_SetThreadSelectedCpuSetMasks(thread, &mask, 1), 1);
        assert_eq!(error(ovl_SetThreadSelectedCpuSets(thread, &7, 1)), (0, 87));
        assert_eq!(ovl_SetThreadSelectedCpuSets(thread, null(), 0), 1);
        assert_eq!((ovl_GetThreadSelectedCpuSets(thread, found.as_mut_ptr(), 4, &mut needed), needed), (1, 0));
        assert_eq!((ovl_GetProcessDefaultCpuSets(OWN, found.as_mut_ptr(), 4, &mut needed), needed), (1, 0));
        assert_eq!((ovl_GetNumaNodeProcessorMask2(0, &mut mask, 1, &mut number), number), (1, 1));
        let mut node = 9;
        assert_eq!((ovl_GetNumaProcessorNode(0, &mut node), node), (1, 0));
        assert_eq!((error(ovl_GetNumaProcessorNode(63, &mut node)), node), ((0, 87), 0xFF));
        let mut bytes = 0;
        assert_eq!(ovl_GetNumaAvailableMemoryNode(0, &mut bytes), 1);
        assert!(bytes > 0);
        assert_eq!(error(ovl_GetNumaAvailableMemoryNode(200, &mut bytes)), (0, 87));
    }
}

/// Says that this process is the one without an environment.
const BARE: &str = "OVERLAPPED_TEST_BARE";

#[test]
fn who_has_no_environment_is_at_home_where_the_system_says() {
    use overlapped_win32::services::{ovl_CloseServiceHandle, ovl_OpenSCManagerA, ovl_OpenServiceA};
    if std::env::var_os(BARE).is_some() {
        let name = c"overlapped test: no such service".as_ptr().cast();
        // SAFETY: strings that end.
        unsafe {
            let scm = ovl_OpenSCManagerA(null(), null(), 1);
            assert_eq!(error(ovl_OpenServiceA(scm, name, 1)), (0, 1060));
            assert_eq!(ovl_CloseServiceHandle(scm), 1);
        }
        return;
    }
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "process::who_has_no_environment_is_at_home_where_the_system_says"]).env_clear();
    let output = child.env(BARE, "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
