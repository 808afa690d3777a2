//! Questions to a Prometheus, and what it answers.

use super::{HttpAnswer, HttpRequest};
use serde_json::Value;
use std::collections::BTreeMap;

/// One number with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// When it was so, in seconds since 1970.
    pub time: f64,
    /// The number; it may be none (`NaN`).
    pub value: f64,
}

/// The numbers of a time, with their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The numbers, each with its time in seconds since 1970; the oldest first.
    pub values: Vec<(f64, f64)>,
}

/// What asks for the numbers of now, of the Prometheus that this request goes to.
pub fn instant_query(prometheus: HttpRequest, query: &str) -> HttpRequest {
    prometheus.below("/api/v1/query").query("query", query)
}

/// What asks for the numbers from `start` to `end`, in seconds since 1970, each `step` seconds.
pub fn range_query(
    prometheus: HttpRequest,
    query: &str,
    (start, end, step): (f64, f64, f64),
) -> HttpRequest {
    let asked = prometheus
        .below("/api/v1/query_range")
        .query("query", query);
    let asked = asked.query("start", &start.to_string());
    asked
        .query("end", &end.to_string())
        .query("step", &step.to_string())
}

/// The numbers in the answer to an instant query; or what is wrong.
pub fn samples(answer: &HttpAnswer) -> Result<Vec<Sample>, String> {
    let data = data(answer)?;
    let result = &data["result"];
    match data["resultType"].as_str() {
        Some("vector") => items(result)
            .map(|item| {
                let (time, value) = pair(&item["value"])?;
                Ok(Sample {
                    labels: labels(item),
                    time,
                    value,
                })
            })
            .collect(),
        Some("scalar") => {
            let (time, value) = pair(result)?;
            let labels = BTreeMap::new();
            Ok(vec![Sample {
                labels,
                time,
                value,
            }])
        }
        Some("matrix") => Err(
            "the query gives the numbers of a time (`[5m]`), expected those of \
                               now: put it into a function such as `rate(…)`"
                .to_owned(),
        ),
        other => Err(unknown(other)),
    }
}

/// The numbers in the answer to a range query; or what is wrong.
pub fn series(answer: &HttpAnswer) -> Result<Vec<Series>, String> {
    let data = data(answer)?;
    match data["resultType"].as_str() {
        Some("matrix") => items(&data["result"])
            .map(|item| {
                let values = items(&item["values"]).map(pair);
                Ok(Series {
                    labels: labels(item),
                    values: values.collect::<Result<_, String>>()?,
                })
            })
            .collect(),
        other => Err(unknown(other)),
    }
}

fn data(answer: &HttpAnswer) -> Result<Value, String> {
    // What is wrong with a query is told as JSON too, under a status of its own.
    let Ok(mut json) = answer.json() else {
        return Err(format!(
            "`{}` is no Prometheus: {}",
            answer.request,
            answer.summary()
        ));
    };
    match json["status"].as_str() {
        Some("success") => Ok(json["data"].take()),
        Some("error") => Err(json["error"]
            .as_str()
            .unwrap_or("it gives no reason")
            .to_owned()),
        _ => Err(format!(
            "`{}` is no Prometheus: {}",
            answer.request,
            answer.summary()
        )),
    }
}

fn unknown(kind: Option<&str>) -> String {
    format!(
        "the query gives a {}, expected numbers",
        kind.unwrap_or("nothing")
    )
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn labels(item: &Value) -> BTreeMap<String, String> {
    let labels = item["metric"].as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}

/// `[1435781451.781, "1.5"]`: the time, and the number as text, which may be `NaN` or `+Inf`.
fn pair(value: &Value) -> Result<(f64, f64), String> {
    let time = value[0].as_f64();
    let number = value[1].as_str().and_then(|text| text.parse().ok());
    time.zip(number)
        .ok_or_else(|| format!("`{value}` is no number of Prometheus"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> HttpAnswer {
        let mut answer = HttpAnswer::unsent("GET http://prometheus/".to_owned());
        text.clone_into(&mut answer.text);
        answer
    }

    #[test]
    fn answers_to_instant_queries() {
        for (text, expected) in [
            (
                r#"{"status":"success","data":{"resultType":"vector","result":[
                {"metric":{"job":"app"},"value":[1.5,"0.25"]},{"metric":{},"value":[1.5,"+Inf"]}]}}"#,
                Ok(vec![("app", 0.25), ("", f64::INFINITY)]),
            ),
            (
                r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
                Ok(vec![]),
            ),
            (
                r#"{"status":"success","data":{"resultType":"scalar","result":[1,"3"]}}"#,
                Ok(vec![("", 3.0)]),
            ),
            (
                r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#,
                Err("the numbers of a time"),
            ),
            (
                r#"{"status":"success","data":{"resultType":"string","result":[1,"x"]}}"#,
                Err("gives a string, expected numbers"),
            ),
            (
                r#"{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"x"]}]}}"#,
                Err("is no number"),
            ),
            (
                r#"{"status":"error","errorType":"bad_data","error":"1:3: parse error: unclosed"}"#,
                Err("1:3: parse error: unclosed"),
            ),
            (
                r#"{"ok":true}"#,
                Err("is no Prometheus: 200 OK: {\"ok\":true}"),
            ),
            (
                "<html>",
                Err("`GET http://prometheus/` is no Prometheus: 200 OK"),
            ),
        ] {
            let found = samples(&answer(text)).map(|samples| {
                let labels = |sample: &Sample| sample.labels.get("job").cloned();
                let pairs = samples.iter();
                let pairs = pairs.map(|one| (labels(one).unwrap_or_default(), one.value));
                pairs.collect::<Vec<_>>()
            });
            match (found, expected) {
                (Ok(found), Ok(expected)) => {
                    let expected = expected
                        .iter()
                        .map(|(job, value)| ((*job).to_owned(), *value));
                    assert_eq!(found, expected.collect::<Vec<_>>(), "{text}");
                }
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
                (found, expected) => panic!("{text}: {found:?}, expected {expected:?}"),
            }
        }
    }

    #[test]
    fn answers_to_range_queries() {
        let found = series(&answer(
            r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"job":"app"},"values":[[1,"1"],[2,"NaN"]]}]}}"#,
        ))
        .unwrap();
        assert_eq!(found[0].values[0], (1.0, 1.0));
        assert!(found[0].values[1].1.is_nan());
        let vector = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
        assert!(series(&answer(vector)).is_err());
    }
}
