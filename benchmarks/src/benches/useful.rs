//! `useful`: how much of two processors does useful work when some tasks block.
//!
//! A task computes for 200 us; a share of the tasks sleeps 5 ms in the middle of that. Whoever runs tasks on as many threads as
//! there are processors leaves these idle meanwhile; whoever runs them on many threads makes them fight for the processors
//! when nobody blocks. A completion port is to do neither, without being told.
//!
//! Two questions: how many tasks a second when all are there at once, and how long a task takes from its arrival when they arrive
//! at random at 70 % of what the processors can do at present, which is measured first. Arrivals are scheduled beforehand: a task that is late because the machine was busy
//! counts from when it should have come. All threads run on two processors, also where there are more.

use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::{Latency, Timer};
use crate::ours::{PortCrew, Telling};
use crate::peers::crews::{Manner, Pool, Rayon, Tokio};

/// Processors that everybody may use.
pub const CPUS: usize = 2;
/// What a task computes, together.
const COMPUTE: Duration = Duration::from_micros(200);
/// How long a task that blocks does.
const BLOCK: Duration = Duration::from_millis(5);
/// How much of the processors' time the arrivals take.
const LOAD: f64 = 0.7;
/// Threads of the port and of the large pool.
pub const THREADS: usize = 32;

/// Who runs tasks.
pub trait Crew {
    /// Has the task with this number of the run done, soon.
    fn submit(&self, run: &Arc<Run>, index: u64);
}

/// One run: what its tasks are, and how far they are.
pub struct Run {
    /// Rounds of computing in half a task.
    rounds: u64,
    /// Of 1000 tasks, so many block.
    blocking: u64,
    total: u64,
    start: Instant,
    done: AtomicU64,
    /// What each task computed.
    results: Vec<AtomicU64>,
    /// When each task was done, in nanoseconds since the start.
    times: Vec<AtomicU64>,
    waiter: thread::Thread,
}

/// A well mixed number.
fn mix(index: u64) -> u64 {
    let mut x = index.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Never inlined: everybody's task must be the same instructions. Where the compiler saw this loop inside a caller, it took 171
/// us in one place and 203 us in another.
#[inline(never)]
fn compute(rounds: u64, seed: u64) -> u64 {
    black_box((0..rounds).fold(seed, |x, _| mix(x)))
}

impl Run {
    /// Does this task block?
    pub fn blocks(&self, index: u64) -> bool {
        mix(index) % 1000 < self.blocking
    }

    /// What the task computes before it may block.
    pub fn first_half(&self, index: u64) -> u64 {
        compute(self.rounds, index)
    }

    /// Blocks as a call of libc does; the library is not told.
    pub fn block() {
        thread::sleep(BLOCK);
    }

    /// What the task computes afterwards; then it is done.
    pub fn second_half(&self, index: u64, before: u64) {
        self.results[index as usize].store(compute(self.rounds, before), Ordering::Relaxed);
        self.times[index as usize].store(self.start.elapsed().as_nanos() as u64, Ordering::Relaxed);
        if self.done.fetch_add(1, Ordering::AcqRel) + 1 == self.total {
            self.waiter.unpark();
        }
    }

    /// The whole task.
    pub fn task(&self, index: u64) {
        let before = self.first_half(index);
        if self.blocks(index) {
            Self::block();
        }
        self.second_half(index, before);
    }

    fn wait(&self) {
        while self.done.load(Ordering::Acquire) < self.total {
            thread::park();
        }
    }
}

/// The tasks of all runs of a group.
#[derive(Clone, Copy)]
struct Tasks {
    rounds: u64,
    blocking: u64,
}

impl Tasks {
    fn run(self, total: u64) -> Arc<Run> {
        let slots = || (0..total).map(|_| AtomicU64::new(0)).collect();
        Arc::new(Run {
            rounds: self.rounds,
            blocking: self.blocking,
            total,
            start: Instant::now(),
            done: AtomicU64::new(0),
            results: slots(),
            times: slots(),
            waiter: thread::current(),
        })
    }
}

/// Every so many tasks' results are computed again.
const SAMPLE: usize = 64;

/// All tasks are done, and right as far as samples show.
fn check(run: &Run) -> io::Result<()> {
    let right = |index: u64| {
        let result = run.results[index as usize].load(Ordering::Relaxed);
        result == compute(run.rounds, compute(run.rounds, index))
    };
    let all = run.done.load(Ordering::Acquire) == run.total;
    if all && (0..run.total).step_by(SAMPLE).all(right) && run.results.iter().all(|r| r.load(Ordering::Relaxed) != 0) {
        return Ok(());
    }
    Err(io::Error::other("tasks are not done, or done wrong"))
}

/// All tasks at once.
struct Burst<C> {
    crew: C,
    tasks: Tasks,
    run: Option<Arc<Run>>,
}

impl<C: Crew> Contestant for Burst<C> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let run = self.tasks.run(operations);
        timer.start();
        (0..operations).for_each(|index| self.crew.submit(&run, index));
        run.wait();
        timer.stop();
        self.run = Some(run);
        Ok(())
    }

    fn verify(&mut self, _operations: u64) -> io::Result<()> {
        self.run.take().map_or_else(|| Err(io::Error::other("no run")), |run| check(&run))
    }
}

