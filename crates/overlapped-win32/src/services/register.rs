//! Which services there are: `$XDG_CONFIG_HOME/overlapped/services` (or below `~/.config`) has a file for each, lines of `key=value` in which
//! `\` marks what would end a line. A change writes another file and renames it, so whoever reads meanwhile sees one or the other.

use super::{DOES_NOT_EXIST, EXISTS, INVALID_NAME, running};
use crate::security::home;
use overlapped_abi::Win32Error;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Most units of a name.
const LONGEST_NAME: usize = 256;

/// What is known of a service, by the names of the values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service(BTreeMap<String, String>);

/// The names of the values.
pub mod key {
    pub const NAME: &str = "name";
    pub const DISPLAY: &str = "display_name";
    pub const KIND: &str = "type";
    pub const START: &str = "start";
    pub const ERROR_CONTROL: &str = "error_control";
    pub const PROGRAM: &str = "program";
    pub const GROUP: &str = "group";
    pub const DEPENDENCIES: &str = "dependencies";
    pub const ACCOUNT: &str = "account";
    pub const DESCRIPTION: &str = "description";
    pub const DELAYED: &str = "delayed_start";
    pub const SID: &str = "sid_type";
    pub const PRIVILEGES: &str = "privileges";
    pub const PRESHUTDOWN: &str = "preshutdown_timeout";
    pub const FAILURE_FLAG: &str = "failure_flag";
    pub const FAILURE_RESET: &str = "failure_reset";
    pub const FAILURE_REBOOT: &str = "failure_reboot";
    pub const FAILURE_COMMAND: &str = "failure_command";
    pub const FAILURE_ACTIONS: &str = "failure_actions";
    pub const DELETED: &str = "deleted";
}

impl Service {
    /// A text; empty if there is none.
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// A number; 0 if there is none.
    pub fn number(&self, key: &str) -> u32 {
        self.text(key).parse().unwrap_or(0)
    }

    /// Several texts.
    pub fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        self.text(key).split('\0').filter(|part| !part.is_empty())
    }

    pub fn set(&mut self, key: &str, text: impl Into<String>) {
        self.0.insert(key.into(), text.into());
    }

    pub fn set_number(&mut self, key: &str, number: u32) {
        self.set(key, number.to_string());
    }

    pub fn name(&self) -> &str {
        self.text(key::NAME)
    }

    fn encode(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.0 {
            text.push_str(key);
            text.push('=');
            for c in value.chars() {
                match c {
                    '\\' => text.push_str("\\\\"),
                    '\n' => text.push_str("\\n"),
                    '\r' => text.push_str("\\r"),
                    '\0' => text.push_str("\\0"),
                    c => text.push(c),
                }
            }
            text.push('\n');
        }
        text
    }

    fn decode(text: &str) -> Self {
        let line = |line: &str| {
            let (key, value) = line.split_once('=')?;
            let (mut plain, mut chars) = (String::new(), value.chars());
            while let Some(c) = chars.next() {
                plain.push(match c {
                    '\\' => match chars.next()? {
                        'n' => '\n',
                        'r' => '\r',
                        '0' => '\0',
                        c => c,
                    },
                    c => c,
                });
            }
            Some((key.to_owned(), plain))
        };
        Self(text.lines().filter_map(line).collect())
    }
}

/// 123 for what cannot be a service's name.
pub fn check_name(name: &str) -> Result<(), Win32Error> {
    let bad = name.is_empty() || name.contains(['/', '\\']) || name.encode_utf16().count() > LONGEST_NAME;
    if bad { Err(INVALID_NAME) } else { Ok(()) }
}

/// The file name of a service: names differ by more than case.
pub fn file_name(name: &str) -> String {
    let mut file = String::new();
    for byte in name.to_lowercase().bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => file.push(char::from(byte)),
            other => file.push_str(&format!("%{other:02x}")),
        }
    }
    // A name that is too long for a file is told apart by what its end adds up to.
    if file.len() > 200 {
        let sum = file
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3));
        file.truncate(180);
        file.push_str(&format!("~{sum:016x}"));
    }
    file
}

