import type { Command } from 'commander';
import { examples } from '../examples';
import { wholeNumber } from '../settings/whole-number';
import type { WhyFlags } from './why';

const HELP = `${examples([
  ['npx tuningfork why 41', 'what execution 41 waits for, from itself to what holds it'],
  ['npx tuningfork why deploy.on_push', 'what became of the last events of this rule'],
  ['npx tuningfork why deploy.on_push --event 7', 'why event 7 did not fire it'],
  ['npx tuningfork why 41 --json', 'the response of the platform, as one line of JSON'],
])}

A number is an execution, a ref with a dot a rule. Nothing is changed. The platform is named by --target, PLATFORM_URL or
PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD. See docs/why.md.

Exit codes: 0 shown; 1 the platform rejects the request; 2 no such execution, rule or event, an argument is invalid, or no
platform is named; 3 none responds, or it cannot state this.`;

/** Adds `why`. What it runs is imported when it runs. */
export function addWhy(tuningfork: Command): void {
  tuningfork
    .command('why')
    .description('print why an execution waits, or why a rule did not fire')
    .argument('<subject>', 'the id of an execution, or the ref of a rule')
    .option('--event <id>', 'of a rule: what became of this event', wholeNumber(999_999_999, 1))
    .option('--target <url>', 'the platform at this address')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP)
    .action(async (subject: string, options: WhyFlags) => {
      const { why } = await import('./why');
      await why(subject, options);
    });
}
