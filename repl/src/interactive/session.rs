//! What a session has, and what each input does to it.

use super::colon::{self, Colon};
use super::interrupt::Interrupt;
use super::link::{Link, Open};
use super::loaded::{Kept, changed_at};
use super::prompt::Prompt;
use crate::args::{self, Changes, Output, Part, Repl, Target};
use crate::cluster::where_to;
use crate::command::planning::Wish;
use crate::command::road::{self, Doing};
use crate::command::{doc, list, plan, status};
use crate::config::Project;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{Variables, parameters};
use crate::script::{Loaded, host, shown};
use crate::source::Sources;
use crate::ui::Ui;
use crate::view;
use crate::world::world;
use infra_scripting::diagnostic::Diagnostic;
use infra_scripting::reference::Reference;
use infra_scripting::session::{Interactive, Ran, Reaching, Shown};
use infra_sdk::engine::{Stop, StopLevel};
use infra_sdk::types::DnsLabel;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether the session goes on.
pub(crate) enum Flow {
    On,
    Quit,
}

/// A session.
pub(crate) struct Session {
    ui: Ui,
    target: Target,
    project: Project,
    variables: Variables,
    settings: Vec<(String, String)>,
    lines: Interactive,
    link: Arc<Link>,
    interrupt: Interrupt,
    listening: bool,
    script: Option<Kept>,
    /// The context and the namespace, where there is one.
    context: Option<String>,
    namespace: String,
    last: Shown,
}

impl Session {
    /// Opens a session, and loads its script. No cluster is asked.
    pub(crate) fn open(ui: Ui, args: Repl) -> Result<Self, Failure> {
        let project = match &args.file {
            Some(file) => Project::of(file)?,
            None => Project::here()?,
        };
        let variables = Variables::read(&args.env_file)?;
        let given = args::Script {
            file: args.file.clone().unwrap_or_else(|| PathBuf::from("input")),
            params: args.params,
            set: args.set.clone(),
            ..args::Script::default()
        };
        let host = host(ui, &project, &variables, &given)?;
        let lines = Interactive::new(host).map_err(|errors| shown(ui, &errors))?;
        let mut session = Self {
            ui,
            link: Link::new(ui, args.target.clone(), project.clone()),
            target: args.target,
            project,
            variables,
            settings: parameters(&args.set)?,
            lines,
            interrupt: Interrupt::default(),
            listening: false,
            script: None,
            context: None,
            namespace: "default".to_owned(),
            last: Shown::Nothing,
        };
        session.find_place()?;
        if let Some(file) = args.file {
            session.load(&file)?;
        }
        Ok(session)
    }

    /// What lines are evaluated in.
    pub(crate) fn lines(&self) -> &Interactive {
        &self.lines
    }

    /// Keeps what a sandbox has become.
    pub(crate) fn close(&self) -> Result<(), Failure> {
        self.link.keep()
    }

    /// The prompt of the next line.
    pub(crate) fn prompt(&self) -> Prompt {
        let look = self.ui.out_look();
        Prompt::new(look, self.context.as_deref(), &self.namespace)
    }

    /// Says when the file of the script has changed.
    pub(crate) fn tell_changes(&mut self) {
        if let Some(kept) = &mut self.script
            && kept.has_changed()
        {
            let file = kept.file.display();
            self.ui
                .note(&format!("`{file}` has changed: `:reload` reads it again\n"));
        }
    }

    /// Does what was typed.
    pub(crate) async fn input(&mut self, text: &str) -> Result<Flow, Failure> {
        if !self.listening {
            self.interrupt.listen();
            self.listening = true;
        }
        if text.trim().is_empty() {
            return Ok(Flow::On);
        }
        // The terminal may be wider now, or narrower.
        self.ui = Ui::detect().telling(self.ui.is_quiet(), self.ui.is_verbose());
        let command = if colon::is_command(text) {
            colon::parse(text)?
        } else {
            let ran = self.run(text).await?;
            self.show(ran.value);
            return Ok(Flow::On);
        };
        if command == Colon::Quit {
            return Ok(Flow::Quit);
        }
        Box::pin(self.command(command)).await?;
        Ok(Flow::On)
    }