/// Tasks that come at random.
struct Arrivals<C> {
    crew: C,
    tasks: Tasks,
    /// Between two arrivals, in the mean.
    gap: Duration,
    run: Option<Arc<Run>>,
}

impl<C: Crew> Contestant for Arrivals<C> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        // The same times for everybody.
        let mut at = Duration::ZERO;
        let schedule: Vec<Duration> = (0..operations)
            .map(|index| {
                let uniform = (mix(!index) >> 11) as f64 / (1_u64 << 53) as f64;
                at += self.gap.mul_f64(-(1.0 - uniform).ln());
                at
            })
            .collect();
        let run = self.tasks.run(operations);
        timer.start();
        for (index, due) in schedule.iter().enumerate() {
            if let Some(early) = due.checked_sub(run.start.elapsed()) {
                thread::sleep(early);
            }
            self.crew.submit(&run, index as u64);
        }
        run.wait();
        timer.stop();
        let done = run.times.iter().map(|time| Duration::from_nanos(time.load(Ordering::Relaxed)));
        timer.latency(Latency::of(done.zip(&schedule).map(|(done, due)| done.saturating_sub(*due)).collect()));
        self.run = Some(run);
        Ok(())
    }

    fn verify(&mut self, _operations: u64) -> io::Result<()> {
        self.run.take().map_or_else(|| Err(io::Error::other("no run")), |run| check(&run))
    }
}

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let all = sched_getaffinity(None)?;
    let mut two = CpuSet::new();
    (0..CpuSet::MAX_CPU).filter(|&cpu| all.is_set(cpu)).take(CPUS).for_each(|cpu| two.set(cpu));
    // Threads inherit it.
    sched_setaffinity(None, &two)?;
    let outcomes = race(context);
    sched_setaffinity(None, &all)?;
    outcomes
}

fn race(context: &Context) -> io::Result<Vec<Outcome>> {
    let rounds = calibrate();
    let mut outcomes = Vec::new();
    for blocking in [0, 100, 500] {
        let tasks = Tasks { rounds, blocking };
        outcomes.push(burst(context, tasks)?);
        outcomes.push(arrivals(context, tasks)?);
    }
    Ok(outcomes)
}

/// How many rounds take half of [`COMPUTE`]: the quickest of many tries, since others may use the processor too.
fn calibrate() -> u64 {
    const ROUNDS: u64 = 20_000;
    let took = (0..50).map(|_| {
        let start = Instant::now();
        black_box(compute(ROUNDS, 1));
        start.elapsed()
    });
    let quickest = took.min().unwrap_or(COMPUTE).as_nanos().max(1) as f64;
    (ROUNDS as f64 * COMPUTE.as_nanos() as f64 / 2.0 / quickest) as u64
}

/// Between the ends of two tasks while all processors compute: what they can do at present, whoever else uses them.
fn spacing(rounds: u64) -> Duration {
    const TASKS: u32 = 500;
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CPUS {
            scope.spawn(|| (0..TASKS).fold(1, |seed, _| compute(2 * rounds, seed)));
        }
    });
    start.elapsed() / (TASKS * CPUS as u32)
}

/// A member of either group: its name, and what makes the contestant of a crew.
trait Enter {
    fn enter<C: Crew + 'static>(&mut self, name: &str, crew: Result<C, String>);
}

/// Names that the comparisons use.
mod names {
    pub const TWO: &str = "ours, concurrency 2";
    pub const THREE: &str = "ours, concurrency 3";
    pub const PROC: &str = "ours, concurrency 3, /proc only";
    pub const TOLD_TWO: &str = "ours announced, concurrency 2";
    pub const TOLD_THREE: &str = "ours announced, concurrency 3";
    pub const POOL_TWO: &str = "pool of 2";
    pub const POOL_FOUR: &str = "pool of 4";
    pub const POOL_MANY: &str = "pool of 32";
    pub const RAYON: &str = "rayon";
    pub const TOKIO: &str = "tokio";
    pub const IN_PLACE: &str = "tokio block_in_place";
    pub const SENT: &str = "tokio spawn_blocking";
}

