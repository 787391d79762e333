import { Option, type Command } from 'commander';
import { CHANGE_LABELS } from '../../gate/change-rules';
import { examples } from '../examples';
import type { GateCheckFlags } from './gate-check';
import type { GateChangeFlags } from './gate-change';
import type { GateQuarantineFlags } from './gate-check-state';
import type { HistoryFlags } from './gate-files';
import type { GateRecordFlags } from './gate-record';
import type { GateSecretsFlags } from './gate-secrets';

const RESULTS = 'result files of the run: JOB=results/….jsonl of the suite, or JOB=….json of Jest';

/** Adds `gate` and its commands. Each is imported when it runs. */
export function addGate(tuningfork: Command): void {
  const gate = tuningfork
    .command('gate')
    .description('decide by the required checks whether a change may be merged')
    .addHelpText('after', HELP.gate);
  addCheck(gate);
  addChange(gate);
  addSecrets(gate);
  addRecord(gate);
  addPromote(gate);
  addQuarantine(gate);
  add(gate, 'status', 'print the state of every check, its window and its flake rate', HELP.status)
    .option(...HISTORY)
    .action(async (flags: HistoryFlags) => (await import('./gate-status')).gateStatus(flags));
}

const add = (gate: Command, name: string, description: string, help: string): Command =>
  gate
    .command(name)
    .description(description)
    .option('--policy <file>', 'the policy', 'gate/policy.yml')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help);

const HISTORY = ['--history <file>', 'the history of runs', 'gate/history.jsonl'] as const;

function addCheck(gate: Command): void {
  add(gate, 'check', 'print the verdict of a run', HELP.check)
    .requiredOption('--results <file...>', RESULTS)
    .option('--github', 'print annotations too (default: where GITHUB_ACTIONS is true)')
    .action(async (flags: GateCheckFlags) => (await import('./gate-check')).gateCheck(flags));
}

function addChange(gate: Command): void {
  add(gate, 'change', 'check what a change contains against the rules of the policy', HELP.change)
    .argument('[dir]', 'the root of the project, in a working tree of git', '.')
    .option('--base <revision>', 'what the files are compared with', 'HEAD')
    .addOption(new Option('--label <label>', 'a label of the change').choices(CHANGE_LABELS))
    .option('--approved-by <name...>', 'who approved it')
    .action(async (dir: string, flags: GateChangeFlags) => (await import('./gate-change')).gateChange(dir, flags));
}

function addSecrets(gate: Command): void {
  add(gate, 'secrets', 'find secrets in the lines that a change adds', HELP.secrets)
    .argument('[dir]', 'the root of the project, in a working tree of git', '.')
    .option('--base <revision>', 'what the files are compared with', 'HEAD')
    .option('--all', 'search all lines of the working tree')
    .option('--evidence <dir...>', 'search all files below it too')
    .action(async (dir: string, flags: GateSecretsFlags) => (await import('./gate-secrets')).gateSecrets(dir, flags));
}

function addRecord(gate: Command): void {
  add(gate, 'record', 'append the results of a run to the history', HELP.record)
    .option('--results <file...>', RESULTS)
    .option('--cancelled <job...>', 'jobs of the run that were cancelled')
    .option('--hub <url>', 'the runs of this hub that the history does not have, as the job sandbox')
    .option('--run <id>', 'the run (default: GITHUB_RUN_ID)')
    .option('--branch <name>', 'its branch (default: GITHUB_REF_NAME, else that of git)')
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
    ['npx tuningfork gate status', 'print the state of every check'],
    ['npx tuningfork gate promote --help', 'print the options'],
  ])}

The policy has the checks, and which of them are required. See docs/gate.md.`,

  check: `${examples([
    ['npx tuningfork gate check --results embedded=results/7q2x.jsonl plain=results/k3m9.jsonl', 'two jobs of a run'],
    ['npx tuningfork gate check --results embedded=a.json embedded=again.json', 'with tests that were repeated'],
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

Exit codes: 0 no secret; 1 there is one; 2 NO_REPOSITORY, REVISION_UNKNOWN, or a file or directory is invalid.`,

  record: `${examples([
    ['npx tuningfork gate record --run 812 --results embedded=a.jsonl plain=b.jsonl', 'the results of run 812'],
    ['npx tuningfork gate record --run 813 --results embedded=a.jsonl --cancelled plain', 'one job was cancelled'],
    ['npx tuningfork gate record --hub http://127.0.0.1:8090', 'the sandbox runs that the history does not have'],
  ])}

Exit codes: 0 appended; 2 a file is invalid; 5 no check has a result.`,

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
