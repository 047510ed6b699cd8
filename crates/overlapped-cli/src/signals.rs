//! The signals that end a run in order.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;

/// Calls `act` on a thread of its own for each signal that asks for the end. A signal that was being ignored stays ignored: that
/// is how nohup and background jobs say what they do not want to hear.
pub fn heed(mut act: impl FnMut() + Send + 'static) -> io::Result<()> {
    let ignored = ignored();
    let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & 1 << (signal - 1) == 0);
    let mut signals = Signals::new(wanted)?;
    std::thread::Builder::new().name("ovl-signals".into()).spawn(move || signals.forever().for_each(|_| act()))?;
    Ok(())
}

/// The signals that the process ignores, as a mask; none if the kernel does not say.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_is_known() {
        const SIGPIPE: i32 = 13;
        assert_ne!(ignored() & 1 << (SIGPIPE - 1), 0, "Rust programs ignore SIGPIPE");
    }
}
