//! Requests, their ends, and the routes on which players hear of them.

use super::book::{Route, Ticket};
use super::{ALERTABLE, Pending, Player, Port, alertably};
use crate::common::{LOST, Poisoned, bounded_by};
use overlapped::alertable;
use overlapped::{Event, Operation, OverlappedFile, Timeout, Wait, WaitResult, wait_all, wait_any, wait_first};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

impl Player<'_> {
    /// A file that no port knows, or one of those that a port knows: the route is the request's own either way.
    fn file(&mut self) -> &OverlappedFile {
        let arena = self.arena;
        match self.random.below(3) {
            0 => &arena.on_port[self.random.below(2)],
            which => &arena.plain[which - 1],
        }
    }

    fn issue(&mut self, event: Option<&Event>) -> Operation<Poisoned> {
        let (write, buffer) = (self.random.below(3) == 0, self.buffer());
        let offset = if write { self.inside() } else { self.offset() };
        let file = self.file();
        match (write, event) {
            (false, None) => file.read_at(buffer, offset),
            (false, Some(event)) => file.read_at_with_event(buffer, offset, event),
            (true, None) => file.write_at(buffer, offset),
            (true, Some(event)) => file.write_at_with_event(buffer, offset, event),
        }
    }

    fn keep(&mut self, operation: Operation<Poisoned>, event: Option<Event>) {
        let ticket = self.arena.book.ticket(Route::Operation);
        self.mine.push(Pending { operation, event, ticket });
    }

    pub(super) fn operation(&mut self) {
        let operation = self.issue(None);
        self.keep(operation, None);
    }

    pub(super) fn with_event(&mut self) {
        let event = Event::manual_reset(self.random.below(2) == 0);
        let operation = self.issue(Some(&event));
        self.keep(operation, Some(event));
    }

    /// The device itself is signalled, for the one request that it has.
    pub(super) fn by_the_device(&mut self) {
        let (buffer, offset, moment) = (self.buffer(), self.offset(), self.moment());
        let ticket = self.arena.book.ticket(Route::Operation);
        let read = self.alone.read_at(buffer, offset);
        if wait_any(&[&self.alone], moment) == Ok(WaitResult::TimedOut) {
            let _ = read.cancel();
            let ended = wait_any(&[&self.alone], LOST);
            assert_eq!(ended, Ok(WaitResult::Object(0)), "the device is signalled by the end of its request");
        }
        assert!(!read.is_pending(), "signalled too early");
        take(Pending { operation: read, event: None, ticket });
    }

    pub(super) fn with_routine(&mut self) {
        let (write, buffer) = (self.random.below(3) == 0, self.buffer());
        let offset = if write { self.inside() } else { self.offset() };
        let file = &self.arena.plain[self.random.below(2)];
        issue_with_routine(file, write, buffer, offset, self.arena.book.ticket(Route::Routine), &self.routines);
        // As long as routines run only now and then, they are many.
        if self.routines.load(Ordering::SeqCst) > super::MANY {
            self.alertable_wait();
        }
    }

    pub(super) fn on_port(&mut self) {
        let (device, write) = (self.random.below(2), self.random.below(3) == 0);
        let (buffer, ticket) = (self.buffer(), self.arena.book.ticket(Route::Port));
        let offset = if write { self.inside() } else { self.offset() };
        let device = &self.arena.on_port[device];
        let accepted =
            if write { device.write_at(buffer, offset, ticket) } else { device.read_at(buffer, offset, ticket) };
        accepted.expect("nothing is wrong with this request");
    }

    pub(super) fn post(&mut self) {
        self.arena.port.post(7, self.arena.book.ticket(Route::Port)).unwrap();
    }

    pub(super) fn get(&mut self) {
        let (arena, moment) = (self.arena, self.moment());
        match self.random.below(8) {
            0 => {
                let mut many = Vec::new();
                arena.port.get_many(&mut many, 16, moment).unwrap();
                many.into_iter().for_each(|packet| arena.took(packet));
            }
            1 => arena.port.get_timeout(moment).unwrap().into_iter().for_each(|packet| arena.took(packet)),
            _ => arena.port.try_get().unwrap().into_iter().for_each(|packet| arena.took(packet)),
        }
    }

    /// Hears of an operation in one of the ways that there are. What does not end by itself is cancelled.
    pub(super) fn finish_one(&mut self) {
        let Some(mut which) = self.pick() else { return };
        let moment = self.moment();
        match self.random.below(4) {
            0 => {
                let some = self.mine.len().min(64);
                let operations: Vec<&dyn Wait> = self.mine[..some].iter().map(|p| &p.operation as &dyn Wait).collect();
                if let WaitResult::Object(first) = wait_any(&operations, moment).unwrap() {
                    which = first;
                    assert!(!self.mine[which].operation.is_pending());
                }
            }
            1 => {
                let some = self.mine.len().min(3);
                let operations: Vec<&dyn Wait> = self.mine[..some].iter().map(|p| &p.operation as &dyn Wait).collect();
                if let WaitResult::Object(_) = wait_all(&operations, moment).unwrap() {
                    assert!(self.mine[..some].iter().all(|pending| !pending.operation.is_pending()));
                }
            }
            _ => {}
        }
        let pending = self.mine.swap_remove(which);
        if self.random.below(3) > 0 {
            let _ = wait_first(std::slice::from_ref(&pending.operation), self.moment());
        }
        finish(pending);
    }

    pub(super) fn cancel_one(&mut self) {
        if let Some(which) = self.pick() {
            let _ = self.mine[which].operation.cancel();
        }
    }

    pub(super) fn drop_one(&mut self) {
        if let Some(which) = self.pick() {
            drop(self.mine.swap_remove(which));
        }
    }

    /// CancelIo and CancelIoEx of a whole file.
    pub(super) fn cancel_many(&mut self) {
        let own = self.random.below(2) == 0;
        let file = self.file();
        if own {
            file.cancel_own();
        } else {
            file.cancel_all();
        }
    }

    /// A file that is closed with requests of every route on their way.
    pub(super) fn short_life(&mut self) {
        let file = self.lab.open("c");
        for _ in 0..self.random.below(4) {
            let (buffer, offset) = (self.buffer(), self.offset());
            if self.random.below(2) == 0 {
                let read = file.read_at(buffer, offset);
                self.keep(read, None);
            } else {
                let ticket = self.arena.book.ticket(Route::Routine);
                issue_with_routine(&file, false, buffer, offset, ticket, &self.routines);
            }
        }
    }

    /// A port that is closed with packets in it and more to come: their tickets go unheard of.
    pub(super) fn short_port(&mut self) {
        let port = Port::new_in(&self.lab.system, 1);
        let device = port.associate(self.lab.open("b"), 9).unwrap();
        for _ in 0..self.random.below(4) {
            let (buffer, offset) = (self.buffer(), self.offset());
            device.read_at(buffer, offset, self.arena.book.ticket(Route::Port)).expect("an accepted request");
            port.post(9, self.arena.book.ticket(Route::Port)).unwrap();
        }
        if let Some(packet) = port.try_get().unwrap() {
            self.arena.took(packet);
        }
    }

    /// Another handle to the same instance; closing one of several does nothing to its requests.
    pub(super) fn duplicate(&mut self) {
        let file = self.file();
        let first = file.handle().duplicate().unwrap();
        let second = first.duplicate().unwrap();
        drop(first);
        assert_eq!(second.access(), file.handle().access());
    }

    /// A routine on a file that reports to a port is refused (contract 05 section 2), and never called.
    pub(super) fn refused(&mut self) {
        let (buffer, offset) = (self.buffer(), self.offset());
        let routine = |_, _: Poisoned| panic!("the routine of a refused request");
        let refused = self.arena.on_port[0].read_at_then(buffer, offset, routine).unwrap_err();
        assert_eq!(refused.error.code().0, 87);
    }

    /// A read that waits for whatever another player writes, and a write for whoever reads.
    pub(super) fn pipe(&mut self) {
        let arena = self.arena;
        if self.random.below(2) == 0 {
            let read = arena.fifo.read_at(arena.ledger.zeroed(8), 0);
            self.keep(read, None);
        } else if arena.fifo.outstanding() > 0 {
            rustix::io::write(arena.fifo.as_fd(), b"drop").unwrap();
        }
    }

    /// A thread that ends with requests on their way: its operations end, its routines never run (contract 03 section 9).
    pub(super) fn short_thread(&mut self) {
        let (arena, ledger) = (self.arena, Arc::clone(&self.arena.ledger));
        let offset = self.offset();
        let operations = std::thread::scope(|scope| {
            let issue = || {
                let file = &arena.plain[1];
                let never = |_, _: Poisoned| panic!("a routine of a thread that made no alertable wait");
                if let Err(refused) = file.read_at_then(ledger.zeroed(512), offset, never) {
                    expect_failure(refused.error.code().0);
                }
                [file.read_at(ledger.zeroed(512), offset), arena.fifo.read_at(ledger.zeroed(8), 0)]
            };
            scope.spawn(issue).join().unwrap()
        });
        for operation in operations {
            self.keep(operation, None);
        }
    }

    /// A synchronous read that blocks, until CancelSynchronousIo or what somebody writes ends it.
    pub(super) fn blocked_reader(&mut self) {
        let mut options = self.lab.options();
        let file = options.read(true).write(true).open(self.lab.path("fifo")).unwrap();
        let (tell, told) = channel();
        let reader = std::thread::spawn(move || {
            tell.send(alertable::current()).unwrap();
            file.read_bytes(&mut [0; 8]).map_err(|error| error.code().0)
        });
        let thread = told.recv().unwrap();
        while !reader.is_finished() {
            thread.cancel_synchronous();
            std::thread::yield_now();
        }
        let ended = bounded_by(LOST, "the read", move || reader.join().unwrap());
        assert!(matches!(ended, Ok(1..=8) | Err(995)), "{ended:?}");
    }

    pub(super) fn alertable_wait(&mut self) {
        let moment = self.moment();
        match self.random.below(3) {
            0 => {
                let Some(which) = self.pick() else { return };
                let pending = self.mine.swap_remove(which);
                match alertably(|| alertable::wait_any(&[&pending.operation], moment)).unwrap() {
                    Some(WaitResult::Object(_)) => assert!(!pending.operation.is_pending()),
                    _ => return self.mine.push(pending),
                }
                finish(pending);
            }
            _ => {
                alertably(|| alertable::sleep_in(&self.lab.system, moment));
            }
        }
    }
}

