import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable, Writable } from 'node:stream';
import { Type, type Static } from '@sinclair/typebox';
import { NullableText } from '../contract/json';
import { explain, matches } from './client/validate';
import { repositoryRoot } from './root';
import { TargetError } from './target-error';

const ROOT = repositoryRoot();
const START_MS = 60_000;
const STOP_MS = 20_000;
const TAIL_LINES = 50;

/** The one line that `up --json` prints once it answers requests. */
const Banner = Type.Object({
  url: Type.String(),
  login: Type.String(),
  password: Type.String(),
  instance_id: Type.String(),
  database_url: NullableText,
  directory: Type.String(),
  pid: Type.Integer(),
  version: Type.String(),
});
export type Banner = Static<typeof Banner>;

export interface StartedPlatform {
  banner: Banner;
  /** How its process ended; null while it lives. */
  ended(): string | null;
  /** Ends it by closing its standard input, and waits for its end. TargetError when it does not come. */
  stop(): Promise<void>;
  /** The last 50 lines it wrote. */
  tail(): string;
}

/** What the outer npm and Jest put into the environment would win over the platform's own settings. */
const isForeign = (name: string): boolean =>
  /^(npm_|NODE_OPTIONS$|JEST_|DATABASE_URL$|PLATFORM_|ATTUNE_|E2E_)/i.test(name);

/** Where packs are installed from: an npm registry's URL, and a directory of wheels. */
export interface PackageSources {
  npm: string;
  python: string;
  /** The only loopback address it may ask on behalf of actions; none where there is nobody to ask. */
  mockHost?: string;
}

/** Port of `mockHost` where the platform asks for names. Nobody answers there until a test does. */
export const MOCK_DNS_PORT = 5_300;

const settings = (sources: PackageSources): Record<string, string> => ({
  PLATFORM_WORKER_SLOTS: '24',
  PLATFORM_KILL_GRACE_SECONDS: '0.5',
  PLATFORM_HEARTBEAT_SECONDS: '1',
  PLATFORM_LEASE_SECONDS: '3',
  PLATFORM_SELF_REGISTRATION: 'on',
  PLATFORM_NPM_REGISTRY: sources.npm,
  PLATFORM_PYTHON_INDEX: sources.python,
  ...(sources.mockHost !== undefined && {
    PLATFORM_EGRESS_ALLOW: `${sources.mockHost}:*`,
    PLATFORM_EGRESS_DNS: `${sources.mockHost}:${MOCK_DNS_PORT}`,
  }),
});

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Spawned in a group of its own, so that Ctrl-C reaches only Jest; it watches the pipe that Jest holds, and shuts itself
 * down when the pipe ends, however Jest ended.
 */
function launch(sources: PackageSources): Child {
  const inherited = Object.entries(process.env).filter(([name]) => !isForeign(name));
  return spawn(
    process.execPath,
    [join(ROOT, 'bin/tuningfork.js'), 'up', '--json', '--exit-with-stdin', '--port', '0'],
    {
      cwd: ROOT,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(inherited), ...settings(sources) },
    },
  );
}

function parsed(line: string): Banner {
  const banner: unknown = JSON.parse(line);
  if (!matches(Banner, banner)) throw new TargetError(`the platform's first line: ${explain(Banner, banner)}`);
  return banner;
}

/** Starts the checked-out platform on free ports, in a directory of its own. TargetError with the log's tail. */
export async function startPlatform(sources: PackageSources): Promise<StartedPlatform> {
  const child = launch(sources);
  const lines: string[] = [];
  let ended: string | null = null;
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > TAIL_LINES) lines.shift();
  };
  const tail = () => lines.join('\n');
  const end = new Promise<void>((done) => {
    child.once('error', (error) => done(void (ended = error.message)));
    child.once('close', (code, signal) => done(void (ended ??= signal ?? `exit ${code ?? 'unknown'}`)));
  });
  child.stdin.on('error', (error) => keep(error.message)); // EPIPE when it died first
  createInterface(child.stderr).on('line', keep);
  const output = createInterface(child.stdout);
  const banner = new Promise<Banner>((done, refuse) => {
    output.once('line', (line) => {
      output.on('line', keep); // from here on: the first line holds a password
      try {
        done(parsed(line));
      } catch (error) {
        refuse(error instanceof TargetError ? error : new TargetError(`the platform's first line is no JSON: ${line}`));
      }
    });
  });

  const stop = async () => {
    child.stdin.end();
    await Promise.race([end, sleep(STOP_MS, undefined, { ref: false })]);
    if (ended === null)
      throw new TargetError(
        `the platform (pid ${child.pid ?? 0}) is still there ${STOP_MS / 1_000} s after its end was asked for`,
      );
  };
  const died = end.then(() => {
    throw new TargetError(`the platform ended before it answered (${ended ?? ''}):\n${tail()}`);
  });
  const late = sleep(START_MS, undefined, { ref: false }).then(() => {
    throw new TargetError(`the platform did not answer within ${START_MS / 1_000} s:\n${tail()}`);
  });
  died.catch(() => {}); // raced below; its later rejection is the platform's ordinary end
  late.catch(() => {});
  try {
    return { banner: await Promise.race([banner, died, late]), ended: () => ended, stop, tail };
  } catch (error) {
    await stop();
    throw error;
  }
}
