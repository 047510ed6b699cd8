//! Futures that read one file side by side, for whatever executor a test has.

use super::{Lab, pattern};
use std::future::Future;
use std::sync::Arc;

/// 64 of them; each makes 20 reads and looks at every byte.
pub fn readers(lab: &Lab) -> impl Iterator<Item = impl Future<Output = ()> + Send + use<>> + use<> {
    let bytes: Arc<[u8]> = pattern(1 << 20, 9).into();
    lab.file("read by many", &bytes);
    let file = Arc::new(lab.open("read by many"));
    (0..64_u64).map(move |reader| {
        let (file, bytes) = (Arc::clone(&file), Arc::clone(&bytes));
        async move {
            for n in 0..20 {
                let at = (reader * 20 + n) * 800;
                let (result, got) = file.read_at(Vec::with_capacity(800), at).await;
                assert_eq!(result, Ok(800));
                assert!(got == bytes[at as usize..][..800]);
            }
        }
    })
}
