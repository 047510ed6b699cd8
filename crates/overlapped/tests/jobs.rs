//! Jobs on the Rust face: members, limits, what a port is told, and the end of all. The children are this very file in another role.

#![allow(missing_docs)]

use overlapped::process::{Child, Command, Job, JobLimits, JobMessage, Stdio};
use overlapped::{CompletionPort, named};
use std::time::{Duration, Instant};

const ROLE: &str = "OVL_TEST_ROLE";
/// Longer than anything takes, however busy the machine is.
const LONG: Duration = Duration::from_secs(60);

/// This program in a role.
fn program(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "role", "--nocapture"]).env(ROLE, role).stdout(Stdio::Null);
    command
}

fn sleeper() -> Command {
    let mut command = Command::new("sleep");
    command.arg("600").stdout(Stdio::Null);
    command
}

fn end(child: &Child) -> u32 {
    let code = child.wait_for(LONG).unwrap();
    code.unwrap_or_else(|| panic!("process {} does not end", child.id()))
}

fn is_gone(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // One that nobody has collected yet has ended all the same.
    stat.is_empty() || stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X']))
}

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LONG, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What a child does; nothing in the test run itself.
#[test]
fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let words: Vec<&str> = role.split(' ').collect();
    match words[0] {
        // Leaves a job and its member behind, in one of the ways in which a process ends.
        "leaves" => {
            let job = Job::new().unwrap();
            job.set_limits(JobLimits { kill_on_close: true, ..JobLimits::default() });
            let child = sleeper().job(&job).spawn().unwrap();
            std::fs::write(words[2], child.id().to_string()).unwrap();
            match words[1] {
                "exit" => std::process::exit(3),
                "own" => {
                    job.assign_current().unwrap();
                    job.terminate(0x1_0004);
                    unreachable!("it is a member");
                }
                _ => panic!("no such way"),
            }
        }
        // Its children are members as it is, unless they are let go.
        "starts" => {
            let child = sleeper().spawn().unwrap();
            let refused = sleeper().breakaway(true).spawn().err().map_or(0, |error| error.code().0);
            std::fs::write(words[1], format!("{} {refused}", child.id())).unwrap();
            std::thread::sleep(Duration::from_secs(600));
        }
        _ => panic!("no such role: {role}"),
    }
}

#[test]
fn a_port_is_told_of_each_member_and_of_the_last_one() {
    #[derive(Debug, PartialEq)]
    enum Context {
        Job(JobMessage),
        Stop,
    }
    impl From<JobMessage> for Context {
        fn from(message: JobMessage) -> Self {
            Self::Job(message)
        }
    }
    let (port, job) = (CompletionPort::<String, Context>::new(1).unwrap(), Job::new().unwrap());
    let early = sleeper().job(&job).spawn().unwrap();
    job.report_to(&port, "job".to_owned()).unwrap();
    assert_eq!(job.report_to(&port, "again".to_owned()).unwrap_err().code().0, 87);
    let next = || {
        let done = port.get_timeout(LONG).unwrap().expect("a message");
        assert_eq!((done.key.as_str(), done.buffer), ("job", None));
        (done.context, done.result.unwrap())
    };
    assert_eq!(next(), (Context::Job(JobMessage::NewProcess(early.id())), 6), "the one that was there");
    let crash = Command::new("sh").args(["-c", "kill -SEGV $$"]).job(&job).spawn().unwrap();
    assert_eq!(next(), (Context::Job(JobMessage::NewProcess(crash.id())), 6));
    assert_eq!(next(), (Context::Job(JobMessage::AbnormalExitProcess(crash.id())), 8));
    assert!(job.has(&early) && !job.has(&crash));
    assert_eq!((job.counts().active, job.counts().total), (vec![early.id()], 2));
    early.terminate(7).unwrap();
    assert_eq!(next(), (Context::Job(JobMessage::ExitProcess(early.id())), 7));
    assert_eq!(next(), (Context::Job(JobMessage::ActiveProcessZero), 4));
    port.post("job".to_owned(), Context::Stop).unwrap();
    assert_eq!(next(), (Context::Stop, 0));
}

/// However soon that is: some have ended before anybody could have assigned them.
#[test]
fn a_child_that_ends_at_once_has_been_a_member() {
    let (port, job) = (CompletionPort::<(), JobMessage>::new(1).unwrap(), Job::new().unwrap());
    job.report_to(&port, ()).unwrap();
    for total in 1..=20 {
        let child = Command::new("true").job(&job).spawn().unwrap();
        let told: Vec<JobMessage> = (0..3).map(|_| port.get_timeout(LONG).unwrap().unwrap().context).collect();
        let id = child.id();
        assert_eq!(told, [JobMessage::NewProcess(id), JobMessage::ExitProcess(id), JobMessage::ActiveProcessZero]);
        assert_eq!((end(&child), job.counts().total), (0, total));
    }
}

