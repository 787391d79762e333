import { terminalText } from '../../contract/text/terminal-text';
import { columns } from '../../helpers/report/columns';
import { requireHub } from './select-hub';
import { fetchPage, type HubRun } from './fetch-runs';

/** Parsed options. */
export interface HubShowFlags {
  readonly hub?: string;
  readonly limit: number;
  readonly json?: true;
}

const COMMIT_CHARACTERS = 10;

/** Prints the newest runs of a hub: of one repository, or of all. Throws SandboxError. */
export async function hubShow(repository: string | undefined, flags: HubShowFlags): Promise<void> {
  const { hub, limit, json } = flags;
  const runs = await fetchPage(requireHub(hub), { limit, ...(repository !== undefined && { repository }) });
  if (json) return void process.stdout.write(`${JSON.stringify(runs)}\n`);
  const lines = columns(runs.map(rowOf));
  process.stdout.write(lines.length > 0 ? `${terminalText(lines.join('\n'))}\n` : 'the hub has no such run\n');
}

const rowOf = ({ started, repository, name, outcome, failure_code: failure, commit, host }: HubRun): string[] => [
  ...[started, repository, name, failure === null ? outcome : `${outcome} ${failure}`],
  ...[commit?.slice(0, COMMIT_CHARACTERS) ?? '', host],
];
