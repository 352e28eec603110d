//! The HTML page, read by the parser of a browser, and opened in a browser.

use crate::programs;
use crate::runs::{self, Fate, Played, REASON};
use scraper::{ElementRef, Html, Selector};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::process::Command;
use tempfile::TempDir;

fn read(played: &Played) -> Html {
    Html::parse_document(&played.text("html"))
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).expect("a selector")).collect()
}

fn within<'a>(element: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    element.select(&Selector::parse(selector).expect("a selector")).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

/// The CSS class for a result.
fn class(fate: Fate, level: &str) -> &'static str {
    match fate {
        Fate::Passed => "pass",
        Fate::Noted if level == "MAY" => "note",
        Fate::Noted => "warn",
        Fate::Known => "known",
        Fate::Unjudged | Fate::Excused => "open",
        Fate::Failed => "fail",
    }
}

pub fn every_case_has_an_entry_with_its_result() {
    for played in runs::all() {
        let page = read(played);
        let levels: BTreeMap<String, String> = select(&page, ".rule").into_iter().map(|rule| (name(rule), level(rule))).collect();
        let cases: Vec<(String, ElementRef<'_>)> = select(&page, ".case").into_iter().map(|case| (name(case), case)).collect();
        for (id, fate) in &runs::fates(played) {
            let level = levels.get(id.rsplit_once('/').expect("a rule").0).map_or("MUST", String::as_str);
            let is_it = |(name, case): &&(String, ElementRef<'_>)| name == id && case.value().classes().any(|it| it == class(*fate, level));
            let (_, case) = cases.iter().find(is_it).unwrap_or_else(|| panic!("{}: {id} {fate:?}", played.name));
            let told = text(*case);
            assert!(told.contains("again") && told.contains(id), "{}: {told}", played.name);
            match fate {
                Fate::Failed | Fate::Noted => {
                    let figures: Vec<String> = within(*case, "figcaption").into_iter().map(text).collect();
                    assert_eq!(figures, ["Expected", "Seen"], "{}: {id}", played.name);
                    assert!(!within(*case, "figure .difference").is_empty(), "{}: {id}: {told}", played.name);
                }
                Fate::Known => assert!(told.contains(REASON), "{told}"),
                Fate::Passed => assert_eq!(within(*case, "figure").len(), 1, "{}: {id}", played.name),
                Fate::Unjudged | Fate::Excused => assert!(!within(*case, ".message").is_empty(), "{told}"),
            }
        }
    }
}

fn name(details: ElementRef<'_>) -> String {
    text(within(details, "summary .name")[0])
}

fn level(details: ElementRef<'_>) -> String {
    text(within(details, "summary .level")[0])
}

pub fn the_verdict_is_at_the_top() {
    for (name, class, words) in [
        ("right", "pass", "Nothing is wrong"),
        ("wrong", "fail", "The server does not conform"),
        ("warned", "pass", "The server conforms"),
        ("strict", "fail", "The server does not conform"),
        ("unjudged", "fail", "The server does not conform"),
        ("deaf", "fail", "The server does not conform"),
        ("known", "pass", "The server conforms"),
        ("stale", "open", "A known failure has passed"),
        ("empty", "open", "Nothing was played"),
        ("many", "fail", "2 of 5 conform"),
    ] {
        let page = read(runs::of(name));
        let [title] = select(&page, "h1")[..] else { panic!("{name}: one title") };
        assert!(text(title).ends_with(words), "{name}: {}", text(title));
        assert_eq!(title.value().attr("class"), Some(class), "{name}");
    }
}

pub fn the_cause_comes_first_and_failures_are_open() {
    let page = read(runs::of("wrong"));
    let title = text(select(&page, ".cause h2")[0]);
    assert!(title.starts_with("Your server compares only the first 4 bytes"), "{title}");
    let open: Vec<String> = select(&page, ".rule[open]").into_iter().map(name).collect();
    // The other broken rule is a consequence, and its entry says so.
    assert_eq!(open, ["server/exit-exact"]);
    let other = select(&page, ".rule.fail:not([open])")[0];
    assert!(text(other).contains("the same problem as server/exit-exact"), "{}", text(other));
    assert_eq!(select(&page, ".case[open]").len(), 1 + within(other, ".case[open]").len());
}

pub fn programs_with_the_same_rules_share_a_table() {
    let page = read(runs::of("many"));
    let tables = select(&page, "table");
    let captions: Vec<String> = select(&page, "caption").into_iter().map(text).collect();
    assert_eq!(captions, ["Servers", "Clients", "Servers and clients together"]);
    for (table, runs) in tables.iter().zip([5, 1, 1]) {
        assert_eq!(within(*table, "thead tr:first-child th").len(), 1 + runs);
        for row in within(*table, "tr:has(td)") {
            assert_eq!(within(row, "td").len(), runs, "{}", text(row));
        }
    }
    let words: HashSet<String> = within(tables[0], "td a").into_iter().map(text).collect();
    for word in ["✓ PASS", "✗ FAIL", "! WARN", "? OPEN"] {
        assert!(words.contains(word), "{word}: {words:?}");
    }
    let verdicts: Vec<String> = within(tables[0], "thead td").into_iter().map(text).collect();
    assert_eq!(verdicts, ["✓ conforms", "✗ does not conform", "✓ conforms", "✗ does not conform", "✗ does not conform"]);
}

/// Neither the output nor the name of a program may add anything that a browser would run or fetch.
pub fn the_page_has_no_scripts_and_fetches_nothing() {
    const ATTRIBUTES: [&str; 15] = [
        "class",
        "id",
        "href",
        "open",
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "scope",
        "colspan",
        "role",
        "tabindex",
        "type",
        "aria-labelledby",
    ];
    for played in runs::all() {
        let source = played.text("html");
        let page = Html::parse_document(&source);
        assert_eq!(page.errors, Vec::<&str>::new(), "{}", played.name);
        assert!(!source.to_lowercase().contains("<script"), "{}", played.name);
        let ids: Vec<&str> = select(&page, "[id]").into_iter().filter_map(|it| it.value().attr("id")).collect();
        let places: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), places.len(), "{}: a place that is there twice", played.name);
        for element in select(&page, "*") {
            let tag = element.value().name();
            assert!(
                !["script", "iframe", "object", "embed", "link", "base", "form", "img", "svg"].contains(&tag),
                "{}: {tag}",
                played.name
            );
            for (attribute, value) in element.value().attrs() {
                assert!(ATTRIBUTES.contains(&attribute), "{}: <{tag} {attribute}={value:?}>", played.name);
                let is_link = attribute == "href";
                assert!(!is_link || value.strip_prefix('#').is_some_and(|place| places.contains(place)), "{}: {value}", played.name);
            }
        }
        let [style] = select(&page, "style")[..] else { panic!("{}: one style", played.name) };
        assert!(!text(style).contains("url(") && !text(style).contains("@import"));
        let policy = select(&page, "meta[http-equiv=Content-Security-Policy]")[0].value().attr("content");
        assert!(policy.is_some_and(|policy| policy.starts_with("default-src 'none'; style-src 'unsafe-inline'")));
    }
    for name in ["hostile", "named"] {
        let page = read(runs::of(name));
        let message = text(select(&page, ".case.fail .message")[0]);
        assert!(message.starts_with("It printed \"<script>alert(1)</script> ]]> --> &amp; | `code` ``"), "{message}");
        assert!(select(&page, "code").into_iter().any(|code| text(code).contains("<script>alert(1)</script> ]]> --> &amp;")));
    }
}

