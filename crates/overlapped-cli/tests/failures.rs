//! Whatever fails is told in a sentence that names the file and says what to do; the exit code is 1, nothing half-written
//! stays, and the other files are copied (contract 10, issue 2).

mod common;

use common::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

#[test]
fn a_missing_source() {
    on_each_engine(|engine, dir| {
        let good = write(&dir.join("good"), b"1");
        let into = dir.join("into");
        fs::create_dir(&into).unwrap();
        let outcome = run(copy(engine, [&dir.join("missing"), &good, &into]).arg("--json"));
        let outcome = outcome.failed_with(&["missing' was not copied: it does not exist", "check its name"]);
        assert_eq!(outcome.json()["errors"][0]["name"], "ERROR_FILE_NOT_FOUND");
        assert_eq!(names(&into), ["good"]);
    });
}

#[test]
fn a_directory_where_a_file_is_expected() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), b"1");
        let directory = dir.join("directory");
        fs::create_dir_all(directory.join("file")).unwrap();
        run(&mut copy(engine, [&directory, &dir.join("new")])).failed_with(&["directory' was not copied", "add -r"]);
        run(&mut copy(engine, [&file, &directory]))
            .failed_with(&["a directory has that name", "choose another target"]);
        run(copy(engine, [&directory, &file]).arg("-r")).failed_with(&["is in the way and not a directory"]);
        assert_eq!(names(dir), ["directory", "file"]);
        assert_eq!(fs::read(&file).unwrap(), b"1");
    });
}

#[test]
fn source_and_target_are_the_same_file() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), &noise(50_000));
        fs::hard_link(&file, dir.join("hard")).unwrap();
        symlink("file", dir.join("soft")).unwrap();
        for target in ["file", "hard", "soft", "./file"] {
            let mut command = copy(engine, ["file", target]);
            run(command.current_dir(dir)).failed_with(&["they are the same file", "choose another target"]);
        }
        run(copy(engine, ["-r", "soft", "soft"]).current_dir(dir)).failed_with(&["they are the same file"]);
        assert_eq!(fs::read(&file).unwrap(), noise(50_000));
        assert_eq!(names(dir), ["file", "hard", "soft"]);
    });
}

#[test]
fn a_directory_into_itself() {
    on_each_engine(|engine, dir| {
        let tree = dir.join("tree");
        fs::create_dir_all(tree.join("sub")).unwrap();
        symlink("tree/sub", dir.join("way-in")).unwrap();
        for target in ["tree", "tree/new", "tree/sub", "way-in", "way-in/new"] {
            run(copy(engine, ["-r", "tree", target]).current_dir(dir)).failed_with(&["choose a target outside it"]);
        }
        assert_eq!(names(&tree), ["sub"]);
        assert!(names(&tree.join("sub")).is_empty());
    });
}

#[test]
fn a_missing_parent() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), b"1");
        let said = ["no/such' does not exist", "mkdir -p"];
        run(&mut copy(engine, [&file, &dir.join("no/such/file")])).failed_with(&said);
        run(&mut copy(engine, [&file, &dir.join("file/below")])).failed_with(&["file' is not a directory"]);
        let tree = dir.join("tree");
        fs::create_dir(&tree).unwrap();
        run(copy(engine, [&tree, &dir.join("no/such/tree")]).arg("-r")).failed_with(&said);
        run(&mut copy(engine, [&file, &file, &dir.join("new")])).failed_with(&["several sources need a directory"]);
        assert_eq!(names(dir), ["file", "tree"]);
    });
}

#[test]
fn a_target_that_is_a_link_to_nowhere() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), b"1");
        symlink("nowhere", dir.join("link")).unwrap();
        run(&mut copy(engine, [&file, &dir.join("link")]))
            .failed_with(&["a link that leads nowhere", "remove the link"]);
        assert_eq!(names(dir), ["file", "link"]);
    });
}

#[test]
fn a_source_that_may_not_be_read() {
    on_each_engine(|engine, dir| {
        let (secret, open) = (write(&dir.join("secret"), b"1"), write(&dir.join("open"), b"2"));
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
        let into = dir.join("into");
        fs::create_dir(&into).unwrap();
        fs::set_permissions(&into, fs::Permissions::from_mode(0o777)).unwrap();
        let outcome = run(&mut unprivileged_copy(engine, dir, [&secret, &open, &into]));
        outcome.failed_with(&["secret' was not copied: you may not read it", "ask its owner"]);
        assert_eq!(names(&into), ["open"]);
    });
}

