import { Option, type Command } from 'commander';
import { CHANGE_LABELS } from '../../tools/gate/change-rules';
import { examples } from '../examples';
import { wholeNumber } from '../settings/whole-number';
import type { GateCheckFlags } from './gate-check';
import type { GateChangeFlags } from './gate-change';
import type { GateQuarantineFlags } from './gate-check-state';
import type { GateStatusFlags } from './gate-status';
import type { HistoryFlags } from './gate-files';
import type { GateRecordFlags } from './gate-record';
import type { GateSecretsFlags } from './gate-secrets';
import type { GateFlakeFlags } from './run/gate-flake';
import type { GateProofFlags } from './run/gate-proof';
import type { GateRunFlags } from './run/gate-run';

const RESULTS = 'result files of the run: JOB=results/….jsonl of the suite, or JOB=….json of Jest';

/** Adds `gate` and its commands. Each is imported when it runs. */
export function addGate(tuningfork: Command): void {
  const gate = tuningfork
    .command('gate')
    .description('decide by the required checks whether a change may be merged')
    .addHelpText('after', HELP.gate);
  addRun(gate);
  addProof(gate);
  addFlake(gate);
  addCheck(gate);
  addChange(gate);
  addSecrets(gate);
  addRecord(gate);
  addPromote(gate);
  addQuarantine(gate);
  add(gate, 'status', 'print the state of every check, its window and its flake rate', HELP.status)
    .option(...HISTORY)
    .option(...FLAKES)
    .action(async (flags: GateStatusFlags) => (await import('./gate-status')).gateStatus(flags));
}

const add = (gate: Command, name: string, description: string, help: string): Command =>
  addWithoutPolicy(gate, name, description, help).option('--policy <file>', 'the policy', 'gate/policy.yml');

const addWithoutPolicy = (gate: Command, name: string, description: string, help: string): Command =>
  gate.command(name).description(description).option('--json', 'print one JSON document').addHelpText('after', help);

const REPORT = ['--report <file>', 'report.json of a run of the gate, for its result files'] as const;
const HISTORY = ['--history <file>', 'the history of runs', 'gate/history.jsonl'] as const;
const FLAKES = ['--flakes <file>', 'the list of flakes', 'tests/flakes.json'] as const;
const ROOT = ['[dir]', 'the root of the project, in a working tree of git', '.'] as const;
const SLICE = wholeNumber(10_000, 1);

function addRun(gate: Command): void {
  add(gate, 'run', 'run the steps of .ci/gate.yml and a slice of the proof', HELP.run)
    .argument(...ROOT)
    .option('--directory <dir>', 'of the outputs, below the root (default: results/gate-<time>)')
    .option('--first <code>', 'do not run the first step: it has ended with this exit code', wholeNumber(255))
    .option('--slice <number>', 'the slice of the proof (default: by the commit)', SLICE)
    .action(async (dir: string, flags: GateRunFlags) => (await import('./run/gate-run')).gateRun(dir, flags));
}

function addProof(gate: Command): void {
  addWithoutPolicy(gate, 'proof', 'run what .ci/proof.yml lists: all that the gate does not', HELP.proof)
    .argument(...ROOT)
    .option('--slice <number>', 'this slice alone', SLICE)
    .option('--resume', 'the slices that have not ended on this commit')
    .option('--list', 'print the slices, and run nothing')
    .action(async (dir: string, flags: GateProofFlags) => (await import('./run/gate-proof')).gateProof(dir, flags));
}

function addFlake(gate: Command): void {
  addWithoutPolicy(gate, 'flake', 'append the flakes of a run to the list', HELP.flake)
    .requiredOption('--report <file>', 'report.json of the run')
    .option(...FLAKES)
    .action(async (flags: GateFlakeFlags) => (await import('./run/gate-flake')).gateFlake(flags));
}

function addCheck(gate: Command): void {
  add(gate, 'check', 'print the verdict of a run', HELP.check)
    .option('--results <file...>', RESULTS)
    .option(...REPORT)
    .option(...FLAKES)
    .option('--github', 'print annotations too (default: where GITHUB_ACTIONS is true)')
    .action(async (flags: GateCheckFlags) => (await import('./gate-check')).gateCheck(flags));
}

