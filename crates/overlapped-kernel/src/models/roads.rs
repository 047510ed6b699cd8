//! Whole requests on an instance whose device queues them: cancel against completion against close, and CancelSynchronousIo.

use super::device::{Queue, call, issue, open};
use super::{check, me};
use crate::clock::Timeout;
use crate::dispatcher::{Event, WaitRef, Waitable};
use crate::idle::Idle;
use crate::instance::Instance;
use crate::port::{NoPacket, Port};
use crate::request::{Parameters, RequestRef};
use crate::road::{Refused, Reply};
use crate::thread::Thread;
use crate::wait::{Outcome, wait_any};
use loom::thread;
use overlapped_abi::{Status, Win32Error};
use std::sync::Arc;

fn spawn(work: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    thread::spawn(work)
}

/// The request has ended once, everybody was told, and the instance has forgotten it.
fn assert_over(instance: &Instance, request: &RequestRef, event: &Arc<Event>) -> Status {
    let completion = request.completion().expect("the request has ended");
    assert_eq!(instance.outstanding(), 0);
    assert!(event.dispatcher().is_signalled() && instance.dispatcher().is_signalled());
    assert_eq!(completion.bytes, if completion.status == Status::SUCCESS { 4 } else { 0 });
    completion.status
}

/// A device, an instance of it, and a pending request with its event.
fn pending() -> (Arc<Queue>, Arc<Instance>, RequestRef, Arc<Event>) {
    let (queue, event) = (Arc::new(Queue::default()), Arc::new(Event::manual_reset(false)));
    let instance = open(&queue, true);
    let request = issue(&instance, Some(&event));
    (queue, instance, request, event)
}

/// A thread that brings data for one request.
fn feeder(queue: &Arc<Queue>) -> thread::JoinHandle<()> {
    let queue = Arc::clone(queue);
    spawn(move || queue.feed())
}

#[test]
fn cancel_against_completion_against_close_end_a_request_once() {
    check(2, || {
        let (queue, instance, request, event) = pending();
        let feeder = feeder(&queue);
        let closer = {
            let instance = Arc::clone(&instance);
            spawn(move || instance.handle_closed())
        };
        let marked = instance.cancel(|_| true);
        feeder.join().unwrap();
        closer.join().unwrap();
        assert!(marked <= 1);
        let status = assert_over(&instance, &request, &event);
        assert!([Status::SUCCESS, Status::CANCELLED].contains(&status), "{status:?}");
        // Taken back, or taken: the data is in one place.
        assert_eq!(queue.left(), usize::from(status == Status::CANCELLED));
    });
}

#[test]
fn a_request_that_is_issued_while_its_handle_closes_ends() {
    check(3, || {
        let (queue, event) = (Arc::new(Queue::default()), Arc::new(Event::manual_reset(false)));
        let instance = open(&queue, true);
        let closer = {
            let instance = Arc::clone(&instance);
            spawn(move || instance.handle_closed())
        };
        let request = issue(&instance, Some(&event));
        closer.join().unwrap();
        assert_eq!(assert_over(&instance, &request, &event), Status::CANCELLED);
    });
}

/// An instance that reports to a port, of a device that shows its requests.
fn showing() -> (Arc<Queue>, Arc<Instance>, Arc<Port>) {
    let (queue, port) = (Arc::new(Queue::shown()), Port::new(1, None));
    let instance = open(&queue, true);
    port.associate(&instance, 7).unwrap();
    (queue, instance, port)
}

/// Issues a read that nobody keeps; it is pending.
fn send_off(instance: &Arc<Instance>) {
    // SAFETY: neither memory nor an OVERLAPPED.
    let issued = unsafe { instance.issue_detached(call(None), Parameters::default()) };
    assert!(issued.is_ok_and(|done| done.is_none()));
}

/// The request has ended once: there is one packet, and nobody has the request any more.
fn assert_told_once(instance: &Instance, port: &Arc<Port>) -> Status {
    assert_eq!(instance.outstanding(), 0);
    let packet = port.remove(&Idle, Timeout::Poll, false).expect("it is told of");
    assert_eq!(port.remove(&Idle, Timeout::Poll, false).err(), Some(NoPacket::TimedOut), "once");
    me().end();
    packet.status
}

#[test]
fn a_request_that_only_its_device_shows_ends_with_its_handle() {
    check(3, || {
        let (_queue, instance, port) = showing();
        let closer = {
            let instance = Arc::clone(&instance);
            spawn(move || instance.handle_closed())
        };
        send_off(&instance);
        closer.join().unwrap();
        assert_eq!(assert_told_once(&instance, &port), Status::CANCELLED);
    });
}

#[test]
fn cancel_against_completion_end_a_request_once_that_only_its_device_shows() {
    check(2, || {
        let (queue, instance, port) = showing();
        send_off(&instance);
        assert_eq!(instance.outstanding(), 1);
        let feeder = feeder(&queue);
        let canceller = {
            let instance = Arc::clone(&instance);
            spawn(move || _ = instance.cancel(|_| true))
        };
        let marked = instance.cancel(|_| true);
        feeder.join().unwrap();
        canceller.join().unwrap();
        assert!(marked <= 1);
        let status = assert_told_once(&instance, &port);
        assert_eq!(queue.left(), usize::from(status == Status::CANCELLED));
    });
}

#[test]
fn who_waits_for_a_request_sees_its_end_whoever_brings_it() {
    check(2, || {
        let (queue, instance, request, event) = pending();
        let feeder = feeder(&queue);
        let canceller = {
            let request = Arc::clone(&request);
            spawn(move || _ = request.cancel())
        };
        let done: WaitRef = request.done();
        let ended = wait_any(instance.idle(), &[done], Timeout::Infinite, false);
        assert_eq!(ended, Ok(Outcome::Object(0)));
        assert!(request.is_complete());
        feeder.join().unwrap();
        canceller.join().unwrap();
        assert_over(&instance, &request, &event);
    });
}

/// A synchronous request of the calling thread.
fn call_and_wait(instance: &Arc<Instance>) -> Result<usize, Win32Error> {
    // SAFETY: neither memory nor an OVERLAPPED.
    match unsafe { instance.call_and_wait(call(None)) } {
        Ok(Reply::Done(_, completion)) => Ok(completion.bytes),
        Ok(Reply::Pending(_)) => panic!("a synchronous request is done"),
        Err(Refused { error, .. }) => Err(error),
    }
}

fn cancel_synchronous(target: Arc<Thread>) -> thread::JoinHandle<bool> {
    thread::spawn(move || target.cancel_synchronous().is_ok())
}

#[test]
fn cancel_synchronous_against_completion_is_found_or_not() {
    check(2, || {
        let queue = Arc::new(Queue::default());
        let instance = open(&queue, false);
        let canceller = cancel_synchronous(me());
        let feeder = feeder(&queue);
        let outcome = call_and_wait(&instance);
        let found = canceller.join().unwrap();
        feeder.join().unwrap();
        match outcome {
            Ok(bytes) => assert_eq!(bytes, 4, "too late, or not found"),
            Err(error) => assert!(found && error == Win32Error::OPERATION_ABORTED, "{error:?}"),
        }
        assert_eq!(queue.left(), usize::from(outcome.is_err()));
        assert_eq!(me().cancel_synchronous(), Err(Win32Error::NOT_FOUND), "the thread is in nothing any more");
    });
}