pub fn headings_skip_no_level_and_the_page_suits_screen_readers() {
    for played in runs::all() {
        let page = read(played);
        assert_eq!(select(&page, "html")[0].value().attr("lang"), Some("en"));
        assert_eq!(select(&page, "meta[name=viewport]").len(), 1);
        let levels: Vec<u32> = select(&page, "h1, h2, h3, h4, h5, h6")
            .into_iter()
            .map(|heading| heading.value().name()[1..].parse().expect("a level"))
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{}", played.name);
        assert!(levels.windows(2).all(|two| two[1] <= two[0] + 1), "{}: {levels:?}", played.name);
        let skip = select(&page, "body > a:first-child")[0].value().attr("href").expect("a link");
        assert_eq!(select(&page, skip).len(), 1, "{}", played.name);
    }
}

pub fn long_conversations_are_folded_and_the_page_stays_below_a_megabyte() {
    const MEGABYTE: usize = 1_000_000;
    let right = runs::of("right");
    assert!(right.text("html").len() < MEGABYTE, "{}", right.text("html").len());
    for played in runs::all() {
        let page = read(played);
        for conversation in select(&page, ".talk ol") {
            assert!(within(conversation, "li").len() < 40, "{}: {}", played.name, text(conversation));
        }
    }
    let page = read(right);
    assert!(select(&page, "li.gap").into_iter().any(|gap| text(gap).ends_with("steps more")));
    let hostile = runs::of("hostile").text("html");
    assert!(hostile.len() < MEGABYTE, "{}", hostile.len());
}

