//! Each part is played by a process of its own, without a controlling terminal, so that its console is private and nobody else's.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

const PLAY: &str = "OVERLAPPED_TEST_PLAY";

/// Runs the part of that name in a process of its own, in a session without a terminal.
pub fn alone(part: &str) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "alone::plays_its_part", "--nocapture", "--test-threads=1", "-q"]).env(PLAY, part);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // SAFETY: a system call, in a process of one thread that is about to become another program.
    unsafe {
        command.pre_exec(|| {
            // Who runs in the background is started with both ignored.
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::signal(libc::SIGQUIT, libc::SIG_DFL);
            libc::setsid();
            Ok(())
        })
    };
    let output = command.output().expect("a child");
    assert!(
        output.status.success(),
        "{part}: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Not a test of its own: what children do.
#[test]
fn plays_its_part() {
    let Ok(part) = std::env::var(PLAY) else { return };
    let mut parts = [crate::output::PARTS, crate::input::PARTS, crate::events::PARTS].into_iter().flatten();
    let (_, play) = parts.find(|(name, _)| *name == part).expect("a part of that name");
    play();
}

/// Tests, and the functions that play their parts.
macro_rules! parts {
    ($($name:ident => $play:ident;)+) => {
        pub const PARTS: &[(&str, fn())] = &[$((stringify!($name), $play)),+];
        $(
            #[test]
            fn $name() {
                crate::alone::alone(stringify!($name));
            }
        )+
    };
}
pub(crate) use parts;
