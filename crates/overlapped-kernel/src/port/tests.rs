//! The port against a plain model of the rules, over random sequences of what threads do.
//!
//! The threads here are records that a single test thread moves by hand, so every step is deterministic: a thread that waits is
//! simply not moved until the port has ended its wait.

mod measure;
mod stress;

use super::member::Standing;
use super::*;
use crate::sentinel::{Glance, Place, Sight, View};
use crate::thread::Apc;
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

const THREADS: usize = 5;
/// The threads from here on have no records: only a look tells whether they sleep.
const WITHOUT_RECORDS: usize = 3;

/// At each hand-over: the port counts right, and nobody was woken while as many threads ran as may (contract 06 section 9, rule 6).
#[track_caller]
pub(super) fn audit(queue: &Queue) {
    let counted = queue.members.iter().filter(|one| one.thread.member.counts()).count();
    let asleep = queue.members.iter().filter(|one| one.thread.member.standing() == Standing::Asleep).count();
    assert_eq!((counted, asleep), (queue.active as usize, queue.found as usize), "released and found threads");
    assert!(queue.active <= queue.limit, "a thread was woken while {} of {} ran", queue.active - 1, queue.limit);
}

/// What a test says that a thread does: 0 is awake, anything else asleep with that stamp.
#[derive(Debug, Default)]
struct Script {
    state: AtomicU64,
    naps: AtomicU64,
    recorded: bool,
}

impl Script {
    fn new(recorded: bool) -> Arc<Self> {
        Arc::new(Self { recorded, ..Self::default() })
    }

    fn doze(&self) {
        self.state.store(self.naps.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    }

    fn stir(&self) {
        self.state.store(0, Ordering::SeqCst);
    }
}

impl View for Script {
    fn glance(&self) -> Glance {
        match self.state.load(Ordering::SeqCst) {
            _ if !self.recorded => Glance::Unknown,
            0 => Glance::Awake,
            stamp => Glance::Asleep(stamp),
        }
    }

    fn look(&self) -> Option<Place> {
        (self.state.load(Ordering::SeqCst) != 0).then_some(Place::Call(35, Some("nanosleep")))
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// A thread outside the port posts.
    Post,
    /// A running thread posts, to its own port if it works for one.
    PostFrom(usize),
    /// A running thread comes for a packet, and waits if there is none for it.
    Come(usize),
    /// A running thread comes, and does not wait.
    Poll(usize),
    /// A waiting thread's time is over.
    TimeOut(usize),
    /// An APC comes for a thread that waits alertably, which all do here.
    Alert(usize),
    /// A running thread blocks elsewhere.
    Block(usize),
    /// A blocked thread runs again.
    Unblock(usize),
    /// A thread that does not wait exits, and another takes its place.
    Exit(usize),
    /// The service thread looks.
    Look,
    /// A running thread falls asleep and tells nobody.
    Doze(usize),
    /// Such a thread runs again.
    Stir(usize),
    /// The sentinel comes by.
    Patrol,
}

fn step() -> impl Strategy<Value = Step> {
    let t = 0..THREADS;
    prop_oneof![
        4 => Just(Step::Post),
        3 => t.clone().prop_map(Step::PostFrom),
        8 => t.clone().prop_map(Step::Come),
        1 => t.clone().prop_map(Step::Poll),
        2 => t.clone().prop_map(Step::TimeOut),
        1 => t.clone().prop_map(Step::Alert),
        3 => t.clone().prop_map(Step::Block),
        3 => t.clone().prop_map(Step::Unblock),
        1 => t.prop_map(Step::Exit),
        2 => Just(Step::Look),
        3 => (0..THREADS).prop_map(Step::Doze),
        3 => (0..THREADS).prop_map(Step::Stir),
        3 => Just(Step::Patrol),
    ]
}

/// The rules in their plainest form.
#[derive(Debug)]
struct Model {
    limit: usize,
    queue: VecDeque<usize>,
    waiting: Vec<usize>,
    standing: Vec<Standing>,
    served: Vec<Option<usize>>,
    dozing: Vec<bool>,
    glances: u32,
    owed: bool,
    seen: bool,
}

impl Model {
    fn active(&self) -> usize {
        self.standing.iter().filter(|s| **s == Standing::Released).count()
    }

