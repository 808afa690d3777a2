//! Who reaches whom: what the network policies of an environment come to, as one table.

use super::reachable::{Endpoint, Protocol, Traffic, reachable};
use crate::environment::{Pods, items};
use crate::object::{Object, Ref};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

/// Who reaches whom on which ports, as the network policies among some objects have it.
///
/// ```
/// use infra_sdk::{analysis::matrix, environment::Environment, resource::{Deployment, prelude::*}};
/// use infra_sdk::types::Port;
///
/// let db = Deployment::new("db".parse()?).image("db:1".parse()?).port(Port::try_from(5432_u16)?);
/// let api = Deployment::new("api".parse()?).image("api:1".parse()?).connects_to(&db);
/// let shop = Environment::new("shop").add(db).add(api).deny_by_default();
/// let matrix = matrix(&shop.render()?.objects);
/// assert_eq!(matrix.cell("api", "db").unwrap().to_string(), "5432");
/// assert_eq!(matrix.cell("db", "api").unwrap().to_string(), "-");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Who opens a connection, row by row: workloads, then pods and addresses that are none of them.
    pub from: Vec<String>,
    /// Who accepts it, column by column: workloads, then ranges of addresses that a policy names.
    pub to: Vec<String>,
    /// What is reached, by row and column.
    pub cells: Vec<Vec<Cell>>,
}

/// What one end reaches at another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Every port: nothing limits it.
    All,
    /// Neither end is in a namespace of the environment: it has no say.
    Beyond,
    /// These ports, with `/UDP` or `/SCTP` where they are not TCP; empty for nothing.
    Ports(Vec<String>),
}

impl Matrix {
    /// What `from` reaches at `to`, by the names of a row and a column.
    pub fn cell(&self, from: &str, to: &str) -> Option<&Cell> {
        let row = self.from.iter().position(|name| name == from)?;
        let column = self.to.iter().position(|name| name == to)?;
        self.cells.get(row)?.get(column)
    }
}

/// The ports, `all`, or `-` for nothing; empty where the environment has no say.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.pad("all"),
            Self::Beyond => f.pad(""),
            Self::Ports(ports) if ports.is_empty() => f.pad("-"),
            Self::Ports(ports) => f.pad(&ports.join(" ")),
        }
    }
}

