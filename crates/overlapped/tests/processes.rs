//! Programs that are started, and what they inherit (contract 01 §1, §2; 04 §7; 09 §1). The children are this very file in another role.

#![allow(missing_docs)]

use overlapped::process::{Child, Command, Stdio, inherited};
use overlapped::{Event, File, MutexObject, OpenOptions, Semaphore, Timeout, WaitResult, wait_all, wait_any};
use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

const ROLE: &str = "OVL_TEST_ROLE";
/// Longer than anything takes, however busy the machine is.
const LONG: Duration = Duration::from_secs(120);

/// This program in a role.
fn program(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "role", "--nocapture"]).env(ROLE, role).stdout(Stdio::Null);
    command
}

fn end(child: &Child) -> u32 {
    let code = child.wait_for(LONG).unwrap();
    code.unwrap_or_else(|| panic!("process {} does not end", child.id()))
}

/// What a child does; nothing in the test run itself.
#[test]
fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let words: Vec<&str> = role.split(' ').collect();
    let number = |at: usize| words[at].parse::<usize>().unwrap();
    assert!(std::env::var_os("OVERLAPPED_PROCESS").is_none(), "the variable is taken away before main");
    let code = match words[0] {
        "exit" => u32::from_str_radix(words[1], 16).unwrap(),
        "event" => {
            let (go, done): (Event, Event) = (inherited(number(1)).unwrap(), inherited(number(2)).unwrap());
            let went = go.wait(LONG);
            done.set();
            u32::from(went)
        }
        "objects" => {
            let semaphore: Semaphore = inherited(number(1)).unwrap();
            let mutex: MutexObject = inherited(number(2)).unwrap();
            semaphore.release(2).unwrap();
            // It ends as the owner.
            u32::from(wait_any(&[&mutex], LONG).unwrap() == WaitResult::Object(0))
        }
        "write" => {
            let file: File = inherited(number(1)).unwrap();
            file.write_bytes(b"child").unwrap() as u32
        }
        "poor" => {
            let parent = std::os::unix::process::parent_id();
            let next = fs::File::open("/dev/null").unwrap().as_raw_fd() as u64;
            let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            // SAFETY: room for a limit.
            assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
            // One descriptor is left, and then as many as before.
            let opened = [next + 1, limit.rlim_cur].map(|most| {
                let limit = libc::rlimit { rlim_cur: most, ..limit };
                // SAFETY: a limit.
                assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
                Child::open(parent).is_ok()
            });
            u32::from(opened == [false, true])
        }
        "hold" => {
            let file: File = inherited(number(1)).unwrap();
            let (held, go): (Event, Event) = (inherited(number(2)).unwrap(), inherited(number(3)).unwrap());
            held.set();
            let went = go.wait(LONG);
            drop(file);
            u32::from(went)
        }
        "leave" => {
            let path = std::env::var_os("OVL_TEST_FILE").unwrap();
            let mut options = OpenOptions::new();
            let file = options.write(true).create(true).delete_on_close(number(1) == 1).share_delete(true).open(&path);
            // Ended with the process, and by nobody else.
            std::mem::forget(file.unwrap());
            u32::from(std::path::Path::new(&path).exists())
        }
        "wrong" => {
            assert_eq!(inherited::<Semaphore>(number(1)).unwrap_err().code().0, 6, "an event is no semaphore");
            assert_eq!(inherited::<Event>(0x7FFF_0000).unwrap_err().code().0, 6);
            inherited::<Event>(number(1)).unwrap();
            inherited::<Event>(number(1)).map_or_else(|error| error.code().0, |_| 0)
        }
        "line" => {
            use overlapped::devices::process::{Line, command_line};
            let Some(Line::Bytes(line)) = command_line() else { std::process::exit(9) };
            fs::write(std::env::var_os("OVL_TEST_FILE").unwrap(), line).unwrap();
            0
        }
        _ => panic!("no such role: {role}"),
    };
    std::process::exit(code.cast_signed());
}

#[test]
fn a_child_of_ours_says_all_bits_of_its_exit_code_04_7() {
    for code in [0, 1, 259, 0x100, 0xC000_013A, u32::MAX] {
        let child = program(&format!("exit {code:x}")).spawn().unwrap();
        assert_eq!(end(&child), code);
        assert_eq!(child.exit_code(), Some(code));
    }
}

