//! An end of a pipe of this process on the road: how its requests begin, wait and end.
//!
//! A request is tried when it starts, with no effect if it has to wait; it is then pending, and only after that put into the pipe, where
//! it may find that it need not wait any more. So whatever waits in a queue is known to its instance and can be cancelled.

use super::far::Question;
use super::node::Node;
use super::party::{Memory, Party, data, ended_early};
use super::root::Ear;
use super::state::{End, Side, State, Verdict};
use super::tally::Tally;
use crate::channel::Connection;
use overlapped_abi::Status;
use overlapped_abi::constants::pipe::{PIPE_ACCESS_INBOUND, PIPE_ACCESS_OUTBOUND};
use overlapped_kernel::device::{Bequest, Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use parking_lot::Mutex;
use rustix::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::any::Any;
use std::sync::{Arc, Weak};

/// What a control request asks.
pub(super) enum Job {
    /// ConnectNamedPipe.
    Connect,
    /// TransactNamedPipe: the message; the answer goes to the request's buffer.
    Transact(Box<[u8]>),
    /// WaitNamedPipe, and where news of the name come together.
    Wait(ObjectName, Arc<Ear>),
    /// A question for the owner in another process.
    Ask(Question),
}

impl Job {
    pub fn of(request: &Request) -> Option<&Self> {
        request.details()?.downcast_ref()
    }
}

/// What keeps an end open: its handles together, and whoever carries its bytes for another process. With the last of them it is closed.
pub(super) struct Hold {
    pub node: Arc<Node>,
    pub end: End,
}

impl Hold {
    /// Does the end read, and does it write?
    pub fn directions(&self) -> (bool, bool) {
        let [inbound, outbound] = [PIPE_ACCESS_INBOUND, PIPE_ACCESS_OUTBOUND];
        let has = |bit| self.node.family.direction & bit != 0;
        match self.end.side {
            Side::Server => (has(inbound), has(outbound)),
            Side::Client => (has(outbound), has(inbound)),
        }
    }

    /// The larger of its quotas, in bytes.
    pub fn quota(&self) -> usize {
        let [out, input] = self.node.quotas;
        out.max(input) as usize
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        match self.end.side {
            Side::Client => self.node.close_client(self.end),
            Side::Server => self.node.close_server(),
        }
    }
}

/// See the module page.
pub(super) struct EndDevice {
    pub node: Arc<Node>,
    pub end: End,
    /// The part of the handles; gone with the last of them.
    hold: Mutex<Option<Arc<Hold>>>,
    /// The same, as long as a descriptor has it: a child still inherits the end.
    lent: Mutex<Lent>,
}

/// An end that was made a descriptor, which is the program's: it may be closed, and its number be another's by now.
#[derive(Default)]
struct Lent {
    hold: Weak<Hold>,
    number: RawFd,
    /// Device and inode, by which the descriptor is known again.
    identity: (u64, u64),
}

impl Lent {
    /// One more of the descriptor, if it is still open under its number. Beside another pair each would take bytes that the other waits for.
    fn descriptor(&self) -> Option<OwnedFd> {
        self.hold.upgrade()?;
        // SAFETY: a number; what it stands for is looked at below.
        let copy = unsafe { libc::fcntl(self.number, libc::F_DUPFD_CLOEXEC, 3) };
        if copy < 0 {
            return None;
        }
        // SAFETY: just made, and nobody else's.
        let copy = unsafe { OwnedFd::from_raw_fd(copy) };
        (identity(&copy) == Some(self.identity)).then_some(copy)
    }
}

fn identity(descriptor: &OwnedFd) -> Option<(u64, u64)> {
    rustix::fs::fstat(descriptor).ok().map(|stat| (stat.st_dev, stat.st_ino))
}

impl EndDevice {
    pub fn new(node: Arc<Node>, end: End) -> Self {
        let hold = Arc::new(Hold { node: Arc::clone(&node), end });
        Self { node, end, hold: Mutex::new(Some(hold)), lent: Mutex::default() }
    }

    /// Makes a descriptor of the end, which is closed with that from now on, and not with its handles. Once.
    pub fn make_descriptor(&self) -> Option<std::io::Result<OwnedFd>> {
        let hold = self.hold.lock().take()?;
        let weak = Arc::downgrade(&hold);
        let made = super::pump::descriptor(hold);
        if let Ok(descriptor) = &made {
            let identity = identity(descriptor).unwrap_or_default();
            *self.lent.lock() = Lent { hold: weak, number: descriptor.as_raw_fd(), identity };
        }
        Some(made)
    }

    /// What keeps the end open, for one more.
    fn shared(&self) -> Option<Arc<Hold>> {
        self.hold.lock().clone().or_else(|| self.lent.lock().hold.upgrade())
    }

    /// Tells the pipe what a client in another process has sent by now.
    pub fn catch_up(&self) {
        let far = self.node.state().far_client(self.end.side).cloned();
        far.inspect(Connection::pull);
    }

    /// Tries, without waiting.
    fn attempt(&self, request: &Request) -> Verdict {
        self.try_out(request, false).unwrap_or_else(|far| {
            far.pull();
            self.try_out(request, true).unwrap_or(Verdict::Wait)
        })
    }

    /// The same, unless what the client in another process has sent, and nobody has looked for, makes a difference: data for a read that may
    /// not wait, a read for data that nobody waits for. What comes for a read that waits is told in any case.
    fn try_out(&self, request: &Request, pulled: bool) -> Result<Verdict, Connection> {
        let sure = request.instance().is_overlapped();
        let end = self.end;
        self.node.act(|state, tally| {
            let far = if pulled { None } else { state.far_client(end.side).cloned() };
            let verdict = match request.function() {
                // A part of a message is reported as pending first (decision D5).
                Function::Read => state.read(end, &mut Memory(request), sure, tally),
                Function::Write => match far {
                    Some(far) if !state.incoming(Side::Client).has_readers() => return Err(far),
                    _ => return Ok(state.write(end, data(request), None, tally)),
                },
                Function::Flush => state.flush(end, None),
                _ => Verdict::Failed(Status::INVALID_DEVICE_REQUEST),
            };
            match (verdict, far) {
                (Verdict::Failed(Status::PIPE_EMPTY), Some(far)) => Err(far),
                (verdict, _) => Ok(verdict),
            }
        })
    }

    /// Puts a pending request into the pipe.
    fn put(&self, request: &RequestRef, state: &mut State, tally: &mut Tally<Party>) {
        let end = self.end;
        let mut who = || Party::Local(Arc::clone(request));
        let verdict = match request.function() {
            // Whoever cancels marks the request before it looks here: either the mark is seen here, or the request there.
            _ if request.is_cancelling() => return tally.push(who(), ended_early(request)),
            Function::Read => {
                let verdict = state.read(end, &mut Memory(request), false, tally);
                if verdict == Verdict::Wait {
                    state.wait_to_read(end.side, who());
                }
                verdict
            }
            Function::Write => state.write(end, data(request), Some(&mut who), tally),
            Function::Flush => state.flush(end, Some(&mut who)),
            _ => match Job::of(request) {
                Some(Job::Transact(message)) => match state.ask(end, message, tally) {
                    Ok(()) => {
                        state.wait_to_read(end.side, who());
                        Verdict::Wait
                    }
                    Err(status) => Verdict::Failed(status),
                },
                _ => Verdict::Failed(Status::INVALID_DEVICE_REQUEST),
            },
        };
        match verdict {
            Verdict::Wait => {}
            Verdict::Done(completion) => tally.push(who(), completion),
            Verdict::Failed(status) => tally.push(who(), Completion::failure(status)),
        }
    }

    fn start_control(&self, request: &Request) -> Start {
        match Job::of(request) {
            Some(Job::Connect) if self.end.side == Side::Server => started(self.node.await_client(None)),
            Some(Job::Transact(_)) => {
                self.catch_up();
                match self.node.state().check_ask(self.end) {
                    Ok(()) => Start::Queue,
                    Err(status) => Start::Failed(status),
                }
            }
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn await_client(&self, request: &RequestRef) {
        let mut who = || Party::Local(Arc::clone(request));
        let verdict = self.node.await_client(Some(&mut who));
        match verdict {
            // A cancellation before it was there has not found it.
            Verdict::Wait if request.is_cancelling() => drop(self.cancel(request)),
            Verdict::Wait => {}
            Verdict::Done(completion) => request.complete(completion),
            // The client came while the request was on its way here.
            Verdict::Failed(Status::PIPE_CONNECTED) => request.complete(Completion::success(0)),
            Verdict::Failed(status) => request.complete(Completion::failure(status)),
        }
    }
}

/// What the road is to do.
fn started(verdict: Verdict) -> Start {
    match verdict {
        Verdict::Done(completion) => Start::Done(completion),
        Verdict::Failed(status) => Start::Failed(status),
        Verdict::Wait => Start::Queue,
    }
}

// SAFETY: a read counts what the queue has copied into its memory; a request is completed by whoever takes it out of the queue, under its lock.
unsafe impl Device for EndDevice {
    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn start(&self, request: &Request) -> Start {
        if request.function() == Function::Control {
            return self.start_control(request);
        }
        started(self.attempt(request))
    }

    fn enqueue(&self, request: RequestRef) {
        if matches!(Job::of(&request), Some(Job::Connect)) {
            return self.await_client(&request);
        }
        self.node.act(|state, tally| self.put(&request, state, tally));
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        self.node.act(|state, tally| {
            if let Some(who) = state.take_out(|who| who.is(request), tally) {
                tally.push(who, ended_early(request));
            }
        });
        // If it was not there, it ends by itself just now.
        true
    }

    fn resume(&self, _request: &Request, _result: RawResult) -> Next {
        // It hands out no operation that could have a result.
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn close(&self, _instance: &Instance) {
        // Not dropped under the lock, since closing tells others.
        let hold = self.hold.lock().take();
        drop(hold);
    }

    fn bequeath(&self, _instance: &Instance) -> Option<Bequest> {
        let lent = self.lent.lock().descriptor();
        lent.map(super::pump::bequest).or_else(|| super::pump::bequeath(self.shared()?))
    }

    /// A descriptor has no boundaries between messages.
    fn bequeath_handle(&self, instance: &Instance) -> Option<Bequest> {
        if self.end.side == Side::Server || !self.node.family.of_messages {
            return self.bequeath(instance);
        }
        super::serve::bequeath(self.shared()?).or_else(|| self.bequeath(instance))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
