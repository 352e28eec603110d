//! One run of many machines: each plays a part of the whole, and `merge` joins the parts.

use std::fmt;
use std::str::FromStr;

/// `I/N`: every Nth case, beginning with the Ith.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    index: u64,
    count: u64,
}

/// The most parts that there may be.
const MOST: u64 = 10_000;

impl Partition {
    /// All of it.
    pub const WHOLE: Self = Self { index: 1, count: 1 };

    /// The Ith of N parts, counted from 1.
    ///
    /// # Errors
    /// There is no such part; the message says what there is.
    pub fn new(index: u64, count: u64) -> Result<Self, String> {
        if !(1..=MOST).contains(&count) {
            return Err(format!("there are 1 to {MOST} parts, and not {count}"));
        }
        if !(1..=count).contains(&index) {
            return Err(format!("the parts of {count} are 1/{count} to {count}/{count}"));
        }
        Ok(Self { index, count })
    }

    /// Which part, from 1.
    pub fn index(self) -> u64 {
        self.index
    }

    /// Of how many.
    pub fn count(self) -> u64 {
        self.count
    }

    /// Whether the case with this number, counted from 0, belongs to this part. Neighbours are dealt to different parts, because those of
    /// a rule take about as long as each other.
    pub fn takes(self, number: u64) -> bool {
        number % self.count == self.index - 1
    }

    /// How many of so many cases this part has.
    pub fn len(self, cases: u64) -> u64 {
        (cases + self.count - self.index) / self.count
    }

    /// The number, in the whole, of the case that stands at this place of the part.
    pub fn number(self, place: u64) -> u64 {
        place.saturating_mul(self.count).saturating_add(self.index - 1)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Partition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u64>().ok().filter(|_| !text.starts_with('+'));
        let (index, count) = text.split_once('/').ok_or("write it as I/N: 1/3 is the first of three parts")?;
        let (Some(index), Some(count)) = (number(index), number(count)) else {
            return Err("write it as I/N, two numbers: 1/3 is the first of three parts".into());
        };
        Self::new(index, count)
    }
}

/// What a run has played of a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which part.
    pub partition: Partition,
    /// What the whole is: parts with another one are not of the same run.
    pub whole: Fingerprint,
    /// How many cases this part has, whether or not they were played.
    pub cases: u64,
    /// Whether filters have left something out of the whole.
    pub is_filtered: bool,
}

impl Share {
    /// Whether nothing has been left out.
    pub fn is_everything(&self) -> bool {
        self.partition.count == 1 && !self.is_filtered
    }
}

/// A number that tells two wholes apart: FNV-1a, which will be the same in all versions and on all machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// Of these texts, in this order.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let bytes = texts.into_iter().flat_map(|text| text.bytes().chain([0xff]));
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }
}
