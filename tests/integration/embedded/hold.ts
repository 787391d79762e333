// A program that holds a PostgreSQL and three stubborn processes until it is killed. Argument: the base directory.
import { spawn } from 'node:child_process';
import pino from 'pino';
import { startPostgres } from '../../../platform/embedded';
import { startWatchdog } from '../../../platform/watchdog';

const STUBBORN = ['exec sleep 600', 'trap "" TERM INT HUP; while :; do sleep 600; done', 'exec setsid sleep 600'];

async function hold(base: string): Promise<void> {
  const watchdog = await startWatchdog(base);
  const env = { ...process.env, PLATFORM_INSTANCE: watchdog.instance };
  for (const script of STUBBORN) spawn('sh', ['-c', script], { env, stdio: 'ignore', detached: true });
  const { url } = await startPostgres({ durable: false, log: pino({ level: 'silent' }), watchdog });
  process.stdout.write(`${url}\n`);
  process.stdin.resume();
}

void hold(process.argv[2]!);