/// WCAG level AA demands a contrast of 4.5. Every text colour is tested on every background.
pub fn colours_have_enough_contrast_in_light_and_dark() {
    let page = read(runs::of("right"));
    let style = text(select(&page, "style")[0]);
    let palettes: Vec<BTreeMap<&str, f64>> = style.split(":root {").skip(1).map(palette).collect();
    assert_eq!(palettes.len(), 2);
    for palette in &palettes {
        let contrast = |text: &str, ground: &str| {
            let (a, b) = (palette[text], palette[ground]);
            assert!((a.max(b) + 0.05) / (a.min(b) + 0.05) >= 4.5, "{text} on {ground}");
        };
        for text in ["ink", "faint", "link", "good", "bad", "warn", "calm"] {
            ["page", "card", "shade", "notice", "terminal"].iter().for_each(|ground| contrast(text, ground));
        }
        contrast("mark-ink", "mark");
    }
    let colours = palettes.iter().map(BTreeMap::len).sum::<usize>();
    assert_eq!(style.matches('#').count(), colours + style.matches("#only").count(), "a colour outside of the palettes");
}

/// The luminance of each colour that the style sheet defines at its beginning.
fn palette(style: &str) -> BTreeMap<&str, f64> {
    let (declarations, _) = style.split_once('}').expect("an end");
    let colours = declarations.split(';').filter_map(|it| it.trim().strip_prefix("--")?.split_once(": #"));
    colours.map(|(name, colour)| (name, luminance(colour))).collect()
}

fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour")) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

/// The measurements of a page in a browser.
#[derive(Debug, Deserialize)]
struct Looked {
    title: String,
    /// The width of the page, and of its window.
    width: u32,
    room: u32,
    /// The smallest width of an element with text.
    narrowest: u32,
    /// The worst contrast of a text with its background, and the number of measured texts.
    contrast: f64,
    least_legible: String,
    texts: usize,
    is_dark: bool,
}

/// The script that measures the page.
const LOOK: &str = include_str!("look.js");

/// Opens pages in a browser, at the width of a phone. Returns the measurements, and the lines of the console.
fn browse(pages: &[String], scheme: u8) -> (Vec<Looked>, Vec<String>) {
    let folder = TempDir::new().expect("a folder");
    let mut frames = String::new();
    for (i, page) in pages.iter().enumerate() {
        fs::write(folder.path().join(format!("{i}.html")), page).expect("a file");
        frames += &format!("<iframe src={i}.html width=390 height=800></iframe>");
    }
    let frame = folder.path().join("frame.html");
    fs::write(&frame, format!("<!doctype html><meta charset=utf-8>{frames}<pre id=told></pre><script>{LOOK}</script>")).expect("a file");
    // The browser needs three seconds. `timeout` ends a browser that hangs.
    let mut chromium = Command::new("timeout");
    chromium.args(["300", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr"]);
    chromium.args(["--allow-file-access-from-files", "--dump-dom"]);
    chromium.arg(format!("--blink-settings=preferredColorScheme={scheme}"));
    chromium.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
    let output = chromium.arg(format!("file://{}", frame.display())).output().expect("chromium");
    let console = String::from_utf8_lossy(&output.stderr).lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    let page = Html::parse_document(&String::from_utf8_lossy(&output.stdout));
    let told = select(&page, "#told").first().map(|it| text(*it)).unwrap_or_default();
    let looked = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told:?}: {}", String::from_utf8_lossy(&output.stderr)));
    (looked, console)
}

pub fn the_page_fits_a_phone_and_is_legible_in_light_mode() {
    fits_and_is_legible(1, false);
}

pub fn the_page_fits_a_phone_and_is_legible_in_dark_mode() {
    fits_and_is_legible(0, true);
}

fn fits_and_is_legible(scheme: u8, is_dark: bool) {
    // The run `many` holds right and hostile programs.
    let names = ["many", "wrong", "known", "named"];
    let pages: Vec<String> = programs::todays_share(names, names.len()).map(|name| runs::of(name).text("html")).collect();
    let (looked, console) = browse(&pages, scheme);
    assert_eq!(console, Vec::<String>::new());
    assert_eq!(looked.len(), pages.len());
    for page in looked {
        assert_eq!(page.is_dark, is_dark, "{page:?}");
        assert!(page.room <= 390 && page.width <= page.room, "{page:?}");
        assert!(page.narrowest >= 40, "{page:?}");
        assert!(page.contrast >= 4.5, "{}: {}", page.contrast, page.least_legible);
        assert!(page.texts > 100, "{page:?}");
    }
}

pub fn a_browser_runs_no_script_of_the_page() {
    let page = runs::of("hostile").text("html");
    let altered =
        page.replace("</main>", "<script>document.title = 'pwned'</script><img src=x onerror=\"document.title = 'pwned'\"></main>");
    assert_ne!(page, altered);
    let without = altered.replace("Content-Security-Policy", "X-Nothing");
    let (looked, console) = browse(&[page, altered, without], 1);
    let titles: Vec<&str> = looked.iter().map(|page| page.title.as_str()).collect();
    assert_eq!(titles, ["The server does not conform – sockspec", "The server does not conform – sockspec", "pwned"]);
    assert!(console.iter().any(|line| line.contains("Content Security Policy")), "{console:?}");
}
