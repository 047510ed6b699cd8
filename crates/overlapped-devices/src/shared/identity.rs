//! Processes by number and start, since Linux gives numbers out again.

use std::io::{self, ErrorKind};
use std::sync::OnceLock;

/// A process: 22 bits of number, 41 of the time of its start in clock ticks since the machine's. Never 0.
pub type Identity = u64;

const START_BITS: u32 = 41;
/// Bits of an [`Identity`].
pub const MASK: u64 = (1 << 63) - 1;

/// This process.
pub fn own() -> Identity {
    static OWN: OnceLock<Identity> = OnceLock::new();
    *OWN.get_or_init(|| of(std::process::id()).unwrap_or(u64::from(std::process::id()) << START_BITS | 1))
}

/// Does the process still run? One that is over and not yet waited for does not.
pub fn is_alive(identity: Identity) -> bool {
    let Ok(number) = u32::try_from(identity >> START_BITS) else { return false };
    match stat_of(number) {
        Ok(stat) => parse(number, &stat) == Some(identity),
        // Short of descriptors, say: nobody is dead for that.
        Err(error) => error.kind() != ErrorKind::NotFound && error.raw_os_error() != Some(libc::ESRCH),
    }
}

fn stat_of(number: u32) -> io::Result<String> {
    std::fs::read_to_string(format!("/proc/{number}/stat"))
}

/// The process of this number that runs now.
pub(super) fn of(number: u32) -> Option<Identity> {
    parse(number, &stat_of(number).ok()?)
}

fn parse(number: u32, stat: &str) -> Option<Identity> {
    // The second field is a name in parentheses, which may hold anything; what follows the last of them is plain.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    if matches!(fields.next()?, "Z" | "X" | "x") {
        return None;
    }
    let start: u64 = fields.nth(18)?.parse().ok()?;
    Some(u64::from(number) << START_BITS | (start & ((1 << START_BITS) - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_alive_until_it_ends() {
        assert!(is_alive(own()) && !is_alive(own() ^ 1) && own() & !MASK == 0);
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let identity = of(child.id()).unwrap();
        assert!(is_alive(identity));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_alive(identity));
    }
}
