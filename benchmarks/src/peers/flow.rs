//! One connection at its full rate: blocking calls, zero-copy sends of a ring, and `sendfile`.

use std::fs::File;
use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Mutex;

use io_uring::{IoUring, cqueue, opcode, types};

use crate::benches::bulk::{FileSender, Flow, SIZE, stamp, swallow};

/// send and recv that block.
pub struct BlockingFlow {
    sender: TcpStream,
    receiver: TcpStream,
}

impl Flow for BlockingFlow {
    fn open(sender: TcpStream, receiver: TcpStream) -> io::Result<Self> {
        Ok(Self { sender, receiver })
    }

    fn send(&self, pieces: u64) -> io::Result<u64> {
        let mut piece = vec![0; SIZE];
        for number in 0..pieces {
            stamp(&mut piece, number);
            (&self.sender).write_all(&piece)?;
        }
        Ok(pieces)
    }

    fn receive(&self, pieces: u64) -> io::Result<u64> {
        swallow(&self.receiver, pieces * SIZE as u64, SIZE)
    }
}

/// Sends of a ring that lend their memory to the network until it has gone out.
pub struct ZeroCopyFlow {
    sender: TcpStream,
    receiver: TcpStream,
    ring: Mutex<IoUring>,
}

/// Sends on their way.
const DEPTH: usize = 4;

impl Flow for ZeroCopyFlow {
    fn open(sender: TcpStream, receiver: TcpStream) -> io::Result<Self> {
        let ring = IoUring::new(64)?;
        let mut probe = io_uring::Probe::new();
        ring.submitter().register_probe(&mut probe)?;
        if !probe.is_supported(opcode::SendZc::CODE) {
            return Err(io::Error::other("this kernel has no zero-copy sends"));
        }
        Ok(Self { sender, receiver, ring: Mutex::new(ring) })
    }

    fn send(&self, pieces: u64) -> io::Result<u64> {
        let mut ring = self.ring.lock().map_err(|_| io::Error::other("a thread panicked"))?;
        let mut memory: Vec<Vec<u8>> = (0..DEPTH).map(|_| vec![0; SIZE]).collect();
        // One at a time goes into the stream, for order; the memory of those before may still be lent.
        let mut free: Vec<usize> = (0..DEPTH).collect();
        let (mut number, mut sending, mut lent) = (0, false, 0);
        while number < pieces || sending || lent > 0 {
            if number < pieces
                && !sending
                && let Some(place) = free.pop()
            {
                stamp(&mut memory[place], number);
                let fd = types::Fd(self.sender.as_raw_fd());
                let send = opcode::SendZc::new(fd, memory[place].as_ptr(), SIZE as u32);
                let entry = send.flags(libc::MSG_WAITALL).build().user_data(place as u64);
                // SAFETY: the memory lives until its notice has come, for which the loop waits.
                unsafe { ring.submission().push(&entry) }.map_err(io::Error::other)?;
                (number, sending, lent) = (number + 1, true, lent + 1);
            }
            ring.submit_and_wait(1)?;
            for completion in ring.completion() {
                if cqueue::notif(completion.flags()) {
                    free.push(completion.user_data() as usize);
                    lent -= 1;
                    continue;
                }
                sending = false;
                if completion.result() != SIZE as i32 {
                    return Err(io::Error::other(format!("a send gave {}", completion.result())));
                }
            }
        }
        Ok(pieces)
    }

    fn receive(&self, pieces: u64) -> io::Result<u64> {
        swallow(&self.receiver, pieces * SIZE as u64, SIZE)
    }
}

/// sendfile that blocks.
pub struct SendFile {
    stream: TcpStream,
    file: File,
}

impl FileSender for SendFile {
    fn open(stream: TcpStream, file: &Path) -> io::Result<Self> {
        Ok(Self { stream, file: File::open(file)? })
    }

    fn send(&self, len: u64) -> io::Result<u64> {
        let mut at = 0;
        while at < len {
            let left = (len - at) as usize;
            if rustix::fs::sendfile(&self.stream, &self.file, Some(&mut at), left)? == 0 {
                return Err(io::Error::other("the file is too short"));
            }
        }
        Ok(at)
    }
}
