//! Reads byte strings within one line.

use crate::spec::bytes::{Bytes, Item, MAX_LEN};
use crate::spec::notation::lines::{Parsed, mistake};
use std::num::IntErrorKind;

/// A position in a line.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) line: &'a str,
    /// In bytes from the beginning of the line.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    pub(super) fn bytes_to_end(mut self) -> Parsed<Bytes> {
        let bytes = self.bytes()?;
        if self.rest().is_empty() {
            Ok(bytes)
        } else {
            mistake(self.at, "expected the end of the line, ` + ` and another string, or ` * ` and a number")
        }
    }

    /// `item = string [" * " N]`, joined by `" + "`.
    pub(super) fn bytes(&mut self) -> Parsed<Bytes> {
        let (mut items, mut total) = (Vec::new(), 0usize);
        loop {
            let from = self.at;
            let string = self.string()?;
            let times = if self.rest().starts_with(" * ") {
                self.at += 3;
                self.number()?
            } else {
                1
            };
            total = string.len().checked_mul(times).and_then(|len| total.checked_add(len)).unwrap_or(usize::MAX);
            if total > MAX_LEN {
                return mistake(from, format!("that is more than {} MiB", MAX_LEN >> 20));
            }
            if times > 1 && string.is_empty() {
                return mistake(from, "an empty string cannot be repeated");
            }
            items.push(Item { string, times });
            if !self.rest().starts_with(" + ") {
                return Ok(Bytes::sum(items));
            }
            self.at += 3;
        }
    }

    fn number(&mut self) -> Parsed<usize> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        match self.rest()[..digits].parse() {
            Ok(n) if n >= 2 => {
                self.at += digits;
                Ok(n)
            }
            Err(error) if *error.kind() == IntErrorKind::PosOverflow => {
                mistake(self.at, format!("that is more than {} MiB", MAX_LEN >> 20))
            }
            _ => mistake(self.at, "expected a number, 2 or more: how often the string is repeated"),
        }
    }

    /// A quoted string with escapes. The cursor stops behind the closing quote.
    fn string(&mut self) -> Parsed<Vec<u8>> {
        if !self.rest().starts_with('"') {
            return mistake(self.at, "expected a string in quotes");
        }
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            bytes.extend_from_slice(&rest.as_bytes()[..plain]);
            self.at += plain;
            match self.rest().as_bytes() {
                [] => return mistake(self.at, "the closing quote is missing"),
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(bytes);
                }
                [_, b'n', ..] => bytes.push(b'\n'),
                [_, b't', ..] => bytes.push(b'\t'),
                [_, c @ (b'"' | b'\\'), ..] => bytes.push(*c),
                [_, b'x', high, low, ..] if let Some(byte) = hex(*high, *low) => {
                    bytes.push(byte);
                    self.at += 2;
                }
                [_, b'x', ..] => return mistake(self.at, "`\\x` is followed by two hex digits, such as `\\x0d`"),
                _ => {
                    return mistake(
                        self.at,
                        "the escapes are `\\n`, `\\t`, `\\\"`, `\\\\`, and `\\xHH` for every other byte (`\\r` is `\\x0d`)",
                    );
                }
            }
            self.at += 2;
        }
    }
}

/// A byte from two hex digits. `u8::from_str_radix` would accept `+f` too.
fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |d: u8| char::from(d).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}
