import { Option, type Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import type { ReportFlags } from './report';
import { REPORT_FORMATS } from './report-formats';

const HELP = `${examples([
  ['npx tuningfork report', 'the newest run, as Markdown'],
  ['npx tuningfork report --format junit --out junit.xml', 'for Jenkins, GitLab and most other services'],
  ['npx tuningfork report results/m3x9.report.json --format html --out run.html', 'an older run, as a page'],
  ['npx tuningfork report results/a1b2.report.json results/m3x9.report.json', 'a run and its repetition, as one'],
  ['npx tuningfork report --post', 'store it in the hub that HUB_URL names (tuningfork hub serve)'],
])}

Formats:
${Object.entries(REPORT_FORMATS)
  .map(([format, reader]) => `  ${format.padEnd(8)}   ${reader}`)
  .join('\n')}

Each run of the scenarios writes results/report.html, and results/failures/<claim>.md for each claim that failed; with
E2E_JUNIT the JUnit file, and in GitHub Actions the errors and the summary of the step. See docs/reports.md.

Exit codes: 0 written or posted; 1 the hub has rejected it; 2 there is no such run, the runs are of different targets,
no hub is named, or an option is invalid; 3 the hub was not reached.`;

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
    .addHelpText('after', HELP)
    .action(async (models: readonly string[], options: ReportFlags) => {
      const { report } = await import('./report');
      await report(root, models, options);
    });
}