    fn hand_over(&mut self) {
        while self.active() < self.limit && !self.queue.is_empty() {
            let Some(t) = self.waiting.pop() else { break };
            self.standing[t] = Standing::Released;
            self.served[t] = self.queue.pop_front();
        }
        self.owed &= !self.queue.is_empty();
    }

    fn post(&mut self, packet: usize, poster: Option<usize>) {
        self.queue.push_back(packet);
        if self.waiting.is_empty() {
            return;
        }
        if self.active() >= self.limit {
            self.crowded();
            return;
        }
        let own = poster.is_some_and(|t| self.standing[t] == Standing::Released);
        if own && self.queue.len() == 1 {
            (self.owed, self.seen) = (true, false);
        } else {
            self.hand_over();
        }
    }

    /// The packet that the thread gets at once, if any.
    fn come(&mut self, t: usize, waits: bool) -> Option<usize> {
        self.standing[t] = Standing::None;
        if self.active() < self.limit
            && let Some(packet) = self.queue.pop_front()
        {
            self.standing[t] = Standing::Released;
            self.owed = false;
            self.hand_over();
            self.crowded();
            return Some(packet);
        }
        if waits {
            self.standing[t] = Standing::Waiting;
            self.waiting.push(t);
            if !self.queue.is_empty() {
                self.crowded();
            }
        } else {
            self.standing[t] = Standing::Released;
        }
        None
    }

    fn end_wait(&mut self, t: usize) {
        self.waiting.retain(|w| *w != t);
        self.standing[t] = Standing::Released;
    }

    fn is_crowded(&self) -> bool {
        self.active() >= self.limit && !self.queue.is_empty() && !self.waiting.is_empty()
    }

    /// Somebody finds the port crowded, and glances at those who run.
    fn crowded(&mut self) {
        if self.is_crowded() && self.glances > 0 {
            self.glances -= 1;
            self.scan(false);
        }
    }

    /// Those that sleep are paused; those found before are counted again if they run.
    fn scan(&mut self, deep: bool) {
        for t in 0..THREADS {
            match (self.standing[t], self.dozing[t]) {
                (Standing::Released, true) if deep || t < WITHOUT_RECORDS => self.standing[t] = Standing::Asleep,
                (Standing::Asleep, false) if deep => self.standing[t] = Standing::Released,
                _ => {}
            }
        }
        self.hand_over();
    }

    /// What a picture shows: a glance at everybody found asleep before.
    fn refresh(&mut self) {
        for t in 0..WITHOUT_RECORDS {
            if self.standing[t] == Standing::Asleep && !self.dozing[t] {
                self.standing[t] = Standing::Released;
            }
        }
    }

    fn look(&mut self) {
        if self.owed && std::mem::replace(&mut self.seen, true) {
            self.hand_over();
        }
    }
}

struct Actor {
    thread: Arc<Thread>,
    ticket: Option<Ticket>,
    script: Arc<Script>,
}

impl Actor {
    fn new(t: usize) -> Self {
        Self { thread: Thread::new(), ticket: None, script: Script::new(t < WITHOUT_RECORDS) }
    }
}

/// Nobody is recruited by it: the actors get their views when they join.
struct NoSight;

impl Sight for NoSight {
    fn name(&self) -> &'static str {
        "none"
    }

    fn attach(&self, _thread: u32) -> Option<Arc<dyn View>> {
        None
    }
}

struct Play {
    port: Arc<Port>,
    actors: Vec<Actor>,
    model: Model,
    next: usize,
}

/// The port and its threads hold each other until one of them ends.
impl Drop for Play {
    fn drop(&mut self) {
        self.port.close();
    }
}

impl Play {
    fn new(limit: u32) -> Self {
        let model = Model {
            limit: limit as usize,
            queue: VecDeque::new(),
            waiting: Vec::new(),
            standing: vec![Standing::None; THREADS],
            served: vec![None; THREADS],
            dozing: vec![false; THREADS],
            glances: pausing::GLANCES,
            owed: false,
            seen: false,
        };
        let actors = (0..THREADS).map(Actor::new).collect();
        let port = Port::new(limit, Some(Arc::new(Service::default())));
        port.queue.lock().watch.turn_on();
        Self { port, actors, model, next: 0 }
    }

    fn packet(&mut self) -> (usize, Packet) {
        self.next += 1;
        (self.next, Packet::posted(0, self.next, 0))
    }

