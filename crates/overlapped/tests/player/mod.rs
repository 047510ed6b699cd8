//! The player of the random game in `routes.rs`, and what players share.

mod book;
mod requests;
mod signals;

use crate::common::{LOST, Lab, Ledger, Poisoned, Random, eventually, within};
use book::{Book, Route, Ticket};
use overlapped::alertable::{self, ThreadRef};
use overlapped::{
    Associated, Completion, CompletionPort, Event, MutexObject, Operation, OverlappedFile, Semaphore, Timer,
};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const FILE_SIZE: usize = 64 << 10;
/// Most operations that a player has on their way.
const MANY: usize = 40;
/// What the semaphore lets in.
const PLACES: i32 = 3;

type Port = CompletionPort<u8, Ticket, Poisoned>;
type Device = Associated<OverlappedFile, u8, Ticket, Poisoned>;

thread_local! {
    /// Is the thread in an alertable wait?
    static ALERTABLE: Cell<bool> = const { Cell::new(false) };
}

/// Makes an alertable wait, the only place in which routines may run.
fn alertably<T>(wait: impl FnOnce() -> T) -> T {
    ALERTABLE.set(true);
    let result = wait();
    ALERTABLE.set(false);
    result
}

/// What the players share.
pub struct Arena<'a> {
    lab: &'a Lab,
    port: Port,
    on_port: Vec<Device>,
    plain: Vec<OverlappedFile>,
    fifo: OverlappedFile,
    ledger: Arc<Ledger>,
    book: Arc<Book>,
    places: Semaphore,
    turn: MutexObject,
    baton: Event,
    players: Mutex<Vec<ThreadRef>>,
    /// Functions that were queued to players, and those that ran.
    queued: Arc<AtomicUsize>,
    ran: Arc<AtomicUsize>,
}

impl<'a> Arena<'a> {
    pub fn new(lab: &'a Lab) -> Self {
        let port = Port::new_in(&lab.system, 2);
        for name in ["a", "b", "c"] {
            lab.file(name, vec![1; FILE_SIZE]);
        }
        let on_port = ["a", "b"].iter().zip(0..).map(|(name, key)| port.associate(lab.open(name), key).unwrap());
        Self {
            on_port: on_port.collect(),
            plain: vec![lab.open("c"), lab.open("a")],
            fifo: lab.fifo("fifo"),
            ledger: Ledger::counting(),
            book: Book::new(),
            places: Semaphore::new(PLACES, PLACES).unwrap(),
            turn: MutexObject::new(false),
            baton: Event::auto_reset(true),
            players: Mutex::new(Vec::new()),
            queued: Arc::default(),
            ran: Arc::default(),
            lab,
            port,
        }
    }

    fn took(&self, packet: Completion<u8, Ticket, Poisoned>) {
        let Completion { context, buffer, result, .. } = packet;
        context.done(Route::Port, &result);
        if let (Some(buffer), Ok(bytes)) = (&buffer, &result) {
            assert!(buffer.bytes().len() >= *bytes);
        }
    }

    /// Everything that was accepted comes; the signals that went round are all there; then nothing is left.
    pub fn settle(self) {
        for device in &self.on_port {
            device.cancel_all();
        }
        while self.book.open(Route::Port) > 0 {
            match self.port.get_timeout(LOST).unwrap() {
                Some(packet) => self.took(packet),
                None => panic!("{} packets never came", self.book.open(Route::Port)),
            }
        }
        assert!(self.port.try_get().unwrap().is_none(), "a packet that nobody asked for");
        self.signals_are_all_there();
        let Self { lab, port, on_port, plain, fifo, ledger, book, queued, ran, .. } = self;
        assert_eq!(queued.load(Ordering::SeqCst), ran.load(Ordering::SeqCst), "functions queued, and run");
        drop((port, on_port, plain, fifo));
        eventually("every buffer is given back", || ledger.alive() == 0);
        book.close(lab.name());
    }
}

/// One thread's part.
pub struct Player<'a> {
    lab: &'a Lab,
    arena: &'a Arena<'a>,
    random: Random,
    mine: Vec<Pending>,
    /// A file on which this player has one request at a time.
    alone: OverlappedFile,
    timer: Timer,
    /// Routines of this player that have not run.
    routines: Arc<AtomicUsize>,
}

/// An operation whose owner will look after it.
struct Pending {
    operation: Operation<Poisoned>,
    event: Option<Event>,
    ticket: Ticket,
}

impl<'a> Player<'a> {
    pub fn new(lab: &'a Lab, arena: &'a Arena<'a>, random: Random) -> Self {
        arena.players.lock().unwrap().push(alertable::current());
        let (alone, timer) = (lab.open("b"), Timer::auto_reset_in(&lab.system));
        Self { lab, arena, random, mine: Vec::new(), alone, timer, routines: Arc::default() }
    }

    pub fn play(mut self, count: usize) {
        for _ in 0..count {
            self.step();
            if self.mine.len() > MANY {
                self.finish_one();
            }
        }
        while !self.mine.is_empty() {
            self.finish_one();
        }
        self.timer.cancel();
        self.leave();
    }

    /// Nobody queues functions to this player any more; what is queued runs, and so do its routines.
    fn leave(self) {
        let me = alertable::current();
        self.arena.players.lock().unwrap().retain(|player| !player.same(&me));
        for file in &self.arena.plain {
            file.cancel_own();
        }
        let done = || self.routines.load(Ordering::SeqCst) == 0;
        let alert = || alertably(|| alertable::sleep_in(&self.lab.system, Duration::from_millis(1)));
        assert!(within(LOST, || done() || (alert() && done())), "{:?} routines never ran", self.routines);
        while alert() {}
    }

    fn step(&mut self) {
        match self.random.below(1000) {
            0..170 => self.operation(),
            170..270 => self.with_event(),
            270..320 => self.by_the_device(),
            320..420 => self.with_routine(),
            420..540 => self.on_port(),
            540..580 => self.post(),
            580..720 => self.get(),
            720..800 => self.finish_one(),
            800..830 => self.cancel_one(),
            830..860 => self.drop_one(),
            860..885 => self.alertable_wait(),
            885..925 => self.semaphore_and_others(),
            925..940 => self.function_for_somebody(),
            940..955 => self.set_timer(),
            955..970 => self.pipe(),
            970..977 => self.cancel_many(),
            977..984 => self.short_life(),
            984..988 => self.short_port(),
            988..994 => self.duplicate(),
            994..998 => self.refused(),
            998 => self.short_thread(),
            // Its two threads race, and a simulated run is to be replayed.
            _ if self.lab.is_simulated() => self.cancel_many(),
            _ => self.blocked_reader(),
        }
    }

    fn buffer(&mut self) -> Poisoned {
        let len = [0, 1, 100, 512, 4096][self.random.below(5)];
        self.arena.ledger.zeroed(len)
    }

    /// One in sixteen at or past the end of the file.
    fn offset(&mut self) -> u64 {
        (self.random.below(FILE_SIZE + FILE_SIZE / 16) & !511) as u64
    }

    fn inside(&mut self) -> u64 {
        (self.random.below(FILE_SIZE - 4096) & !511) as u64
    }

    /// A limit that is often too short. On virtual time, what does not end within it costs a moment of real time.
    fn moment(&mut self) -> Duration {
        let micros = if self.lab.is_simulated() { [0, 0, 8000] } else { [0, 20, 100] };
        Duration::from_micros(micros[self.random.below(3)])
    }

    fn pick(&mut self) -> Option<usize> {
        if self.mine.is_empty() { None } else { Some(self.random.below(self.mine.len())) }
    }
}
