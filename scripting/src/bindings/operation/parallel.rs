//! `parallel([…])`: functions at the same time.

use crate::table::{Any, Call, Callback, Fault, HostIo, InCall, Mismatch, Param as _, Row, row};
use rhai::{Dynamic, FnPtr};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// How many run at the same time at most.
const WIDTH: usize = 16;

/// What a call of a function and those that it calls take at most; see the script's own thread.
const STACK: usize = 16 << 20;

/// One thing to do: a function and what it is given.
type Task = (FnPtr, Vec<Dynamic>);

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(
            "parallel",
            &["tasks", "function?"],
            |tasks: Vec<Any>, function: Option<Callback>, _: HostIo| {
                InCall::new(move |call| {
                    let tasks = prepared(tasks, function, call)?;
                    run(&tasks, call)
                })
            },
        )
        .doc(
            "Runs functions at the same time, up to 16, and gives their results in order: an array \
             of functions, or a function that is called with each element of an array. All of them \
             run to their end; where some fail, all failures are told. The functions may not share \
             variables with what is around them: what they need is given to them.",
        )
        .example(
            r#"let healths = parallel(["a", "b"], |app| http(`https://${app}.example/health`).get().ok());
parallel([|| sleep("10s"), || progress("waiting")]);"#,
        ),
    ]
}

fn prepared(
    tasks: Vec<Any>,
    function: Option<Callback>,
    call: &Call<'_, '_>,
) -> Result<Vec<Task>, Fault> {
    if let Some(function) = function {
        alone(&function.0, 1, Mismatch::new)?;
        let each = tasks.into_iter();
        return Ok(each
            .map(|item| (function.0.clone(), vec![item.0]))
            .collect());
    }
    let each = tasks.into_iter().enumerate().map(|(index, task)| {
        let inside = |mismatch: Mismatch| Fault::Argument(0, mismatch.inside(index.to_string()));
        let given = call.describe(&task.0);
        let function = Callback::from_value(task.0, call).map_err(|_| {
            let expected = format!("must be a function such as `|| …`, got {given}");
            let help =
                "to call one function with each element, give it too: `parallel(items, |item| …)`";
            inside(Mismatch::new(expected).help(Some(help.to_owned())))
        })?;
        alone(&function.0, 0, |problem| {
            Mismatch::new(problem).inside(index.to_string())
        })?;
        Ok((function.0, Vec::new()))
    });
    each.collect()
}

/// Two that run at the same time would see each other's changes half done.
fn alone(
    function: &FnPtr,
    argument: usize,
    mismatch: impl Fn(&'static str) -> Mismatch,
) -> Result<(), Fault> {
    if !function.iter_curry().any(Dynamic::is_shared) {
        return Ok(());
    }
    let help =
        "give it what it needs: `parallel(items, |item| …)`, with an array or a map for each";
    let mismatch = mismatch("shares variables with what is around it").help(Some(help.to_owned()));
    Err(Fault::Argument(argument, mismatch))
}

fn run(tasks: &[Task], call: &Call<'_, '_>) -> Result<Vec<Any>, Fault> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((function, arguments)) = tasks.get(index) else {
                return done;
            };
            done.push((index, call.invoke(function, arguments.clone())));
        }
    };
    let mut results = thread::scope(|scope| {
        let started = (0..tasks.len().min(WIDTH)).map(|_| {
            let thread = thread::Builder::new()
                .name("script".to_owned())
                .stack_size(STACK);
            thread.spawn_scoped(scope, work)
        });
        // All are started before the first is waited for.
        let started: Vec<_> = started.collect();
        let mut results = Vec::new();
        for thread in started {
            let thread =
                thread.map_err(|error| Fault::new(format!("no thread for the script: {error}")))?;
            let done = thread.join().map_err(|_| {
                Fault::new("the script engine failed inside: this is a fault of infra")
            })?;
            results.extend(done);
        }
        Ok::<_, Fault>(results)
    })?;
    results.sort_by_key(|(index, _)| *index);
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for (_, result) in results {
        match result {
            Ok(value) => values.push(Any(value)),
            Err(Fault::Script(error)) if !error.is_final() => errors.push(error),
            Err(fault) => return Err(fault),
        }
    }
    match errors.len() {
        0 => Ok(values),
        1 => Err(Fault::Script(errors.remove(0))),
        _ => Err(Fault::Scripts(errors)),
    }
}
