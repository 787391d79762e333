import { terminalText } from '../../contract/text/terminal-text';
import { columns } from '../../helpers/report/columns';
import { readPresentRuns, resourcesText } from './state-directory';

/** Prints each run that has something on its host: id, name, host, state, and what it has. */
export function sandboxList({ json }: { readonly json?: true }): void {
  const rows = readPresentRuns().map(({ run, present, state }) => ({
    id: run.id,
    name: run.name,
    host: run.host,
    started: run.started,
    root: run.root,
    state,
    present,
  }));
  if (json) return void process.stdout.write(`${JSON.stringify(rows)}\n`);
  const lines = columns(
    rows.map(({ id, name, host, state, present }) => [...[id, name, host, state], resourcesText(present)]),
  );
  process.stdout.write(lines.length > 0 ? `${terminalText(lines.join('\n'))}\n` : 'no run has anything on its host\n');
}
