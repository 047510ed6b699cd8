//! `port`: posting to a completion port and getting from it, against channels and a bare futex.
//!
//! Every contestant carries the same packet: a key, a count of bytes and a context. What is got is
//! added up and must be the sum of what was posted.

use std::hint::black_box;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::harness::{Amount, Contestant, Context, Group, Measure, Metric, Outcome};
use crate::meter::Timer;
use crate::ours;
use crate::peers::futex::Futex;
use crate::peers::queues::{Crossbeam, Kanal};
use crate::team::{self, Member, Placement};
use crate::workspace::word;

/// Producers, and as many consumers.
pub(super) const PAIRS: u64 = 2;
/// The context of a packet that tells a consumer to stop.
const STOP: u64 = 0;

/// The key and the count of bytes of every packet.
const KEY: usize = 7;
const BYTES: u32 = 4096;

/// What a completion packet carries.
#[derive(Clone, Copy)]
pub struct Packet {
    /// Which device.
    pub key: usize,
    /// How many bytes.
    pub bytes: u32,
    /// Which request.
    pub context: u64,
}

impl Packet {
    /// A packet with this context.
    #[inline]
    pub fn new(context: u64) -> Self {
        Self { key: KEY, bytes: BYTES, context }
    }

    /// What packets are checked by: their digests are added up.
    #[inline]
    fn digest(self) -> u64 {
        self.context.wrapping_add(self.key as u64).wrapping_add(u64::from(self.bytes))
    }
}

/// What all contestants of this benchmark can do.
pub trait Queue: Sync {
    /// Appends a packet.
    fn post(&self, packet: Packet);
    /// Takes the oldest packet; waits for one if need be.
    fn get(&self) -> Packet;
}

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let mut outcomes = vec![pairs(context)?, crowd(context)?];
    for placement in [Placement::Free, Placement::Same, Placement::Different] {
        if placement.possible() {
            outcomes.push(hand_over(context, placement)?);
        }
    }
    Ok(outcomes)
}

pub(super) fn amount(context: &Context) -> Amount {
    Amount::Filling(context.pick(Duration::from_millis(300), Duration::from_millis(20)))
}

/// The context of packet number `index`: never [`STOP`].
#[inline]
fn token(index: u64) -> u64 {
    index.wrapping_mul(2) | 1
}

/// Sum of the digests of packets 0 to `count` - 1; their contexts are the first odd numbers.
fn digest_sum(count: u64) -> u64 {
    let each = Packet::new(0).digest();
    count.wrapping_mul(count).wrapping_add(count.wrapping_mul(each))
}

pub(super) fn expect(got: u64, count: u64) -> io::Result<()> {
    let wanted = digest_sum(count);
    if got == wanted {
        return Ok(());
    }
    Err(io::Error::other(format!("the packets got add up to {got}, those posted to {wanted}")))
}

/// One thread that posts and gets in turn.
pub(super) struct Pairs<Q> {
    queue: Q,
    sum: u64,
}

impl<Q: Queue> Pairs<Q> {
    /// With nothing in it.
    pub(super) fn new(queue: Q) -> Self {
        Self { queue, sum: 0 }
    }
}

impl<Q: Queue> Contestant for Pairs<Q> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        self.sum = 0;
        timer.start();
        for index in 0..operations {
            self.queue.post(black_box(Packet::new(token(index))));
            let packet = black_box(self.queue.get());
            self.sum = self.sum.wrapping_add(packet.digest());
        }
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        expect(self.sum, operations)
    }
}

fn pairs(context: &Context) -> io::Result<Outcome> {
    let metric = Metric { unit: "ns/pair", operation: "pair", higher_is_better: false, scale: 1.0 };
    let mut group = Group::new("post and get in turn, one thread", metric, amount(context));
    group.enter_or_note("ours", ours::Port::open(1).map(Pairs::new));
    group.enter("crossbeam-channel", Pairs::new(Crossbeam::new()));
    group.enter("kanal", Pairs::new(Kanal::new()));
    group.compare("pairs, one thread", "ours", "crossbeam-channel").bar(0.8).goal(1.1);
    group.compare("pairs, one thread", "ours", "kanal");
    group.limit("pairs, one thread", "ours", Measure::Switches, 0.1);
    group.race(context)
}

/// Some threads that post, and as many that get.
pub(super) struct Crowd<Q> {
    queue: Q,
    sum: u64,
}

impl<Q: Queue> Crowd<Q> {
    /// With nothing in it.
    pub(super) fn new(queue: Q) -> Self {
        Self { queue, sum: 0 }
    }

