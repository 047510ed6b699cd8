//! Ends of pipes as descriptors of Linux: what a child process inherits, and what `_open_osfhandle` makes of one. Where nobody needs a
//! descriptor, a client's end of a pipe of messages is inherited [otherwise](super::serve::bequeath).
//!
//! A pipe of Linux (a pair of local sockets, if the end reads and writes) gets a thread for each direction that carries bytes between it and
//! the queue. The threads keep the end open, whatever happens to its handles here, until the descriptor's other side is closed
//! everywhere; so a reader in this process comes to the end of the pipe when both its own handles and the child are done. Bytes that
//! the child has not read are lost with it, at most what a pipe of Linux holds. The drawbacks of the way: messages have no boundaries on it,
//! and it lasts as long as this process.

use super::device::Hold;
use super::party::{Caller, Party};
use super::queue::Sink;
use super::state::{State, Verdict};
use super::tally::Tally;
use overlapped_abi::Status;
use overlapped_kernel::device::{Bequest, bequest};
use overlapped_kernel::request::Completion;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are carried at once.
const PORTION: usize = 64 * 1024;

/// What a child process gets of the end.
pub(super) fn bequeath(hold: Arc<Hold>) -> Option<Bequest> {
    let descriptor = descriptor(hold).inspect_err(|error| {
        tracing::warn!(%error, "an end of a pipe cannot be made a descriptor");
    });
    descriptor.ok().map(bequest)
}

/// The descriptor, for a child process.
pub(super) fn bequest(descriptor: OwnedFd) -> Bequest {
    Bequest { kind: bequest::PIPE, overlapped: false, descriptor: Some(descriptor), keep: None, bytes: Vec::new() }
}

/// A descriptor that reads and writes as the end does.
pub(super) fn descriptor(hold: Arc<Hold>) -> std::io::Result<OwnedFd> {
    let (reads, writes) = hold.directions();
    if reads && writes {
        let flags = SocketFlags::CLOEXEC;
        let (theirs, ours) = rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        let copy = rustix::io::fcntl_dupfd_cloexec(&ours, 3)?;
        let same = Arc::clone(&hold);
        start(move |own| drain(&same, &copy, own))?;
        start(move |own| fill(&hold, &ours, own))?;
        return Ok(theirs);
    }
    let (out, into) = std::io::pipe()?;
    let (out, into) = (OwnedFd::from(out), OwnedFd::from(into));
    let size = hold.quota().clamp(4096, 1 << 20) as libc::c_int;
    // More than an ordinary user may have leaves it as it is.
    // SAFETY: an open descriptor of our own, and a number.
    unsafe { libc::fcntl(into.as_raw_fd(), libc::F_SETPIPE_SZ, size) };
    if reads {
        start(move |own| drain(&hold, &into, own))?;
        return Ok(out);
    }
    start(move |own| fill(&hold, &out, own))?;
    Ok(into)
}

/// A thread that carries bytes. A closed pipe is an error to it, and no signal.
fn start(carry: impl FnOnce(Own) + Send + 'static) -> std::io::Result<()> {
    let own = Own::new()?;
    let run = move || {
        // SAFETY: a set of our own, filled before it is used; the mask is this thread's.
        unsafe {
            let mut set = std::mem::zeroed();
            libc::sigfillset(&mut set);
            libc::pthread_sigmask(libc::SIG_BLOCK, &set, std::ptr::null_mut());
        }
        carry(own);
    };
    std::thread::Builder::new().name("ovl-pipe".into()).stack_size(64 * 1024).spawn(run).map(drop)
}

/// What a call came to, once it has ended, and the bytes that it read.
type Outcome = Arc<Mutex<Option<(Completion, Vec<u8>)>>>;

/// The calls of one thread, and how it hears of their ends.
struct Own {
    number: u64,
    bell: Arc<OwnedFd>,
    outcome: Outcome,
}

/// A call that waits in a queue.
struct Call {
    number: u64,
    room: usize,
    data: Vec<u8>,
    bell: Arc<OwnedFd>,
    outcome: Outcome,
}

impl Sink for Call {
    fn room(&self) -> usize {
        self.room - self.data.len()
    }

    fn put(&mut self, bytes: &[u8]) {
        self.data.extend_from_slice(bytes);
    }
}

impl Caller for Call {
    fn number(&self) -> (u64, u64) {
        (self.number, 0)
    }

    fn complete(self: Box<Self>, completion: Completion) {
        *self.outcome.lock() = Some((completion, self.data));
        let _ = rustix::io::write(&*self.bell, &1_u64.to_ne_bytes());
    }
}

