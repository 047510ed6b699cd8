//! How a port manages its threads (contract 06 section 9), seen with real threads: who is woken, who waits, what blocking does.
//!
//! A [`Worker`] is a thread under remote control. Between commands it computes, so that it counts as running in every respect.

mod common;

use common::{
    LOST, Lab, MOMENT, bounded_by, compute_until, eventually, on_every_engine, on_real_engines, thread_id, within,
};
use overlapped::{CompletionPort, Event, Timeout, blocking};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

type Port = CompletionPort<(), u32>;
type Command = Box<dyn FnOnce() + Send>;

/// See the module page.
struct Worker {
    port: Port,
    id: u32,
    commands: Option<Sender<Command>>,
    got: Receiver<Result<u32, u32>>,
    tell: Sender<Result<u32, u32>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn start(port: &Port) -> Self {
        let (commands, inbox) = channel::<Command>();
        let (tell, got) = channel();
        let (me, id) = channel();
        let thread = std::thread::spawn(move || {
            me.send(thread_id()).unwrap();
            loop {
                match inbox.try_recv() {
                    Ok(command) => command(),
                    Err(TryRecvError::Empty) => std::thread::yield_now(),
                    Err(TryRecvError::Disconnected) => return,
                }
            }
        });
        let id = id.recv().unwrap();
        Self { port: port.clone(), id, commands: Some(commands), got, tell, thread: Some(thread) }
    }

    fn run(&self, command: impl FnOnce() + Send + 'static) {
        self.commands.as_ref().unwrap().send(Box::new(command)).unwrap();
    }

    /// Has it come to the port for a packet.
    fn get(&self) {
        let (port, tell) = (self.port.clone(), self.tell.clone());
        self.run(move || tell.send(port.get().map(|packet| packet.context).map_err(|e| e.code().0)).unwrap());
    }

    /// The same, and sees it enter the waiting stack.
    fn get_and_wait(&self) {
        self.get();
        eventually("the worker waits", || self.port.snapshot().waiting.contains(&self.id));
    }

    /// What it took.
    #[track_caller]
    fn took(&self) -> u32 {
        self.ended().expect("a packet")
    }

    #[track_caller]
    fn ended(&self) -> Result<u32, u32> {
        self.got.recv_timeout(LOST).expect("the worker's call never ended")
    }

    /// Nothing, for a moment.
    #[track_caller]
    fn sleeps_on(&self) {
        std::thread::sleep(MOMENT);
        assert!(self.got.try_recv().is_err(), "the worker took a packet");
    }

    fn is_waiting(&self) -> bool {
        self.port.snapshot().waiting.contains(&self.id)
    }

    fn is_released(&self) -> bool {
        self.port.snapshot().released.contains(&self.id)
    }

    fn is_paused(&self) -> bool {
        self.port.snapshot().is_paused(self.id)
    }

    /// Ends the thread.
    fn exit(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The test is over: whoever still waits goes home.
        self.port.close();
        if !std::thread::panicking() {
            self.exit();
        }
    }
}

fn port(lab: &Lab, concurrency: u32) -> Port {
    CompletionPort::new_in(&lab.system, concurrency)
}

/// Workers that have come to the port one after the other.
fn waiting<const N: usize>(port: &Port) -> [Worker; N] {
    let workers = std::array::from_fn(|_| Worker::start(port));
    workers.iter().for_each(Worker::get_and_wait);
    workers
}

#[test]
fn the_newest_waiting_thread_wakes_first() {
    // Section 9, rule 4.
    on_every_engine(|lab| {
        let port = port(lab, 3);
        let [a, b, c] = waiting(&port);
        assert_eq!(port.snapshot().waiting, [c.id, b.id, a.id], "newest first");
        for (worker, packet) in [(&c, 1), (&b, 2), (&a, 3)] {
            port.post((), packet).unwrap();
            assert_eq!(worker.took(), packet);
            assert!(worker.is_released());
        }
        assert!(port.snapshot().waiting.is_empty());
    });
}

#[test]
fn surplus_threads_never_wake() {
    // Section 9, rule 4: LIFO keeps one thread busy; the others' sleep is not disturbed.
    on_every_engine(|lab| {
        let port = port(lab, 2);
        let [a, b, c] = waiting(&port);
        for packet in 0..20 {
            port.post((), packet).unwrap();
            assert_eq!(c.took(), packet);
            c.get_and_wait();
        }
        assert!(a.is_waiting() && b.is_waiting());
        port.close();
        [a, b, c].iter().for_each(|worker| assert_eq!(worker.ended(), Err(735)));
    });
}