fn contestants(tasks: Tasks, to: &mut impl Enter) {
    use names::*;
    let silent = tasks.blocking > 0;
    to.enter(TWO, PortCrew::open(2, Telling::Found));
    to.enter(THREE, PortCrew::open(3, Telling::Found));
    if silent {
        to.enter(PROC, PortCrew::open(3, Telling::FoundByProc));
        to.enter(TOLD_TWO, PortCrew::open(2, Telling::Announced));
        to.enter(TOLD_THREE, PortCrew::open(3, Telling::Announced));
        to.enter(IN_PLACE, Tokio::open(Manner::InPlace));
        to.enter(SENT, Tokio::open(Manner::Sent));
    }
    to.enter(TOKIO, Tokio::open(Manner::Silent));
    to.enter(RAYON, Rayon::open());
    to.enter(POOL_TWO, Ok(Pool::new(2)));
    to.enter(POOL_FOUR, Ok(Pool::new(4)));
    to.enter(POOL_MANY, Ok(Pool::new(THREADS)));
}

struct Bursts<'g>(Group<'g>, Tasks);

impl Enter for Bursts<'_> {
    fn enter<C: Crew + 'static>(&mut self, name: &str, crew: Result<C, String>) {
        self.0.enter_or_note(name, crew.map(|crew| Burst { crew, tasks: self.1, run: None }));
    }
}

struct Streams<'g>(Group<'g>, Tasks, Duration);

impl Enter for Streams<'_> {
    fn enter<C: Crew + 'static>(&mut self, name: &str, crew: Result<C, String>) {
        self.0.enter_or_note(name, crew.map(|crew| Arrivals { crew, tasks: self.1, gap: self.2, run: None }));
    }
}

fn share(tasks: Tasks) -> String {
    format!("{} % block", tasks.blocking / 10)
}

fn burst(context: &Context, tasks: Tasks) -> io::Result<Outcome> {
    use names::*;
    let metric = Metric { unit: "tasks/s", operation: "task", higher_is_better: true, scale: 1.0 };
    let amount = Amount::Filling(context.pick(Duration::from_millis(600), Duration::from_millis(60)));
    let mut group = Bursts(Group::new(format!("a burst, {}", share(tasks)), metric, amount), tasks);
    contestants(tasks, &mut group);
    let Bursts(mut group, _) = group;
    let case = format!("burst, {}", share(tasks));
    let three = format!("{case}, concurrency 3");
    match tasks.blocking {
        0 => {
            for peer in [POOL_TWO, POOL_FOUR, TOKIO, RAYON, POOL_MANY] {
                group.compare(&case, TWO, peer).bar(0.97);
            }
            group.compare(&three, THREE, POOL_TWO).bar(0.97);
        }
        most => {
            group.compare(&case, TWO, TOKIO);
            let by_records = group.compare(&three, THREE, TOKIO);
            if most == 500 {
                by_records.bar(10.0);
            }
            group.compare(&three, THREE, RAYON);
            group.compare(&three, THREE, POOL_MANY).bar(0.9);
            let by_proc = group.compare(&format!("{three}, /proc"), PROC, TOKIO);
            if most == 500 {
                by_proc.bar(6.0);
            }
            group.compare(&format!("{case}, announced"), TOLD_TWO, IN_PLACE);
            group.compare(&format!("{case}, announced"), TOLD_TWO, SENT);
            group.compare(&format!("{three}, announced"), TOLD_THREE, SENT).bar(0.95);
        }
    }
    group.race(context)
}

fn arrivals(context: &Context, tasks: Tasks) -> io::Result<Outcome> {
    use names::*;
    let gap = spacing(tasks.rounds).div_f64(LOAD);
    let time = context.pick(Duration::from_millis(500), Duration::from_millis(40));
    let amount = Amount::Fixed(time.div_duration_f64(gap) as u64);
    let metric = Metric { unit: "ms, p99", operation: "task", higher_is_better: false, scale: 1e-6 };
    let title = format!("arrivals at {:.0} % of the processors, {}", LOAD * 100.0, share(tasks));
    let mut group = Streams(Group::new(title, metric, amount), tasks, gap);
    contestants(tasks, &mut group);
    let Streams(mut group, ..) = group;
    let case = format!("arrivals, {}", share(tasks));
    let three = format!("{case}, concurrency 3");
    match tasks.blocking {
        0 => {
            for (case, ours) in [(&case, TWO), (&three, THREE)] {
                group.compare(case, ours, POOL_TWO).bar(1.0 / 1.3);
                group.compare(case, ours, POOL_MANY).bar(2.0);
                group.compare(case, ours, TOKIO);
                group.compare_medians(case, ours, POOL_TWO);
            }
        }
        _ => {
            group.compare(&case, TWO, TOKIO);
            for peer in [TOKIO, POOL_MANY] {
                group.compare(&three, THREE, peer);
                group.compare_medians(&three, THREE, peer);
            }
            group.compare(&format!("{three}, /proc"), PROC, TOKIO);
            group.compare(&format!("{case}, announced"), TOLD_TWO, IN_PLACE);
            group.compare(&format!("{three}, announced"), TOLD_THREE, SENT);
            group.compare_medians(&format!("{three}, announced"), TOLD_THREE, SENT);
        }
    }
    group.note("what others do on these processors delays everybody: compare within this run only");
    group.race(context)
}
