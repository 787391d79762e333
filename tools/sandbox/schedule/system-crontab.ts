import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { SandboxError } from '../sandbox-error';

/** The crontab of this user; empty where there is none. Throws SandboxError without cron. */
export async function readCrontab(): Promise<string> {
  const { code, stdout, stderr } = await crontab(['-l'], null);
  if (code === 0) return stdout;
  if (/no crontab for/i.test(stderr)) return '';
  throw unavailable(stderr.trim());
}

export async function writeCrontab(content: string): Promise<void> {
  const { code, stderr } = await crontab(['-'], content);
  if (code !== 0) throw unavailable(stderr.trim());
}

async function crontab(args: readonly string[], input: string | null) {
  const child = spawn('crontab', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(unavailable(error.message)));
    child.on('close', resolve);
  });
  child.stdin.on('error', () => undefined); // it may end before it has read all, which its exit code shows
  child.stdin.end(input ?? '');
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

const unavailable = (why: string): SandboxError =>
  new SandboxError(
    'CRON_UNAVAILABLE',
    `crontab: ${why || 'it printed nothing'}; install cron, for example with apt-get install cron`,
  );
