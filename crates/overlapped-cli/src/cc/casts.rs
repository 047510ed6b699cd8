//! Sources of 32-bit days, in which a pointer is a DWORD: `CreateIoCompletionPort(socket, port, (DWORD)context, 0)`.
//!
//! Such a program works if all that it allocates has addresses below 4 GiB. So it is linked at a low address, and its heap grows behind
//! it by `brk` only, for all threads. Drawbacks: threads wait for each other in malloc, and stacks are where they are.

use super::scan::{Token, Tokens};

/// What the casts of a source need.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Casts {
    /// A key that is a pointer is cast to 32 bits.
    pub low: bool,
    /// Where a key is stored, there is a pointer, which is cast to that of 32 bits.
    pub key_is_pointer: bool,
}

const VALUES: [&str; 6] = ["DWORD", "ULONG", "UINT", "int", "UINT32", "DWORD32"];
const PLACES: [&str; 4] = ["LPDWORD", "PDWORD", "PULONG", "PUINT"];

/// Looks through the calls of the functions whose third argument is a key or its place.
pub fn casts(text: &str) -> Casts {
    let mut casts = Casts::default();
    // The call that one is in, with its open parentheses and arguments so far, and the last three tokens.
    let (mut call, mut depth, mut argument, mut last) = ("", 0_usize, 0, ["", "", ""]);
    for token in Tokens(text) {
        let now = match token {
            Token::Word(word) => word,
            Token::Other('(') => "(",
            Token::Other(')') => ")",
            Token::Other('&') => "&",
            Token::Other(',') => ",",
            Token::Other(';') => ";",
            Token::Other(_) | Token::Include(..) => "",
        };
        if matches!(now, "CreateIoCompletionPort" | "PostQueuedCompletionStatus" | "GetQueuedCompletionStatus") {
            (call, depth, argument) = (now, 0, 0);
        }
        match (now, last) {
            (";", _) => call = "",
            ("(", _) => depth += 1,
            (")", _) => depth = depth.saturating_sub(1),
            (",", _) if depth == 1 => argument += 1,
            ("&", ["(", cast, ")"]) if call == "GetQueuedCompletionStatus" && argument == 2 => {
                casts.key_is_pointer |= PLACES.contains(&cast);
            }
            (name, ["(", cast, ")"]) if !matches!(call, "" | "GetQueuedCompletionStatus") && argument == 2 => {
                let is_name =
                    name.starts_with(|c: char| c.is_alphabetic() || c == '_') && !matches!(name, "NULL" | "sizeof");
                casts.low |= is_name && VALUES.contains(&cast);
            }
            _ => {}
        }
        last = [last[1], last[2], now];
    }
    casts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_in_32_bits_are_seen_where_keys_are() {
        let both = "CreateIoCompletionPort((HANDLE)s, port, (DWORD) data, 0); x();
            GetQueuedCompletionStatus(port, &bytes, (LPDWORD)&data, (LPOVERLAPPED *)&io, INFINITE);";
        assert_eq!(casts(both), Casts { low: true, key_is_pointer: true });
        let neither = "CreateIoCompletionPort((HANDLE)s, port, (ULONG_PTR)data, (DWORD)0); f((DWORD)data);
            CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, (DWORD)NULL, 0);
            GetQueuedCompletionStatus(port, (LPDWORD)&bytes, &key, &io, (DWORD)wait);";
        assert_eq!(casts(neither), Casts::default());
    }
}
