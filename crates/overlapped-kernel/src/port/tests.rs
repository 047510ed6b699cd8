//! The port against a plain model of the rules, over random sequences of what threads do.
//!
//! The threads here are records that a single test thread moves by hand, so every step is deterministic: a thread that waits is
//! simply not moved until the port has ended its wait.

use super::member::Standing;
use super::*;
use crate::thread::Apc;
use proptest::prelude::*;

const THREADS: usize = 5;

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
        if self.waiting.is_empty() || self.active() >= self.limit {
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
            if !self.queue.is_empty() {
                self.hand_over();
            }
            return Some(packet);
        }
        if waits {
            self.standing[t] = Standing::Waiting;
            self.waiting.push(t);
        } else {
            self.standing[t] = Standing::Released;
        }
        None
    }

    fn end_wait(&mut self, t: usize) {
        self.waiting.retain(|w| *w != t);
        self.standing[t] = Standing::Released;
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
}

impl Actor {
    fn new() -> Self {
        Self { thread: Thread::new(), ticket: None }
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
            owed: false,
            seen: false,
        };
        let actors = (0..THREADS).map(|_| Actor::new()).collect();
        Self { port: Port::new(limit, Some(Arc::new(Service::default()))), actors, model, next: 0 }
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
            Step::Block(t) if self.model.standing[t] == Standing::Released => {
                assert!(self.actors[t].thread.member.pause());
                self.model.standing[t] = Standing::Paused;
                self.model.hand_over();
            }
            Step::Unblock(t) if self.model.standing[t] == Standing::Paused => {
                self.actors[t].thread.member.resume();
                self.model.standing[t] = Standing::Released;
            }
            Step::Exit(t) if self.actors[t].ticket.is_none() => {
                let worked = self.model.standing[t] != Standing::None;
                std::mem::replace(&mut self.actors[t], Actor::new()).thread.end();
                self.model.standing[t] = Standing::None;
                if worked {
                    self.model.hand_over();
                }
            }
            Step::Look => {
                let owed = self.model.owed;
                self.model.look();
                assert!(self.port.look() || !owed, "the service thread must come again while a wake is owed");
            }
            _ => {}
        }
    }

    /// Does the thread run, so that it can call the port?
    fn runs(&self, t: usize) -> bool {
        matches!(self.model.standing[t], Standing::None | Standing::Released)
    }

    fn come(&mut self, t: usize, waits: bool) {
        let expected = self.model.come(t, waits);
        match self.port.arrive(&self.actors[t].thread, waits, true) {
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
        let snapshot = self.port.snapshot();
        assert_eq!(snapshot.packets.iter().map(|p| p.0).collect::<VecDeque<_>>(), self.model.queue);
        assert_eq!(snapshot.active as usize, self.model.active());
        assert_eq!(snapshot.released.len(), self.model.active());
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
