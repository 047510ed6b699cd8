//! Our servers and flows: what a user of the Rust face writes, a port and threads that take the next completion.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use overlapped::net::FilePart;
use overlapped::{Associated, CompletionPort, OpenOptions, OverlappedFile, TcpListener, TcpStream};

use crate::benches::bulk::{FileSender, Flow, SIZE, sample, stamp};
use crate::benches::echo::{Job, Server};
use crate::benches::echo_accept::Doorman;
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
            stream.receive(Vec::with_capacity(job.room), About::Receive).map_err(overlapped::Error::from)?;
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

/// A connection that comes, or the end.
enum Guest {
    New(TcpStream),
    End,
}

/// Keeps accepts on their way, and closes what comes.
pub struct PortDoorman {
    port: CompletionPort<(), Guest>,
    thread: Option<JoinHandle<overlapped::Result<()>>>,
}

const ACCEPTS: usize = 64;

impl Doorman for PortDoorman {
    fn start(listener: std::net::TcpListener) -> io::Result<Self> {
        let port = CompletionPort::<(), Guest>::new(1)?;
        let listener = port.associate(TcpListener::try_from(listener)?, ())?;
        (0..ACCEPTS).try_for_each(|_| listener.accept_new(Guest::New))?;
        let thread = {
            let port = port.clone();
            std::thread::spawn(move || {
                team::pin_first();
                while let Guest::New(stream) = port.get()?.context {
                    drop(stream);
                    listener.accept_new(Guest::New)?;
                }
                Ok(())
            })
        };
        Ok(Self { port, thread: Some(thread) })
    }
}

impl Drop for PortDoorman {
    fn drop(&mut self) {
        self.port.post((), Guest::End).expect("the port is open");
        if let Some(Ok(Err(error))) = self.thread.take().map(JoinHandle::join) {
            eprintln!("the accepting thread: {error}");
        }
    }
}

/// Both ends of a connection, each with a port.
pub struct PortFlow {
    sending: CompletionPort<(), ()>,
    sender: Associated<TcpStream, (), ()>,
    receiving: CompletionPort<(), ()>,
    receiver: Associated<TcpStream, (), ()>,
}

/// Sends on their way.
const SENDS: u64 = 4;

impl Flow for PortFlow {
    fn open(sender: std::net::TcpStream, receiver: std::net::TcpStream) -> io::Result<Self> {
        let (sending, receiving) = (CompletionPort::new(1)?, CompletionPort::new(1)?);
        let sender = sending.associate(TcpStream::try_from(sender)?, ())?;
        let receiver = receiving.associate(TcpStream::try_from(receiver)?, ())?;
        Ok(Self { sending, sender, receiving, receiver })
    }

    fn send(&self, pieces: u64) -> io::Result<u64> {
        let (mut begun, mut done) = (0, 0);
        let mut free: Vec<Vec<u8>> = (0..SENDS).map(|_| vec![0; SIZE]).collect();
        while done < pieces {
            if begun < pieces
                && let Some(mut piece) = free.pop()
            {
                stamp(&mut piece, begun);
                self.sender.send(piece, ()).map_err(overlapped::Error::from)?;
                begun += 1;
                continue;
            }
            let sent = self.sending.get()?;
            sent.result?;
            free.extend(sent.buffer);
            done += 1;
        }
        Ok(done)
    }

    fn receive(&self, pieces: u64) -> io::Result<u64> {
        let (mut buffer, mut at) = (Vec::with_capacity(SIZE), 0);
        while at < pieces * SIZE as u64 {
            self.receiver.receive(buffer, ()).map_err(overlapped::Error::from)?;
            let received = self.receiving.get()?;
            if received.result? == 0 {
                break;
            }
            buffer = received.buffer.unwrap_or_default();
            sample(&buffer, at)?;
            at += buffer.len() as u64;
        }
        Ok(at)
    }
}

/// TransmitFile.
pub struct Transmitter {
    stream: TcpStream,
    file: OverlappedFile,
}

impl FileSender for Transmitter {
    fn open(stream: std::net::TcpStream, file: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).open_overlapped(file)?;
        Ok(Self { stream: TcpStream::try_from(stream)?, file })
    }

    fn send(&self, len: u64) -> io::Result<u64> {
        let (sent, ()) = self.stream.transmit_file(&self.file, FilePart { offset: 0, len }).wait();
        Ok(sent? as u64)
    }
}