#[test]
fn a_directory_that_may_not_be_read_or_written() {
    on_each_engine(|engine, dir| {
        let open = dir.join("open");
        fs::create_dir_all(dir.join("tree/secret")).unwrap();
        write(&dir.join("tree/file"), b"1");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        fs::set_permissions(dir.join("tree/secret"), fs::Permissions::from_mode(0o000)).unwrap();
        let (tree, target) = (dir.join("tree"), open.join("copy"));
        let outcome = run(&mut unprivileged_copy(engine, dir, [Path::new("-r"), &tree, &target]));
        outcome.failed_with(&["secret' was not copied: you may not read it"]);
        assert_eq!(fs::read(target.join("file")).unwrap(), b"1");

        let locked = dir.join("locked");
        fs::create_dir(&locked).unwrap();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
        let outcome = run(&mut unprivileged_copy(engine, dir, [&tree.join("file"), &locked]));
        outcome.failed_with(&["you may not create files in", "choose another target"]);
        assert!(names(&locked).is_empty());
    });
}

#[test]
fn an_existing_target_that_may_not_be_written() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), b"new");
        let target = write(&dir.join("target"), b"old");
        fs::set_permissions(&target, fs::Permissions::from_mode(0o444)).unwrap();
        // Even for root: without any write permission a file has the READONLY attribute (contract 01 §2.3).
        let outcome = run(&mut copy(engine, [&file, &target]));
        outcome.failed_with(&["that file is read-only", "chmod u+w"]);
        assert_eq!(fs::read(&target).unwrap(), b"old");
    });
}

#[test]
fn a_full_device() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), &noise(1 << 20));
        let outcome = run(&mut copy(engine, [&file, Path::new("/dev/full")]));
        outcome.failed_with(&["file' was not copied to '/dev/full'", "is full; free some space"]);
        assert!(Path::new("/dev/full").exists(), "a device is never removed");
        let outcome = run(&mut copy(engine, [&file, Path::new("/dev/null")]));
        outcome.succeeded();
    });
}

#[test]
fn a_full_file_system() {
    on_each_engine(|engine, dir| {
        let Some(mount) = Mount::tmpfs(&dir.join("small"), "size=1M") else { return };
        let small = mount.path();
        let (large, fits) = (write(&dir.join("large"), &noise(3 << 20)), write(&dir.join("fits"), &noise(100_000)));
        let outcome = run(copy(engine, [&large, &fits]).arg(small).args(["--json", "--chunk", "64K"]));
        let outcome =
            outcome.failed_with(&["large' was not copied", "is full; free some space there and copy it again"]);
        assert_eq!(outcome.json()["errors"][0]["code"], 112);
        assert_eq!(names(small), ["fits"], "nothing half-written stays, the other file is there: {outcome:?}");
        assert_same(&fits, &small.join("fits"));

        // One that replaced an older file goes too, and that is told.
        let outcome = run(&mut copy(engine, [&large, &small.join("fits")]));
        outcome.failed_with(&["is full", "the half-overwritten", "was removed"]);
        assert!(names(small).is_empty());
    });
}

#[test]
fn a_read_only_file_system() {
    on_each_engine(|engine, dir| {
        let Some(mount) = Mount::tmpfs(&dir.join("ro"), "size=1M,ro") else { return };
        let file = write(&dir.join("file"), b"1");
        let outcome = run(&mut copy(engine, [&file, &mount.path().join("new")]));
        outcome.failed_with(&["file' was not copied", "is read-only; choose another target, or mount it writable"]);
        let tree = dir.join("tree");
        fs::create_dir(&tree).unwrap();
        let outcome = run(copy(engine, [&tree, &mount.path().join("tree")]).arg("-r"));
        outcome.failed_with(&["is read-only; choose another target"]);
    });
}

#[test]
fn a_source_without_an_end_is_refused() {
    on_each_engine(|engine, dir| {
        let pipe = dir.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        run(&mut copy(engine, [&pipe, &dir.join("target")])).failed_with(&["is a named pipe", "cat"]);
        let file = write(&dir.join("file"), b"1");
        run(&mut copy(engine, [&file, &pipe])).failed_with(&["is a named pipe", "choose a file"]);
        assert_eq!(names(dir), ["file", "pipe"]);
    });
}

#[test]
fn a_file_beyond_the_size_limit() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), &noise(400_000));
        for chunk in ["64K", "256K"] {
            let mut command = std::process::Command::new("bash");
            let program = env!("CARGO_BIN_EXE_ovl");
            command.args([
                "-c",
                r#"ulimit -f 100; exec "$@""#,
                "bash",
                program,
                "copy",
                "--engine",
                engine,
                "--chunk",
                chunk,
            ]);
            let outcome = run(command.arg(&file).arg(dir.join("target")));
            outcome.failed_with(&["it is too large for that file system or your limit"]);
            assert!(!dir.join("target").exists());
        }
    });
}

