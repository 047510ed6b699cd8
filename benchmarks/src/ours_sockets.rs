//! Our echo server: what a user of the Rust face writes, a port and threads that take the next completion.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use overlapped::{Associated, CompletionPort, TcpStream};

use crate::benches::echo::{Job, Server};
use crate::team;

#[derive(Clone, Copy, PartialEq)]
enum About {
    Receive,
    Send,
    End,
}

type Stream = Associated<TcpStream, usize, About>;

/// See the module page.
pub struct PortServer {
    port: CompletionPort<usize, About>,
    threads: Vec<JoinHandle<()>>,
}

impl Server for PortServer {
    fn start(job: Job) -> io::Result<Self> {
        let port = CompletionPort::<usize, About>::new(job.threads as u32)?;
        let streams: Result<Vec<Stream>, overlapped::Error> = job
            .streams
            .into_iter()
            .enumerate()
            .map(|(key, stream)| port.associate(TcpStream::try_from(stream)?, key))
            .collect();
        let streams = Arc::new(streams?);
        for stream in streams.iter() {
            stream.receive(Vec::with_capacity(job.size), About::Receive).map_err(overlapped::Error::from)?;
        }
        let alone = job.threads == 1;
        let threads = (0..job.threads)
            .map(|_| {
                let (port, streams) = (port.clone(), Arc::clone(&streams));
                std::thread::spawn(move || {
                    if alone {
                        team::pin_first();
                    }
                    serve(&port, &streams);
                })
            })
            .collect();
        Ok(Self { port, threads })
    }
}

fn serve(port: &CompletionPort<usize, About>, streams: &[Stream]) {
    loop {
        let done = port.get().expect("the port is open");
        let (About::Receive | About::Send, Ok(1..), Some(buffer)) = (done.context, &done.result, done.buffer) else {
            return;
        };
        let stream = &streams[done.key];
        let issued = match done.context {
            About::Receive => stream.send(buffer, About::Send),
            _ => stream.receive(buffer, About::Receive),
        };
        if issued.is_err() {
            return;
        }
    }
}

impl Drop for PortServer {
    fn drop(&mut self) {
        for _ in &self.threads {
            self.port.post(0, About::End).expect("the port is open");
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