#[test]
fn concurrency_1_lets_one_thread_run() {
    // Section 9, rules 2 and 4.
    on_every_engine(|lab| {
        let port = port(lab, 1);
        let [a, b] = waiting(&port);
        (1..=3).for_each(|packet| port.post((), packet).unwrap());
        assert_eq!(b.took(), 1);
        a.sleeps_on();
        assert_eq!(port.snapshot().packets.len(), 2);
        // The busy thread serves the backlog ahead of the waiting one.
        for packet in [2, 3] {
            b.get();
            assert_eq!(b.took(), packet);
        }
        assert!(a.is_waiting());
        b.get_and_wait();
        assert_eq!(port.snapshot().active, 0);
    });
}

#[test]
fn concurrency_2_lets_two_threads_run() {
    on_every_engine(|lab| {
        let port = port(lab, 2);
        let [a, b, c] = waiting(&port);
        (1..=3).for_each(|packet| port.post((), packet).unwrap());
        assert_eq!((c.took(), b.took()), (1, 2));
        a.sleeps_on();
        let picture = port.snapshot();
        assert_eq!((picture.active, picture.packets.len()), (2, 1));
    });
}

#[test]
fn concurrency_0_is_the_number_of_processors() {
    // Section 1.
    on_real_engines(|lab| {
        let processors = std::thread::available_parallelism().unwrap().get() as u32;
        let port = port(lab, 0);
        assert_eq!(port.snapshot().concurrency, processors);
        let workers: Vec<Worker> = (0..=processors).map(|_| Worker::start(&port)).collect();
        workers.iter().for_each(Worker::get_and_wait);
        (0..=processors).for_each(|packet| port.post((), packet).unwrap());
        workers[1..].iter().for_each(|worker| assert!(worker.took() <= processors));
        workers[0].sleeps_on();
        assert_eq!(port.snapshot().active, processors);
    });
}

#[test]
fn a_thread_waits_beside_queued_packets_when_the_limit_is_reached() {
    // Section 9, rule 3.
    on_every_engine(|lab| {
        let port = port(lab, 1);
        let (a, b) = (Worker::start(&port), Worker::start(&port));
        port.post((), 1).unwrap();
        port.post((), 2).unwrap();
        a.get();
        assert_eq!(a.took(), 1);
        b.get_and_wait();
        b.sleeps_on();
        assert_eq!(port.snapshot().packets.len(), 1);
        // Leaving by going to wait elsewhere lets it go.
        a.get();
        assert_eq!(a.took(), 2, "the caller takes it ahead of the waiting thread");
    });
}

/// The first worker takes packet 1 of a port of concurrency 1 and blocks by `block` until `resume`; the second one gets packet
/// 2 meanwhile; then both run, and packet 3 waits until fewer than one run.
fn check_blocking(port: &Port, block: impl FnOnce() + Send + 'static, resume: impl FnOnce()) {
    let [b, a] = waiting(port);
    port.post((), 1).unwrap();
    assert_eq!(a.took(), 1);
    port.post((), 2).unwrap();
    b.sleeps_on();
    a.run(block);
    assert_eq!(b.took(), 2, "rule 5: who blocks lets another one run");
    assert!(a.is_paused() && b.is_released());
    assert_eq!(port.snapshot().active, 1);

    resume();
    eventually("the blocked thread runs again", || a.is_released());
    assert_eq!(port.snapshot().active, 2, "rule 6: the count exceeds the concurrency value");
    let c = Worker::start(port);
    c.get_and_wait();
    port.post((), 3).unwrap();
    c.sleeps_on();
    // B leaves: one runs, not fewer than one; still nobody is woken.
    b.get_and_wait();
    c.sleeps_on();
    a.get();
    assert_eq!(a.took(), 3);
    port.close();
    assert_eq!((b.ended(), c.ended()), (Err(735), Err(735)));
}

#[test]
fn a_wait_for_an_event_pauses_its_thread() {
    on_every_engine(|lab| {
        let (event, set) = (Event::manual_reset(false), Event::clone);
        let resume = set(&event);
        check_blocking(&port(lab, 1), move || assert!(event.wait(Timeout::Infinite)), move || resume.set());
    });
}

#[test]
fn a_wait_for_an_operation_pauses_its_thread() {
    on_real_engines(|lab| {
        let fifo = lab.fifo("fifo");
        let writer = std::fs::OpenOptions::new().write(true).open(lab.path("fifo")).unwrap();
        let block = move || assert_eq!(fifo.read_at(vec![0; 2], 0).wait(), (Ok(2), b"go".to_vec()));
        check_blocking(&port(lab, 1), block, move || assert_eq!(rustix::io::write(&writer, b"go"), Ok(2)));
    });
}

