//! The schemas that `sockspec schema` prints.

use jsonschema::Validator;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// A schema.
pub fn schema(name: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_sockspec")).args(["schema", name]).output().expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A validator. The schema itself must be right.
pub fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::meta::validate(schema).unwrap_or_else(|error| panic!("{}: {error}", error.instance_path()));
    jsonschema::draft202012::new(schema).unwrap_or_else(|error| panic!("{error}"))
}

/// The mistakes that a validator finds, one a line.
pub fn mistakes(validator: &Validator, instance: &Value) -> String {
    validator.iter_errors(instance).map(|error| format!("{}: {error}\n", error.instance_path())).collect()
}

/// All words of an enumeration, in each of the alternatives.
pub fn choices(schema: &Value) -> BTreeSet<String> {
    let alternatives = schema["anyOf"].as_array().into_iter().flatten();
    let words = [schema].into_iter().chain(alternatives).filter_map(|one| one["enum"].as_array()).flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}
