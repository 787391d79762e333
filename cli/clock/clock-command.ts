import type { Command } from 'commander';
import { examples } from '../examples';
import type { AdvanceFlags, ClockFlags } from './clock';
import { durationArgument, instantArgument } from './clock-arguments';

const NOTES = `
The clock is that of the tenant of the caller, on a platform with virtual time (up --virtual-time, or
PLATFORM_VIRTUAL_TIME=on). The platform is named by --target, PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and
TEST_USER_PASSWORD of a caller with the grant clock:move. See docs/time.md.
`;
const EXIT_CODE_NOTES =
  '1 the platform rejects the request; 2 an argument is invalid, or no platform is named;\n' +
  '3 none responds, or it has no virtual time.';

const HELP = {
  clock: examples([
    ['npx tuningfork clock', 'show the clock of your tenant'],
    ['npx tuningfork clock advance 3h', 'move it by three hours'],
    ['npx tuningfork clock advance --help', 'print the options of a command'],
  ]),
  show: `${examples([
    ['npx tuningfork clock', 'print its time, its mode, and what is due next'],
    ['npx tuningfork clock show --json', 'print the same as one line of JSON'],
  ])}
${NOTES}
Exit codes: 0 shown; ${EXIT_CODE_NOTES}`,
  advance: `${examples([
    ['npx tuningfork clock advance 3h', 'by three hours; also 1h30m, 250ms, 3d, or PT72H'],
    ['npx tuningfork clock advance --to 2035-02-26T08:00:00Z', 'to this instant'],
    ['npx tuningfork clock advance 72h --json', 'print {"now", "steps", "fired"}'],
  ])}

It stops at every instant at which something is due, in order, and goes on when all that it caused has ended or waits
for time. It prints what was due, one line each, then the time of the clock. A clock never goes back. With CLOCK_BUSY or
TOO_MANY_STEPS it is where it got to: the same --to goes on.
${NOTES}
Exit codes: 0 it is there; ${EXIT_CODE_NOTES}`,
  pin: `${examples([
    ['npx tuningfork clock pin', 'let it stand still where it is'],
    ['npx tuningfork clock pin 2035-02-01T00:00:00Z', 'let it stand still at this instant'],
  ])}
${NOTES}
Exit codes: 0 it stands still; ${EXIT_CODE_NOTES}`,
  release: `${examples([['npx tuningfork clock release', 'let it run again as the clock of the platform']])}

A clock that is ahead of the platform's cannot be released (CLOCK_AHEAD): it never goes back.
${NOTES}
Exit codes: 0 it runs; ${EXIT_CODE_NOTES}`,
};

/** Adds `clock` and its commands. Each is imported when it runs. */
export function addClock(tuningfork: Command): void {
  const clock = tuningfork
    .command('clock')
    .description('show and move the clock of a tenant, on a platform with virtual time')
    .addHelpText('after', HELP.clock);
  withPlatformOptions(clock.command('show', { isDefault: true }).description('print the clock'))
    .addHelpText('after', HELP.show)
    .action(async (flags: ClockFlags) => (await import('./clock')).showClock(flags));
  withPlatformOptions(clock.command('advance').description('move it through everything that is due in between'))
    .argument('[duration]', 'by this duration: 3h, 1h30m, 250ms, 3d, or PT72H', durationArgument)
    .option('--to <instant>', 'to this instant: 2035-02-26T08:00:00Z', instantArgument)
    .addHelpText('after', HELP.advance)
    .action(async (byMs: number | undefined, flags: AdvanceFlags) =>
      (await import('./clock')).advanceClock(byMs, flags),
    );
  withPlatformOptions(clock.command('pin').description('let it stand still'))
    .argument('[instant]', 'at this instant (default: its own time)', instantArgument)
    .addHelpText('after', HELP.pin)
    .action(async (at: string | undefined, flags: ClockFlags) => (await import('./clock')).pinClock(at, flags));
  withPlatformOptions(clock.command('release').description("let it run as the platform's clock"))
    .addHelpText('after', HELP.release)
    .action(async (flags: ClockFlags) => (await import('./clock')).releaseClock(flags));
}

const withPlatformOptions = (command: Command): Command =>
  command.option('--target <url>', 'the platform at this address').option('--json', 'print one line of JSON');
