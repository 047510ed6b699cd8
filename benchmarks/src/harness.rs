//! The rounds: contestants, groups of them, and the race.
//!
//! Within a round every contestant of a group runs once; the next round starts with another one and
//! goes the other way round, so that neither a machine that slows down nor what a neighbour leaves in
//! the caches favours anybody. Before the rounds each contestant runs alone, to warm up and to find how
//! many operations fill the wanted time. Every run is verified, outside the measured time.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::interrupt;
use crate::meter::{Lap, Latency, Timer};

/// Operations are counted in multiples of this, so that every team and batch size divides them.
const GRAIN: u64 = 64;

/// What the user asked for.
pub struct Context {
    /// How often each contestant runs.
    pub rounds: usize,
    /// Small files and short runs: the numbers mean nothing.
    pub quick: bool,
    /// Where data files go.
    pub dir: PathBuf,
    /// Leave out the groups whose title does not contain this.
    pub only: Option<String>,
    /// Receive buffers are no longer than the messages.
    pub tight: bool,
}

impl Context {
    /// The first in a real run, the second with `--quick`.
    pub fn pick<T>(&self, real: T, quick: T) -> T {
        if self.quick { quick } else { real }
    }
}

/// One way to do the job of a group.
pub trait Contestant {
    /// Brings the world into the state in which a run starts. Not measured.
    fn prepare(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Does `operations` operations. Measured; see [`Timer`] for how to leave out set-up and tear-down.
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()>;

    /// Proves that the last run did all of its work. Not measured. There is no default on purpose.
    fn verify(&mut self, operations: u64) -> io::Result<()>;
}

/// What is compared of two contestants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The group's [`Metric`].
    Metric,
    /// Processor time an operation.
    Cpu,
    /// That of the contestant's own threads, where others are the same for all contestants.
    OwnCpu,
    /// Context switches an operation.
    Switches,
    /// How long an operation takes in the middle, where latencies are measured; the metric is the 99th percentile then.
    Median,
    /// The 99th percentile of how long an operation takes, where that is known besides the rate.
    Tail,
}

/// How the result of a run is said.
#[derive(Clone, Copy)]
pub struct Metric {
    /// The unit, for people.
    pub unit: &'static str,
    /// What one operation is called.
    pub operation: &'static str,
    /// Whether more of it is better.
    pub higher_is_better: bool,
    /// Factor from operations a second (or, where lower is better, from nanoseconds an operation).
    pub scale: f64,
}

/// How much work one run is.
#[derive(Clone, Copy)]
pub enum Amount {
    /// Always as many operations.
    Fixed(u64),
    /// As many as fill this time, found for each contestant before the rounds.
    Filling(Duration),
}

/// One contestant's place in a group.
struct Seat<'a> {
    name: String,
    contestant: Result<Box<dyn Contestant + 'a>, String>,
}

/// A row of the result: ours against a peer, or against a fixed limit.
pub struct Comparison {
    /// What is compared, for people and for the JSON.
    pub case: String,
    /// Name of our contestant.
    pub ours: String,
    /// Who it is compared with.
    pub peer: Peer,
    /// What of the two is compared.
    pub measure: Measure,
    /// The ratio that must be reached.
    pub bar: Option<f64>,
    /// The ratio that is wished for.
    pub goal: Option<f64>,
}

/// The other side of a comparison.
pub enum Peer {
    /// A contestant of the same group.
    Contestant(String),
    /// Whoever of these contestants of the same group is the best.
    Best(Vec<String>),
    /// A figure that must not be exceeded.
    Limit(f64),
}

impl Comparison {
    /// Asks for a ratio of at least `bar`.
    pub fn bar(&mut self, bar: f64) -> &mut Self {
        self.bar = Some(bar);
        self
    }

    /// Wishes for a ratio of at least `goal`.
    pub fn goal(&mut self, goal: f64) -> &mut Self {
        self.goal = Some(goal);
        self
    }

    /// Compares processor time an operation instead of the group's metric.
    pub fn on_cpu(&mut self) -> &mut Self {
        self.measure = Measure::Cpu;
        self
    }
}