#[test]
fn other_programs_say_what_linux_keeps_and_signals_are_exceptions() {
    for signal in [libc::SIGINT, libc::SIGQUIT] {
        // Who runs in the background is started with both ignored.
        // SAFETY: a system call with plain numbers.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    for (script, code) in [("exit 7", 7), ("kill -SEGV $$", 0xC000_0005), ("kill -INT $$", 0xC000_013A)] {
        let child = Command::new("sh").args(["-c", script]).spawn().unwrap();
        assert_eq!(end(&child), code, "{script}");
    }
}

#[test]
fn who_ends_a_child_says_with_which_code() {
    let child = Command::new("sleep").arg("600").spawn().unwrap();
    assert_eq!((child.wait_for(Duration::ZERO).unwrap(), child.exit_code()), (None, None));
    child.terminate(0x1234_5678).unwrap();
    assert_eq!(end(&child), 0x1234_5678);
    assert_eq!(child.terminate(1).unwrap_err().code().0, 5, "it has ended");
}

#[test]
fn a_child_is_waited_for_together_with_other_objects_04_7() {
    let (stop, children) =
        (Event::manual_reset(false), [1, 2].map(|code| program(&format!("exit {code}")).spawn().unwrap()));
    assert_eq!(wait_all(&[&children[0], &children[1]], LONG).unwrap(), WaitResult::Object(0));
    assert_eq!(wait_any(&[&stop, &children[1]], Timeout::Infinite).unwrap(), WaitResult::Object(1));
}

#[test]
fn a_suspended_child_begins_when_it_is_resumed() {
    let child = program("exit 5").suspended(true).spawn().unwrap();
    assert_eq!(child.wait_for(Duration::from_millis(100)).unwrap(), None);
    assert_eq!(child.suspend().unwrap(), 1);
    assert_eq!((child.resume().unwrap(), child.resume().unwrap()), (2, 1));
    assert_eq!(end(&child), 5);
    let child = program("exit 5").suspended(true).spawn().unwrap();
    child.terminate(6).unwrap();
    assert_eq!(end(&child), 6);
}

#[test]
fn events_without_a_name_are_inherited_by_their_number_01_2() {
    let (go, done) = (Event::auto_reset(false), Event::manual_reset(false));
    let (given, taken) = (go.clone(), done.clone());
    let waiting = std::thread::spawn(move || taken.wait(LONG));
    let mut command = program("");
    let numbers = (command.inherit(&go).unwrap(), command.inherit(&done).unwrap());
    let child = command.env(ROLE, format!("event {} {}", numbers.0, numbers.1)).spawn().unwrap();
    assert!(!done.wait(Duration::from_millis(50)));
    given.set();
    assert!(waiting.join().unwrap(), "a wait that began before the event had a second process");
    assert_eq!(end(&child), 1);
    assert!(!go.wait(Duration::ZERO), "the child has taken the signal");
}

#[test]
fn a_signal_is_not_lost_when_an_event_gets_a_second_process() {
    let set = Event::auto_reset(true);
    let done = Event::manual_reset(false);
    let mut command = program("");
    let numbers = (command.inherit(&set).unwrap(), command.inherit(&done).unwrap());
    let child = command.env(ROLE, format!("event {} {}", numbers.0, numbers.1)).spawn().unwrap();
    assert_eq!(end(&child), 1, "the event was set before");
    assert!(done.wait(LONG) && !set.wait(Duration::ZERO));
}

#[test]
fn semaphores_and_mutexes_are_inherited_with_their_state_04_4() {
    let (semaphore, mutex) = (Semaphore::new(1, 5).unwrap(), MutexObject::new(true));
    let mut command = program("");
    let numbers = (command.inherit(&semaphore).unwrap(), command.inherit(&mutex).unwrap());
    let child = command.env(ROLE, format!("objects {} {}", numbers.0, numbers.1)).spawn().unwrap();
    for _ in 0..3 {
        assert_eq!(wait_any(&[&semaphore], LONG).unwrap(), WaitResult::Object(0));
    }
    assert_eq!(wait_any(&[&semaphore], Duration::ZERO).unwrap(), WaitResult::TimedOut);
    assert_eq!(child.wait_for(Duration::from_millis(50)).unwrap(), None, "this thread owns the mutex");
    mutex.release().unwrap();
    assert_eq!(end(&child), 1);
    assert_eq!(wait_any(&[&mutex], LONG).unwrap(), WaitResult::Abandoned(0));
}

