//! Partitions: several machines share one run. Each machine plays a part of the cases, and `sockspec merge` joins the reports.

mod machine;

use crate::spec::dialect::Dialect;
use std::env;
use std::fmt;
use std::str::FromStr;

/// `I/N`: every Nth case, beginning with the Ith.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    index: u64,
    count: u64,
}

/// The largest number of parts.
const MOST: u64 = 10_000;

impl Partition {
    /// All cases.
    pub const WHOLE: Self = Self { index: 1, count: 1 };

    /// The Ith of N parts, counted from 1.
    ///
    /// # Errors
    /// There is no such part; the message names the possible ones.
    pub fn new(index: u64, count: u64) -> Result<Self, String> {
        if !(1..=MOST).contains(&count) {
            return Err(format!("there are 1 to {MOST} parts, and not {count}"));
        }
        if !(1..=count).contains(&index) {
            return Err(format!("the parts of {count} are 1/{count} to {count}/{count}"));
        }
        Ok(Self { index, count })
    }

    /// The number of this part, counted from 1.
    pub fn index(self) -> u64 {
        self.index
    }

    /// The number of all parts.
    pub fn count(self) -> u64 {
        self.count
    }

    /// Whether the case with this number, counted from 0, belongs to this part. Neighbours belong to different parts, because scenarios of
    /// one rule take about the same time.
    pub fn contains(self, number: u64) -> bool {
        number % self.count == self.index - 1
    }

    /// How many cases this part has, if there are `cases` in all.
    pub fn len(self, cases: u64) -> u64 {
        (cases + self.count - self.index) / self.count
    }

    /// The number, among all cases, of the case at this place of the part. Both are counted from 0.
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
        if text == "auto" {
            let (index, count) = machine::of_machine(|name| env::var(name).ok())?;
            return Self::new(index, count);
        }
        let number = |text: &str| text.parse::<u64>().ok().filter(|_| !text.starts_with('+'));
        let (index, count) = text.split_once('/').ok_or("write it as I/N: 1/3 is the first of three parts")?;
        let (Some(index), Some(count)) = (number(index), number(count)) else {
            return Err("write it as I/N, two numbers: 1/3 is the first of three parts".into());
        };
        Self::new(index, count)
    }
}

/// Which of all cases a run has played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub partition: Partition,
    /// Identifies the set of all cases. Parts with different fingerprints do not belong together.
    pub whole: Fingerprint,
    /// How many cases this part has, including those that were not played.
    pub cases: u64,
    /// Whether a filter has left out cases.
    pub is_filtered: bool,
}

impl Share {
    /// Whether no case was left out.
    pub fn is_everything(&self) -> bool {
        self.partition.count == 1 && !self.is_filtered
    }
}

/// A hash of a set of cases: FNV-1a, which is the same in all versions and on all machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// The text of a course, for a fingerprint. The tutorial has none.
    pub fn course(course: &Dialect) -> Option<String> {
        (!course.is_tutorial()).then(|| format!("{course:?}"))
    }

    /// The hash of these texts, in this order.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let bytes = texts.into_iter().flat_map(|text| text.bytes().chain([0xff]));
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }
}
