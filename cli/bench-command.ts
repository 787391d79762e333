import type { Command } from 'commander';
import type { BenchFlags } from './bench';
import { examples } from './examples';
import type { LaunchOptions } from './launch-options';
import { wholeNumber } from './settings/whole-number';

const HELP = `${examples([
  ['npx tuningfork bench', 'run all benchmarks, and print a table'],
  ['npx tuningfork bench boot --runs 3', 'start a platform three times, and print the median'],
  ['npx tuningfork bench --write', 'run all benchmarks, and replace work-summary/performance.md'],
])}

Exit codes: 0 measured; 1 the report page is slower than its limits, those of others decide nothing; 2 there is no such
benchmark; 3 no platform could be started.`;

/** `tuningfork bench`. */
export function addBench(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('bench')
    .description('measure this machine: start, latency, throughput, lists, test tiers')
    .argument('[benchmark...]', 'benchmarks to run; all without a name')
    .option('--runs <number>', 'repetitions of each benchmark', wholeNumber(10_000, 1))
    .option('--json', 'print one JSON document instead of the table')
    .option('--write', 'write work-summary/performance.md too')
    .addHelpText('after', HELP)
    .action(async (names: string[], options: BenchFlags) => {
      const { bench } = await import('./bench');
      await bench(names, options, root);
    });
}