impl Own {
    fn new() -> std::io::Result<Self> {
        // Numbers of clients in other processes count up, these count down.
        static NEXT: AtomicU64 = AtomicU64::new(u64::MAX);
        let bell = eventfd(0, EventfdFlags::CLOEXEC)?;
        let number = NEXT.fetch_sub(1, Ordering::Relaxed);
        Ok(Self { number, bell: Arc::new(bell), outcome: Arc::default() })
    }

    fn call(&self, room: usize) -> Box<Call> {
        let (bell, outcome) = (Arc::clone(&self.bell), Arc::clone(&self.outcome));
        Box::new(Call { number: self.number, room, data: Vec::new(), bell, outcome })
    }

    /// Does something at the end and waits for the outcome, or for the other side of the descriptor to be closed: then the call is taken
    /// back, and there is none.
    fn see_through(
        &self,
        hold: &Hold,
        other: Option<&OwnedFd>,
        act: impl FnOnce(&mut State, &mut Tally<Party>, &mut Option<Box<Call>>) -> Verdict,
        room: usize,
    ) -> Option<(Completion, Vec<u8>)> {
        let mut call = Some(self.call(room));
        match hold.node.act(|state, tally| act(state, tally, &mut call)) {
            Verdict::Done(completion) => return Some((completion, call.map(|call| call.data).unwrap_or_default())),
            Verdict::Failed(status) => return Some((Completion::failure(status), Vec::new())),
            Verdict::Wait => {}
        }
        loop {
            let bell = PollFd::new(&*self.bell, PollFlags::IN);
            // Where nothing else is watched, the bell is watched twice.
            let other = other.map_or(bell.clone(), |other| PollFd::new(other, PollFlags::empty()));
            let mut watched = [bell, other];
            // Linux may be short of memory: then the call is taken back, too, and does not stay to take what is meant for others.
            let lost = !matches!(poll(&mut watched, None), Ok(_) | Err(Errno::INTR));
            if let Some(outcome) = self.outcome.lock().take() {
                let _ = rustix::io::read(&*self.bell, &mut [0_u8; 8]);
                return Some(outcome);
            }
            if lost || watched[1].revents().intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
                let taken = hold.node.act(|state, tally| state.take_out(|who| who.is_call(self.number, None), tally));
                if taken.is_some() {
                    return None;
                }
                // It has just ended, and the bell rings.
            }
        }
    }
}

/// Carries what the end reads to the descriptor, and says there when no more comes.
fn drain(hold: &Hold, into: &OwnedFd, own: Own) {
    carry_out(hold, into, own);
    // Of a pair of sockets the other direction keeps a descriptor open, so that its end alone would not be noticed. A pipe refuses this.
    let _ = rustix::net::shutdown(into, rustix::net::Shutdown::Write);
}

fn carry_out(hold: &Hold, into: &OwnedFd, own: Own) {
    let end = hold.end;
    loop {
        let read = |state: &mut State, tally: &mut Tally<Party>, call: &mut Option<Box<Call>>| {
            let Some(mut mine) = call.take() else { return Verdict::Wait };
            let verdict = state.read(end, &mut *mine, false, tally);
            // An end that does not wait is one that the child polls; here it is waited for.
            if matches!(verdict, Verdict::Wait | Verdict::Failed(Status::PIPE_EMPTY)) {
                state.wait_to_read(end.side, Party::Remote(mine));
                return Verdict::Wait;
            }
            *call = Some(mine);
            verdict
        };
        let Some((completion, data)) = own.see_through(hold, Some(into), read, PORTION) else { return };
        if completion.status.is_error() || write_all(into, &data).is_err() {
            return;
        }
    }
}

fn write_all(into: &OwnedFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match rustix::io::write(into, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Carries what comes from the descriptor to the end.
fn fill(hold: &Hold, out: &OwnedFd, own: Own) {
    let end = hold.end;
    let mut room = vec![0; PORTION];
    loop {
        let bytes = match rustix::io::read(out, &mut room[..]) {
            Ok(0) => return,
            Ok(bytes) => bytes,
            Err(Errno::INTR) => continue,
            Err(_) => return,
        };
        let data = &room[..bytes];
        let write = |state: &mut State, tally: &mut Tally<Party>, call: &mut Option<Box<Call>>| {
            let mut who = || Party::Remote(call.take().unwrap_or_else(|| unreachable!("one call waits once")));
            state.write_patiently(end, data, &mut who, tally)
        };
        // What has come is not taken back when the child ends, so that its descriptor is not watched.
        let written = own.see_through(hold, None, write, 0);
        if written.is_none_or(|(completion, _)| completion.status.is_error()) {
            return;
        }
    }
}
