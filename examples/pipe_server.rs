//! A pipe server on a completion port: the instances of one name, two threads, and clients that ask.
//!
//! Each instance is always in one of three requests: waiting for a client, for its message, or for its answer to be taken. What comes from
//! the port says by its context which one that was. A client that closes ends the read with 109; the instance is then disconnected and
//! listens again.
//!
//! Run with `cargo run --example pipe_server`.

use overlapped::pipe::{NamedPipeServer, PipeOptions, call};
use overlapped::{Associated, CompletionPort, Timeout};
use std::sync::atomic::{AtomicUsize, Ordering};

const INSTANCES: usize = 3;
const CLIENTS: usize = 4;
const CALLS: usize = 25;

/// What a completion is about.
#[derive(Clone, Copy, Debug)]
enum Step {
    Connected,
    Asked,
    Answered,
}

type Instance = Associated<NamedPipeServer, usize, Step>;

fn listen(instance: &Instance) {
    let _ = instance.disconnect();
    // A client may be faster than the call: then there is no packet, and its message can be read at once.
    if instance.connect(Step::Connected).is_err() {
        read(instance);
    }
}

fn read(instance: &Instance) {
    if instance.read(Vec::with_capacity(256), Step::Asked).is_err() {
        listen(instance);
    }
}

fn serve(port: &CompletionPort<usize, Step>, instances: &[Instance], answers: &AtomicUsize) {
    while let Ok(done) = port.get() {
        let instance = &instances[done.key];
        match (done.result, done.context, done.buffer) {
            (Ok(_), Step::Connected | Step::Answered, _) => read(instance),
            (Ok(_), Step::Asked, Some(mut text)) => {
                text.make_ascii_uppercase();
                answers.fetch_add(1, Ordering::Relaxed);
                if instance.write(text, Step::Answered).is_err() {
                    listen(instance);
                }
            }
            _ => listen(instance),
        }
    }
}

fn main() -> overlapped::Result<()> {
    let name = format!(r"\\.\pipe\shouting-{}", std::process::id());
    let port = CompletionPort::<usize, Step>::new(0)?;
    let mut instances = Vec::new();
    for key in 0..INSTANCES {
        let server = PipeOptions::new().messages().create(&name)?;
        instances.push(port.associate(server, key)?);
    }
    instances.iter().for_each(listen);

    let answers = AtomicUsize::new(0);
    let right = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| serve(&port, &instances, &answers));
        }
        let clients: Vec<_> = (0..CLIENTS)
            .map(|me| {
                let name = &name;
                scope.spawn(move || {
                    (0..CALLS).filter(|number| asks(name, &format!("client {me}, call {number}"))).count()
                })
            })
            .collect();
        let right: usize = clients.into_iter().map(|client| client.join().expect("a client")).sum();
        port.close();
        right
    });
    println!("{right} right answers of {}, {} given", CLIENTS * CALLS, answers.into_inner());
    assert_eq!(right, CLIENTS * CALLS);
    Ok(())
}

/// Calls the pipe, and looks at the answer.
fn asks(name: &str, text: &str) -> bool {
    let mut answer = [0; 256];
    match call(name, text.as_bytes(), &mut answer, Some(Timeout::Infinite)) {
        Ok(got) => answer[..got.bytes] == *text.to_ascii_uppercase().as_bytes(),
        Err(error) => panic!("{error}"),
    }
}