#[test]
fn a_file_is_inherited_with_its_pointer_02_2() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let mut file = OpenOptions::new().read(true).write(true).create(true).open(&path).unwrap();
    file.write_all(b"parent ").unwrap();
    let mut command = program("");
    let number = command.inherit(&file).unwrap();
    let child = command.env(ROLE, format!("write {number}")).spawn().unwrap();
    assert_eq!(end(&child), 5);
    file.write_all(b" parent").unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "parent child parent");
}

/// A file that goes with its last handle, which a child has, too; and what the child says and is told.
struct Doomed {
    path: std::path::PathBuf,
    file: Option<File>,
    child: Child,
    held: Event,
    go: Event,
    _directory: tempfile::TempDir,
}

impl Doomed {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = OpenOptions::new().write(true).create(true).delete_on_close(true).share_delete(true).open(&path);
        let (file, held, go) = (file.unwrap(), Event::manual_reset(false), Event::manual_reset(false));
        let mut command = program("");
        let [number, first, second] =
            [command.inherit(&file), command.inherit(&held), command.inherit(&go)].map(Result::unwrap);
        let child = command.env(ROLE, format!("hold {number} {first} {second}")).spawn().unwrap();
        Self { path, file: Some(file), child, held, go, _directory: directory }
    }

    fn has(&self) -> bool {
        self.path.exists()
    }

    /// Nobody has closed the last handle yet, so it can still be opened.
    fn is_open_to_all(&self) -> bool {
        OpenOptions::new().write(true).share_delete(true).open(&self.path).is_ok()
    }

    fn goes(&self) -> bool {
        let limit = std::time::Instant::now() + LONG;
        while self.has() && std::time::Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(1));
        }
        !self.has()
    }
}

#[test]
fn a_file_that_is_deleted_on_close_goes_with_the_childs_handle_02_8() {
    let mut doomed = Doomed::new();
    // Most likely before the child has begun.
    drop(doomed.file.take());
    assert!(doomed.is_open_to_all());
    assert!(doomed.held.wait(LONG));
    assert!(doomed.is_open_to_all());
    doomed.go.set();
    assert_eq!(end(&doomed.child), 1);
    assert!(doomed.goes());
}

#[test]
fn a_file_that_is_deleted_on_close_goes_with_the_parents_handle_02_8() {
    let mut doomed = Doomed::new();
    assert!(doomed.held.wait(LONG));
    doomed.go.set();
    assert_eq!(end(&doomed.child), 1);
    assert!(doomed.is_open_to_all());
    drop(doomed.file.take());
    // At once, unless a test beside this starts a program by other means and has a copy of everything for a moment.
    assert!(doomed.goes());
}

#[test]
fn a_file_that_is_deleted_on_close_goes_with_a_child_that_is_killed_02_8() {
    let mut doomed = Doomed::new();
    assert!(doomed.held.wait(LONG));
    drop(doomed.file.take());
    assert!(doomed.has());
    // SAFETY: our own child, which nobody has waited for.
    assert_eq!(unsafe { libc::kill(doomed.child.id().cast_signed(), libc::SIGKILL) }, 0);
    end(&doomed.child);
    assert!(doomed.goes());
}

#[test]
fn a_file_that_is_deleted_on_close_goes_with_a_process_that_ends_without_closing_it_02_8() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    for doomed in [1, 0] {
        let child = program("").env(ROLE, format!("leave {doomed}")).env("OVL_TEST_FILE", &path).spawn().unwrap();
        assert_eq!((end(&child), path.exists()), (1, doomed == 0));
    }
}

