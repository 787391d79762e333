import type { Command } from 'commander';
import { HELP } from '../help';
import { wholeNumber } from '../settings/whole-number';
import type { CompileFlags } from './compile-explain';

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
    .addHelpText('after', HELP.compile)
    .action(async (workflow: string, options: CompileFlags) => {
      const { compileExplain } = await import('./compile-explain');
      await compileExplain(workflow, options);
    });
}
