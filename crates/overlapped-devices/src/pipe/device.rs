//! An end of a pipe of this process on the road: how its requests begin, wait and end.
//!
//! A request is tried when it starts, with no effect if it has to wait; it is then pending, and only after that put into the pipe, where
//! it may find that it need not wait any more. So whatever waits in a queue is known to its instance and can be cancelled.

use super::names::Names;
use super::node::Node;
use super::party::{Memory, Party, data, ended_early};
use super::state::{End, Side, State, Verdict};
use super::tally::Tally;
use overlapped_abi::Status;
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use std::any::Any;
use std::sync::Arc;

/// What a control request asks.
pub(super) enum Job {
    /// ConnectNamedPipe.
    Connect,
    /// TransactNamedPipe: the message; the answer goes to the request's buffer.
    Transact(Box<[u8]>),
    /// WaitNamedPipe.
    Wait(ObjectName),
}

impl Job {
    pub fn of(request: &Request) -> Option<&Self> {
        request.details()?.downcast_ref()
    }
}

/// See the module page.
pub(super) struct EndDevice {
    pub node: Arc<Node>,
    pub end: End,
}

impl EndDevice {
    pub fn names(&self) -> Arc<Names> {
        self.node.names().map_or_else(Arc::default, Arc::clone)
    }

    /// Tries, without waiting.
    fn attempt(&self, request: &Request) -> Verdict {
        let sure = request.instance().is_overlapped();
        let end = self.end;
        self.node.act(|state, tally| match request.function() {
            // A part of a message is reported as pending first (decision D5).
            Function::Read => state.read(end, &mut Memory(request), sure, tally),
            Function::Write => state.write(end, data(request), None, tally),
            Function::Flush => state.flush(end, None),
            _ => Verdict::Failed(Status::INVALID_DEVICE_REQUEST),
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
            Some(Job::Connect) if self.end.side == Side::Server => {
                started(self.names().connect(&self.node, None))
            }
            Some(Job::Transact(_)) => match self.node.state().check_ask(self.end) {
                Ok(()) => Start::Queue,
                Err(status) => Start::Failed(status),
            },
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn await_client(&self, request: &RequestRef) {
        let mut who = || Party::Local(Arc::clone(request));
        let verdict = self.names().connect(&self.node, Some(&mut who));
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
pub(super) fn started(verdict: Verdict) -> Start {
    match verdict {
        Verdict::Done(completion) => Start::Done(completion),
        Verdict::Failed(status) => Start::Failed(status),
        Verdict::Wait => Start::Queue,
    }
}

impl Device for EndDevice {
    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn serializes(&self) -> bool {
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
        match self.end.side {
            Side::Client => self.node.close_client(self.end),
            Side::Server => {
                self.names().close(&self.node);
            }
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