/// Contestants for one job, and what to say about them.
pub struct Group<'a> {
    title: String,
    metric: Metric,
    amount: Amount,
    seats: Vec<Seat<'a>>,
    comparisons: Vec<Comparison>,
    notes: Vec<String>,
    before_round: Option<Box<dyn FnMut() -> io::Result<()> + 'a>>,
}

impl<'a> Group<'a> {
    /// An empty group.
    pub fn new(title: impl Into<String>, metric: Metric, amount: Amount) -> Self {
        Self {
            title: title.into(),
            metric,
            amount,
            seats: Vec::new(),
            comparisons: Vec::new(),
            notes: Vec::new(),
            before_round: None,
        }
    }

    /// Adds a contestant.
    pub fn enter(&mut self, name: impl Into<String>, contestant: impl Contestant + 'a) {
        self.seats.push(Seat { name: name.into(), contestant: Ok(Box::new(contestant)) });
    }

    /// Adds a contestant that may be missing here; its rows then stay empty, and a note says why.
    pub fn enter_or_note<C: Contestant + 'a>(&mut self, name: impl Into<String>, contestant: Result<C, impl ToString>) {
        let contestant = match contestant {
            Ok(contestant) => Ok(Box::new(contestant) as Box<dyn Contestant>),
            Err(why) => Err(why.to_string()),
        };
        self.seats.push(Seat { name: name.into(), contestant });
    }

    /// Adds a row: `ours` against `peer`, both names of contestants of this group.
    pub fn compare(&mut self, case: &str, ours: &str, peer: &str) -> &mut Comparison {
        self.push(case, ours, Peer::Contestant(peer.to_owned()), Measure::Metric)
    }

    /// Adds a row: the median latencies of `ours` and `peer`.
    pub fn compare_medians(&mut self, case: &str, ours: &str, peer: &str) -> &mut Comparison {
        self.push(case, ours, Peer::Contestant(peer.to_owned()), Measure::Median)
    }

    /// Adds a row: `ours` against the best of `peers`, all names of contestants of this group.
    pub fn compare_with_best(&mut self, case: &str, ours: &str, peers: &[&str], measure: Measure) -> &mut Comparison {
        self.push(case, ours, Peer::Best(peers.iter().map(|&peer| peer.to_owned()).collect()), measure)
    }

    /// Adds a row: a cost of `ours` against a figure that it must not exceed.
    pub fn limit(&mut self, case: &str, ours: &str, measure: Measure, most: f64) {
        self.push(case, ours, Peer::Limit(most), measure).bar(1.0);
    }

    fn push(&mut self, case: &str, ours: &str, peer: Peer, measure: Measure) -> &mut Comparison {
        self.comparisons.push(Comparison {
            case: case.to_owned(),
            ours: ours.to_owned(),
            peer,
            measure,
            bar: None,
            goal: None,
        });
        let last = self.comparisons.len() - 1;
        &mut self.comparisons[last]
    }

    /// Adds a sentence to the result.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// What to do, unmeasured, before each round: warm the caches again, say.
    pub fn before_round(&mut self, action: impl FnMut() -> io::Result<()> + 'a) {
        self.before_round = Some(Box::new(action));
    }

    /// Runs the rounds, if the user wants this group.
    pub fn race(mut self, context: &Context) -> io::Result<Outcome> {
        if context.only.as_ref().is_some_and(|only| !self.title.contains(only)) {
            return Ok(Outcome::nothing(self.title, self.metric));
        }
        let mut lanes = Vec::new();
        let mut absent = Vec::new();
        for seat in self.seats {
            match seat.contestant {
                Ok(contestant) => lanes.push(Lane::new(seat.name, contestant)),
                Err(why) => absent.push((seat.name, why)),
            }
        }
        let mut warm = || self.before_round.as_mut().map_or(Ok(()), |action| action());
        warm()?;
        for lane in &mut lanes {
            lane.calibrate(self.amount)?;
        }
        for round in 0..context.rounds {
            warm()?;
            for turn in 0..lanes.len() {
                let turn = if round % 2 == 0 { turn } else { lanes.len() - 1 - turn };
                let index = (round + turn) % lanes.len();
                let lap = lanes[index].lap()?;
                lanes[index].laps.push(lap);
            }
        }
        Ok(Outcome {
            title: self.title,
            metric: self.metric,
            standings: lanes.into_iter().map(Lane::into_standing).collect(),
            absent,
            comparisons: self.comparisons,
            notes: self.notes,
        })
    }
}