#[test]
fn a_file_that_is_deleted_on_close_goes_with_a_program_that_knows_nothing_of_it_02_8() {
    let directory = tempfile::tempdir().unwrap();
    let [path, flag] = ["file", "flag"].map(|name| directory.path().join(name));
    fs::write(&flag, "").unwrap();
    let file = OpenOptions::new().write(true).create(true).delete_on_close(true).open(&path).unwrap();
    let mut command = Command::new("sh");
    command.inherit(&file).unwrap();
    let script = format!("while [ -e '{}' ]; do sleep 0.01; done", flag.display());
    let child = command.args(["-c", &script]).spawn().unwrap();
    drop(file);
    assert!(path.exists());
    fs::remove_file(&flag).unwrap();
    assert_eq!(end(&child), 0);
    let limit = std::time::Instant::now() + LONG;
    while path.exists() {
        assert!(std::time::Instant::now() < limit, "it stays");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_number_leads_to_its_own_kind_of_object_and_once() {
    let event = Event::manual_reset(false);
    let mut command = program("");
    let number = command.inherit(&event).unwrap();
    let child = command.env(ROLE, format!("wrong {number}")).spawn().unwrap();
    assert_eq!(end(&child), 6);
}

#[test]
fn what_a_shell_passes_on_counts() {
    let (go, done) = (Event::manual_reset(true), Event::manual_reset(false));
    let mut command = Command::new("sh");
    let numbers = (command.inherit(&go).unwrap(), command.inherit(&done).unwrap());
    let script =
        format!("'{}' --exact role --nocapture >/dev/null; exit 3", std::env::current_exe().unwrap().display());
    command.args(["-c", &script]).env(ROLE, format!("event {} {}", numbers.0, numbers.1));
    let child = command.spawn().unwrap();
    assert_eq!(end(&child), 3, "the code is the shell's");
    assert!(done.wait(LONG));
}

#[test]
fn a_child_of_ours_finds_its_command_line_as_it_was_given() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("line");
    let line = format!("\"{}\"   --exact role  \"--nocapture\" ", std::env::current_exe().unwrap().display());
    let mut command = program("line");
    let child = command.env("OVL_TEST_FILE", &path).command_line(&line).spawn().unwrap();
    assert_eq!(end(&child), 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), line);
}

#[test]
fn standard_handles_are_files_pipes_or_nothing_09_1() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let mut file = OpenOptions::new().read(true).write(true).create(true).open(&path).unwrap();
    file.write_all(b"1 ").unwrap();
    let (out, into) = std::io::pipe().unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", "cat; echo two; echo three >&2"])
        .stdin(Stdio::Null)
        .stdout(file.to_stdio().unwrap())
        .stderr(into);
    let child = command.spawn().unwrap();
    assert_eq!(end(&child), 0);
    drop(command);
    let mut errors = String::new();
    { out }.read_to_string(&mut errors).unwrap();
    let std =
        std::process::Command::new("echo").arg("4").stdout(std::process::Stdio::try_from(&file).unwrap()).status();
    assert!(std.unwrap().success());
    file.write_all(b"5").unwrap();
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), errors.as_str()), ("1 two\n4\n5", "three\n"));
}

#[test]
fn ends_of_anonymous_pipes_go_to_children_07_3() {
    let (from_parent, mut to_child) = overlapped::pipe::anonymous(0).unwrap();
    let (mut from_child, to_parent) = overlapped::pipe::anonymous(0).unwrap();
    let mut command = Command::new("cat");
    command.stdin(OwnedFd::try_from(from_parent).unwrap()).stdout(OwnedFd::try_from(to_parent).unwrap());
    let child = command.spawn().unwrap();
    drop(command);
    to_child.write_all(b"there and back").unwrap();
    drop(to_child);
    let mut text = String::new();
    from_child.read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), end(&child)), ("there and back", 0));

    let (mut output, to_parent) = overlapped::pipe::anonymous(0).unwrap();
    let std = std::process::Stdio::try_from(to_parent).unwrap();
    assert!(std::process::Command::new("echo").arg("echoed").stdout(std).status().unwrap().success());
    text.clear();
    output.read_to_string(&mut text).unwrap();
    assert_eq!(text, "echoed\n");
}