fn issue_with_routine(
    file: &OverlappedFile,
    write: bool,
    buffer: Poisoned,
    offset: u64,
    ticket: Ticket,
    routines: &Arc<AtomicUsize>,
) {
    let (count, issuer) = (Arc::clone(routines), std::thread::current().id());
    count.fetch_add(1, Ordering::SeqCst);
    let then = move |result: overlapped::Result<usize>, buffer: Poisoned| {
        assert!(ALERTABLE.get(), "a routine outside of an alertable wait");
        assert_eq!(std::thread::current().id(), issuer);
        if let Ok(bytes) = &result {
            assert!(buffer.bytes().len() >= *bytes);
        }
        ticket.done(Route::Routine, &result);
        count.fetch_sub(1, Ordering::SeqCst);
    };
    let issued = if write { file.write_at_then(buffer, offset, then) } else { file.read_at_then(buffer, offset, then) };
    if let Err(refused) = issued {
        // What fails at once calls no routine (contract 05 section 2): the caller hears of it here.
        expect_failure(refused.error.code().0);
        routines.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The end of the file, and what the simulation injects.
fn expect_failure(code: u32) {
    assert!([38, 1117, 112, 1816, 1295].contains(&code), "{code}");
}

/// Waits for the operation's end, and cancels what does not end by itself.
fn finish(mut pending: Pending) {
    match pending.operation.wait_timeout(Duration::from_millis(20)) {
        Ok((result, buffer)) => return tick_off(&pending.ticket, pending.event.as_ref(), &result, &buffer),
        Err(late) => pending.operation = late,
    }
    let _ = pending.operation.cancel();
    if let Some(event) = &pending.event {
        let signalled = wait_any(&[event, &pending.operation], LOST);
        assert!(matches!(signalled, Ok(WaitResult::Object(_))), "neither event nor operation is signalled");
    }
    take(pending);
}

/// Takes the outcome of an operation that has ended, or will without help.
fn take(pending: Pending) {
    let Pending { operation, event, ticket } = pending;
    let (result, buffer) = match operation.wait_timeout(LOST) {
        Ok(outcome) => outcome,
        Err(lost) => panic!("its end was lost: {lost:?}"),
    };
    tick_off(&ticket, event.as_ref(), &result, &buffer);
}

fn tick_off(ticket: &Ticket, event: Option<&Event>, result: &overlapped::Result<usize>, buffer: &Poisoned) {
    ticket.done(Route::Operation, result);
    if let Ok(bytes) = result {
        assert!(buffer.bytes().len() >= *bytes);
    }
    // A read that was refused at once, at the end of the file say, leaves its event reset (contract 00 section 0.4).
    if let (Some(event), Ok(_)) = (event, result) {
        assert_eq!(wait_any(&[event], Timeout::from(LOST)), Ok(WaitResult::Object(0)), "its event was never set");
    }
}
