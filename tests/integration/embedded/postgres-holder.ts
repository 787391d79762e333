// Holds a PostgreSQL and three processes that resist SIGTERM until it is killed.
// Argument: the base directory.
import { spawn } from 'node:child_process';
import pino from 'pino';
import { startPostgres } from '../../../platform/embedded/embedded';
import { startWatchdog } from '../../../platform/embedded/watchdog';

const STUBBORN_SCRIPTS = [
  'exec sleep 600',
  'trap "" TERM INT HUP; while :; do sleep 600; done',
  'exec setsid sleep 600',
];

async function holdPostgres(base: string): Promise<void> {
  const watchdog = await startWatchdog(base);
  const env = { ...process.env, PLATFORM_INSTANCE: watchdog.instance };
  for (const script of STUBBORN_SCRIPTS) spawn('sh', ['-c', script], { env, stdio: 'ignore', detached: true });
  const { url } = await startPostgres({ durable: false, log: pino({ level: 'silent' }), watchdog });
  process.stdout.write(`${url}\n`);
  process.stdin.resume();
}

void holdPostgres(process.argv[2]!);
