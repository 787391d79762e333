import { EXIT_CODES } from '../../contract/errors';
import { createClient, logIn, type Client } from '../../helpers/client/client';
import { isAttaching } from '../../helpers/target/is-attaching';
import { obtainTarget, type Target } from '../../helpers/target/obtain-target';
import { startPlatform } from '../../helpers/target/start/started-platform';
import { unusableTargetMessage } from '../../helpers/target/unusable-target';
import { unlessInterrupted } from '../../helpers/unless-interrupted';
import { ignoredFileLine } from '../settings/environment-file';
import { CommandError, usageError } from '../failures';

/** Logs in again: a token expires when the clock of its tenant is moved past its lifetime. */
export type LogIn = () => Promise<Client>;

/** What a command does with a platform. */
type UsePlatform = (client: Client, url: string, logInAgain: LogIn) => Promise<void>;

/** The settings for `up` in this environment, without those that name a platform. */
const ownSettings = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      /^PLATFORM_(?!URL$|FILE$)/.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );

/**
 * Uses the platform that `address` or the variables of the suite name. Throws CommandError: exit 2
 * without a name, exit 3 when it does not respond.
 */
export async function withNamedPlatform(
  address: string | undefined,
  stop: AbortSignal,
  use: UsePlatform,
): Promise<void> {
  const env = { ...process.env, ...(address !== undefined && { PLATFORM_URL: address }) };
  if (!isAttaching(env)) {
    throw usageError(
      'NO_PLATFORM: no platform is named: use --target http://host:port, or PLATFORM_FILE as `up` prints it',
    );
  }
  const attach = () => obtainTarget(env).catch(asCommandError);
  const clientOf = ({ url, token }: Target) => createClient({ baseUrl: url, token });
  const target = await unlessInterrupted(stop, attach());
  await unlessInterrupted(
    stop,
    use(clientOf(target), target.url, async () => clientOf(await attach())),
  );
}

/**
 * Uses the platform that is named as above; without a name, one that is started for it, whose
 * database is then reported by `print`.
 */
export async function withPlatform(
  address: string | undefined,
  { print, ...session }: PlatformSession,
  use: UsePlatform,
): Promise<void> {
  if (namesPlatform(address)) return withNamedPlatform(address, session.stop, use);
  await withOwnPlatform(session, (...platform) => {
    for (const line of ownDatabaseLines()) print(line);
    return use(...platform);
  });
}

interface PlatformSession {
  /** Aborts at a signal. */
  readonly stop: AbortSignal;
  /** Sets what the line about an interruption states. */
  readonly report: (outcome: string) => void;
  readonly print: (line: string) => void;
  /** Of a platform that is started for the command, beside those of this environment. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Which database is used, and what is not. */
function ownDatabaseLines(): string[] {
  const fileLine = ignoredFileLine(process.cwd());
  return [
    'database: embedded',
    ...(process.env.DATABASE_URL ? ['DATABASE_URL of the environment is ignored'] : []),
    ...(fileLine === null ? [] : [fileLine]),
  ];
}

/** Starts a platform that keeps nothing, uses it, and stops it. */
async function withOwnPlatform(
  { stop, report, settings }: Omit<PlatformSession, 'print'>,
  use: UsePlatform,
): Promise<void> {
  report('the platform that was being started for it has ended');
  const platform = await startPlatform({ ...ownSettings(), ...settings }, undefined, stop).catch(asCommandError);
  try {
    const { url, login, password } = platform.running;
    const logInAgain = async () => (await logIn({ baseUrl: url }, login, password)).client;
    await unlessInterrupted(stop, use(await logInAgain(), url, logInAgain));
  } finally {
    await platform.stop();
    report('the platform that was started for it has ended, with all that ran on it');
  }
}

/** Whether the command has a platform to attach to. */
export const namesPlatform = (address: string | undefined): boolean =>
  address !== undefined || isAttaching(process.env);

function asCommandError(error: unknown): never {
  const message = unusableTargetMessage(error);
  throw message === null ? error : new CommandError(message, EXIT_CODES.notProvisioned);
}