#[test]
fn a_member_too_many_is_ended() {
    let (port, job) = (CompletionPort::<(), JobMessage>::new(1).unwrap(), Job::new().unwrap());
    let limits = JobLimits { active: Some(1), kill_on_close: true, ..JobLimits::default() };
    job.set_limits(limits);
    assert_eq!(job.limits(), limits);
    let first = sleeper().job(&job).spawn().unwrap();
    job.report_to(&port, ()).unwrap();
    assert_eq!(sleeper().job(&job).spawn().unwrap_err().code().0, 1816);
    let second = sleeper().spawn().unwrap();
    assert_eq!(job.assign(&second).unwrap_err().code().0, 1816);
    assert_eq!(end(&second), 1816);
    let told: Vec<JobMessage> = (0..3).map(|_| port.get_timeout(LONG).unwrap().unwrap().context).collect();
    let over = JobMessage::ActiveProcessLimit;
    assert_eq!(told, [JobMessage::NewProcess(first.id()), over, over]);
    assert_eq!(job.counts().ended_by_limit, 2);
}

#[test]
fn who_has_ended_does_not_count_for_the_limit() {
    let job = Job::new().unwrap();
    job.set_limits(JobLimits { active: Some(1), ..JobLimits::default() });
    for _ in 0..20 {
        let child = Command::new("true").job(&job).spawn().expect("nobody else runs");
        eventually("it has ended", || is_gone(child.id()));
    }
    assert_eq!(job.counts().ended_by_limit, 0);
}

#[test]
fn a_process_has_one_job_and_a_dead_one_gets_none() {
    let (one, other) = (Job::new().unwrap(), Job::new().unwrap());
    let child = sleeper().job(&one).spawn().unwrap();
    assert_eq!(other.assign(&child).unwrap_err().code().0, 5);
    one.terminate(0x1234_5678);
    assert_eq!(end(&child), 0x1234_5678);
    assert_eq!(other.assign(&child).unwrap_err().code().0, 5);
}

#[test]
fn members_end_with_the_last_clone_if_that_is_wanted() {
    for kill_on_close in [false, true] {
        let job = Job::new().unwrap();
        job.set_limits(JobLimits { kill_on_close, ..JobLimits::default() });
        let child = sleeper().job(&job).spawn().unwrap();
        let clone = job.clone();
        drop(job);
        assert_eq!(child.wait_for(Duration::from_millis(50)).unwrap(), None, "there is a clone");
        drop(clone);
        if !kill_on_close {
            assert_eq!(child.wait_for(Duration::from_millis(50)).unwrap(), None, "it goes on without its job");
            child.terminate(0).unwrap();
        }
        assert_eq!(end(&child), 0);
    }
}

#[test]
fn members_end_when_the_process_exits_or_ends_itself_with_its_job() {
    let dir = tempfile::tempdir().unwrap();
    for (way, code) in [("exit", 3), ("own", 0x1_0004)] {
        let path = dir.path().join(way);
        let child = program(&format!("leaves {way} {}", path.display())).spawn().unwrap();
        assert_eq!(end(&child), code);
        let member: u32 = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        eventually("the member has ended", || is_gone(member));
    }
}

#[test]
fn what_a_member_starts_is_a_member_and_may_leave_only_if_the_job_allows_it() {
    let dir = tempfile::tempdir().unwrap();
    let job = Job::new().unwrap();
    let path = dir.path().join("grandchild");
    let child = program(&format!("starts {}", path.display())).job(&job).spawn().unwrap();
    let mut said = String::new();
    eventually("the child has started another", || {
        said = std::fs::read_to_string(&path).unwrap_or_default();
        said.split(' ').count() == 2
    });
    let grandchild: u32 = said.split(' ').next().unwrap().parse().unwrap();
    assert!(!is_gone(grandchild));
    job.terminate(9);
    assert_eq!(end(&child), 9);
    eventually("the grandchild has ended", || is_gone(grandchild));
}

#[test]
fn a_name_leads_to_the_job_as_long_as_somebody_has_it() {
    let name = format!("overlapped-test-{}-job", std::process::id());
    let (job, existed) = named::create(&name, Job::new().unwrap()).unwrap();
    assert!(!existed);
    job.set_limits(JobLimits { kill_on_close: true, ..JobLimits::default() });
    let same = named::open::<Job>(&name).unwrap();
    let child = sleeper().job(&same).spawn().unwrap();
    drop(job);
    assert_eq!(child.wait_for(Duration::from_millis(50)).unwrap(), None, "the other one has it");
    assert!(same.has(&child) && same.limits().kill_on_close);
    drop(same);
    assert_eq!(end(&child), 0);
    assert_eq!(named::open::<Job>(&name).unwrap_err().code().0, 2);
}