function addChange(gate: Command): void {
  add(gate, 'change', 'check what a change contains against the rules of the policy', HELP.change)
    .argument(...ROOT)
    .option('--base <revision>', 'what the files are compared with', 'HEAD')
    .addOption(new Option('--label <label>', 'a label of the change').choices(CHANGE_LABELS))
    .option('--approved-by <name...>', 'who approved it')
    .action(async (dir: string, flags: GateChangeFlags) => (await import('./gate-change')).gateChange(dir, flags));
}

function addSecrets(gate: Command): void {
  add(gate, 'secrets', 'find secrets in the lines that a change adds', HELP.secrets)
    .argument(...ROOT)
    .option('--base <revision>', 'what the files are compared with', 'HEAD')
    .option('--all', 'search all lines of the working tree')
    .option('--evidence <dir...>', 'search all files below it too')
    .action(async (dir: string, flags: GateSecretsFlags) => (await import('./gate-secrets')).gateSecrets(dir, flags));
}

function addRecord(gate: Command): void {
  add(gate, 'record', 'append the results of a run to the history', HELP.record)
    .option('--results <file...>', RESULTS)
    .option(...REPORT)
    .option('--cancelled <job...>', 'jobs of the run that were cancelled')
    .option('--hub <url>', 'the runs of this hub that the history does not have, as the job sandbox')
    .option('--run <id>', 'the run (default: GITHUB_RUN_ID)')
    .option('--branch <name>', 'its branch (default: by the variables of the CI service, else that of git)')
    .option('--commit <id>', 'its commit (default: GITHUB_SHA, else that of git)')
    .option(...HISTORY)
    .action(async (flags: GateRecordFlags & { hub?: string }) =>
      flags.hub === undefined
        ? (await import('./gate-record')).gateRecord(flags)
        : (await import('./record-hub')).gateRecordHub(flags, flags.hub),
    );
}

function addPromote(gate: Command): void {
  add(gate, 'promote', 'make a check required', HELP.promote)
    .argument('<check>', 'its id')
    .option('--approver <name>', 'who approves it')
    .option(...HISTORY)
    .action(async (id: string, flags: HistoryFlags & { approver?: string }) =>
      (await import('./gate-check-state')).gatePromote(id, flags),
    );
}

function addQuarantine(gate: Command): void {
  add(gate, 'quarantine', 'let a required check not gate until a day', HELP.quarantine)
    .argument('<check>', 'its id')
    .option('--owner <name>', 'who answers for it')
    .option('--reason <text>', 'the cause')
    .option('--until <day>', 'the last day, YYYY-MM-DD, UTC')
    .action(async (id: string, flags: GateQuarantineFlags) =>
      (await import('./gate-check-state')).gateQuarantine(id, flags),
    );
}

