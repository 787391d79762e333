import { examples } from '../examples';

/** Help texts of the commands of `sandbox`, below their options. */
export const SANDBOX_HELP = {
  sandbox: `${examples([
    ['npx tuningfork sandbox run .', 'test this repository in a sandbox on this host'],
    ['npx tuningfork sandbox list', 'print the runs that have something on their hosts'],
    ['npx tuningfork sandbox down 1f2e3d4c', 'remove what a run has kept'],
    ['npx tuningfork sandbox sweep', 'remove what killed runs have left'],
  ])}

See docs/sandbox.md for the manifest.`,

  run: `${examples([
    ['npx tuningfork sandbox run examples/sandbox-repo', 'run the test command of a repository'],
    ['npx tuningfork sandbox run . --keep', 'and keep the stack afterwards'],
    ['npx tuningfork sandbox run . --host tests@build-1', 'run it on another host, by ssh'],
    ['npx tuningfork sandbox run . --only-health', 'start the stack, wait for its checks, and remove it'],
  ])}

Exit codes: 0 the test command passed; 1 it failed, or ran into its limit; 2 the manifest or the tree is invalid, and
nothing was started; 3 the stack did not become ready; 4 something could not be removed; 5 the JUnit file of the
manifest has no passed test; a signal ends it by that signal once all is removed.`,

  up: `${examples([
    ['npx tuningfork sandbox up .', 'start the stack of this repository, and print how to remove it'],
    ['npx tuningfork sandbox down 1f2e3d4c', 'remove it'],
  ])}

Exit codes: 0 the stack is ready; 2 the manifest or the tree is invalid, and nothing was started; 3 the stack did not
become ready; what was started is kept.`,

  onHost: `${examples([
    ['npx tuningfork sandbox on-host /srv/greeter', 'test the newest commit of its upstream branch'],
    ['npx tuningfork sandbox on-host . --hub http://127.0.0.1:8090', 'and post the report'],
  ])}

A check that names no limit has 180 s.

Exit codes: 0 the test command passed; 1 it failed, or ran into its limit; 2 the manifest is invalid; 3 the branch has
diverged, its upstream was not reached, another process runs the repository, or the stack did not become ready;
4 something could not be removed.`,

  eject: `${examples([
    ['npx tuningfork sandbox eject .', 'write e2e/run-on-host.cjs, which needs Node and git'],
    ['node e2e/run-on-host.cjs --hub http://127.0.0.1:8090', 'and run it, in a clone of the repository'],
  ])}

Exit codes: 0 it is written, or was before; 2 the manifest is invalid, or another file has that name, and nothing was
written.`,

  doctor: `${examples([
    ['npx tuningfork sandbox doctor', 'check this host'],
    ['npx tuningfork sandbox doctor --host tests@build-1', 'check another one, by ssh'],
  ])}

Exit codes: 0 a trial stack ran; 3 something is missing, the host was not reached, or the trial failed; what would be
right is printed.`,

  cron: examples([
    ['npx tuningfork sandbox cron install .', 'run this repository each week, on Sunday at 3:13'],
    ['npx tuningfork sandbox cron list', 'print what is scheduled'],
    ['npx tuningfork sandbox cron remove .', 'schedule it no longer'],
  ]),

  cronInstall: `${examples([
    ['npx tuningfork sandbox cron install .', 'run it each week, on Sunday at 3:13'],
    [`npx tuningfork sandbox cron install . --schedule '0 4 * * *'`, 'run it each day at 4:00'],
  ])}

The other lines of the crontab stay as they are.

Exit codes: 0 it is scheduled; 2 the schedule or the manifest is
invalid, and nothing was changed; 3 this host has no cron.`,

  cronList: `${examples([['npx tuningfork sandbox cron list --json', 'print the entries for a program']])}

Exit codes: 0 done; 3 this host has no cron.`,

  cronRemove: `${examples([['npx tuningfork sandbox cron remove .', 'remove the entry of this repository']])}

Exit codes: 0 it is not scheduled; 2 the manifest is invalid; 3 this host has no cron.`,

  list: `${examples([
    ['npx tuningfork sandbox list', 'print each run with what it has on its host'],
    ['npx tuningfork sandbox list --json', 'print the same for a program'],
  ])}

Exit codes: 0 always.`,

  down: `${examples([['npx tuningfork sandbox down 1f2e3d4c', 'remove what the run has kept or left']])}

Exit codes: 0 nothing of the run remains; 2 there is no such run; 3 it is running; 4 something could not be removed.`,

  sweep: `${examples([['npx tuningfork sandbox sweep', 'remove what runs have left whose runner was killed']])}

Exit codes: 0 nothing of them remains; 4 something could not be removed.`,
} as const;
