import { quote } from '../transport/quote';
import type { Part } from './compose-part';

/** The key `healthcheck` of a service, as far as it is given. */
export interface HealthcheckKeys {
  /** `null`: switched off. */
  test?: string | null;
  intervalMs?: number;
  timeoutMs?: number;
  startPeriodMs?: number;
  retries?: number;
  disable?: boolean;
}

/** A command that exits with 0 once its service is ready. */
export interface Healthcheck {
  /** A command line of the shell. */
  readonly command: string;
  /** Of one try. */
  readonly timeoutMs: number;
  /** How often it has to fail at least before its service is not healthy. */
  readonly retries: number;
  /** For the service to become ready. */
  readonly limitMs: number;
}

const TEST = 'a command, or a list that begins with CMD, CMD-SHELL or NONE';
const DURATION = /^(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w))+)$/;
const KEYS = ['test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable'];

/** Reads the key; what is wrong is noted. */
export function readHealthcheck(part: Part): HealthcheckKeys {
  const keys: HealthcheckKeys = {};
  const expected = `a map of ${KEYS.join(', ')}`;
  part.onlyKeys(KEYS);
  for (const [name, value] of part.entries(expected)) {
    if (value.value === null) continue;
    if (name === 'test') keys.test = readTest(value);
    else if (name === 'interval') keys.intervalMs = readDuration(value);
    else if (name === 'timeout') keys.timeoutMs = readDuration(value);
    else if (name === 'start_period') keys.startPeriodMs = readDuration(value);
    else if (name === 'start_interval') readDuration(value); // a process is asked more often
    else if (name === 'retries') keys.retries = Number(value.string('a whole number', /^\d+$/) ?? 0);
    else if (name === 'disable') keys.disable = value.string('true or false', /^(?:true|false)$/) === 'true';
  }
  return keys;
}

/** The defaults are those of compose, also for 0. Null: none, or one that is switched off. */
export function healthcheckOf(keys: HealthcheckKeys): Healthcheck | null {
  if (keys.disable === true || keys.test === undefined || keys.test === null) return null;
  const [startPeriod, retries] = [keys.startPeriodMs ?? 0, keys.retries || 3];
  const [interval, timeoutMs] = [keys.intervalMs || 30_000, keys.timeoutMs || 30_000];
  return { command: keys.test, timeoutMs, retries, limitMs: startPeriod + retries * interval };
}

function readTest(part: Part): string | null {
  if (!part.isList) return part.string(TEST, /\S/);
  const words = part.items(TEST).map((item) => item.string('a word of the command') ?? '');
  const [kind, ...rest] = words;
  if (kind === 'NONE') return null;
  if (kind === 'CMD-SHELL' && rest.length > 0) return rest.join(' ');
  if (kind === 'CMD' && rest.length > 0) return rest.map(quote).join(' ');
  return part.fault(TEST, null);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 0.000_001,
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const readDuration = (part: Part): number =>
  [...(part.string('a duration, such as 30s or 1m30s', DURATION) ?? '').matchAll(/([\d.]+)([a-zµ]+)/g)].reduce(
    (sum, [, value, unit]) => sum + Number(value) * UNIT_MS[unit!]!,
    0,
  );