const HELP = {
  gate: `${examples([
    ['npx tuningfork gate check --results embedded=results/7q2x.jsonl', 'print the verdict of a run'],
    ['npx tuningfork gate run', 'run everything that a change must pass'],
    ['npx tuningfork gate status', 'print the state of every check'],
    ['npx tuningfork gate promote --help', 'print the options'],
  ])}

The policy has the checks, and which of them are required. See docs/gate.md.`,

  run: `${examples([
    ['npx tuningfork gate run', 'all steps, and the slice of the proof that the commit selects'],
    ['npx tuningfork gate run --slice 3 --json', 'with the third slice, and the report as JSON'],
    ['npx tuningfork gate run --directory results/x --first 1', 'after the first step, whose log and report are there'],
  ])}

A failed test runs again after all steps, alone. Passes it, it is a flake: the run is green, and its last lines name it.
The outputs, report.json and junit.xml are in the directory. .ci/run installs what the host lacks, and calls this command.

Exit codes: 0 green; 1 something failed, also when it was repeated; 2 a file is invalid; any other code: a defect.`,

  proof: `${examples([
    ['npx tuningfork gate proof', 'all slices, one after the other'],
    ['npx tuningfork gate proof --slice 3', 'one slice'],
    ['npx tuningfork gate proof --resume', 'what an earlier run on this commit has left'],
    ['npx tuningfork gate proof --list', 'what each slice runs, and how long it takes'],
  ])}

The outputs and the progress are in results/proof. The last lines state what did not run. .ci/proof installs what the
host lacks, and calls this command.

Exit codes: 0 all that ran passed; 1 something failed, also when it was repeated; 2 there is no such slice, or a file is
invalid.`,

  flake: `${examples([
    ['npx tuningfork gate flake --report results/gate-20261126T101500/report.json', 'list the flakes of this run'],
  ])}

A flake that is listed keeps its date. The gate is red where one is older than 14 days, or more than five are listed.

Exit codes: 0 listed; 2 NO_FLAKE, or a file is invalid.`,

  check: `${examples([
    ['npx tuningfork gate check --results embedded=results/7q2x.jsonl plain=results/k3m9.jsonl', 'two jobs of a run'],
    ['npx tuningfork gate check --results embedded=a.json embedded=again.json', 'with tests that were repeated alone'],
    [
      'npx tuningfork gate check --report results/gate-20261126T101500/report.json',
      'all attempts of a run of the gate',
    ],
    ['npx tuningfork gate check --results embedded=a.jsonl --github', 'with annotations of GitHub Actions'],
  ])}

Exit codes: 0 every required check is green; 1 one failed or is missing; 2 a file is invalid; 5 nothing was proven.
Where GITHUB_STEP_SUMMARY names a file, a table is appended to it.`,

  change: `${examples([
    ['npx tuningfork gate change --base $(git merge-base main HEAD)', 'a branch, and what is not committed'],
    ['npx tuningfork gate change --label tests-only', 'only files of tests and CI may differ'],
    ['npx tuningfork gate change --base main --approved-by "Ada Lovelace"', 'with an approval'],
  ])}

A change with the label tests-only differs in files of tests and CI alone. A change of a runtime's kind or credentials
needs the approval of an owner that the policy names.

Exit codes: 0 the rules hold; 1 one does not; 2 NO_REPOSITORY, REVISION_UNKNOWN, or a file is invalid.`,

  secrets: `${examples([
    ['npx tuningfork gate secrets --base $(git merge-base main HEAD)', 'a branch, and what is not committed'],
    ['npx tuningfork gate secrets --all --evidence results', 'the whole tree, and the results of runs'],
  ])}

Prints file, line, kind and fingerprint, and never the secret. The policy can allow one by path and fingerprint.

Exit codes: 0 no secret; 1 there is one; 2 NO_REPOSITORY, REVISION_UNKNOWN, HISTORY_SHALLOW, or a file or directory
is invalid.`,

  record: `${examples([
    ['npx tuningfork gate record --run 812 --results embedded=a.jsonl plain=b.jsonl', 'the results of run 812'],
    ['npx tuningfork gate record --run 813 --results embedded=a.jsonl --cancelled plain', 'one job was cancelled'],
    ['npx tuningfork gate record --run 814 --report results/gate-20261126T101500/report.json', 'a run of the gate'],
    ['npx tuningfork gate record --hub http://127.0.0.1:8090', 'the sandbox runs that the history does not have'],
  ])}

Exit codes: 0 appended; 2 a file is invalid, or BRANCH_UNKNOWN; 3 HISTORY_NOT_WRITTEN; 5 no check has a result.`,

  promote: `${examples([
    ['npx tuningfork gate promote slow-target --approver "Ada Lovelace"', 'after ten green runs of each job'],
  ])}

The policy file keeps its comments and order.

Exit codes: 0 the check is required; 2 PROMOTION_WINDOW_OPEN, PROMOTION_NEEDS_APPROVER, or a file is invalid.`,

  quarantine: `${examples([
    [
      'npx tuningfork gate quarantine attacks --owner "Ada Lovelace" --until 2027-01-31 --reason "issue 41"',
      'until that day',
    ],
  ])}

It still runs and is reported. After the day it gates again.

Exit codes: 0 it does not gate until that day; 2 QUARANTINE_NEEDS_OWNER, or a file is invalid.`,

  status: `${examples([
    ['npx tuningfork gate status', 'print a table'],
    ['npx tuningfork gate status --json', 'print the same as JSON'],
  ])}

Exit codes: 0 printed, whatever the states; 2 a file is invalid.`,
} as const;