#[test]
fn too_few_descriptors() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), &noise(10_000));
        let mut command = std::process::Command::new("sh");
        let program = env!("CARGO_BIN_EXE_ovl");
        command.args(["-c", r#"ulimit -n 4; exec "$@""#, "sh", program, "copy", "--engine", engine]);
        let outcome = run(command.arg(&file).arg(dir.join("target")));
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert!(!dir.join("target").exists());
    });
}

#[test]
fn a_slash_at_the_end_means_a_directory() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), b"1");
        let said = ["there is no directory of that name; make it with mkdir, or leave the slash out"];
        run(copy(engine, ["file", "new/"]).current_dir(dir)).failed_with(&said);
        run(copy(engine, ["file", "file2/"]).current_dir(dir)).failed_with(&said);
        run(copy(engine, ["file/", "new"]).current_dir(dir))
            .failed_with(&["it is no directory", "leave the slash out"]);
        run(copy(engine, ["file", "no/new/"]).current_dir(dir)).failed_with(&["'no' does not exist", "mkdir -p"]);
        assert_eq!(names(dir), ["file"]);
        assert_eq!(fs::read(&file).unwrap(), b"1");
    });
}

#[test]
fn a_link_that_leads_back_to_itself() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), b"1");
        let link = dir.join("loop");
        symlink("loop", &link).unwrap();
        let said = ["it is a link that leads back to itself"];
        run(&mut copy(engine, [&link, &dir.join("new")])).failed_with(&said);
        run(&mut copy(engine, [&file, &link])).failed_with(&said);
        assert_eq!(names(dir), ["file", "loop"]);
    });
}

#[test]
fn a_socket_has_no_contents() {
    on_each_engine(|engine, dir| {
        let _socket = std::os::unix::net::UnixListener::bind(dir.join("socket")).unwrap();
        run(&mut copy(engine, [&dir.join("socket"), &dir.join("new")]))
            .failed_with(&["it is a socket, which has no contents to copy; leave it out"]);
    });
}

#[test]
fn a_place_where_no_files_can_be_created() {
    on_each_engine(|engine, dir| {
        let file = write(&dir.join("file"), b"1");
        run(&mut copy(engine, [&file, Path::new("/proc/no-such-file")]))
            .failed_with(&["no files can be created in '/proc'; choose another target"]);
    });
}

#[test]
fn a_current_directory_that_is_gone_matters_to_relative_names_alone() {
    on_each_engine(|engine, dir| {
        let (file, gone) = (write(&dir.join("file"), b"1"), dir.join("gone"));
        let from_nowhere = |arguments: [&Path; 2]| {
            fs::create_dir(&gone).unwrap();
            let mut command = std::process::Command::new("sh");
            command.args([
                "-c",
                r#"rmdir ../gone && exec "$@""#,
                "sh",
                env!("CARGO_BIN_EXE_ovl"),
                "copy",
                "--engine",
                engine,
            ]);
            run(command.args(arguments).current_dir(&gone).env("OVERLAPPED_CONFIG", "/dev/null"))
        };
        from_nowhere([&file, &dir.join("copied")]).succeeded();
        assert_same(&file, &dir.join("copied"));
        from_nowhere([&file, Path::new("new")]).failed_with(&["file' was not copied to 'new'"]);
        from_nowhere([Path::new("file"), &dir.join("new")]).failed_with(&["'file' was not copied: it does not exist"]);
        assert_eq!(names(dir), ["copied", "file"]);
    });
}

#[test]
fn more_requests_than_descriptors_or_memory() {
    on_each_engine(|engine, dir| {
        let (tree, target) = (dir.join("tree"), dir.join("target"));
        fs::create_dir(&tree).unwrap();
        (0..300).for_each(|n| drop(write(&tree.join(format!("{n}")), &noise(n * 30))));
        let mut command = std::process::Command::new("sh");
        command.args(["-c", r#"ulimit -n 80; exec "$@""#, "sh", env!("CARGO_BIN_EXE_ovl"), "copy", "--engine", engine]);
        command.args(["-r", "--unbuffered", "--queue-depth", "1000", "--chunk", "4K"]).arg(&tree).arg(&target);
        run(&mut command).succeeded();
        (0..300).for_each(|n| assert_same(&tree.join(format!("{n}")), &target.join(format!("{n}"))));

        let mut command = copy(engine, ["--queue-depth", "4096", "--chunk", "1G"]);
        let outcome = run(command.arg(tree.join("9")).arg(dir.join("new")));
        outcome.failed_with(&["4096 requests of 1.00 GiB need 4.00 TiB", "lower --queue-depth or --chunk"]);
        assert_eq!(names(dir), ["target", "tree"]);
    });
}