/// A table of text: a row for each end that connects, a column for each that accepts.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading = std::iter::once(String::new()).chain(self.to.iter().cloned());
        let rows = self.from.iter().zip(&self.cells).map(|(name, cells)| {
            let cells = cells.iter().map(Cell::to_string);
            std::iter::once(name.clone()).chain(cells).collect()
        });
        let table: Vec<Vec<String>> = std::iter::once(heading.collect()).chain(rows).collect();
        let width = |column: usize| {
            let cells = table.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..=self.to.len()).map(width).collect();
        for row in &table {
            let cells = row.iter().zip(&widths);
            let line: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            writeln!(f, "{}", line.join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// One end, by its name in the table.
struct End {
    name: String,
    endpoint: Endpoint,
    /// It is in a namespace of the environment.
    inside: bool,
    ports: BTreeSet<(u16, &'static str)>,
}

/// The table of who reaches whom among these objects: every workload with every other, and with
/// pods of other workloads (`other pods`), of other namespaces (`other namespaces`), and addresses.
pub fn matrix(objects: &[Object]) -> Matrix {
    let workloads = workloads(objects);
    let mut from: Vec<&End> = workloads.iter().collect();
    let mut to: Vec<&End> = workloads.iter().collect();
    let (strangers, ranges) = (strangers(objects), ranges(objects));
    from.extend(&strangers);
    to.extend(&ranges);
    let cells = from.iter().map(|from| {
        let row = to.iter().map(|to| cell(objects, from, to));
        row.collect()
    });
    Matrix {
        cells: cells.collect(),
        from: from.iter().map(|end| end.name.clone()).collect(),
        to: to.iter().map(|end| end.name.clone()).collect(),
    }
}

fn cell(objects: &[Object], from: &End, to: &End) -> Cell {
    if !(from.inside || to.inside) {
        return Cell::Beyond;
    }
    let reaches = |port: u16, protocol: Protocol| {
        let traffic = Traffic { port, protocol };
        reachable(objects, &from.endpoint, &to.endpoint, traffic).reachable
    };
    // A port that nobody names is reached only where nothing limits it.
    let unnamed = (1..=u16::MAX).find(|port| !to.ports.contains(&(*port, "TCP")));
    if unnamed.is_some_and(|port| reaches(port, Protocol::Tcp)) {
        return Cell::All;
    }
    let reached = to.ports.iter().filter(|(port, protocol)| {
        let protocols = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];
        let protocol = protocols.into_iter().find(|one| one.name() == *protocol);
        protocol.is_some_and(|protocol| reaches(*port, protocol))
    });
    let named = reached.map(|(port, protocol)| match *protocol {
        "TCP" => port.to_string(),
        protocol => format!("{port}/{protocol}"),
    });
    Cell::Ports(named.collect())
}

fn protocol(name: &str) -> &'static str {
    match name {
        "UDP" => "UDP",
        "SCTP" => "SCTP",
        _ => "TCP",
    }
}

/// Every workload: by its name, with its namespace or kind where the name alone is not enough.
fn workloads(objects: &[Object]) -> Vec<End> {
    let makers: Vec<(&Object, Pods<'_>)> = objects
        .iter()
        .filter_map(|object| Some((object, Pods::of(object)?)))
        .collect();
    let name = |object: &Object| {
        let id = &object.id;
        let same: Vec<_> = makers
            .iter()
            .filter(|(other, _)| other.id.name == id.name)
            .collect();
        let near = same
            .iter()
            .filter(|(other, _)| other.id.namespace == id.namespace);
        match (same.len(), near.count(), &id.namespace) {
            (1, ..) => id.name.clone(),
            (_, 1, Some(namespace)) => format!("{namespace}/{}", id.name),
            (all, near, _) if all == near => id.short(),
            (.., namespace) => format!(
                "{}/{}",
                namespace.as_deref().unwrap_or_default(),
                id.short()
            ),
        }
    };
    let ends = makers.iter().map(|(object, pods)| {
        let id = &object.id;
        let mut reference = Ref::new(&id.group, &id.kind, &id.name);
        reference.namespace.clone_from(&id.namespace);
        End {
            name: name(object),
            endpoint: Endpoint::Workload(reference),
            inside: true,
            ports: pods
                .ports()
                .map(|port| (port.number, protocol(port.protocol)))
                .collect(),
        }
    });
    ends.collect()
}

/// Who is none of the workloads: other pods of their namespaces, pods of others, and addresses.
fn strangers(objects: &[Object]) -> Vec<End> {
    let homes = objects.iter().filter(|object| Pods::of(object).is_some());
    let homes: BTreeSet<&str> = homes
        .filter_map(|object| object.id.namespace.as_deref())
        .collect();
    let end = |name: String, endpoint: Endpoint, inside: bool| End {
        name,
        endpoint,
        inside,
        ports: BTreeSet::new(),
    };
    let several = homes.len() > 1;
    let pods = homes.iter().map(|home| {
        let of = if several {
            format!(" of {home}")
        } else {
            String::new()
        };
        end(format!("other pods{of}"), Endpoint::pods(home, []), true)
    });
    // No namespace can bear this name.
    let others = end(
        "other namespaces".to_owned(),
        Endpoint::pods("?", []),
        false,
    );
    let outside = end("outside".to_owned(), Endpoint::Address(PUBLIC), false);
    pods.chain([others, outside]).collect()
}

/// An address of the internet that nobody has (TEST-NET-3).
const PUBLIC: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 1));

