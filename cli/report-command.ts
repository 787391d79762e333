import { Option, type Command } from 'commander';
import { HELP } from './help';
import type { LaunchOptions } from './launch-options';
import type { ReportFlags } from './report';

/** Adds `report`. What it runs is imported when it runs. */
export function addReport(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('report')
    .description('show what a run of the suite found: as a page, as Markdown, or for other programs')
    .argument('[model]', 'a *.report.json of a run (default: the newest one in results)')
    .addOption(
      new Option('--format <format>', 'the form of the report')
        .choices(['html', 'markdown', 'ctrf'])
        .default('markdown'),
    )
    .option('--json', 'the data of the run, in place of a format')
    .option('--out <file>', 'write it to this file (default: standard output)')
    .addHelpText('after', HELP.report)
    .action(async (model: string | undefined, options: ReportFlags) => {
      const { report } = await import('./report');
      report(root, model, options);
    });
}
