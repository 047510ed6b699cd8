//! Connections by the thousand: their other ends live in processes of their own, which need as many descriptors as the test does,
//! and whose memory is not the test's.

use rustix::net::sockopt;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{BufRead, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Which process is which.
const ROLE: &str = "OVERLAPPED_TEST_CROWD";
/// Addresses of this machine to connect to, so that local ports do not run out.
const ADDRESSES: usize = 16;

/// Was the long version of the tests asked for?
pub fn is_big() -> bool {
    std::env::var_os("OVERLAPPED_BIG_TESTS").is_some_and(|value| value == "1")
}

/// Raises the limit of open descriptors to `wanted`, as far as the process may; what it is now.
pub fn descriptor_limit(wanted: usize) -> usize {
    let now = getrlimit(Resource::Nofile);
    let missing = |limit: Option<u64>| limit.is_some_and(|limit| limit < wanted as u64);
    if missing(now.current) {
        let more = Some(wanted as u64);
        let maximum = if missing(now.maximum) { more } else { now.maximum };
        // The hard limit is for the privileged; everybody may go up to it.
        if setrlimit(Resource::Nofile, Rlimit { current: more, maximum }).is_err() {
            let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, ..now });
        }
    }
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |limit| limit as usize)
}

/// A line that is seen although the test passes.
pub fn loudly(line: &str) {
    // Past the capture of the test harness, which knows only print macros.
    let _ = std::io::stderr().write_all(format!("\n*** {line} ***\n\n").as_bytes());
}

/// As many of the `wanted` connections as the limit of descriptors allows, each with one in this process.
pub fn affordable(wanted: usize) -> usize {
    const OTHERS: usize = 60;
    let limit = descriptor_limit(wanted + OTHERS);
    let count = wanted.min(limit.saturating_sub(OTHERS));
    if count < wanted {
        loudly(&format!("only {count} of {wanted} connections: a process may have {limit} descriptors here"));
    }
    count
}

/// Another address of this machine for each number.
pub fn address(number: usize, port: u16) -> (String, u16) {
    (format!("127.0.0.{}", 1 + number % ADDRESSES), port)
}

/// Makes the close of a stream a reset.
pub fn reset_at_close(stream: &TcpStream) {
    sockopt::set_socket_linger(stream, Some(Duration::ZERO)).expect("an option of every socket");
}

/// A process that connects to a port of this machine, and holds what it has.
pub struct Crowd(Child);

impl Crowd {
    /// Starts one. `entry` is the test that calls [`be_a_crowd`], as the test program names it.
    pub fn start(entry: &str, port: u16, count: usize) -> Self {
        let program = std::env::current_exe().expect("the program's own path");
        let mut command = Command::new(program);
        command.args([entry, "--exact", "--nocapture"]).env(ROLE, format!("{port} {count}"));
        Self(command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("a second process"))
    }

    /// Makes it send one byte on each connection.
    pub fn speak(&mut self) {
        let pipe = self.0.stdin.as_mut().expect("it was asked for");
        pipe.write_all(b"speak\n").expect("the process lives");
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// In a process that was started for it: connects, obeys, and ends with its input. Anywhere else does nothing.
pub fn be_a_crowd() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let mut numbers = role.split(' ').map(|text| text.parse::<usize>().expect("a number"));
    let (port, count) = (numbers.next().expect("a port") as u16, numbers.next().expect("a count"));
    descriptor_limit(count + 50);
    let streams: Vec<TcpStream> =
        (0..count).map(|number| TcpStream::connect(address(number, port)).expect("connected")).collect();
    for line in std::io::stdin().lock().lines() {
        assert_eq!(line.expect("a line"), "speak");
        streams.iter().for_each(|mut stream| stream.write_all(b"!").expect("sent"));
    }
}
