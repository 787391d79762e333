import { inspect } from 'node:util';
import pino, { type DestinationStream, type Logger, type LogFn } from 'pino';
import { errorSubject } from '../base/error-subject';
import { outageOf, REACHABLE_AGAIN } from '../base/outage';
import { RepeatedEntries } from './repeated-entries';

/**
 * A log of JSON lines with the level of PLATFORM_LOG_LEVEL. `err` of an entry is what was thrown:
 * message, stack and causes, also where that is no error. The entry has what the error concerns.
 * What loops repeat while the database is away or full is counted: see `RepeatedEntries`.
 */
export const openLog = (destination: DestinationStream, name?: string): Logger => {
  const log: Logger = pino(
    {
      ...(name !== undefined && { name }),
      level: process.env.PLATFORM_LOG_LEVEL ?? 'warn',
      serializers: { err: serializeThrown },
      formatters: { log: (fields) => ({ ...errorSubject(fields.err), ...fields }) },
      hooks: {
        logMethod(args, method, level) {
          const entry = level < FATAL ? counting.entryOf(args) : args;
          if (entry !== null) method.apply(this, entry);
        },
      },
    },
    destination,
  );
  const counting = new OutageEntries((ended) => log.warn(ended, 'an error is not repeated any more'));
  return log;
};

/** The entry that ends a process is never held. */
const FATAL = 60;

type Entry = Parameters<LogFn>;

/** Holds what is logged again and again in an outage, unless it concerns one row or route. */
class OutageEntries {
  private readonly repeated: RepeatedEntries;

  constructor(onEnd: ConstructorParameters<typeof RepeatedEntries>[0]) {
    this.repeated = new RepeatedEntries(onEnd);
  }

  /** The entry to write; null: none. */
  entryOf(entry: Entry): Entry | null {
    const [fields, message] = entry as readonly unknown[];
    if (fields === REACHABLE_AGAIN) return this.endOutage();
    if (!hasError(fields) || concernsOne(fields)) return entry;
    const outage = outageOf(fields.err);
    if (outage === null) return entry;
    const held = this.repeated.see(`${String(message)} (${outage})`);
    if (held === null) return null;
    return held === 0 ? entry : [{ ...fields, repeated: held }, String(message)];
  }

  /** Of several connections that are back, the first one has an entry. */
  private endOutage(): Entry | null {
    const seconds = this.repeated.secondsSinceFirst();
    if (seconds === null) return null;
    this.repeated.endAll();
    return [{ seconds }, `${REACHABLE_AGAIN} after ${seconds} s`];
  }
}

interface FieldsOfError {
  readonly err: unknown;
}

const hasError = (fields: unknown): fields is FieldsOfError =>
  typeof fields === 'object' && fields !== null && 'err' in fields;

/** What an entry can concern that is not one of a loop: not the id of a request alone. */
const SUBJECTS = ['execution', 'rule', 'event', 'sensor', 'queue', 'inquiry', 'route', 'payload', 'call'] as const;

const concernsOne = (fields: FieldsOfError): boolean =>
  errorSubject(fields.err) !== undefined || SUBJECTS.some((name) => name in fields);

const serializeThrown = (thrown: unknown): unknown =>
  thrown instanceof Error || hasMessage(thrown)
    ? pino.stdSerializers.err(thrown as Error)
    : { type: typeof thrown, message: inspect(thrown), stack: `${inspect(thrown)}\n    (thrown without a stack)` };

/** An error of another realm. */
const hasMessage = (thrown: unknown): boolean =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
