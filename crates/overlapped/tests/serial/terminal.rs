//! Pseudo-terminals: the test has the master, and the port is the slave.

use rustix::fd::{FromRawFd, OwnedFd};
use std::ffi::{CStr, c_char};
use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

pub struct Terminal {
    /// The other end of the line.
    pub master: File,
    pub path: PathBuf,
}

impl Terminal {
    pub fn new() -> Self {
        let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
        let mut name = [0 as c_char; 128];
        // SAFETY: calls of libc on a descriptor that they have made, with room for the name.
        let master = unsafe {
            let master = libc::posix_openpt(flags);
            assert!(master >= 0, "a pseudo-terminal");
            assert_eq!(libc::grantpt(master), 0);
            assert_eq!(libc::unlockpt(master), 0);
            assert_eq!(libc::ptsname_r(master, name.as_mut_ptr(), name.len()), 0);
            OwnedFd::from_raw_fd(master)
        };
        // SAFETY: ptsname_r has ended it with a zero.
        let path = unsafe { CStr::from_ptr(name.as_ptr()) }.to_str().unwrap().into();
        Self { master: File::from(master), path }
    }

    /// Sends from the other end.
    pub fn send(&self, bytes: &[u8]) {
        (&self.master).write_all(bytes).unwrap();
    }

    /// What the port has sent: exactly so many bytes.
    pub fn receive(&self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        (&self.master).read_exact(&mut bytes).unwrap();
        bytes
    }
}
