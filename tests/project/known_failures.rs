//! `[[known-failure]]`: failures that do not count.

use super::*;

/// A project file with a known failure.
fn with_known_failure(of: &str) -> String {
    format!("{SUBJECTS}\n[[known-failure]]\n{of}\nreason = \"it is next week's lesson\"\n")
}

pub fn a_known_failure_is_shown_and_does_not_count() {
    for of in ["subject = \"carol\"\nrule = \"server/restart\"", "rule = \"server/restart\""] {
        let project = ProjectFolder::new(&with_known_failure(of));
        let screen = contains("KNOWN").and(contains("2 known to fail")).and(contains("behaves like").not());
        project.sockspec(&["check", "--strict", "server/restart"]).code(0).stdout(screen);
        let (_, report) = project.json(&["check", "--strict", "server/restart"]);
        let of_carol = report["cases"].as_array().expect("cases").iter().find(|case| case["subject"] == "carol").expect("carol's");
        assert_eq!(of_carol["known_failure"], "it is next week's lesson");
    }
}

pub fn a_known_failure_may_name_one_scenario() {
    let (_, report) = ProjectFolder::new(SUBJECTS).json(&["check", "--subject", "carol", "server/restart"]);
    let failed: Vec<&str> = judged(&report).into_iter().map(|(_, id)| id).collect();
    let [first, second] = failed[..] else { panic!("{failed:?}") };
    let project = ProjectFolder::new(&with_known_failure(&format!("subject = \"carol\"\ncase = \"{first}\"")));
    project.sockspec(&["check", "--strict", first]).code(0);
    project.sockspec(&["check", "--strict", second]).code(1);
    project.sockspec(&["check", "--strict", "server/restart"]).code(1).stdout(contains("1 failed (SHOULD), 1 known to fail"));
}

pub fn a_known_failure_that_passes_is_an_error() {
    let file =
        "[subject.alice]\nrole = \"server\"\ncommand = \"./right\"\n\n[[known-failure]]\nrule = \"server/eof\"\nreason = \"why not\"\n";
    let project = ProjectFolder::new(file);
    let stale = "sockspec.toml:5: the known failure server/eof has passed: remove it (its reason was: why not)";
    project.sockspec(&["check"]).code(2).stdout(contains(stale));
    project.sockspec(&["check", "--report", "json=all.json"]).code(2).stdout(is_empty()).stderr(contains(stale));
    let report: Value = serde_json::from_slice(&fs::read(project.0.path().join("all.json")).expect("a file")).expect("JSON");
    assert_eq!(report["summary"]["stale"][0]["of"], "server/eof");
    // If only a part was played, a stale entry cannot be recognised.
    project.sockspec(&["check", "server/eof"]).code(0);
    for part in ["1/2", "2/2"] {
        project.sockspec(&["check", "--partition", part, "--report", &format!("json={}.json", &part[..1])]).code(0);
    }
    project.sockspec(&["merge", "1.json", "2.json"]).code(2).stdout(contains(stale));
}

pub fn a_known_failure_of_all_subjects_is_stale_only_when_no_subject_fails() {
    let two = "[subject.alice]\nrole = \"server\"\ncommand = \"./right\"\n[subject.carol]\nrole = \"server\"\ncommand = \"./wrong\"\n";
    let project = ProjectFolder::new(&format!("{two}[[known-failure]]\nrule = \"server/restart\"\nreason = \"later\"\n"));
    project.sockspec(&["check", "--strict"]).code(0).stdout(contains("remove it").not());
}