#[test]
fn synchronous_file_io_pauses_its_thread() {
    on_real_engines(|lab| {
        let path = lab.make_fifo("fifo");
        let file = lab.options().read(true).write(true).open(&path).unwrap();
        let writer = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let block = move || assert_eq!(file.read_bytes(&mut [0; 2]), Ok(2));
        check_blocking(&port(lab, 1), block, move || assert_eq!(rustix::io::write(&writer, b"go"), Ok(2)));
    });
}

#[test]
fn a_blocking_section_pauses_its_thread() {
    // Section 9, the note: an explicit guard for foreign blocking.
    on_every_engine(|lab| {
        let (resume, foreign) = channel::<()>();
        check_blocking(&port(lab, 1), move || blocking(|| foreign.recv().unwrap()), move || resume.send(()).unwrap());
    });
}

#[test]
fn a_blocking_section_may_itself_come_to_the_port() {
    on_every_engine(|lab| {
        let port = port(lab, 1);
        let inner = port.clone();
        let worker = Worker::start(&port);
        port.post((), 1).unwrap();
        worker.get();
        assert_eq!(worker.took(), 1);
        let done = worker.tell.clone();
        worker.run(move || blocking(|| done.send(Ok(inner.get().unwrap().context)).unwrap()));
        eventually("it waits", || worker.is_waiting());
        port.post((), 2).unwrap();
        assert_eq!(worker.took(), 2);
        eventually("it counts once", || worker.is_released() && port.snapshot().active == 1);
    });
}

#[test]
fn the_worked_case_of_the_contract() {
    // Section 9, item 10, word for word.
    on_every_engine(|lab| {
        let port = port(lab, 2);
        let [a, b, c, d] = waiting(&port);
        (1..=3).for_each(|packet| port.post((), packet).unwrap());
        assert_eq!((d.took(), c.took()), (1, 2), "D and C wake");
        assert_eq!(port.snapshot().packets.len(), 1, "the third packet stays queued");

        let event = Event::manual_reset(false);
        let waited = event.clone();
        c.run(move || assert!(waited.wait(Timeout::Infinite)));
        assert_eq!(b.took(), 3, "C blocks: B wakes for the third");
        event.set();
        eventually("C resumes", || c.is_released());
        assert_eq!(port.snapshot().active, 3, "three released");

        port.post((), 4).unwrap();
        d.get_and_wait();
        d.sleeps_on();
        assert_eq!(port.snapshot().packets.len(), 1, "released without D is 2, not < 2: D waits");
        assert_eq!(port.snapshot().waiting, [d.id, a.id]);
        b.get();
        assert_eq!(b.took(), 4, "released without B is 1: B takes the packet");
        assert!(a.is_waiting() && d.is_waiting());
    });
}

#[test]
fn a_timed_out_thread_counts_as_running() {
    // Section 9, rule 9.
    on_real_engines(|lab| {
        let port = port(lab, 1);
        let [b] = waiting(&port);
        let a = Worker::start(&port);
        let (own, tell) = (port.clone(), a.tell.clone());
        a.run(move || {
            assert!(own.get_timeout(Duration::from_millis(10)).unwrap().is_none());
            tell.send(Ok(0)).unwrap();
        });
        assert_eq!(a.took(), 0);
        assert!(a.is_released());
        port.post((), 1).unwrap();
        b.sleeps_on();
        a.get();
        assert_eq!(a.took(), 1);
    });
}

#[test]
fn a_thread_that_ends_lets_another_one_run() {
    // Section 9, rule 8.
    on_every_engine(|lab| {
        let port = port(lab, 1);
        let [b, mut a] = waiting(&port);
        port.post((), 1).unwrap();
        assert_eq!(a.took(), 1);
        port.post((), 2).unwrap();
        b.sleeps_on();
        a.exit();
        assert_eq!(b.took(), 2);
        let picture = port.snapshot();
        assert_eq!((picture.released, picture.active), (vec![b.id], 1));
    });
}

#[test]
fn a_thread_that_goes_to_another_port_lets_another_one_run() {
    // Section 9, rules 1 and 8.
    on_every_engine(|lab| {
        let (here, there) = (port(lab, 1), port(lab, 1));
        let [b, a] = waiting(&here);
        here.post((), 1).unwrap();
        assert_eq!(a.took(), 1);
        here.post((), 2).unwrap();
        b.sleeps_on();
        let (other, tell) = (there.clone(), a.tell.clone());
        a.run(move || tell.send(Ok(other.get().unwrap().context)).unwrap());
        assert_eq!(b.took(), 2);
        there.post((), 7).unwrap();
        assert_eq!(a.took(), 7);
        assert_eq!((there.snapshot().released, here.snapshot().released), (vec![a.id], vec![b.id]));
    });
}

