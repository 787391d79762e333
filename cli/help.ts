import { examples } from './examples';
import { REPORT_FORMATS } from './report/report-formats';

/** What the commands of the roles have in common. */
const ROLE_NOTES = `
Processes of a stack share a PostgreSQL, and those that use files a data directory; any number of each role may run, and
each may be the first. The first one creates the administrator, as up does, and prints its password once.
PLATFORM_… environment variables change settings: the same on every host. See docs/scaling.md.

Exit codes: 0 stdin ended (--exit-with-stdin); 2 an option or a setting is invalid, or the database is not one of a
platform; 3 it could not start, or has lost its database; a signal ends it by that signal.`;

/** Help texts below the options, by command; `tuningfork` is the program itself. */
export const HELP = {
  tuningfork: `${examples([
    ['npx tuningfork up', 'run a platform on http://127.0.0.1:8080 until Ctrl-C'],
    ['npx tuningfork up --data ./data', 'keep its data for the next run'],
    ['npx tuningfork doctor', 'check this machine, and print how to install what is missing'],
    ['npx tuningfork run demo.two_step', 'run a workflow, and print its result as one line of JSON'],
    ['npx tuningfork verify examples/greeting/workflows/greet.yaml', 'prove that a workflow returns what it must'],
    ['npx tuningfork bench action-latency', 'measure how long one action takes'],
    ['npx tuningfork gate status', 'print which checks decide about a change'],
    ['npx tuningfork up --help', 'print the options of a command'],
  ])}

Exit codes: 0 success, 1 failure, 2 invalid usage, 3 a requirement is missing, 4 files were left behind,
5 nothing was proven;
a command that a signal ended prints one line, with what goes on or is left, and exits by that signal: 130 in a shell
for Ctrl-C, 143 for SIGTERM. A second Ctrl-C ends it at once, and kills what it has started.`,

  up: `${examples([
    ['npx tuningfork up --port 0 --json', 'use free ports, and print them as one line of JSON'],
    ['npx tuningfork up --workers 4 --data ./data', 'run four workers, and keep all data in ./data'],
    ['npx tuningfork up --database-url postgres://…', 'use an existing PostgreSQL, version 14 or newer'],
    ['npx tuningfork up --port 0 --database-url postgres://… --join', 'run beside the platforms on this database'],
    ['npx tuningfork up --roles api,executor,notifier --data ./data', 'run no action and no sensor in this process'],
    ['npx tuningfork up --data ./data --admin-password-file ./admin', 'write the first password to a file'],
    ['npx tuningfork up --data ./data --compat attune', 'keep the data, with the known password'],
    ['npx tuningfork up --web ./dist', 'show another web client: a directory with its index.html'],
    ['npx tuningfork up --virtual-time', 'move its clock by tuningfork clock advance'],
    ['npx tuningfork up --data ./data --host 0.0.0.0', 'let other hosts reach it'],
  ])}

Without --data all files are in memory or in the temporary directory, and are removed at the end.
With --data or a database, the first start creates the administrator test@attune.local with a random password, which
is printed once. With --compat attune or PLATFORM_EXTENSIONS=off, and without data and database, it is the known one.
PLATFORM_… environment variables change other settings: see docs/settings.md.

Exit codes: 0 stdin ended (--exit-with-stdin); 2 an option or a setting is invalid, or the database is not one of a
platform; 3 it could not start, or has lost its database; 4 files were left behind; a signal ends it by that signal.`,

  api: `${examples([
    ['npx tuningfork api --database-url postgres://… --data /srv/stack', 'serve it on http://127.0.0.1:8080'],
    ['npx tuningfork api --port 8090 --database-url postgres://… --data /srv/stack', 'a second one beside it'],
  ])}
${ROLE_NOTES}`,

  executor: `${examples([
    ['npx tuningfork executor --database-url postgres://… --data /srv/stack', 'one more executor of the stack'],
  ])}
${ROLE_NOTES}`,

  sensor: `${examples([
    ['npx tuningfork sensor --database-url … --data … --api-url http://127.0.0.1:8080', 'run the sensors of packs'],
  ])}
${ROLE_NOTES}`,

  notifier: `${examples([
    ['npx tuningfork notifier --database-url postgres://…', 'serve the live stream on port 8081'],
    ['npx tuningfork notifier --port 8091 --database-url postgres://…', 'a second one beside it'],
  ])}
${ROLE_NOTES}`,

  worker: `${examples([
    ['npx tuningfork worker --database-url … --data … --api-url http://127.0.0.1:8080', 'one more worker of the stack'],
    ['npx tuningfork worker --api https://platform.example --name build1 --token-file ./token', 'join from this host'],
    [
      'npx tuningfork worker --api … --name gpu1 --token-file ./token --label gpu=yes',
      'for actions that select gpu=yes',
    ],
    ['npx tuningfork worker --api … --name gpu1 --token-file ./token --taint gpu:no_schedule', 'and for no other ones'],
    ['npx tuningfork worker --api … --name w --token-file ./token --directory /var/lib/worker', 'keep what it fetched'],
  ])}

Without --api it is a process of a stack, as api, executor, sensor and notifier are: on its PostgreSQL and its data
directory. PLATFORM_WORKER_SLOTS, _NAME, _LABELS and _TAINTS change it. See docs/scaling.md.

With --api it is a standalone worker. Its token is that of --token-file, PLATFORM_WORKER_TOKEN or --token. The token is
renewed while the worker is connected; --token-file then has the new one. It runs actions, and no sensors. A lost
connection is opened again; attempts go on meanwhile, for as long as their leases last. See docs/standalone-workers.md.
An option of the other form is refused.

SIGTERM or Ctrl-C lets attempts end; a second Ctrl-C ends it at once.

Exit codes: 0 stdin ended (--exit-with-stdin); 2 an option, a setting or the directory is invalid; 3 the platform cannot
be reached, or refuses the worker; a signal ends it by that signal.`,

  workerToken: `${examples([
    ['npx tuningfork worker-token --name build1 --file ./token', 'on the platform that PLATFORM_FILE names'],
    ['npx tuningfork worker-token --name build1 --ttl 3600 --target http://127.0.0.1:8080', 'print one for an hour'],
  ])}

The platform is named by --target, PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD of an
administrator of the platform. DELETE /api/v1/workers/{id}/tokens revokes the tokens of a worker.

Exit codes: 0 issued; 1 the platform rejects the request; 2 no platform is named, or the file exists; 3 no platform.`,

  down: `${examples([
    ['npx tuningfork down', 'stop the platform on port 8080, and wait until it has ended'],
    ['npx tuningfork down --port 8090 --json', 'print {"port", "stopped"}; stopped is null where none listens'],
    ['npx tuningfork down --host 192.0.2.7', 'stop the one that listens on this address; others are not concerned'],
  ])}

Exit codes: 0 nothing listens there now; 1 it has not ended within 30 s; 2 another process holds the port, and was not
stopped.`,

  doctor: `${examples([
    ['npx tuningfork doctor', 'print one line for each requirement'],
    ['npx tuningfork doctor --json', 'print the same as JSON; exit 3 when a requirement is missing'],
    ['npx tuningfork doctor --target http://127.0.0.1:8080', 'print what the suite would prove on that platform'],
  ])}

--target logs in with TEST_USER_LOGIN and TEST_USER_PASSWORD, applies the target file that E2E_TARGET_NAME names, and
runs the probes of a run, but no claim. See docs/targets.md.

Exit codes: 0 ready; 3 a requirement is missing, or the suite cannot use the platform; 4 an object that a probe created
is still on the platform; 5 a run of all claims would end with 5: the target file differs, or nothing can be proven.`,

  run: `${examples([
    ['npx tuningfork run demo.two_step', 'on a platform that is started for it, and keeps nothing'],
    [`npx tuningfork run core.echo --parameters '{"message": "hi"}'`, 'with parameters'],
    ['npx tuningfork run mypack.deploy --pack ./mypack', 'upload the pack first'],
    ['npx tuningfork run mypack.deploy --target http://127.0.0.1:8080', 'on a platform that runs'],
  ])}

The parameters are validated first. The result is {"status", "id", "output"}, with "failures" and "warnings" where
there are some; the log, and the inquiries that it waits for, go to stderr. After Ctrl-C, an execution on a named platform
goes on, and the last line has the request that cancels it.
A pack is not uploaded where an invalid file would remove an installed action or workflow, unless with --allow-skipped. A platform is named by --target, PLATFORM_URL or
PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD; without one, a platform is started with the PLATFORM_…
settings of this environment, and the packs of this project can be run.

Exit codes: 0 completed; 1 any other end, or the platform rejects the request; 2 --parameters is no JSON object, or
--pack no pack; 3 no platform.`,

  verify: `${examples([
    ['npx tuningfork verify examples/greeting/workflows/greet.yaml', 'on a platform that is started for it'],
    ['npx tuningfork verify flow.yaml --inputs in.json --expect out.json', 'with other files'],
    ['npx tuningfork verify flow.yaml --receipt receipt.json', 'keep what was proven'],
    ['npx tuningfork verify flow.yaml --target http://127.0.0.1:8080', 'on a platform that runs'],
    ['npx tuningfork verify flow.yaml --pass 72h', 'with three days of the platform clock, in a second'],
    ['npx tuningfork verify flow.yaml --keep', 'look at the run afterwards'],
    ['npx tuningfork verify flow.yaml --no-expect', 'run it without an expectation, which proves nothing'],
    ['npx tuningfork verify --changed', 'prove what differs from HEAD below this directory'],
    ['npx tuningfork verify packs --changed --base main --json', 'the same for a branch, below packs/'],
  ])}

It uploads the pack of the file, compiles the workflow, runs it, and compares every value of its output. The receipt is
one line of JSON; the steps go to stderr. --changed verifies every workflow with an expectation that a change concerns:
its own files, and those of the actions that it names. A platform is named as for \`tuningfork run\`.

With --pass, or an expectation in YAML that has \`after\`, the clock of the tenant stands still at the start, and is moved
through everything that is due: 3h, 1h30m, 3d, or PT72H. The platform needs virtual time (up --virtual-time); one that is
started for it has it. Afterwards the clock runs on from where it is. See docs/time.md.

Exit codes: 0 proven; 1 not as expected, or not completed; 2 a file, a repository or a revision is missing, and nothing
was started; 3 no platform; 5 nothing was expected, no task ran, no transition leads to a task, or no workflow concerns a
file that has changed.`,

  compile: `${examples([
    ['npx tuningfork compile flow.yaml --explain', 'the order of its tasks, and what its templates read'],
    ['npx tuningfork compile mypack.flow --explain --target http://127.0.0.1:8080', 'with digests, and what is stale'],
    ['npx tuningfork compile mypack.flow --explain --revision 2 --json', 'of this revision, as one line of JSON'],
  ])}

A file needs no platform, so that its actions are not looked up. For a ref, the platform is named by --target,
PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD.

Exit codes: 0 it compiles, also where it is stale; 1 it does not, or the platform rejects the request; 2 the file cannot
be read, or no platform is named for a ref; 3 no platform responds.`,

  report: `${examples([
    ['npx tuningfork report', 'the newest run, as Markdown'],
    ['npx tuningfork report --format junit --out junit.xml', 'for Jenkins, GitLab and most other services'],
    ['npx tuningfork report results/m3x9.report.json --format html --out run.html', 'an older run, as a page'],
    ['npx tuningfork report results/a1b2.report.json results/m3x9.report.json', 'a run and its repetition, as one'],
    ['npx tuningfork report --post', 'store it in the hub that HUB_URL names (tuningfork hub serve)'],
  ])}

Formats:
${Object.entries(REPORT_FORMATS)
  .map(([format, reader]) => `  ${format.padEnd(8)}   ${reader}`)
  .join('\n')}

Each run of the scenarios writes results/report.html, and results/failures/<claim>.md for each claim that failed; with
E2E_JUNIT the JUnit file, and in GitHub Actions the errors and the summary of the step. See docs/reports.md.

Exit codes: 0 written or posted; 1 the hub has rejected it; 2 there is no such run, the runs are of different targets,
no hub is named, or an option is invalid; 3 the hub was not reached.`,

  replay: `${examples([
    ['npx tuningfork replay 41', 'on the newest compiled revision of its workflow'],
    ['npx tuningfork replay 41 --revision 3 --json', 'on this revision, as one line of JSON'],
    ['npx tuningfork replay 41 --file flow.yaml --target http://127.0.0.1:8080', 'on a file, which is not stored'],
  ])}

The inputs and the recorded results of the steps are used again: no action runs, and nothing is stored. The first step
that differs is printed, with the expected and the actual value. Secrets are neither read nor compared. The platform is
named by --target, PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD.

Exit codes: 0 the same; 1 a step, or the result, differs; 2 there is no such execution or revision, the execution has
not ended by itself, or the file does not compile; 3 no platform responds; 5 because of secrets, no step was compared,
or not all.`,

  rerun: `${examples([
    [
      'npx tuningfork rerun 41 --from deploy',
      'take over what ended before the task, and print the id of the execution',
    ],
    ['npx tuningfork rerun 41 --from deploy --wait --json', 'print its result as one line of JSON when it has ended'],
    [`npx tuningfork rerun 41 --from deploy --parameters '{"region": "eu"}'`, 'with other parameters'],
    ['npx tuningfork rerun 41 --from deploy --parameters @parameters.json', 'with those of a file'],
  ])}

A new execution of the workflow as execution 41 ran it: the tasks that ended before the given one, and those of other
branches, do not run again; what follows from it runs again (docs/rerun.md). The platform is named by --target,
PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD.

Exit codes: 0 started, and with --wait completed; 1 any other end; 2 there is no such execution or task, it has not
ended, its state is not known, or --parameters is no JSON object; 3 no platform responds.`,

  pack: examples([
    ['npx tuningfork pack index ./mypack', 'write the index of a pack'],
    ['npx tuningfork pack index --help', 'print the options'],
  ]),

  packIndex: `${examples([
    ['npx tuningfork pack index', 'write the index of the pack in this directory'],
    ['npx tuningfork pack index ./mypack --check', 'exit 1 when its index is out of date'],
    ['npx tuningfork pack index ./mypack --json', 'print {"pack", "actions", "file", "changed"}'],
  ])}

The registration of a pack with an index is refused where an action differs from it (PACK_INDEX_DRIFT). Unchanged files
give an unchanged index.

Exit codes: 0 written, or up to date; 1 out of date (--check); 2 the directory is no pack.`,

  events: examples([
    ['npx tuningfork events tail --execution 41', 'follow the log of execution 41'],
    ['npx tuningfork events tail --help', 'print the options'],
  ]),

  eventsTail: `${examples([
    ['npx tuningfork events tail --execution 41', 'print its entries as they are written, until it has ended'],
    ['npx tuningfork events tail --execution 41 --json', 'the same, one line of JSON each'],
    ['npx tuningfork events tail --execution 41 --newest-first', 'what there is now, the last entry first'],
    ['npx tuningfork events tail --execution 41 --target http://127.0.0.1:8080', 'on this platform'],
  ])}

The platform is named by --target, PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD. A lost
connection is retried for 26 s; no entry is printed twice.

Exit codes: 0 the execution has ended; 1 there is no such execution; 2 no platform is named; 3 none responds.`,

  bench: `${examples([
    ['npx tuningfork bench', 'run all benchmarks, and print a table'],
    ['npx tuningfork bench boot --runs 3', 'start a platform three times, and print the median'],
    ['npx tuningfork bench --write', 'run all benchmarks, and replace work-summary/performance.md'],
  ])}

Exit codes: 0 measured, whatever the values; 2 there is no such benchmark; 3 no platform could be started.`,

  detect: `${examples([
    ['npx tuningfork detect', 'apply every fault, and run a null and a frozen platform'],
    ['npx tuningfork detect S12a F101', 'apply these two'],
    ['npx tuningfork detect --sample 10 --seed 2026-11-21', 'apply ten, selected by the seed'],
    ['npx tuningfork detect --shard 3/31', 'one of 31 parts, which together are all faults'],
    ['npx tuningfork detect --platforms 1', 'one fault at a time, for a host with other work'],
    ['npx tuningfork detect S12a --all-claims --json', 'run all tiers, and print JSON'],
    ['npx jest tests/e2e && npx tuningfork detect --without-control --sample 10', 'the claims have just been run'],
    ['.ci/run && npx tuningfork detect --shard 3/31 --beside-gate', 'the gate has just run its claims'],
    ['npx tuningfork detect --control-only --shard 2/7', 'one of 7 parts of the claims, without a fault'],
    ['npx tuningfork detect --blind 20', 'ask for new faults: twenty random edits, and twenty pairs of them'],
    ['npx tuningfork detect --blind 20 --seed 7 --room store', 'the same, of platform/store, selected by the seed'],
    ['npx tuningfork detect --blind 50 --seed 7 --results new.jsonl', 'again after Ctrl-C: go on where it ended'],
    ['npx tuningfork detect --find', 'where the sources of faults are that a refactoring has moved'],
    ['npx tuningfork detect --find F101 --write', 'change the entry of this one in the catalogue'],
  ])}

The control runs the claims of the faults without a fault. Without it, a claim that fails anyway counts as detected: its
caller must have run the claims on the same sources, all green.

A claim that did not fail is a gap: "not noticed", the changed code ran during the claim; "not reached", it did not.

--blind makes its faults from the syntax trees of platform/, and runs the claims of all tiers that reach them.

--find runs nothing. It searches all sources for the part of each fault that no longer applies: first the same tokens, then
similar ones in the named function.

Exit codes: 0 every claim that a fault names failed because of it (--control-only: the claims are green; --find: every
fault applies, or its entry is written; --blind: no fault was reached and not noticed); 1 any other result; 2 an option is invalid, or there is no such fault; 3 another
run uses the copy. See docs/detection.md.`,

  mutate: `${examples([
    ['npx tuningfork mutate', 'twenty mutants, selected by the date'],
    ['npx tuningfork mutate --room store --sample 100 --seed 7', 'a hundred of platform/store, selected by the seed'],
    ['npx tuningfork mutate --sample 100 --platforms 2', 'two at the same time, each with a platform of its own'],
    ['npx tuningfork mutate --sample 600 --seed 7 --results mutants.jsonl', 'again after Ctrl-C: go on where it ended'],
    ['npx tuningfork mutate --json', 'print JSON'],
  ])}

Exit codes: 0 whatever survives: a survivor is a missing claim, or a mutant that changes nothing; 2 an option is
invalid; 3 another run uses the copy. See docs/detection.md.`,

  generator: (name: string): string => `${examples([
    [`npx tuningfork ${name}`, 'write the file'],
    [`npx tuningfork ${name} --check`, 'exit 1 when the file is out of date'],
  ])}

Exit codes: 0 written, or up to date; 1 out of date (--check), or it cannot be generated.`,
} as const;
