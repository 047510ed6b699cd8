//! What the program prints, for people and for programs.

mod common;

use common::*;
use std::fs;

#[test]
fn version_and_help_are_there_with_examples() {
    let version = run(ovl().arg("--version")).succeeded().stdout;
    assert_eq!(version.trim(), concat!("ovl ", env!("CARGO_PKG_VERSION")));
    let help = run(ovl().args(["copy", "--help"])).succeeded().stdout;
    for part in ["SRC... DST", "Examples:", "Exit codes:", "--queue-depth", "hard links become separate files"] {
        assert!(help.contains(part), "{part}: {help}");
    }
    assert!(run(ovl().arg("--help")).succeeded().stdout.contains("ovl doctor"));
}

#[test]
fn wrong_usage_is_code_2() {
    for arguments in [
        &["copy"][..],
        &["copy", "only-one"],
        &["copy", "--chunk", "1000", "a", "b"],
        &["copy", "--queue-depth", "0", "a", "b"],
        &["copy", "--engine", "steam", "a", "b"],
        &["no-such-command"],
        &[],
    ] {
        let outcome = run(ovl().args(arguments));
        assert_eq!(outcome.code, 2, "{arguments:?}: {outcome:?}");
        assert!(!outcome.stderr.is_empty());
    }
}

#[test]
fn who_names_a_program_to_watch_is_told_how_to_start_it() {
    let outcome = run(ovl().args(["top", "./server"]));
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("ovl top -- ./server"), "{outcome:?}");
}

#[test]
fn shells_and_man_are_told_of_every_command() {
    let commands = ["copy", "cc", "c++", "devices", "doctor", "top", "completions", "man"];
    for shell in ["bash", "zsh", "fish"] {
        let script = run(ovl().args(["completions", shell])).succeeded().stdout;
        for part in commands.iter().chain(&["queue-depth"]) {
            assert!(script.contains(part), "{shell}: {part}");
        }
    }
    assert_eq!(run(ovl().args(["completions", "dcl"])).code, 2);
    let page = run(ovl().arg("man")).succeeded().stdout;
    assert!(page.starts_with(".ie") && page.contains(".SH NAME") && page.contains("Examples:"), "{page}");
    let directory = tempfile::tempdir().unwrap();
    run(ovl().arg("man").arg(directory.path())).succeeded();
    for command in commands {
        let page = fs::read_to_string(directory.path().join(format!("ovl-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}");
    }
    let compilers = fs::read_to_string(directory.path().join("ovl-cc.1")).unwrap();
    assert!(compilers.contains("static") && compilers.contains("Resources"), "{compilers}");
    let nowhere = run(ovl().arg("man").arg(directory.path().join("missing")));
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.stderr.contains("missing"), "{nowhere:?}");
}

#[test]
fn a_copy_says_nothing_where_nobody_looks() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("source"), &noise(1_000_000));
        let outcome = run(&mut copy(engine, [&source, &dir.join("target")])).succeeded();
        assert_eq!(outcome.stdout, "");
    });
}

#[test]
fn the_summary_counts() {
    on_each_engine(|engine, dir| {
        let source = write(&dir.join("source"), &noise(1_000_000));
        let mut command = copy(engine, ["--json", "--chunk", "256K"]);
        let summary = run(command.arg(&source).arg(dir.join("target"))).succeeded().json();
        for (name, value) in [("bytes", 1_000_000), ("files", 1), ("operations", 4), ("directories", 0), ("links", 0)] {
            assert_eq!(summary[name], value, "{name}");
        }
        assert_eq!(summary["engine"], engine);
        assert!(summary["seconds"].as_f64().unwrap() > 0.0);
        assert!(summary["cpu_seconds"]["user"].is_f64() && summary["cpu_seconds"]["system"].is_f64());
        assert!(summary["context_switches"]["voluntary"].is_u64());
        assert!(summary["context_switches"]["involuntary"].is_u64());
        assert!(summary["errors"].as_array().unwrap().is_empty());
        assert_eq!((&summary["verified"], &summary["interrupted"]), (&false.into(), &false.into()));
    });
}

#[test]
fn a_failure_is_in_the_summary_too() {
    on_each_engine(|engine, dir| {
        let outcome = run(copy(engine, [dir.join("missing"), dir.join("target")]).arg("--json"));
        let summary = outcome.failed_with(&["missing' was not copied"]).json();
        let error = &summary["errors"][0];
        assert_eq!((&error["code"], &error["name"]), (&2.into(), &"ERROR_FILE_NOT_FOUND".into()));
        assert!(error["message"].as_str().unwrap().contains("check its name"));
    });
}

#[test]
fn devices_lists_names_and_origins() {
    let dir = directory();
    let config = write(&dir.path().join("devices.toml"), b"[drives]\nD = \"/tmp\"\n[serial]\nCOM90 = \"/dev/none\"\n");
    let devices =
        |arguments: &[&str]| run(ovl().arg("devices").args(arguments).env("OVERLAPPED_CONFIG", &config)).succeeded();
    let table = devices(&[]).stdout;
    assert!(table.starts_with("NAME"), "{table}");
    let line = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("C: ").contains(" / ") && line("C: ").ends_with("default"), "{table}");
    assert!(line("D: ").contains("/tmp") && line("D: ").contains("devices.toml:2"), "{table}");
    assert!(line("COM90 ").ends_with("(not there)"), "{table}");
    let json = |arguments| devices(arguments).json().as_array().unwrap().len();
    assert!(json(&["--json", "--all"]) >= json(&["--json"]));
}

#[test]
fn doctor_says_which_engine_and_why() {
    for engine in ENGINES {
        let outcome = run(ovl().arg("doctor").env("OVERLAPPED_ENGINE", engine));
        if engine == "uring" && outcome.code == 1 {
            loudly("no io_uring here");
            continue;
        }
        let text = outcome.succeeded().stdout;
        for part in
            [engine, "OVERLAPPED_ENGINE asks for it", "kernel", "open files", "lockable memory", "run-time directory"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    let findings = run(ovl().args(["doctor", "--json"])).succeeded().json();
    assert!(findings.as_array().unwrap().iter().all(|f| f["what"].is_string() && f["ok"].is_boolean()));
}

#[test]
fn an_engine_that_does_not_exist_and_a_bad_configuration_are_told() {
    let outcome = run(ovl().arg("doctor").env("OVERLAPPED_ENGINE", "steam"));
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.contains("steam: not an engine"), "{outcome:?}");
    let dir = directory();
    let config = write(&dir.path().join("devices.toml"), b"[drives]\nD = 5\n");
    let source = write(&dir.path().join("source"), b"1");
    let mut command = ovl();
    command.arg("copy").arg(&source).arg(dir.path().join("target")).env("OVERLAPPED_CONFIG", &config);
    run(&mut command).failed_with(&["devices.toml' cannot be used", "OVERLAPPED_CONFIG=/dev/null"]);
    assert!(!fs::exists(dir.path().join("target")).unwrap());
}
