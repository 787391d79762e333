import type { Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import type { RotationFlags } from './rotate';

const HELP = `${examples([
  ['npx tuningfork rotate-encryption-key --data ./data', 'replace the generated key of the platform in ./data'],
  ['npx tuningfork rotate-encryption-key --database-url postgres://…', 'that of a PostgreSQL of yours'],
  ['npx tuningfork rotate-encryption-key --data ./data --json', 'print one line of JSON'],
])}

Stop the platform first: the database is locked against platforms meanwhile. A generated key is replaced by a new one.
Where PLATFORM_ENCRYPTION_KEY is set, change it first, and put the earlier key into PLATFORM_FORMER_ENCRYPTION_KEY. Then
every value is sealed again under the key. Ended at any moment, nothing is lost: a platform with the same settings reads
all values, and the same command goes on. See docs/security.md.

Exit codes: 0 all values are sealed under the key; 1 there are values that none of the keys opens; 2 no database of a
platform is named, or a setting is invalid; 3 a platform runs on the database, or it cannot be reached; a signal ends it
by that signal.`;

/** Adds `rotate-encryption-key`. What it runs is imported when it runs. */
export function addRotation(tuningfork: Command, launchOptions: LaunchOptions): void {
  tuningfork
    .command('rotate-encryption-key')
    .description('seal all secrets of a stopped platform under a new encryption key')
    .option('--data <dir>', 'the data directory of the platform')
    .option('--database-url <url>', 'the PostgreSQL of the platform (default: DATABASE_URL)')
    .option('--json', 'print one line of JSON, and no progress')
    .addHelpText('after', HELP)
    .action(async (flags: RotationFlags) => {
      const { rotate } = await import('./rotate');
      await rotate(flags, launchOptions);
    });
}