fn directory() -> PathBuf {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.unwrap_or_else(|| home().join(".config")).join("overlapped/services")
}

fn file(name: &str) -> PathBuf {
    directory().join(file_name(name))
}

fn failure(error: &std::io::Error) -> Win32Error {
    match error.kind() {
        ErrorKind::NotFound => DOES_NOT_EXIST,
        ErrorKind::AlreadyExists => EXISTS,
        ErrorKind::StorageFull => Win32Error::DISK_FULL,
        _ => Win32Error::ACCESS_DENIED,
    }
}

/// The service of this name. One that is to go, and has stopped, goes now.
pub fn find(name: &str) -> Result<Service, Win32Error> {
    let path = file(name);
    let text = fs::read_to_string(&path).map_err(|error| failure(&error))?;
    let service = Service::decode(&text);
    if service.number(key::DELETED) != 0 && !running::is_active(service.name()) {
        forget(service.name());
        return Err(DOES_NOT_EXIST);
    }
    Ok(service)
}

/// All services, by name.
pub fn all() -> Vec<Service> {
    let files = fs::read_dir(directory()).into_iter().flatten().flatten().map(|entry| entry.path());
    // One that is being written has an extension.
    let texts = files.filter(|path| path.extension().is_none()).filter_map(|path| fs::read_to_string(path).ok());
    let services = texts.map(|text| Service::decode(&text));
    let mut all: Vec<_> = services.filter_map(|service| find(service.name()).ok()).collect();
    all.sort_by_key(|service| service.name().to_lowercase());
    all
}

fn written(service: &Service, to: &Path) -> Result<PathBuf, Win32Error> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let new = to.with_extension(format!("{}-{}", std::process::id(), NUMBER.fetch_add(1, Relaxed)));
    fs::create_dir_all(to.parent().unwrap_or(Path::new("/"))).map_err(|error| failure(&error))?;
    fs::write(&new, service.encode()).map_err(|error| failure(&error))?;
    Ok(new)
}

/// A new one; 1073 if there is one of that name.
pub fn add(service: &Service) -> Result<(), Win32Error> {
    let path = file(service.name());
    let new = written(service, &path)?;
    // A link, unlike a new name, takes nobody's place.
    let made = fs::hard_link(&new, &path).map_err(|error| failure(&error));
    let _ = fs::remove_file(new);
    made
}

/// Changes one.
pub fn change(name: &str, change: impl FnOnce(&mut Service)) -> Result<(), Win32Error> {
    let mut service = find(name)?;
    change(&mut service);
    let path = file(name);
    let new = written(&service, &path)?;
    fs::rename(new, path).map_err(|error| failure(&error))
}

/// It is not there any more.
pub fn forget(name: &str) {
    let path = file(name);
    // Somebody else may have been first.
    let _ = fs::remove_file(path);
    running::forget(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut service = Service::default();
        service.set(key::NAME, "My Service");
        service.set(key::PROGRAM, "\"C:\\srv\\a b.exe\" -k\n\\n");
        service.set(key::DEPENDENCIES, "Tcpip\0Afd\0");
        service.set_number(key::START, 2);
        let read = Service::decode(&service.encode());
        assert_eq!(read, service);
        assert_eq!((read.number(key::START), read.number(key::KIND), read.text(key::GROUP)), (2, 0, ""));
        assert_eq!(read.list(key::DEPENDENCIES).collect::<Vec<_>>(), ["Tcpip", "Afd"]);
    }

    #[test]
    fn names_are_names_of_files_whatever_is_in_them() {
        assert_eq!(file_name("My.Service ä"), "my%2eservice%20%c3%a4");
        assert_eq!(file_name("A"), file_name("a"));
        let (long, other) = ("x".repeat(256), "x".repeat(255) + "y");
        assert!(file_name(&long).len() < 250 && file_name(&long) != file_name(&other));
        for name in ["", "a/b", "a\\b", &"x".repeat(257)] {
            assert_eq!(check_name(name), Err(INVALID_NAME));
        }
        assert_eq!(check_name(&long), Ok(()));
    }
}
