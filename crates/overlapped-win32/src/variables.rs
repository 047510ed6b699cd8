//! Environment variables that every Windows has and Linux does not: TEMP, SystemRoot, USERPROFILE and the like.
//!
//! They are told to who asks for one by its name, and stand in no environment: programs of Linux that this one starts
//! would take some of them, such as TMP, for paths of their own kind. What the environment says comes first, and what the program
//! takes away is gone. Drawback: GetEnvironmentStrings does not list them.

use crate::names::to_windows;
use crate::security::home;
use crate::shlobj;
use crate::sysinfoapi::computer;
use crate::temporary;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Those that the program has taken away, in capitals.
static TAKEN: Mutex<BTreeSet<OsString>> = Mutex::new(BTreeSet::new());

/// What such a variable says.
pub(crate) fn of_windows(name: &OsStr) -> Option<OsString> {
    let name = name.to_ascii_uppercase();
    if TAKEN.lock().contains(&name) {
        return None;
    }
    Some(match name.as_bytes() {
        b"TEMP" | b"TMP" => {
            let mut path = temporary::directory().into_vec();
            // A drive's root keeps its backslash.
            if path.len() > r"C:\".len() && path.ends_with(b"\\") {
                path.pop();
            }
            OsString::from_vec(path)
        }
        b"SYSTEMROOT" | b"WINDIR" => computer::WINDOWS.into(),
        b"SYSTEMDRIVE" | b"HOMEDRIVE" => "C:".into(),
        b"USERPROFILE" => to_windows(&home()),
        b"HOMEPATH" => {
            let profile = to_windows(&home());
            OsString::from_vec(profile.as_bytes().strip_prefix(b"C:")?.to_vec())
        }
        b"APPDATA" => to_windows(&shlobj::program_data(true)?),
        b"LOCALAPPDATA" => to_windows(&shlobj::program_data(false)?),
        b"USERNAME" => computer::user_name(),
        b"COMPUTERNAME" | b"USERDOMAIN" => computer::computer_name(),
        b"NUMBER_OF_PROCESSORS" => std::thread::available_parallelism().ok()?.to_string().into(),
        b"OS" => "Windows_NT".into(),
        b"PROCESSOR_ARCHITECTURE" if cfg!(target_arch = "x86_64") => "AMD64".into(),
        b"PROCESSOR_ARCHITECTURE" if cfg!(target_arch = "aarch64") => "ARM64".into(),
        _ => return None,
    })
}

/// The program sets a variable, or takes it away. Only those that are told of have to be remembered.
pub(crate) fn was_set(name: &OsStr, there: bool) {
    let name = name.to_ascii_uppercase();
    if there {
        TAKEN.lock().remove(&name);
    } else if of_windows(&name).is_some() {
        TAKEN.lock().insert(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processenv::{set_variable, variable};

    #[test]
    fn what_every_windows_has_is_told_until_it_is_set_or_taken_away() {
        let ask = |name: &str| variable(OsStr::new(name)).and_then(|value| value.into_string().ok());
        assert_eq!(ask("windir").as_deref(), Some(r"C:\Windows"));
        assert_eq!(ask("OS").as_deref(), Some("Windows_NT"));
        assert!(ask("Temp").is_some_and(|temp| !temp.is_empty()));
        assert!(ask("NUMBER_OF_PROCESSORS").is_some_and(|count| count.parse::<u32>().is_ok_and(|count| count > 0)));
        // Of no other test.
        let name = OsStr::new("SystemDrive");
        assert_eq!(ask("SYSTEMDRIVE").as_deref(), Some("C:"));
        set_variable(name, Some(OsStr::new("D:"))).unwrap();
        assert_eq!(ask("SYSTEMDRIVE").as_deref(), Some("D:"));
        set_variable(name, None).unwrap();
        assert_eq!(ask("SystemDrive"), None);
        was_set(OsStr::new("OVL_NOT_OF_WINDOWS"), false);
        assert!(!TAKEN.lock().contains(OsStr::new("OVL_NOT_OF_WINDOWS")), "nothing to remember");
    }
}
