//! Pipes through the Rust face (contract 07 §1 to §3), on every engine, and between two processes.

#[path = "../common/mod.rs"]
mod common;
mod connecting;
mod crowd;
mod far;
mod polled;
mod waiting;

use common::{LOST, Lab, Random, bounded, eventually, on_every_engine, on_real_engines, pattern};
use overlapped::pipe::{
    ClientOptions, Direction, NamedPipeClient, NamedPipeServer, PipeOptions, Received, anonymous_in, call,
    wait_named_pipe,
};
use overlapped::{BufResult, CompletionPort, Event, NotificationModes, Operation, Timeout, alertable};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A name that nobody else has.
fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(r"\\.\pipe\ovl-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn options(lab: &Lab) -> PipeOptions {
    PipeOptions::new().system(&lab.system)
}

fn client(lab: &Lab) -> ClientOptions {
    ClientOptions::new().system(&lab.system)
}

/// A pipe of messages, read as such, with a quota each way.
fn messages(lab: &Lab, quota: u32) -> (NamedPipeServer, NamedPipeClient) {
    let name = fresh();
    let server = options(lab).messages().quotas(quota, quota).create(&name).expect("a server");
    let client = client(lab).messages().open(&name).expect("a client");
    (server, client)
}

/// A pipe of bytes.
fn bytes(lab: &Lab, quota: u32) -> (NamedPipeServer, NamedPipeClient) {
    let name = fresh();
    let server = options(lab).quotas(quota, quota).create(&name).expect("a server");
    let client = client(lab).open(&name).expect("a client");
    (server, client)
}

fn room(len: usize) -> Vec<u8> {
    Vec::with_capacity(len)
}

/// What an operation came to, as numbers.
fn outcome<B>((result, buffer): BufResult<B>) -> (std::result::Result<usize, u32>, B) {
    (result.map_err(|error| error.code().0), buffer)
}

#[track_caller]
fn code<B>(operation: Operation<B>) -> u32
where
    B: Send + 'static,
{
    operation.wait().0.expect_err("a failure").code().0
}

#[track_caller]
fn failure<T>(result: overlapped::Result<T>) -> u32 {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => error.code().0,
    }
}

/// Notifications of pipe requests: events, routines, a port with its modes (contract 03 §5, §6; 05 §2; 06).
#[test]
fn a_pipe_tells_by_event_routine_and_port() {
    on_every_engine(|lab| {
        let (server, client) = messages(lab, 100);
        let event = Event::manual_reset(true);
        let read = server.read_with_event(room(8), &event);
        assert!(!event.wait(Timeout::Poll), "reset by the request");
        client.write("one").wait().0.expect("written");
        assert!(event.wait(LOST));
        assert_eq!(outcome(read.wait()), (Ok(3), b"one".to_vec()));

        let told = Arc::new(Mutex::new(Vec::new()));
        let place = Arc::clone(&told);
        let accepted = server.read_then(room(2), move |result, buffer| {
            place.lock().unwrap().push((result.map_err(|error| error.code().0), buffer));
        });
        assert!(accepted.is_ok());
        client.write("two").wait().0.expect("written");
        assert!(told.lock().unwrap().is_empty(), "not before an alertable wait");
        eventually("the routine", || {
            alertable::sleep_in(&lab.system, Duration::from_millis(1)) || !told.lock().unwrap().is_empty()
        });
        assert_eq!(*told.lock().unwrap(), [(Err(234), b"tw".to_vec())]);
        assert_eq!(outcome(server.read(room(8)).wait()).0, Ok(1));

        let port = CompletionPort::<&str, u32>::new_in(&lab.system, 0);
        let server = port.associate(server, "pipe").expect("associated");
        server.read(room(2), 7).expect("accepted");
        client.write("three").wait().0.expect("written");
        let done = port.get().expect("a packet");
        assert_eq!((done.key, done.context, done.buffer), ("pipe", 7, Some(b"th".to_vec())));
        assert_eq!(done.result.map_err(|error| error.code().0), Err(234));
        // A part of a message is reported as pending first, so that its packet comes whatever the mode (decision D5).
        server.set_notification_modes(NotificationModes::SKIP_COMPLETION_PORT_ON_SUCCESS).expect("set");
        server.read(room(2), 8).expect("accepted");
        assert_eq!(port.get().expect("a packet").context, 8);
        // And so does that of a read that is done at once: the call cannot hand its outcome back.
        server.read(room(2), 9).expect("accepted");
        let done = port.get_timeout(LOST).expect("open").expect("a packet");
        assert_eq!((done.context, done.result, done.buffer), (9, Ok(1), Some(b"e".to_vec())));
        // One that asks for that gets it from the call.
        client.write("four").wait().0.expect("written");
        let answer = server.at_once().read(room(8), 10).expect("accepted");
        let done = answer.or_else(|| port.get_timeout(LOST).expect("open")).expect("one way or the other");
        assert_eq!((done.key, done.context, done.buffer), ("pipe", 10, Some(b"four".to_vec())));
        let answer = server.at_once().write(b"five".to_vec(), 11).expect("accepted");
        let done = answer.or_else(|| port.get_timeout(LOST).expect("open")).expect("one way or the other");
        assert_eq!((done.context, done.result), (11, Ok(4)));
        assert!(port.try_get().expect("open").is_none());
    });
}