    fn act(&mut self, step: &Step) {
        match *step {
            Step::Post => {
                let (key, packet) = self.packet();
                assert!(self.port.insert_from(packet, || false));
                self.model.post(key, None);
            }
            Step::PostFrom(t) if self.runs(t) => {
                let (key, packet) = self.packet();
                let thread = Arc::clone(&self.actors[t].thread);
                self.call(t);
                assert!(self.port.insert_from(packet, || self.port.is_released_here(&thread)));
                self.model.post(key, Some(t));
            }
            Step::Come(t) if self.runs(t) => self.come(t, true),
            Step::Poll(t) if self.runs(t) => self.come(t, false),
            Step::TimeOut(t) => self.end_wait(t, Ending::TimedOut),
            Step::Alert(t) if self.actors[t].ticket.is_some() => {
                assert!(self.actors[t].thread.queue_apc(Apc::new(|| {})));
                self.end_wait(t, Ending::Alerted);
            }
            Step::Block(t)
                if !self.model.dozing[t] && matches!(self.model.standing[t], Standing::Released | Standing::Asleep) =>
            {
                assert!(self.actors[t].thread.member.pause());
                self.model.standing[t] = Standing::Paused;
                self.model.hand_over();
            }
            Step::Unblock(t) if self.model.standing[t] == Standing::Paused => {
                self.actors[t].thread.member.resume();
                self.model.standing[t] = Standing::Released;
            }
            Step::Exit(t) if self.actors[t].ticket.is_none() && !self.model.dozing[t] => {
                let worked = self.model.standing[t] != Standing::None;
                std::mem::replace(&mut self.actors[t], Actor::new(t)).thread.end();
                self.model.standing[t] = Standing::None;
                if worked {
                    self.model.hand_over();
                }
            }
            Step::Look => {
                let owed = self.model.owed;
                self.model.look();
                assert!(
                    self.port.look() == Again::Soon || !owed,
                    "the service thread must come again while a wake is owed"
                );
            }
            Step::Doze(t) if self.runs(t) && self.model.standing[t] == Standing::Released => {
                self.actors[t].script.doze();
                self.model.dozing[t] = true;
            }
            Step::Stir(t) => {
                self.actors[t].script.stir();
                self.model.dozing[t] = false;
            }
            Step::Patrol => {
                if self.model.is_crowded() {
                    self.model.glances = pausing::GLANCES;
                    self.model.refresh();
                    self.model.scan(true);
                }
                if self.port.patrol(&NoSight) == Patrol::Over {
                    self.port.queue.lock().watch.turn_on();
                    self.model.glances = pausing::GLANCES;
                }
            }
            _ => {}
        }
    }

    /// Does the thread run, so that it can call the port?
    fn runs(&self, t: usize) -> bool {
        !self.model.dozing[t]
            && matches!(self.model.standing[t], Standing::None | Standing::Released | Standing::Asleep)
    }

    /// The thread calls the library: if it was found asleep, that is over.
    fn call(&mut self, t: usize) {
        self.actors[t].thread.member.is_back();
        if self.model.standing[t] == Standing::Asleep {
            self.model.standing[t] = Standing::Released;
        }
    }

    fn come(&mut self, t: usize, waits: bool) {
        self.call(t);
        let expected = self.model.come(t, waits);
        let thread = Arc::clone(&self.actors[t].thread);
        if let Some(packet) = self.port.serve(&thread) {
            assert_eq!(Some(packet.numbers().0), expected);
            return;
        }
        let arrival = self.port.arrive(&thread, waits, true);
        for one in self.port.queue.lock().members.iter_mut().filter(|one| Arc::ptr_eq(&one.thread, &thread)) {
            one.see(Arc::clone(&self.actors[t].script) as _);
        }
        match arrival {
            Ok(Arrival::Served(packet)) => assert_eq!(Some(packet.numbers().0), expected),
            Ok(Arrival::Waits(ticket)) => {
                assert!(waits && expected.is_none());
                self.actors[t].ticket = Some(ticket);
            }
            Err(why) => {
                assert_eq!(why, NoPacket::TimedOut);
                assert!(!waits && expected.is_none());
            }
        }
    }