/// The ranges of addresses that policies allow to be reached, and the internet, each with all ports
/// that are allowed to anyone.
fn ranges(objects: &[Object]) -> Vec<End> {
    let mut ports = BTreeSet::new();
    let mut ranges = BTreeSet::new();
    for object in objects
        .iter()
        .filter(|object| object.id.kind == "NetworkPolicy")
    {
        for rule in items(&object.value["spec"]["egress"]) {
            let blocks = items(&rule["to"])
                .iter()
                .filter_map(|peer| peer["ipBlock"]["cidr"].as_str());
            let blocks: Vec<&str> = blocks.collect();
            if !blocks.is_empty() || items(&rule["to"]).is_empty() {
                ports.extend(items(&rule["ports"]).iter().filter_map(number));
            }
            ranges.extend(blocks);
        }
    }
    let ranges = ranges.into_iter().filter_map(|range| {
        let (base, bits) = range.split_once('/')?;
        // The internet is a column of its own.
        (bits != "0").then(|| (range.to_owned(), base.parse().ok()))
    });
    let ranges = ranges.filter_map(|(range, base)| Some((range, base?)));
    let ends = ranges.chain([("outside".to_owned(), PUBLIC)]);
    let ends = ends.map(|(name, address)| End {
        name,
        endpoint: Endpoint::Address(address),
        inside: false,
        ports: ports.clone(),
    });
    ends.collect()
}

fn number(port: &Value) -> Option<(u16, &'static str)> {
    let number = u16::try_from(port["port"].as_u64()?).ok()?;
    Some((number, protocol(port["protocol"].as_str().unwrap_or("TCP"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::resource::{CronJob, Deployment, ExternalService, Service, StatefulSet, prelude::*};
    use crate::types::Invalid;

    /// vibebox's parts: a frontend that must reach nothing but the API, and what the API needs.
    fn vibebox() -> Result<Environment, Invalid> {
        let port = |number: u16| crate::types::Port::try_from(number);
        let postgres = StatefulSet::new("postgres".parse()?)
            .image("postgres:16".parse()?)
            .port(port(5432)?);
        let redis = StatefulSet::new("redis".parse()?)
            .image("redis:7".parse()?)
            .port(port(6379)?);
        let docker = Deployment::new("docker".parse()?)
            .image("docker:27-dind".parse()?)
            .port(port(2376)?);
        let storage = ExternalService::new("s3.example.com".parse()?, 443_u16.try_into()?)
            .cidr("10.0.30.0/24".parse()?);
        let api = Deployment::new("api".parse()?)
            .image("vibebox/api:1".parse()?)
            .port(port(8000)?)
            .connects_to(&postgres)
            .connects_to(&redis)
            .connects_to(&docker)
            .connects_to(&storage);
        let frontend = Deployment::new("frontend".parse()?)
            .image("vibebox/frontend:1".parse()?)
            .port(port(3000)?)
            .connects_to(&api);
        let sweep = CronJob::new("sweep".parse()?, "@hourly".parse()?)
            .image("vibebox/api:1".parse()?)
            .connects_to(&postgres);
        let door = Service::new("frontend".parse()?, &frontend);
        Ok(Environment::new("vibebox")
            .add(postgres)
            .add(redis)
            .add(docker)
            .add(storage)
            .add(api)
            .add(frontend)
            .add(door)
            .add(sweep))
    }

    #[test]
    fn the_table_of_an_environment_that_denies_by_default() {
        let closed = vibebox().unwrap().deny_by_default().render().unwrap();
        let matrix = matrix(&closed.objects);
        assert_eq!(
            matrix.to_string(),
            "                  postgres  redis  docker  api   frontend  sweep  10.0.30.0/24  outside
postgres          -         -      -       -     -         -      -             -
redis             -         -      -       -     -         -      -             -
docker            -         -      -       -     -         -      -             -
api               5432      6379   2376    -     -         -      443           -
frontend          -         -      -       8000  -         -      -             -
sweep             5432      -      -       -     -         -      -             -
other pods        -         -      -       -     -         -      -             -
other namespaces  -         -      -       -     -         -
outside           -         -      -       -     -         -
"
        );
        for to in ["postgres", "redis", "docker"] {
            assert_eq!(matrix.cell("frontend", to).unwrap().to_string(), "-");
        }
    }

    #[test]
    fn without_a_policy_everything_is_open() {
        let open = Environment::new("shop").add(
            Deployment::new("app".parse().unwrap())
                .image("app:1".parse().unwrap())
                .port(crate::types::Port::try_from(80_u16).unwrap()),
        );
        let matrix = matrix(&open.render().unwrap().objects);
        assert!(
            matrix
                .cells
                .iter()
                .flatten()
                .all(|cell| *cell != Cell::Ports(Vec::new())),
            "{matrix}"
        );
    }
}
