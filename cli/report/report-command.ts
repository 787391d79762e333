import { Option, type Command } from 'commander';
import { HELP } from '../help';
import type { LaunchOptions } from '../launch-options';
import type { ReportFlags } from './report';
import { REPORT_FORMATS } from './report-formats';

/** Adds `report`. What it runs is imported when it runs. */
export function addReport(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('report')
    .description('show what a run of the suite found: as a page, as Markdown, or for other programs')
    .argument('[models...]', '*.report.json of runs, as one run (default: the newest one in results)')
    .addOption(
      new Option('--format <format>', 'the form of the report')
        .choices(Object.keys(REPORT_FORMATS))
        .default('markdown'),
    )
    .option('--json', 'the data of the run, in place of a format')
    .option('--out <file>', 'write it to this file (default: standard output)')
    .option('--post', 'post it to a hub, in place of a format')
    .option('--hub <url>', 'which hub (default: HUB_URL)')
    .addHelpText('after', HELP.report)
    .action(async (models: readonly string[], options: ReportFlags) => {
      const { report } = await import('./report');
      await report(root, models, options);
    });
}
