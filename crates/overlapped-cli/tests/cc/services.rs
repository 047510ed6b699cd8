//! Services (`winsvc.h`): a program that is its own installer, as Windows programs are, and one that systemd starts.

use crate::Place;
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MANAGED: &str = "CreateService 1
again 0 1073
ChangeServiceConfig2 1
ChangeServiceConfig2 1
too small 0 122
QueryServiceConfig 1
3 16 1 Tcpip Afd A service for a test
QueryServiceConfig2 1
What it does, in a line
2 1000
GetServiceKeyName 1
OvlTestService 14
state 1 exit 1077 process 0
control 1: 0 1062
StartService 1
state 4 exit 0 process 1
running 0 1056
EnumServicesStatusEx 1
1 OvlTestService
control 2: 1 state 7
state 7 exit 0 process 1
control 3: 1 state 4
control 129: 0 120
control 6: 0 1052
control 200000: 0 87
control 1: 1 state STOP
state 1 exit 42 process 0
StartService 1
state 4 exit 0 process 1
control 130: 0 1053
state 1 exit 1067 process 0
no service 0 6
ChangeServiceConfig 1
no dispatcher 0 1053
DeleteService 1
again 0 1072
gone 0 1060
";

const LOGGED: &str = "OvlTestService: 4 arguments, last 
control 2 context
control 3 context
control 129 context
control 1 context
stopped
";

/// The program, with a register and a run-time directory of its own.
fn program(place: &Place) -> Command {
    let mut program = Command::new(place.path("program"));
    let of = |name| {
        let path = place.path(name);
        fs::create_dir_all(&path).unwrap();
        path
    };
    program.env("XDG_CONFIG_HOME", of("config")).env("XDG_RUNTIME_DIR", of("run"));
    for name in ["NOTIFY_SOCKET", "SYSTEMD_EXEC_PID", "OVERLAPPED_SERVICE"] {
        program.env_remove(name);
    }
    program
}

fn built() -> Place {
    let place = Place::new(&[("service.c", include_str!("service.c"))]);
    place.compile(&["cc", "service.c"]);
    place
}

#[test]
fn a_service_is_installed_started_controlled_and_deleted() {
    let place = built();
    let log = place.path("log");
    for engine in ["uring", "epoll"] {
        let output =
            program(&place).args(["manage", log.to_str().unwrap()]).env("OVERLAPPED_ENGINE", engine).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        // The handler has told of one state, and the service may have told of the next.
        let said = said.replace("control 1: 1 state 3", "control 1: 1 state STOP");
        let said = said.replace("control 1: 1 state 1", "control 1: 1 state STOP");
        assert_eq!(said, MANAGED, "{engine}");
        assert_eq!(fs::read_to_string(&log).unwrap(), LOGGED, "{engine}");
        fs::remove_file(&log).unwrap();
    }
    let output = program(&place).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "no service: 1063\n", "from a shell");
}

#[test]
fn systemd_is_told_when_a_service_is_ready_and_ends_it_by_sigterm() {
    let place = built();
    let address = place.path("notify");
    let systemd = UnixDatagram::bind(&address).unwrap();
    systemd.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut service = program(&place).env("NOTIFY_SOCKET", &address).stdout(Stdio::null()).spawn().unwrap();
    let heard = || {
        let mut room = [0; 200];
        let len = systemd.recv(&mut room).expect("the service says how it is");
        String::from_utf8_lossy(&room[..len]).into_owned()
    };
    assert_eq!(heard(), "READY=1\nSTATUS=Running");
    let killed = Command::new("kill").args(["-TERM", &service.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(heard().starts_with("STOPPING=1\nSTATUS=Stopping\nEXTEND_TIMEOUT_USEC="));
    assert_eq!(heard(), "STOPPING=1\nSTATUS=Stopped with exit code 42");
    let begun = Instant::now();
    let status = loop {
        match service.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > Duration::from_secs(60) => {
                service.kill().unwrap();
                panic!("the dispatcher does not return");
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    assert_eq!(status.code(), Some(7), "the dispatcher said TRUE");
}
