//! Names of named pipes and mailslots (contract 07 §1.1, §4).
//!
//! Their names are not paths: everything behind the prefix is the name, `/`, `.` and characters illegal in file
//! names included, and a backslash at the end makes it another one. So none of the path rules touch them.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;

use super::error::NameError;
use super::fold::{ObjectName, readable, same, utf16_len};
use super::form::{Style, split_first};
use super::table::Namespace;
use super::target::{MailslotReach, Target};

/// The most UTF-16 units in the whole name of a pipe (07 §1.1).
const MAX_PIPE: usize = 256;
const PIPE_FORM: &str = r"\\.\pipe\name";
const PIPE_CLIENT_FORM: &str = r"\\.\pipe\name or \\server\pipe\name";
const MAILSLOT_FORM: &str = r"\\.\mailslot\name";

/// The name a pipe server may use: `\\.\pipe\name` and nothing else (07 §1.1).
///
/// # Errors
/// Another form (123), or more than 256 characters (206).
pub fn pipe_server_name(name: impl AsRef<OsStr>) -> Result<ObjectName, NameError> {
    let name = name.as_ref().as_bytes();
    let rest = strip_local(name, b"pipe", PIPE_FORM)?;
    pipe_name(name, rest)
}

/// The name a mailslot server may use: `\\.\mailslot\[path\]name` (07 §4.1).
///
/// # Errors
/// Another form (123).
pub fn mailslot_server_name(name: impl AsRef<OsStr>) -> Result<ObjectName, NameError> {
    let name = name.as_ref().as_bytes();
    let rest = strip_local(name, b"mailslot", MAILSLOT_FORM)?;
    object_name(name, rest, MAILSLOT_FORM)
}

impl Namespace {
    /// The local pipe that a client names, as `WaitNamedPipe` and `CallNamedPipe` take it (07 §1.1).
    ///
    /// # Errors
    /// Neither `\\.\pipe\name` nor `\\server\pipe\name` (123); a server that is not this computer (53); too long
    /// (206).
    pub fn pipe_client_name(&self, name: impl AsRef<OsStr>) -> Result<ObjectName, NameError> {
        let name = name.as_ref().as_bytes();
        let rest = name.strip_prefix(br"\\");
        let (server, rest) = split_first(rest.unwrap_or_default(), Style::Device);
        let (kind, rest) = split_first(rest.unwrap_or_default(), Style::Device);
        match rest {
            Some(rest) if !server.is_empty() && kind.eq_ignore_ascii_case(b"pipe") => {
                if server != b"?" {
                    self.require_local(server)?;
                }
                pipe_name(name, rest)
            }
            _ => Err(wrong_form(name, PIPE_CLIENT_FORM)),
        }
    }

    /// Behind `\\.\pipe`: a pipe, or the file system of pipes itself.
    pub(super) fn local_pipe(&self, name: &[u8], rest: Option<&[u8]>) -> Result<Target, NameError> {
        match rest {
            None | Some(b"") => Ok(Target::PipeRoot),
            Some(rest) => pipe_name(name, rest).map(Target::Pipe),
        }
    }

    /// Behind `\\server\pipe`.
    pub(super) fn server_pipe(&self, name: &[u8], server: &[u8], rest: Option<&[u8]>) -> Result<Target, NameError> {
        self.require_local(server)?;
        self.local_pipe(name, rest)
    }

    /// Behind `\\server\mailslot`; `.` is the server of the local form (07 §4.2).
    pub(super) fn mailslot(&self, name: &[u8], server: &[u8], rest: Option<&[u8]>) -> Result<Target, NameError> {
        let object = object_name(name, rest.unwrap_or_default(), MAILSLOT_FORM)?;
        let reach = if server == b"*" {
            MailslotReach::Everyone(self.primary_domain())
        } else if self.is_local(server) {
            MailslotReach::Local
        } else {
            let known = self.servers.get(&ObjectName::new(OsStr::from_bytes(server)));
            MailslotReach::Peers(known.map_or_else(Vec::new, |entry| entry.value.mailslots.clone()))
        };
        Ok(Target::Mailslot { name: object, reach })
    }

    /// Where datagrams for the mailslots of this computer come in: what the table says of its own names.
    #[must_use]
    pub fn own_mailslots(&self) -> Vec<SocketAddr> {
        let own = self.servers.values().filter(|entry| entry.value.local);
        let mut addresses: Vec<_> = own.flat_map(|entry| entry.value.mailslots.clone()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }

    /// Every address there is for `\\*\mailslot`: those of the entry `*`, else those of all computers, each once.
    fn primary_domain(&self) -> Vec<SocketAddr> {
        if let Some(domain) = self.servers.get(&ObjectName::from("*")) {
            return domain.value.mailslots.clone();
        }
        let computers = self.servers.values().filter(|entry| !entry.value.local);
        let mut addresses: Vec<_> = computers.flat_map(|e| e.value.mailslots.clone()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }

    /// Whether `server` is this computer.
    pub(super) fn is_local(&self, server: &[u8]) -> bool {
        let server = OsStr::from_bytes(server);
        let fixed = [".", "localhost", "127.0.0.1"].map(OsStr::new);
        fixed.into_iter().any(|name| same(name, server))
            || self.computer.as_ref().is_some_and(|name| is_called(name.spelled(), server))
            || self.servers.get(&ObjectName::new(server)).is_some_and(|entry| entry.value.local)
    }

    fn require_local(&self, server: &[u8]) -> Result<(), NameError> {
        if self.is_local(server) {
            return Ok(());
        }
        let server = readable(server);
        Err(NameError::RemotePipe { server })
    }
}

/// Is this the name of a host, as a whole or as GetComputerName has it: the first label, 15 bytes of it at most?
fn is_called(host: &OsStr, name: &OsStr) -> bool {
    const LONGEST: usize = 15;
    let label = host.as_bytes().split(|&byte| byte == b'.').next().unwrap_or_default();
    same(host, name) || same(OsStr::from_bytes(&label[..label.len().min(LONGEST)]), name)
}

/// What follows `\\.\kind\`; of pipes also `\\?\pipe\`.
fn strip_local<'a>(name: &'a [u8], kind: &[u8], expected: &'static str) -> Result<&'a [u8], NameError> {
    // libuv names its pipes by the second form.
    let verbatim = name.strip_prefix(br"\\?\").filter(|_| kind == b"pipe");
    let path = name.strip_prefix(br"\\.\").or(verbatim).unwrap_or_default();
    match split_first(path, Style::Device) {
        (first, Some(rest)) if first.eq_ignore_ascii_case(kind) => Ok(rest),
        _ => Err(wrong_form(name, expected)),
    }
}

fn pipe_name(name: &[u8], rest: &[u8]) -> Result<ObjectName, NameError> {
    let length = utf16_len(name);
    if length > MAX_PIPE {
        return Err(NameError::TooLong { length, limit: MAX_PIPE, remedy: "give the pipe a shorter name" });
    }
    object_name(name, rest, PIPE_FORM)
}

/// The name `rest`, which may be anything but empty or hold a zero byte.
fn object_name(name: &[u8], rest: &[u8], form: &'static str) -> Result<ObjectName, NameError> {
    if rest.is_empty() || rest.contains(&0) {
        return Err(wrong_form(name, form));
    }
    Ok(ObjectName::new(OsStr::from_bytes(rest)))
}

fn wrong_form(name: &[u8], expected: &'static str) -> NameError {
    let name = readable(name);
    NameError::WrongForm { name, expected }
}