    /// Posts the share `number` of the packets. The last producer to finish stops the consumers.
    fn produce(&self, number: u64, operations: u64, producing: &AtomicUsize) {
        for index in (number..operations).step_by(PAIRS as usize) {
            self.queue.post(black_box(Packet::new(token(index))));
        }
        if producing.fetch_sub(1, Ordering::AcqRel) == 1 {
            for _ in 0..PAIRS {
                self.queue.post(Packet::new(STOP));
            }
        }
    }

    fn consume(&self) -> u64 {
        let mut sum = 0_u64;
        loop {
            let packet = black_box(self.queue.get());
            if packet.context == STOP {
                return sum;
            }
            sum = sum.wrapping_add(packet.digest());
        }
    }
}

impl<Q: Queue> Contestant for Crowd<Q> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let producing = AtomicUsize::new(PAIRS as usize);
        let (this, producing) = (&*self, &producing);
        let mut members: Vec<Member<'_>> = Vec::new();
        for number in 0..PAIRS {
            members.push(Box::new(move || {
                this.produce(number, operations, producing);
                Ok(0)
            }));
            members.push(Box::new(move || Ok(this.consume())));
        }
        self.sum = team::run(timer, Placement::Free, members)?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        expect(self.sum, operations)
    }
}

fn crowd(context: &Context) -> io::Result<Outcome> {
    let metric = Metric { unit: "M packets/s", operation: "packet", higher_is_better: true, scale: 1e-6 };
    let mut group = Group::new("two producers, two consumers", metric, amount(context));
    group.enter_or_note("ours", ours::Port::open(PAIRS as u32).map(Crowd::new));
    group.enter("kanal", Crowd::new(Kanal::new()));
    group.enter("crossbeam-channel", Crowd::new(Crossbeam::new()));
    group.compare("2 producers, 2 consumers", "ours", "kanal").bar(0.6).goal(0.9);
    group.compare("2 producers, 2 consumers", "ours", "crossbeam-channel");
    group.race(context)
}

/// Two threads, each blocked until the other posts.
pub(super) struct HandOver<Q> {
    there: Q,
    back: Q,
    placement: Placement,
    sum: u64,
}

impl<Q: Queue> HandOver<Q> {
    /// Packets go `there` and are answered `back`.
    pub(super) fn new(there: Q, back: Q, placement: Placement) -> Self {
        Self { there, back, placement, sum: 0 }
    }
}

impl<Q: Queue> Contestant for HandOver<Q> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let Self { there, back, .. } = self;
        let (there, back) = (&*there, &*back);
        let trips = operations / 2;
        let serve: Member<'_> = Box::new(move || {
            for index in 0..trips {
                there.post(Packet::new(token(index)));
                let packet = back.get();
                if packet.context != word(token(index)) {
                    // The partner may wait for a packet that will never come.
                    panic!("a wrong packet came back");
                }
            }
            Ok(0)
        });
        let answer: Member<'_> = Box::new(move || {
            let mut sum = 0_u64;
            for _ in 0..trips {
                let packet = there.get();
                sum = sum.wrapping_add(packet.digest());
                back.post(Packet::new(word(packet.context)));
            }
            Ok(sum)
        });
        self.sum = team::run(timer, self.placement, vec![serve, answer])?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        expect(self.sum, operations / 2)
    }
}

fn hand_over(context: &Context, placement: Placement) -> io::Result<Outcome> {
    let metric = Metric { unit: "us/hand-over", operation: "hand-over", higher_is_better: false, scale: 1e-3 };
    let title = format!("a blocked consumer woken by a post, {}", placement.name());
    let mut group = Group::new(title, metric, amount(context));
    let ports = ours::Port::open(1).and_then(|there| Ok((there, ours::Port::open(1)?)));
    group.enter_or_note("ours", ports.map(|(there, back)| HandOver::new(there, back, placement)));
    group.enter("futex", HandOver::new(Futex::default(), Futex::default(), placement));
    group.enter("crossbeam-channel", HandOver::new(Crossbeam::new(), Crossbeam::new(), placement));
    group.enter("kanal", HandOver::new(Kanal::new(), Kanal::new(), placement));
    let case = format!("hand-over, {}", placement.name());
    group.compare(&case, "ours", "futex").bar(1.0 / 1.2);
    group.compare(&case, "ours", "crossbeam-channel");
    group.compare(&case, "ours", "kanal");
    if placement == Placement::Different {
        group.note("the channels spin before they sleep; that pays only while both processors are free");
    }
    group.race(context)
}
