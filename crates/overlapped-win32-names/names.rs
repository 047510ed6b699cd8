// Which exports get their plain name. Shared by the build script and the tests.

/// Functions of Win32 in lower case that no libc has.
const LOWER_CASE: &[&str] = &[
    "closesocket",
    "ioctlsocket",
    "lstrcatA",
    "lstrcatW",
    "lstrcmpA",
    "lstrcmpW",
    "lstrcmpiA",
    "lstrcmpiW",
    "lstrcpyA",
    "lstrcpyW",
    "lstrcpynA",
    "lstrcpynW",
    "lstrlenA",
    "lstrlenW",
    "timeBeginPeriod",
    "timeEndPeriod",
    "timeGetDevCaps",
    "timeGetTime",
    "timeKillEvent",
    "timeSetEvent",
    "wvsprintfA",
    "wvsprintfW",
];

/// Win32 begins its functions with a capital, libc never does. What both have (`send`, `bind`, `select`) must stay libc's: a
/// library that defines it takes it away from everybody in the process.
pub fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) || LOWER_CASE.contains(&name)
}