    async fn command(&mut self, command: Colon) -> Result<(), Failure> {
        match command {
            Colon::Help(asked) => self.help(&asked),
            Colon::Context(name) => self.change_context(name),
            Colon::Namespace(name) => {
                match name {
                    Some(name) => self.namespace = namespace(name)?,
                    None => self.ui.out(&format!("{}\n", self.namespace)),
                }
                Ok(())
            }
            Colon::Load(file) => self.load(Path::new(file.trim_matches('"'))),
            Colon::Reload => {
                let file = self.kept()?.file.clone();
                self.load(&file)
            }
            Colon::Env => {
                let description = self.kept()?.loaded.script.description();
                self.ui.page(&list::text(self.ui.out_look(), &description));
                Ok(())
            }
            Colon::Plan => Box::pin(self.plan()).await,
            Colon::Apply { yes } => self.apply(yes).await,
            Colon::Status => self.status().await,
            Colon::Set(setting) => self.set(setting),
            Colon::Time(line) => {
                let started = std::time::Instant::now();
                let ran = self.run(&line).await;
                let took = started.elapsed();
                self.show(ran?.value);
                self.ui.note(&format!("took {took:.1?}\n"));
                Ok(())
            }
            Colon::Yaml(line) => {
                let value = match line.as_str() {
                    "" => self.last.clone(),
                    line => self.run(line).await?.value,
                };
                self.ui.page(&view::as_yaml(&value).ok_or_else(|| {
                    Failure::usage(
                        "only maps, arrays, builders and plain values have a form in YAML",
                    )
                })?);
                Ok(())
            }
            Colon::Quit => Ok(()),
        }
    }

    /// Evaluates a line.
    async fn run(&mut self, line: &str) -> Result<Ran, Failure> {
        let stop = self.interrupt.begin();
        let (link, ui, stopping) = (Arc::clone(&self.link), self.ui, stop.clone());
        let secrets = Arc::new(Sources::new(self.variables.clone(), &self.project));
        let world = world(ui, false, &secrets);
        let reaching = Reaching {
            connect: Arc::new(move || {
                let (link, stop, world) = (Arc::clone(&link), stopping.clone(), world.clone());
                Box::pin(async move {
                    let open = link.open().await.map_err(|failure| {
                        let error = Diagnostic::new(failure.message);
                        failure.help.into_iter().fold(error, Diagnostic::help)
                    })?;
                    Ok(open.connected.live(ui, &open.others, false, stop, world))
                })
            }),
            namespace: self.namespace.clone(),
            stop: stop.clone(),
        };
        let ran = self.lines.run(line, reaching).await;
        self.interrupt.end();
        self.link.keep()?;
        let ran = ran.map_err(|errors| {
            if stop.is_asked() {
                Failure::interrupted("cancelled")
            } else {
                shown(self.ui, &errors)
            }
        })?;
        if ran.value != Shown::Nothing {
            self.last = ran.value.clone();
        }
        Ok(ran)
    }

    fn show(&self, value: Shown) {
        self.ui.page(&view::shown(self.ui.out_look(), &value));
    }

    fn help(&self, asked: &str) -> Result<(), Failure> {
        let look = self.ui.out_look();
        if asked.is_empty() {
            self.ui.page(&view::session_help(look, &colon::COMMANDS));
            return Ok(());
        }
        let command = asked.trim_start_matches(':');
        if let Some(known) = colon::COMMANDS.iter().find(|known| known.0 == command)
            && asked.starts_with(':')
        {
            self.ui.out(&view::session_help(look, &[*known]));
            return Ok(());
        }
        let reference = Reference::of(&self.lines.vocabulary());
        let answer = doc::find(&reference, asked)?;
        self.ui.page(&doc::text(look, &reference, &answer));
        Ok(())
    }

    fn load(&mut self, file: &Path) -> Result<(), Failure> {
        let project = Project::of(file)?;
        if project.root != self.project.root {
            return Err(Failure::usage(format!(
                "`{}` belongs to another project, `{}`",
                file.display(),
                project.root.display()
            ))
            .help(format!(
                "open it by itself: `infra repl {}`",
                file.display()
            )));
        }
        let changed = changed_at(file);
        let script = self
            .lines
            .load(file)
            .map_err(|errors| shown(self.ui, &errors))?;
        let given = args::Script {
            file: file.to_owned(),
            ..args::Script::default()
        };
        let (project, variables) = (self.project.clone(), self.variables.clone());
        let loaded = Loaded::of(self.ui, project, variables, &given, script)?;
        if let [environment] = loaded.environments.as_slice() {
            self.namespace.clone_from(&environment.namespace);
        }
        self.script = Some(Kept::new(file.to_owned(), loaded, changed));
        Ok(())
    }