    fn end_wait(&mut self, t: usize, ending: Ending) {
        let Some(ticket) = self.actors[t].ticket.take() else { return };
        let thread = Arc::clone(&self.actors[t].thread);
        if ending == Ending::TimedOut {
            assert!(thread.end_wait(ticket, ending));
        }
        assert_eq!(thread.ending(ticket), Some(ending));
        let why = if ending == Ending::TimedOut { NoPacket::TimedOut } else { NoPacket::Alerted };
        assert_eq!(self.port.after_wait(&thread, ticket, ending).map(|p| p.numbers().0), Err(why));
        self.model.end_wait(t);
    }

    /// Threads whose waits the port has ended collect their packets; then both sides must look the same.
    fn compare(&mut self) {
        for (t, actor) in self.actors.iter_mut().enumerate() {
            let served = self.model.served[t].take();
            let Some(ticket) = actor.ticket else {
                assert_eq!(served, None, "thread {t} does not wait");
                continue;
            };
            let Some(ending) = actor.thread.ending(ticket) else {
                assert_eq!(served, None, "thread {t} still waits");
                continue;
            };
            actor.ticket = None;
            assert_eq!(
                self.port.after_wait(&actor.thread, ticket, ending).map(|p| p.numbers().0).ok(),
                served,
                "thread {t}"
            );
        }
        self.model.refresh();
        let snapshot = self.port.snapshot();
        assert_eq!(snapshot.packets.iter().map(|p| p.key).collect::<VecDeque<_>>(), self.model.queue);
        assert_eq!(snapshot.active as usize, self.model.active());
        assert_eq!(snapshot.released.len(), self.model.active());
        let paused = self.model.standing.iter().filter(|s| matches!(s, Standing::Paused | Standing::Asleep)).count();
        assert_eq!(snapshot.paused.len(), paused);
        assert_eq!(snapshot.waiting.len(), self.model.waiting.len());
        let waiting: Vec<_> = self.port.queue.lock().waiting.iter().map(|w| Arc::clone(&w.thread)).collect();
        for (record, t) in waiting.iter().zip(&self.model.waiting) {
            assert!(Arc::ptr_eq(record, &self.actors[*t].thread), "the waiting stack keeps its order");
        }
        for (t, actor) in self.actors.iter().enumerate() {
            assert_eq!(actor.thread.member.standing(), self.model.standing[t], "thread {t}");
        }
        let stranded =
            !self.model.queue.is_empty() && !self.model.waiting.is_empty() && self.model.active() < self.model.limit;
        assert!(
            !stranded || self.model.owed || self.model.standing.contains(&Standing::Released),
            "a packet nobody will take"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Contract 06 section 9 and design.md section 2.
    #[test]
    fn the_port_does_what_the_plain_model_does(limit in 1u32..4, steps in prop::collection::vec(step(), 1..80)) {
        let mut play = Play::new(limit);
        for step in &steps {
            play.act(step);
            play.compare();
        }
    }
}

/// Contract 06 section 9, rule 10: concurrency 2, threads A to D, the worked case.
#[test]
fn the_worked_case() {
    let (a, b, c, d) = (0, 1, 2, 3);
    let mut play = Play::new(2);
    let state = |play: &Play, t: usize| play.model.standing[t];
    let mut go = |steps: &[Step]| {
        for step in steps {
            play.act(step);
            play.compare();
        }
        [a, b, c, d].map(|t| state(&play, t))
    };
    use Standing::{Paused, Released, Waiting};
    assert_eq!(go(&[Step::Come(a), Step::Come(b), Step::Come(c), Step::Come(d)]), [Waiting; 4]);
    // Three packets at once: D and C wake, the third stays.
    assert_eq!(go(&[Step::Post, Step::Post, Step::Post]), [Waiting, Waiting, Released, Released]);
    // C blocks: B wakes for the third.
    assert_eq!(go(&[Step::Block(c)]), [Waiting, Released, Paused, Released]);
    // C resumes: three are released.
    assert_eq!(go(&[Step::Unblock(c)]), [Waiting, Released, Released, Released]);
    // D calls again with another packet queued: two others run, so D waits.
    assert_eq!(go(&[Step::Post, Step::Come(d)]), [Waiting, Released, Released, Waiting]);
    // B calls again: one other runs, so B takes the packet.
    assert_eq!(go(&[Step::Come(b)]), [Waiting, Released, Released, Waiting]);
}
