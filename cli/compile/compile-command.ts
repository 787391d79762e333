import type { Command } from 'commander';
import { examples } from '../examples';
import { wholeNumber } from '../settings/whole-number';
import type { CompileFlags } from './compile-explain';

const HELP = `${examples([
  ['npx tuningfork compile flow.yaml --explain', 'the order of its tasks, and what its templates read'],
  ['npx tuningfork compile mypack.flow --explain --target http://127.0.0.1:8080', 'with digests, and what is stale'],
  ['npx tuningfork compile mypack.flow --explain --revision 2 --json', 'of this revision, as one line of JSON'],
])}

A file needs no platform, so that its actions are not looked up. For a ref, the platform is named by --target,
PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD.

Exit codes: 0 it compiles, also where it is stale; 1 it does not, or the platform rejects the request; 2 the file cannot
be read, or no platform is named for a ref; 3 no platform responds.`;

/** Adds `compile`. What it runs is imported when it runs. */
export function addCompile(tuningfork: Command): void {
  tuningfork
    .command('compile')
    .description('print what a compile of a workflow gives; nothing is stored or started')
    .argument('<workflow>', 'the ref of a workflow on a platform, or the YAML file of one')
    .requiredOption('--explain', 'print the plan, its digests, what is stale, and what each template reads')
    .option('--revision <number>', 'this revision of a ref (default: the newest)', wholeNumber(999_999_999, 1))
    .option('--target <url>', 'read it on the platform at this address')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP)
    .action(async (workflow: string, options: CompileFlags) => {
      const { compileExplain } = await import('./compile-explain');
      await compileExplain(workflow, options);
    });
}