    fn set(&mut self, setting: Option<(String, String)>) -> Result<(), Failure> {
        let Some((name, value)) = setting else {
            for (name, value) in &self.settings {
                self.ui.out(&format!("{name}={value}\n"));
            }
            return Ok(());
        };
        let before = self.settings.clone();
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value));
        self.lines.set(&self.settings);
        let Some(file) = self.script.as_ref().map(|kept| kept.file.clone()) else {
            return Ok(());
        };
        self.load(&file).inspect_err(|_| {
            self.settings = before;
            self.lines.set(&self.settings);
        })
    }

    fn change_context(&mut self, name: Option<String>) -> Result<(), Failure> {
        let Some(name) = name else {
            let target = Target {
                sandbox: None,
                ..self.target.clone()
            };
            for known in where_to(&target)?.known {
                let here = self.context.as_ref() == Some(&known);
                self.ui
                    .out(&format!("{} {known}\n", if here { '*' } else { ' ' }));
            }
            return Ok(());
        };
        let target = Target {
            sandbox: None,
            context: Some(name),
            ..self.target.clone()
        };
        where_to(&target)?;
        self.link.keep()?;
        self.link = Link::new(self.ui, target.clone(), self.project.clone());
        self.target = target;
        self.find_place()
    }

    /// Where lines go, as far as it is known without asking.
    fn find_place(&mut self) -> Result<(), Failure> {
        match where_to(&self.target) {
            Ok(place) => {
                self.namespace = match &self.target.namespace {
                    Some(name) => namespace(name.clone())?,
                    None => place.namespace,
                };
                self.context = Some(place.context);
                Ok(())
            }
            // A session without a cluster is one too; what needs it says so.
            Err(_) if self.target.context.is_none() && self.target.kubeconfig.is_none() => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    fn kept(&self) -> Result<&Kept, Failure> {
        self.script.as_ref().ok_or_else(|| {
            Failure::usage("no script is loaded").help("`:load FILE` takes one over")
        })
    }

    /// The loaded script and the cluster, for what is done with both.
    async fn both(&self, stop: &Stop) -> Result<(&Loaded, Arc<Open>), Failure> {
        let loaded = &self.kept()?.loaded;
        loaded.expect_environments()?;
        let open = cancelled(stop, self.link.open()).await??;
        Ok((loaded, open))
    }

    async fn plan(&self) -> Result<(), Failure> {
        let stop = self.interrupt.begin();
        let (loaded, open) = self.both(&stop).await?;
        let wish = whole(loaded)?;
        let plans = Box::pin(plan::plans(loaded, &open.connected, &wish));
        let plans = cancelled(&stop, plans).await??;
        let command = loaded.typed("run");
        self.ui
            .page(&plan::text(self.ui.out_look(), &plans, &command));
        Ok(())
    }

    async fn apply(&self, yes: bool) -> Result<(), Failure> {
        let stop = self.interrupt.begin();
        let (loaded, open) = self.both(&stop).await?;
        let changes = Changes {
            yes,
            delete: Vec::new(),
            dry_run: false,
            no_wait: false,
            timeout: "10m".to_owned(),
            output: Output::Text,
        };
        let doing = Doing::new(changes, Part::default(), "run", "Apply this?")?;
        let wish = whole(loaded)?;
        let ended = road::each(self.ui, loaded, &open.connected, &wish, &doing, &stop).await;
        self.link.keep()?;
        match ended? {
            Exit::Done => Ok(()),
            // What went wrong is told already.
            exit => Err(Failure::drawn(exit, String::new())),
        }
    }

    async fn status(&self) -> Result<(), Failure> {
        let stop = self.interrupt.begin();
        let (loaded, open) = self.both(&stop).await?;
        let read = status::read(loaded, &open.connected, &loaded.environments);
        let statuses = cancelled(&stop, read).await??;
        self.ui.page(&status::text(self.ui.out_look(), &statuses));
        Ok(())
    }
}

/// All of a script's environments.
fn whole(loaded: &Loaded) -> Result<Wish, Failure> {
    let environments = loaded.environments.clone();
    Wish::new(loaded, environments, &Part::default(), &[])
}

/// Ends with Ctrl-C.
async fn cancelled<T>(stop: &Stop, work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = stop.reached(StopLevel::Finish) => Err(Failure::interrupted("cancelled")),
        done = work => Ok(done),
    }
}

/// The name of a namespace, which requests are made of.
fn namespace(name: String) -> Result<String, Failure> {
    match name.parse::<DnsLabel>() {
        Ok(_) => Ok(name),
        Err(error) => Err(Failure::usage(format!(
            "`{name}` is no name of a namespace: {error}"
        ))),
    }
}
