//! What the tests of the program share: running it under a time limit, making files, comparing them.

#![allow(dead_code)] // each test binary uses some of it

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// No run of the program in these tests takes longer, unless something hangs.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const ENGINES: [&str; 2] = ["uring", "epoll"];
const PROGRAM: &str = env!("CARGO_BIN_EXE_ovl");

/// What a run left.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; 128 and the signal if one ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The exit code was 0 and nothing was complained about.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert!(self.code == 0 && self.stderr.is_empty(), "{self:?}");
        self
    }

    /// The exit code was 1, and standard error holds all of these.
    #[track_caller]
    pub fn failed_with(self, said: &[&str]) -> Self {
        assert_eq!(self.code, 1, "{self:?}");
        for part in said {
            assert!(self.stderr.contains(part), "{part:?} is missing in {self:?}");
        }
        self
    }

    /// What `--json` printed.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A running program whose output goes to files, so that it never waits for a reader.
pub struct Running {
    child: Child,
    stdout: File,
    stderr: File,
}

/// Starts a command.
pub fn start(command: &mut Command) -> Running {
    let (stdout, stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command.stdin(Stdio::null());
    command.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap());
    loop {
        match command.spawn() {
            // A copy of the program that a child of another test, just forked, still has open.
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            child => return Running { child: child.unwrap(), stdout, stderr },
        }
    }
}

impl Running {
    /// Sends a signal, by its number.
    pub fn signal(&self, number: i32) {
        // SAFETY: takes numbers; the process is ours, and keeps its number until it is waited for.
        assert_eq!(unsafe { libc::kill(self.child.id() as i32, number) }, 0);
    }

    pub fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end, but not for ever.
    #[track_caller]
    pub fn finish(self) -> Outcome {
        self.finish_within(PATIENCE)
    }

    /// Waits for its end for so long.
    #[track_caller]
    pub fn finish_within(mut self, patience: Duration) -> Outcome {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > patience {
                let _ = self.child.kill();
                let _ = self.child.wait();
                panic!("it did not end in {patience:?}; it said: {}", text(&mut self.stderr));
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let code = status.code().or(status.signal().map(|n| 128 + n)).unwrap_or(-1);
        Outcome { code, stdout: text(&mut self.stdout), stderr: text(&mut self.stderr) }
    }
}

fn text(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// `ovl` with an environment of its own.
pub fn ovl() -> Command {
    program(Path::new(PROGRAM))
}

fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.env("OVERLAPPED_CONFIG", "/dev/null");
    command
}

/// Has the command heed signals that whoever started the tests ignores: a shell does that for what it runs in the background.
pub fn heeding_signals(command: &mut Command) -> &mut Command {
    use std::os::unix::process::CommandExt;
    let heed = || {
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
            // SAFETY: the usual disposition, in a process of one thread that is about to become another program.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        Ok(())
    };
    // SAFETY: it makes system calls only.
    unsafe { command.pre_exec(heed) }
}

/// `ovl copy` on an engine, with arguments.
pub fn copy<S: AsRef<OsStr>>(engine: &str, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = ovl();
    command.args(["copy", "--engine", engine]).args(arguments);
    command
}

/// Runs a command to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Outcome {
    start(command).finish()
}

/// Calls the test for each engine that this machine has, with a fresh directory.
pub fn on_each_engine(test: impl Fn(&str, &Path)) {
    for engine in ENGINES {
        if engine == "uring" && !has_uring() {
            loudly("no io_uring here: the test ran on epoll only");
            continue;
        }
        let dir = directory();
        test(engine, dir.path());
    }
}

fn has_uring() -> bool {
    run(ovl().args(["doctor", "--json"]).env("OVERLAPPED_ENGINE", "uring")).code == 0
}

/// A directory that other users may look into.
pub fn directory() -> TempDir {
    // Whatever the umask of who runs the tests: some of them have other users look.
    // SAFETY: takes a number.
    unsafe { libc::umask(0o022) };
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

/// Says something that libtest does not swallow.
pub fn loudly(what: &str) {
    let _ = writeln!(io::stderr(), "SKIPPED: {what}");
}

pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

/// Bytes that no chunk of which equals another.
pub fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ len as u64;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

pub fn write(path: &Path, bytes: &[u8]) -> PathBuf {
    fs::write(path, bytes).unwrap();
    path.to_path_buf()
}

/// Are the two files the same, byte for byte?
#[track_caller]
pub fn assert_same(a: &Path, b: &Path) {
    let (mut x, mut y) = (File::open(a).unwrap(), File::open(b).unwrap());
    assert_eq!(x.metadata().unwrap().len(), y.metadata().unwrap().len(), "sizes of {a:?} and {b:?}");
    let (mut p, mut q) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    let mut offset = 0;
    loop {
        let n = fill(&mut x, &mut p);
        let m = fill(&mut y, &mut q);
        assert!(p[..n] == q[..m], "{a:?} and {b:?} differ after byte {offset}");
        if n == 0 {
            return;
        }
        offset += n;
    }
}

fn fill(file: &mut File, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]).unwrap() {
            0 => break,
            n => filled += n,
        }
    }
    filled
}

/// The names in a directory, sorted.
pub fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// `ovl copy` as a user without privileges: a copy of the program that this user can reach, if the tests run as root.
pub fn unprivileged_copy<S: AsRef<OsStr>>(engine: &str, dir: &Path, arguments: impl IntoIterator<Item = S>) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = if is_root() {
        let here = dir.join("ovl");
        if !here.exists() {
            fs::copy(PROGRAM, &here).unwrap();
        }
        let mut command = program(&here);
        command.uid(65534).gid(65534);
        command
    } else {
        ovl()
    };
    command.args(["copy", "--engine", engine]).args(arguments);
    command
}

/// A small file system in memory, unmounted when dropped.
pub struct Mount(PathBuf);

impl Mount {
    /// `None`, said loudly, where mounting is not allowed.
    pub fn tmpfs(at: &Path, options: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        if mounted.is_ok_and(|o| o.status.success()) {
            return Some(Self(at.to_path_buf()));
        }
        loudly("no right to mount a tmpfs: neither a full nor a read-only file system was tried");
        None
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