#[test]
fn a_child_of_std_is_an_object_and_stays_its_own() {
    let mut child = std::process::Command::new("sh")
        .args(["-c", "read x; exit 7"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let object = Child::of(&child).unwrap();
    assert_eq!(object.wait_for(Duration::ZERO).unwrap(), None);
    drop(child.stdin.take());
    assert_eq!(end(&object), 7);
    assert_eq!(child.wait().unwrap().code(), Some(7));
}

#[test]
fn the_environment_and_the_current_directory_are_those_that_were_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let (out, into) = std::io::pipe().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "pwd; echo $A-$B-${HOME:-none}"]).env_clear().env("A", "1").env("B", "2").env("A", "3");
    command.env_remove("B").current_dir(directory.path()).stdout(OwnedFd::from(into));
    let child = command.spawn().unwrap();
    assert_eq!(end(&child), 0);
    drop(command);
    let mut text = String::new();
    { out }.read_to_string(&mut text).unwrap();
    let real = directory.path().canonicalize().unwrap();
    assert_eq!(text, format!("{}\n3--none\n", real.display()));
    let none = Command::new("sh").current_dir("/no such directory").spawn();
    assert_eq!(none.unwrap_err().code().0, 267);
}

#[test]
fn programs_that_cannot_be_run_say_why() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("text");
    fs::write(&text, "no program").unwrap();
    let code = |program: &std::path::Path| Command::new(program).spawn().unwrap_err().code().0;
    assert_eq!(code("no_such_program_anywhere".as_ref()), 2);
    assert_eq!(code("/no such directory/program".as_ref()), 3);
    assert_eq!((code(&text), code(directory.path())), (193, 5));
    // The suffix of Windows is not needed here, and does no harm.
    assert_eq!(end(&Command::new("true.exe").spawn().unwrap()), 0);
}

#[test]
fn a_child_gets_no_descriptors_but_its_own_even_while_others_open_some() {
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let opening = {
        let stop = std::sync::Arc::clone(&stop);
        std::thread::spawn(move || {
            while !stop.load(std::sync::atomic::Ordering::Acquire) {
                // SAFETY: a new descriptor that is inheritable, and closed at once.
                unsafe {
                    let fd = libc::open(c"/dev/zero".as_ptr(), libc::O_RDONLY);
                    libc::close(fd);
                }
            }
        })
    };
    let kept = fs::File::open("/dev/zero").unwrap();
    // SAFETY: our own descriptor becomes inheritable.
    unsafe { libc::fcntl(kept.as_raw_fd(), libc::F_SETFD, 0) };
    for _ in 0..20 {
        let (out, into) = std::io::pipe().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "ls -l /proc/$$/fd"]).stdin(Stdio::Null).stdout(into);
        let child = command.spawn().unwrap();
        drop(command);
        let mut text = String::new();
        { out }.read_to_string(&mut text).unwrap();
        assert_eq!(end(&child), 0);
        assert!(text.contains("overlapped-process") && !text.contains("/dev/zero"), "{text}");
    }
    stop.store(true, std::sync::atomic::Ordering::Release);
    opening.join().unwrap();
}

#[test]
fn children_are_collected_whether_or_not_somebody_waits() {
    let ids: Vec<u32> = (0..20).map(|_| Command::new("true").spawn().unwrap().id()).collect();
    let limit = std::time::Instant::now() + LONG;
    for id in ids {
        // A number may be given to another process meanwhile, which is no child of this one.
        let is_zombie = || {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            let parent = std::process::id().to_string();
            let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
            fields.len() > 1 && fields[1] == parent
        };
        while is_zombie() {
            assert!(std::time::Instant::now() < limit, "process {id} is not collected");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn many_threads_start_programs_at_once() {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for code in 0..10 {
                    let child = Command::new("sh").args(["-c", &format!("exit {code}")]).spawn().unwrap();
                    assert_eq!(end(&child), code);
                }
            });
        }
    });
}

#[test]
fn a_variable_that_leads_to_nothing_harms_nobody() {
    for value in ["", "x", "5:77", "2:1", "-1:1", "999999:1", "4294967299:0"] {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "role"]).env(ROLE, "exit 8").env("OVERLAPPED_PROCESS", value);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(8), "{value}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn who_was_short_of_descriptors_for_a_moment_opens_processes_afterwards() {
    assert_eq!(end(&program("poor").spawn().unwrap()), 1);
}
