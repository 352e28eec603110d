//! Bytes as a text in quotes, as in the notation of transcripts: for JSON.

use crate::spec::bytes::Bytes;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Writes bytes in quotes.
pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Bytes::literal(bytes))
}

/// Reads bytes in quotes.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Bytes::parse(&text).map(|bytes| bytes.to_vec()).map_err(D::Error::custom)
}
