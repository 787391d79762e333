import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pino, { type Logger } from 'pino';
import { EXIT } from '../contract/errors';
import { startPostgres } from '../platform/embedded';
import { startPlatform } from '../platform/main';
import { settingsFrom, type Settings } from '../platform/settings';
import { startWatchdog, type Watchdog } from '../platform/watchdog';
import { banner, type BannerFacts, type Running } from './banner';
import { finish, firstEnding, type Ending } from './endings';
import { placeOf, tryDatabase } from './external-database';
import { CommandError } from './failures';
import type { Surroundings } from './surroundings';

/** As commander hands them over: absent when not given. */
export interface UpFlags {
  readonly port: number;
  readonly notifierPort?: number;
  readonly host: string;
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly workers?: number;
  readonly json?: true;
  readonly exitWithStdin?: true;
}

/** The contract's. */
const NOTIFIER_PORT = 8_081;
/** Longest wait for a platform that closes itself; then the watchdog ends what is left. */
const CLOSE_MS = 20_000;

interface Started {
  readonly facts: BannerFacts;
  readonly close: () => Promise<void>;
  /** Rejects when the database of ours ends by itself. */
  readonly broken: Promise<never>;
}

/** Serves a platform until it is told to end; then leaves nothing behind, and dies by the signal that ended it. */
export async function up(flags: UpFlags, version: string, surroundings: Surroundings): Promise<void> {
  const asked = firstEnding(flags.exitWithStdin ?? false);
  const fromEnvironment = settingsFrom(process.env);
  refuseOpenHost(flags.host);
  const watchdog = await startWatchdog();
  let ending: Ending;
  try {
    ending = await serve(boot({ flags, fromEnvironment, version, surroundings, watchdog }), asked, flags.json ?? false);
  } finally {
    await watchdog.stop();
  }
  finish(ending);
}

/** The log-in is the same on every platform until somebody changes it. */
function refuseOpenHost(host: string): void {
  if (/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) return;
  const right = 'listen on 127.0.0.1 and forward to it (ssh -L, a proxy that asks for more)';
  throw new CommandError(`--host ${host} would open the default password to the network: ${right}`, EXIT.usage);
}

async function serve(booting: Promise<Started>, asked: Promise<Ending>, json: boolean): Promise<Ending> {
  const first = await Promise.race([asked, booting]);
  if (typeof first === 'string') return first;
  announce(first.facts, json);
  const ending = await Promise.race([asked, first.broken]);
  await Promise.race([first.close(), pause(CLOSE_MS, undefined, { ref: false })]);
  return ending;
}

function announce({ database, kept, bootMs, ...running }: BannerFacts, json: boolean): void {
  process.stdout.on('error', () => undefined); // whoever asked may be gone; the end of stdin says so
  process.stdout.write(
    json ? `${JSON.stringify(running satisfies Running)}\n` : banner({ ...running, database, kept, bootMs }),
  );
}

interface Boot {
  readonly flags: UpFlags;
  readonly fromEnvironment: ReturnType<typeof settingsFrom>;
  readonly version: string;
  readonly surroundings: Surroundings;
  readonly watchdog: Watchdog;
}

async function boot({ flags, fromEnvironment, version, surroundings, watchdog }: Boot): Promise<Started> {
  const log = pino({ level: process.env.PLATFORM_LOG_LEVEL ?? 'warn' }, pino.destination({ fd: 2, sync: true }));
  const directory = resolve(flags.data ?? watchdog.directory);
  const bundlePath = join(watchdog.directory, 'tuningfork.cjs');
  writeFileSync(bundlePath, surroundings.bundle);
  const { url: databaseUrl, place, broken } = await databaseFor(flags, directory, watchdog, log);
  const settings: Settings = {
    ...fromEnvironment,
    databaseUrl,
    directory,
    instance: watchdog.instance,
    host: flags.host,
    port: flags.port,
    notifierPort: flags.notifierPort ?? (flags.port === 0 ? 0 : NOTIFIER_PORT),
    workers: flags.workers ?? fromEnvironment.workers,
    source: createHash('sha256').update(surroundings.bundle).digest('hex').slice(0, 16),
  };
  const platform = await startPlatform(settings, { bundlePath, root: surroundings.root, log });
  const { url, notifierUrl: notifier_url, login, password, instanceId, close } = platform;
  const told = { url, notifier_url, login, password, instance_id: instanceId, database_url: databaseUrl, directory };
  const facts = {
    ...told,
    pid: process.pid,
    version,
    database: place,
    kept: flags.data !== undefined,
    bootMs: performance.now(),
  };
  return { facts, close, broken };
}

interface OwnersDatabase {
  readonly url: string;
  readonly place: string;
  readonly broken: Promise<never>;
}

async function databaseFor(
  flags: UpFlags,
  directory: string,
  watchdog: Watchdog,
  log: Logger,
): Promise<OwnersDatabase> {
  const given = flags.databaseUrl ?? process.env.DATABASE_URL;
  if (given !== undefined && given !== '') {
    const named = flags.databaseUrl === undefined ? 'DATABASE_URL' : '--database-url';
    await tryDatabase(given);
    return { url: given, place: `${placeOf(given)} (${named})`, broken: new Promise<never>(() => undefined) };
  }
  const { url, ended } = await startPostgres({ directory, durable: flags.data !== undefined, log, watchdog });
  const broken = ended.then(() => {
    throw new CommandError('PG_ENDED: PostgreSQL ended by itself; PLATFORM_LOG_LEVEL=debug shows what it said');
  });
  broken.catch(() => undefined); // it also ends when we want it to
  return { url, place: `PostgreSQL of our own at ${placeOf(url)}`, broken };
}
