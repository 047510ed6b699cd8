//! Who runs tasks if there is no port: pools of so many threads, tokio, rayon.

use std::io;
use std::sync::Arc;
use std::thread;
use std::thread::JoinHandle;

use crate::benches::useful::{CPUS, Crew, Run};

type Job = (Arc<Run>, u64);

/// So many threads that take tasks from one channel.
pub struct Pool {
    sender: Option<crossbeam_channel::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// With this many threads.
    pub fn new(threads: usize) -> Self {
        let (sender, receiver) = crossbeam_channel::unbounded::<Job>();
        let work =
            |receiver: crossbeam_channel::Receiver<Job>| move || receiver.iter().for_each(|(run, i)| run.task(i));
        let threads = (0..threads).map(|_| thread::spawn(work(receiver.clone()))).collect();
        Self { sender: Some(sender), threads }
    }
}

impl Crew for Pool {
    fn submit(&self, run: &Arc<Run>, index: u64) {
        let sender = self.sender.as_ref().expect("taken only at the end");
        sender.send((Arc::clone(run), index)).expect("the threads live as long as the pool");
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.sender = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// rayon with a thread for each processor.
pub struct Rayon(rayon::ThreadPool);

impl Rayon {
    /// A pool of its own.
    pub fn open() -> Result<Self, String> {
        rayon::ThreadPoolBuilder::new().num_threads(CPUS).build().map(Self).map_err(|error| error.to_string())
    }
}

impl Crew for Rayon {
    fn submit(&self, run: &Arc<Run>, index: u64) {
        let run = Arc::clone(run);
        self.0.spawn(move || run.task(index));
    }
}

/// What a tokio task does about its blocking.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Nothing.
    Silent,
    /// `block_in_place`.
    InPlace,
    /// Sends it away by `spawn_blocking`, and awaits it.
    Sent,
}

/// tokio's multi-thread runtime with a worker for each processor.
pub struct Tokio {
    runtime: tokio::runtime::Runtime,
    manner: Manner,
}

impl Tokio {
    /// A runtime of its own.
    pub fn open(manner: Manner) -> Result<Self, String> {
        let build = || -> io::Result<Self> {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(CPUS).build()?;
            Ok(Self { runtime, manner })
        };
        build().map_err(|error| error.to_string())
    }
}

impl Crew for Tokio {
    fn submit(&self, run: &Arc<Run>, index: u64) {
        let (run, manner) = (Arc::clone(run), self.manner);
        self.runtime.spawn(async move {
            let before = run.first_half(index);
            if run.blocks(index) {
                match manner {
                    Manner::Silent => Run::block(),
                    Manner::InPlace => tokio::task::block_in_place(Run::block),
                    Manner::Sent => tokio::task::spawn_blocking(Run::block).await.expect("it does not panic"),
                }
            }
            run.second_half(index, before);
        });
    }
}
