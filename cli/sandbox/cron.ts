import { realpath } from 'node:fs/promises';
import { quote } from '../../tools/sandbox/transport/quote';
import { readManifest } from '../../tools/sandbox/manifest/read-manifest';
import { checkSchedule } from '../../tools/sandbox/schedule/cron-schedule';
import { scheduledRuns, withoutRun, withRun, type ScheduledRun } from '../../tools/sandbox/schedule/crontab';
import { readCrontab, writeCrontab } from '../../tools/sandbox/schedule/system-crontab';
import { SandboxError } from '../../tools/sandbox/sandbox-error';
import { columns } from '../../helpers/report/columns';
import { selectHub } from '../hub/select-hub';

/** Parsed options of `install`. */
export interface CronInstallFlags {
  readonly schedule: string;
  readonly hub?: string;
  readonly json?: true;
}

/** Adds a repository to the crontab of this user, or changes its entry. */
export async function cronInstall(repository: string, flags: CronInstallFlags): Promise<void> {
  checkSchedule(flags.schedule);
  const root = await realpath(repository);
  const { name } = await readManifest(root);
  const run = { name, schedule: flags.schedule, command: commandOf(root, selectHub(flags.hub)?.url ?? null) };
  const before = await readCrontab();
  requireOwnName(before, run, root);
  const after = withRun(before, run);
  if (after !== before) await writeCrontab(after);
  print({ ...run, changed: after !== before }, `${name} runs at ${run.schedule}`, flags.json);
}

/** Removes a repository from the crontab of this user. */
export async function cronRemove(repository: string, { json }: { readonly json?: true }): Promise<void> {
  const { name } = await readManifest(await realpath(repository));
  const before = await readCrontab();
  const after = withoutRun(before, name);
  if (after !== before) await writeCrontab(after);
  const changed = after !== before;
  print({ name, changed }, changed ? `${name} is no longer scheduled` : `${name} was not scheduled`, json);
}

/** Prints the repositories in the crontab of this user: name, schedule, command. */
export async function cronList({ json }: { readonly json?: true }): Promise<void> {
  const runs = scheduledRuns(await readCrontab());
  if (json) return void process.stdout.write(`${JSON.stringify(runs)}\n`);
  const lines = columns(runs.map(({ name, schedule, command }) => [name, schedule, command]));
  process.stdout.write(lines.length > 0 ? `${lines.join('\n')}\n` : 'nothing is scheduled\n');
}

/** Absolute, since cron has another PATH than this shell. */
const commandOf = (root: string, hub: string | null): string =>
  [process.execPath, process.argv[1]!, 'sandbox', 'on-host', root, ...(hub === null ? [] : ['--hub', hub])]
    .map(quote)
    .join(' ');

/** Throws SandboxError where the name belongs to another repository. */
function requireOwnName(crontab: string, { name }: ScheduledRun, root: string): void {
  const other = scheduledRuns(crontab).find((run) => run.name === name && !run.command.includes(` ${quote(root)}`));
  if (other === undefined) return;
  throw new SandboxError('CRON_NAME_TAKEN', `the crontab has another repository named ${name}: ${other.command}`);
}

const print = (value: object, text: string, json: true | undefined): void =>
  void process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
