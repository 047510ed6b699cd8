//! Who has started whom: what Linux says of all processes.

use libc::pid_t;

/// A process, and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kin {
    pub id: pid_t,
    pub parent: pid_t,
    pub group: pid_t,
    pub session: pid_t,
}

/// All processes of this moment.
pub(super) fn all() -> Vec<Kin> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            parse(id, &std::fs::read_to_string(entry.path().join("stat")).ok()?)
        })
        .collect()
}

fn parse(id: pid_t, stat: &str) -> Option<Kin> {
    // Behind the name, which may have any characters: state, parent, group, session.
    let mut numbers = stat.rsplit_once(')')?.1.split_whitespace().skip(1).map_while(|word| word.parse().ok());
    Some(Kin { id, parent: numbers.next()?, group: numbers.next()?, session: numbers.next()? })
}

/// `first`, whatever it has started, and so on.
pub(super) fn below(all: &[Kin], first: pid_t) -> Vec<Kin> {
    let mut found: Vec<Kin> = all.iter().filter(|process| process.id == first).copied().collect();
    let mut at = 0;
    while let Some(parent) = found.get(at).map(|process| process.id) {
        found.extend(all.iter().filter(|process| process.parent == parent && process.id != parent));
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_found_whatever_its_names() {
        let stats =
            [(7, "7 (a) b) S 1 7 5 0"), (8, "8 (sh) R 7 7 5 0"), (9, "9 (x y) S 8 9 5 0"), (10, "10 (z) S 1 7 5 0")];
        let all: Vec<Kin> = stats.iter().filter_map(|(id, stat)| parse(*id, stat)).collect();
        let ids = |first| below(&all, first).iter().map(|process| process.id).collect::<Vec<_>>();
        assert_eq!((ids(7), ids(9), ids(11)), (vec![7, 8, 9], vec![9], vec![]));
        assert_eq!(all[2], Kin { id: 9, parent: 8, group: 9, session: 5 });
        assert_eq!(parse(3, "3 (gone"), None);
    }

    #[test]
    fn this_process_is_among_them() {
        let own = std::process::id() as pid_t;
        assert!(super::all().iter().any(|process| process.id == own));
    }
}