#[test]
fn closing_sends_every_waiting_thread_home() {
    // Section 7: every waiter returns 735.
    on_every_engine(|lab| {
        let port = port(lab, 1);
        let workers: [Worker; 5] = waiting(&port);
        port.close();
        workers.iter().for_each(|worker| assert_eq!(worker.ended(), Err(735)));
        assert!(port.snapshot().waiting.is_empty());
    });
}

#[test]
fn a_packet_left_for_its_poster_reaches_a_waiting_thread_soon() {
    // Design section 2, lazy wake: "at the latest at the service thread's next look", although its poster computes.
    on_real_engines(|lab| {
        let port = port(lab, 2);
        let [idle, busy] = waiting(&port);
        port.post((), 0).unwrap();
        assert_eq!(busy.took(), 0);
        let (mut delays, mut packet) = (Vec::new(), 0);
        // The machine may be busy with others: it must never be lost, and soon again and again.
        eventually("three of at least ten came soon", || {
            packet += 1;
            let stop = std::sync::Arc::new(AtomicBool::new(false));
            let (own, over) = (port.clone(), std::sync::Arc::clone(&stop));
            let (tell, told) = channel();
            busy.run(move || {
                own.post((), packet).unwrap();
                tell.send(Instant::now()).unwrap();
                compute_until(&over);
            });
            assert_eq!(idle.took(), packet);
            delays.push(told.recv().unwrap().elapsed());
            stop.store(true, Ordering::Release);
            idle.get_and_wait();
            delays.len() >= 10 && delays.iter().filter(|delay| **delay < Duration::from_millis(10)).count() >= 3
        });
    });
}

#[test]
fn a_packet_left_for_its_poster_is_handed_over_when_the_poster_blocks_or_ends() {
    on_real_engines(|lab| {
        let port = port(lab, 2);
        let [idle, mut busy] = waiting(&port);
        port.post((), 0).unwrap();
        assert_eq!(busy.took(), 0);
        let event = Event::manual_reset(false);
        let (own, waited) = (port.clone(), event.clone());
        busy.run(move || {
            own.post((), 1).unwrap();
            assert!(waited.wait(Timeout::Infinite));
        });
        assert_eq!(idle.took(), 1);
        event.set();
        idle.get_and_wait();
        let own = port.clone();
        busy.run(move || own.post((), 2).unwrap());
        busy.exit();
        assert_eq!(idle.took(), 2);
    });
}

#[test]
fn completions_find_waiting_threads() {
    // Section 9, rule 4, with packets of requests: two workers and a file, everything served.
    on_every_engine(|lab| {
        lab.file("data", common::pattern(64 << 10, 5));
        let port = port(lab, 2);
        let file = port.associate(lab.open("data"), ()).unwrap();
        let workers: [Worker; 2] = waiting(&port);
        for round in 0..200_u32 {
            file.read_at(Vec::with_capacity(512), u64::from(round % 128) * 512, round).unwrap();
            assert_eq!(workers[1].took(), round, "the newest waiting thread");
            workers[1].get_and_wait();
        }
        port.close();
    });
}

#[test]
fn many_threads_share_the_work_without_losing_any() {
    // No lost wake-up: producers and consumers outnumber the processors and the limit; some consumers block now and then.
    on_every_engine(|lab| {
        let port = port(lab, 2);
        let total = 20_000;
        let taken = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for consumer in 0..6 {
                let (port, taken) = (&port, &taken);
                scope.spawn(move || {
                    while let Ok(packet) = port.get() {
                        if packet.context % 512 == consumer {
                            blocking(|| std::thread::sleep(Duration::from_micros(200)));
                        }
                        if taken.fetch_add(1, Ordering::SeqCst) + 1 == total {
                            port.close();
                        }
                    }
                });
            }
            for producer in 0..4 {
                let port = &port;
                scope.spawn(move || (0..total / 4).for_each(|n| port.post((), n * 4 + producer).unwrap()));
            }
        });
        assert_eq!(taken.load(Ordering::SeqCst), total);
    });
}

#[test]
fn a_worker_that_never_waits_for_long_still_sees_requests_of_sleepers() {
    // A thread in a port wait with a short limit comes and goes; nothing is lost between two of its waits.
    on_every_engine(|lab| {
        let port = port(lab, 1);
        let (posted, own) = (2000, port.clone());
        let poster = std::thread::spawn(move || {
            for n in 0..posted {
                own.post((), n).unwrap();
                if n % 16 == 0 {
                    std::thread::yield_now();
                }
            }
        });
        let mut next = 0;
        assert!(within(LOST, || {
            while let Some(packet) = port.get_timeout(Duration::from_micros(50)).unwrap() {
                assert_eq!(packet.context, next);
                next += 1;
            }
            next == posted
        }));
        bounded_by(LOST, "the poster", move || poster.join().unwrap());
    });
}
