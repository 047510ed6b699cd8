//! What holds for every string there is.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Component;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

/// Names made of the pieces that mean something, with anything in between.
fn names() -> impl Strategy<Value = OsString> {
    let pieces = prop::sample::select(vec![
        r"\",
        "/",
        r"\\?\",
        r"\\.\",
        ":",
        ".",
        "..",
        " ",
        "C:",
        "D:",
        "UNC",
        "pipe",
        "mailslot",
        "fileserver",
        "public",
        "NUL",
        "COM1",
        "¹",
        "CONIN$",
        "*",
        "a",
        "A",
        "é",
        "Dir",
        "$DATA",
        "PhysicalDrive0",
        "...",
    ]);
    let piece = prop_oneof![
        8 => pieces.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| OsString::from_vec(pieces.concat()))
}

static TABLE: LazyLock<Namespace> = LazyLock::new(table);

fn tree() -> Tree {
    Tree::new(
        "/srv/data/in",
        &["/srv/data/in/Dir/a", "/srv/data/dir/A", "/srv/data/in/...", "/srv/public/DIR/é", "/srv/data/in/a*"],
    )
}

fn starts(name: &OsStr, with: &[u8]) -> bool {
    name.as_bytes().starts_with(with)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(name in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = TABLE.resolve(OsStr::from_bytes(&name), &tree()).map_err(|error| error.to_string());
        let _ = pipe_server_name(OsStr::from_bytes(&name));
        let _ = mailslot_server_name(OsStr::from_bytes(&name));
        let _ = TABLE.pipe_client_name(OsStr::from_bytes(&name));
    }

    #[test]
    fn no_name_leaves_the_root_it_is_on(name in names()) {
        if let Ok(Target::File(file)) = TABLE.resolve(&name, &tree())
            && !starts(&name, b"/")
        {
            prop_assert!(file.path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_))));
            let root = match file.drive {
                Some(drive) => TABLE.drive(drive).unwrap().directory.clone().unwrap(),
                None => "/srv/public".into(),
            };
            prop_assert!(file.path.starts_with(&root), "{:?} is not in {root:?}", file.path);
        }
    }

    #[test]
    fn the_path_a_name_leads_to_leads_to_itself(name in names()) {
        if let Ok(Target::File(first)) = TABLE.resolve(&name, &tree()) {
            let Ok(Target::File(second)) = TABLE.resolve(&first.path, &tree()) else {
                return Err(TestCaseError::fail("no file any more"));
            };
            prop_assert_eq!(first.path.as_os_str(), second.path.as_os_str());
        }
    }

    #[test]
    fn the_answer_does_not_depend_on_when_it_is_asked(name in names()) {
        prop_assert_eq!(TABLE.resolve(&name, &tree()), TABLE.resolve(&name, &tree()));
    }

    #[test]
    fn device_names_have_no_case(name in names()) {
        let upper = OsString::from_vec(name.as_bytes().to_ascii_uppercase());
        let kind = |name: &OsStr| TABLE.resolve(name, &Tree::new("/srv/data", &[])).map(|target| match target {
            Target::File(_) => None,
            device => Some(device),
        });
        let strip = |answer: Result<_, NameError>| answer.map_err(|error| error.code());
        prop_assert_eq!(strip(kind(&name)), strip(kind(&upper)));
    }

    #[test]
    fn object_names_are_equal_whatever_their_case(name in "\\PC{0,12}") {
        let upper = name.to_ascii_uppercase();
        prop_assert_eq!(ObjectName::new(&name), ObjectName::new(upper));
        let once = ObjectName::new(&name);
        let twice = ObjectName::new(once.folded());
        prop_assert_eq!(once.folded(), twice.folded());
    }

    #[test]
    fn no_configuration_makes_it_panic(text in "(\\[(drives|serial|disks|servers|x)(\\.[A-Da-d])?\\]\n|(D|COM1|path|CDROM0|shares|local) ?= ?(\"/?[a.]{0,3}\"|[0-9]|true|false|\\{\\}|\\[\"x\"\\])\n|\\PC{0,4}){0,8}") {
        let mut table = Namespace::new();
        let _ = table.apply_toml(&text, Path::new("/x")).map_err(|error| error.to_string());
    }
}
