import type { Command } from 'commander';
import { WEEKLY } from '../../tools/sandbox/schedule/weekly';
import type { CronInstallFlags } from './cron';
import { SANDBOX_HELP } from './help';

/** Adds `cron` and its commands. */
export function addCron(sandbox: Command): void {
  const cron = sandbox
    .command('cron')
    .description('run repositories of this host at a schedule, by the crontab of this user')
    .addHelpText('after', SANDBOX_HELP.cron);
  cron
    .command('install')
    .description('schedule a repository, or change its schedule')
    .argument('[repository]', 'a clone whose branch has an upstream', '.')
    .option('--schedule <fields>', 'five fields, as in a crontab', WEEKLY)
    .option('--hub <url>', 'where the reports are posted (default: HUB_URL)')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SANDBOX_HELP.cronInstall)
    .action(async (repository: string, flags: CronInstallFlags) =>
      (await import('./cron')).cronInstall(repository, flags),
    );
  cron
    .command('list')
    .description('print what is scheduled')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SANDBOX_HELP.cronList)
    .action(async (flags: { json?: true }) => (await import('./cron')).cronList(flags));
  cron
    .command('remove')
    .description('schedule a repository no longer')
    .argument('[repository]', 'as for install', '.')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SANDBOX_HELP.cronRemove)
    .action(async (repository: string, flags: { json?: true }) =>
      (await import('./cron')).cronRemove(repository, flags),
    );
}
