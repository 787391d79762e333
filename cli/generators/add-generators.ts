import type { Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import { writeGenerated } from './generated-file';

const helpOf = (name: string): string => `${examples([
  [`npx tuningfork ${name}`, 'write the file'],
  [`npx tuningfork ${name} --check`, 'exit 1 when the file is out of date'],
])}

Exit codes: 0 written, or up to date; 1 out of date (--check), or it cannot be generated.`;

const CLIENT_TABLE = { file: 'docs/client.md', command: 'client-table', drift: 'CLIENT_TABLE_DRIFT' };

/** Commands that write a generated file, or compare it with `--check`. */
export function addGenerators(tuningfork: Command, { root }: LaunchOptions): void {
  const add = (name: string, description: string, write: (check: boolean) => Promise<void>) =>
    tuningfork
      .command(name)
      .description(description)
      .option('--check', 'write nothing; exit 1 when the file is out of date')
      .addHelpText('after', helpOf(name))
      .action((options: { check?: boolean }) => write(options.check ?? false));
  add('inventory', 'write E2E_TESTS_COMPLETE.md from the scenario files', async (check) => {
    const { inventory } = await import('./inventory');
    inventory(root, check);
  });
  add('promises', 'write the statements of documentation pages, and print those without a proof', async (check) => {
    const { promises } = await import('./promises');
    promises(root, check);
  });
  add('client-table', 'write docs/client.md from the methods of the client', async (check) => {
    const { renderClientTable } = await import('../../helpers/docs/client-table');
    writeGenerated(root, CLIENT_TABLE, () => renderClientTable(root), check);
  });
  add('architecture', 'write the tables of rooms and triggers in docs/architecture.md', async (check) => {
    const { architecture } = await import('./architecture');
    architecture(root, check);
  });
  add('status-edges', 'write the status edges of executions into the trigger that enforces them', async (check) => {
    const { statusEdges } = await import('./status-edges');
    statusEdges(root, check);
  });
  add('variable-names', 'write the names of the environment variables that the code reads', async (check) => {
    const { variableNames } = await import('./variable-names');
    variableNames(root, check);
  });
  add('table-types', 'write the row types of the database from the migrated schema', async (check) => {
    const { tableTypes } = await import('./table-types');
    await tableTypes(root, check);
  });
}
