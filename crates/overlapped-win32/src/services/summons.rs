//! Whether this process was started as a service, and by whom.
//!
//! - `OVERLAPPED_SERVICE` names the service: StartService sets it, and whoever starts one by hand may.
//! - systemd says of a process that it has started it itself (`SYSTEMD_EXEC_PID`), or where it wants to be told how that goes (`NOTIFY_SOCKET`).
//!
//! What is found is taken out of the environment, so that children are not taken for services. A shell has none of it, so a program that is
//! started from there gets 1063, as on Windows.

use super::{ServiceStatus, state};
use crate::processenv::set_variable;
use std::ffi::{OsStr, OsString};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// The service's name.
pub const NAME: &str = "OVERLAPPED_SERVICE";
/// What StartService was given.
pub const ARGUMENTS: &str = "OVERLAPPED_SERVICE_ARGUMENTS";
const NOTIFY: &str = "NOTIFY_SOCKET";
const STARTED: &str = "SYSTEMD_EXEC_PID";

/// What whoever has started the service says.
#[derive(Debug)]
pub struct Summons {
    /// The service's name, if it was said.
    pub name: Option<String>,
    /// What StartService was given.
    pub arguments: Vec<String>,
    /// Who wants to be told.
    pub herald: Herald,
}

fn take(name: &str) -> Option<OsString> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
    // The name is a right one.
    let _ = set_variable(OsStr::new(name), None);
    Some(value)
}

impl Summons {
    /// `None` for a process that is no service.
    pub fn take() -> Option<Self> {
        let name = take(NAME).map(|name| name.to_string_lossy().into_owned());
        let arguments = take(ARGUMENTS).map(|text| split(&text.to_string_lossy())).unwrap_or_default();
        let socket = take(NOTIFY);
        let own = std::process::id().to_string();
        let by_systemd = std::env::var_os(STARTED).is_some_and(|id| id.as_bytes() == own.as_bytes());
        let is_service = name.is_some() || socket.is_some() || by_systemd;
        is_service.then(|| Self { name, arguments, herald: Herald::new(socket.as_deref()) })
    }
}

/// The arguments as one text.
pub fn join(arguments: &[String]) -> String {
    let one = |text: &String| text.replace('%', "%25").replace(',', "%2c") + ",";
    arguments.iter().map(one).collect()
}

fn split(text: &str) -> Vec<String> {
    let all = text.strip_suffix(',').unwrap_or(text);
    if text.is_empty() {
        return Vec::new();
    }
    all.split(',').map(|text| text.replace("%2c", ",").replace("%25", "%")).collect()
}

/// Tells systemd how the service is, by its notification protocol.
#[derive(Debug)]
pub struct Herald(Option<(UnixDatagram, SocketAddr)>);

impl Herald {
    fn new(socket: Option<&OsStr>) -> Self {
        let address = socket.and_then(|path| match path.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name).ok(),
            _ => SocketAddr::from_pathname(path).ok(),
        });
        Self(address.and_then(|address| Some((UnixDatagram::unbound().ok()?, address))))
    }

    /// The service is like this from now on.
    pub fn tell(&self, status: &ServiceStatus) {
        let Some((socket, address)) = &self.0 else { return };
        // Without an answer for so long it would be taken for one that hangs.
        let longer = format!("EXTEND_TIMEOUT_USEC={}", u64::from(status.wait_hint.max(1000)) * 2000);
        let text = match status.state {
            state::START_PENDING => format!("STATUS=Starting\n{longer}"),
            state::RUNNING => "READY=1\nSTATUS=Running".into(),
            state::PAUSED => "READY=1\nSTATUS=Paused".into(),
            state::STOP_PENDING => format!("STOPPING=1\nSTATUS=Stopping\n{longer}"),
            state::STOPPED => format!("STOPPING=1\nSTATUS=Stopped with exit code {}", status.exit_code),
            _ => return,
        };
        // Nobody listens any more: that changes nothing for the service.
        let _ = socket.send_to_addr(text.as_bytes(), address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_come_as_they_were_given() {
        for given in [vec![], vec![""], vec!["a", "", "b,c%2c", "100%"], vec!["", ""]] {
            let given: Vec<String> = given.into_iter().map(String::from).collect();
            assert_eq!(split(&join(&given)), given);
        }
    }
}