/// A contestant during the race.
struct Lane<'a> {
    name: String,
    contestant: Box<dyn Contestant + 'a>,
    operations: u64,
    laps: Vec<Lap>,
}

impl<'a> Lane<'a> {
    fn new(name: String, contestant: Box<dyn Contestant + 'a>) -> Self {
        Self { name, contestant, operations: GRAIN, laps: Vec::new() }
    }

    /// Prepare, run, verify.
    fn lap(&mut self) -> io::Result<Lap> {
        interrupt::check()?;
        self.attempt().map_err(|error| {
            // A child program that died of the same Ctrl-C is not a failure of the contestant.
            if interrupt::check().is_err() {
                return io::ErrorKind::Interrupted.into();
            }
            io::Error::other(format!("contestant \"{}\": {error}", self.name))
        })
    }

    fn attempt(&mut self) -> io::Result<Lap> {
        self.contestant.prepare()?;
        let mut timer = Timer::started();
        self.contestant.run(self.operations, &mut timer)?;
        let lap = timer.finish();
        self.contestant.verify(self.operations)?;
        Ok(lap)
    }

    /// Warms up, and finds how many operations fill the wanted time.
    fn calibrate(&mut self, amount: Amount) -> io::Result<()> {
        let wanted = match amount {
            Amount::Fixed(operations) => {
                self.operations = operations;
                return self.lap().map(|_| ());
            }
            Amount::Filling(wanted) => wanted,
        };
        loop {
            let took = self.lap()?.elapsed;
            if took >= wanted / 8 {
                let rate = self.operations as f64 / took.as_secs_f64();
                let filling = (rate * wanted.as_secs_f64()) as u64;
                self.operations = filling.next_multiple_of(GRAIN).max(GRAIN);
                return Ok(());
            }
            self.operations *= 2;
        }
    }

    fn into_standing(self) -> Standing {
        Standing { name: self.name, operations: self.operations, laps: self.laps }
    }
}

/// What a contestant did, round by round.
pub struct Standing {
    /// Its name.
    pub name: String,
    /// Operations in each round.
    pub operations: u64,
    /// One lap a round.
    pub laps: Vec<Lap>,
}

impl Standing {
    /// The figure of each round.
    pub fn series(&self, measure: Measure, metric: Metric) -> Vec<f64> {
        self.laps.iter().map(|lap| self.figure(lap, measure, metric)).collect()
    }

    fn figure(&self, lap: &Lap, measure: Measure, metric: Metric) -> f64 {
        let operations = self.operations as f64;
        let latency = |of: fn(&Latency) -> Duration| {
            lap.latency.map_or(f64::NAN, |latency| of(&latency).as_secs_f64() * 1e9 * metric.scale)
        };
        match measure {
            Measure::Median => latency(|latency| latency.p50),
            Measure::Tail => lap.tail.map_or(f64::NAN, |tail| tail.p99.as_secs_f64() * 1e6),
            Measure::Metric if lap.latency.is_some() => latency(|latency| latency.p99),
            Measure::Metric if metric.higher_is_better => operations / lap.elapsed.as_secs_f64() * metric.scale,
            Measure::Metric => lap.elapsed.as_secs_f64() * 1e9 / operations * metric.scale,
            Measure::Cpu => lap.cpu.as_secs_f64() * 1e6 / operations,
            Measure::OwnCpu => {
                lap.common.map_or(f64::NAN, |common| lap.cpu.saturating_sub(common).as_secs_f64() * 1e6 / operations)
            }
            Measure::Switches => lap.switches as f64 / operations,
        }
    }
}

/// A group after the race.
pub struct Outcome {
    /// Title of the group.
    pub title: String,
    /// How its results are said.
    pub metric: Metric,
    /// The contestants that were there, in the order of entry.
    pub standings: Vec<Standing>,
    /// The names of those that were not, and why.
    pub absent: Vec<(String, String)>,
    /// What to compare.
    pub comparisons: Vec<Comparison>,
    /// Sentences for the reader.
    pub notes: Vec<String>,
}

impl Outcome {
    /// Of a group that was left out.
    fn nothing(title: String, metric: Metric) -> Self {
        Self { title, metric, standings: Vec::new(), absent: Vec::new(), comparisons: Vec::new(), notes: Vec::new() }
    }

    /// The contestant of that name, if it was there; an error if it was never entered.
    pub fn standing(&self, name: &str) -> io::Result<Option<&Standing>> {
        let standing = self.standings.iter().find(|standing| standing.name == name);
        if standing.is_none() && !self.absent.iter().any(|(absent, _)| absent == name) {
            return Err(io::Error::other(format!("\"{name}\" is no contestant of \"{}\"", self.title)));
        }
        Ok(standing)
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, Contestant, Context, Group, Metric};
    use crate::meter::Timer;
    use std::cell::RefCell;
    use std::io;

    const METRIC: Metric = Metric { unit: "ns/op", operation: "op", higher_is_better: false, scale: 1.0 };

    /// Writes its letter into the log instead of working; does `share` of the work it is told to.
    struct Logger<'a> {
        letter: char,
        log: &'a RefCell<String>,
        share: u64,
        done: u64,
    }

    impl Contestant for Logger<'_> {
        fn run(&mut self, operations: u64, _timer: &mut Timer) -> io::Result<()> {
            self.log.borrow_mut().push(self.letter);
            self.done = operations * self.share;
            Ok(())
        }

        fn verify(&mut self, operations: u64) -> io::Result<()> {
            if self.done == operations { Ok(()) } else { Err(io::Error::other("idle")) }
        }
    }

    fn context(rounds: usize) -> Context {
        Context { rounds, quick: true, dir: std::env::temp_dir(), only: None, tight: false }
    }

    #[test]
    fn every_contestant_runs_once_a_round_and_the_order_changes() {
        let log = RefCell::new(String::new());
        let mut group = Group::new("letters", METRIC, Amount::Fixed(1));
        for letter in ['a', 'b', 'c'] {
            group.enter(letter.to_string(), Logger { letter, log: &log, share: 1, done: 0 });
        }
        let outcome = group.race(&context(3)).unwrap();
        // The warm-up, then the rounds.
        assert_eq!(*log.borrow(), ["abc", "abc", "acb", "cab"].concat());
        assert!(outcome.standings.iter().all(|standing| standing.laps.len() == 3));
    }

    #[test]
    fn a_contestant_that_does_not_do_its_work_is_an_error() {
        let log = RefCell::new(String::new());
        let mut group = Group::new("letters", METRIC, Amount::Fixed(1));
        group.enter("idler", Logger { letter: 'i', log: &log, share: 0, done: 0 });
        let error = group.race(&context(3)).err().unwrap();
        assert!(error.to_string().contains("idler"), "{error}");
    }

    #[test]
    fn a_row_about_nobody_is_an_error_and_one_about_an_absentee_is_not() {
        let log = RefCell::new(String::new());
        let mut group = Group::new("letters", METRIC, Amount::Fixed(1));
        group.enter("here", Logger { letter: 'h', log: &log, share: 1, done: 0 });
        group.enter_or_note::<Logger<'_>>("away", Err("on leave"));
        let outcome = group.race(&context(1)).unwrap();
        assert!(outcome.standing("here").unwrap().is_some());
        assert!(outcome.standing("away").unwrap().is_none());
        assert!(outcome.standing("nobody").is_err());
    }
}
