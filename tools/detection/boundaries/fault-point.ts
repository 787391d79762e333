import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { errnoCode } from '../../../helpers/errors';
import { signalProcess } from '../../../helpers/scenario/processes';
import type { WritingMethod } from './find-boundaries';

/** `before`: the transaction is rolled back. `after`: it is committed, and nothing follows it. */
export type Moment = 'before' | 'after';

/** What happens at one boundary, once. */
export interface CrashPlan {
  readonly boundary: string;
  /** The transaction of this boundary at which it happens, from 1. */
  readonly occurrence: number;
  readonly moment: Moment;
  /** The processes that are killed, beside this one. */
  readonly kill: readonly number[];
  /** A kill of this process, the loss of its connection, a rejected statement, or nothing. */
  readonly self: 'killed' | 'disconnected' | 'rejected' | 'unharmed';
}

/** The variable with the path of a file of plans, which happen one after the other. */
export const CRASH_FILE = 'CRASH_FILE';
/** Follows the name of the file when the last of its plans has happened. */
export const HAPPENED = '.happened';

/** Until then the killed processes have ended, and those of PostgreSQL with them, ms. */
const DYING_MS = 100;

type Work = (transaction: never) => Promise<unknown>;

type Method = (...args: unknown[]) => Promise<unknown>;

/**
 * A method of a database, with the fault point of this boundary around each call.
 *
 * @public used by the sources that `instrumentBoundaries` writes
 */
export function faultPoint(
  db: Readonly<Record<WritingMethod, Method>>,
  method: WritingMethod,
  boundary: string,
): Method {
  const call = db[method].bind(db);
  return async (...args: unknown[]): Promise<unknown> => {
    const work = args.at(-1) as Work;
    const isStatement = method === 'statementInTenant' || method === 'singleStatement';
    const guarded: Work = async (transaction) => {
      if (isStatement) crashAt(boundary, 'before'); // nothing comes between a statement and its commit
      const result = await work(transaction);
      if (!isStatement) crashAt(boundary, 'before');
      return result;
    };
    const result = await call(...args.slice(0, -1), guarded);
    crashAt(boundary, 'after');
    return result;
  };
}

const routes = new WeakMap<object, string>();

/**
 * The same definition, whose id `idOfRoute` returns.
 *
 * @public
 */
export function namedRoute<T extends object>(definition: T, id: string): T {
  routes.set(definition, id);
  return definition;
}

/** @public */
export const idOfRoute = (definition: object): string => routes.get(definition) ?? 'no boundary';

let counted = '';
let occurrences = 0;

function crashAt(boundary: string, moment: Moment): void {
  const path = process.env[CRASH_FILE];
  const text = path === undefined ? null : readIfArmed(path);
  if (path === undefined || text === null) return;
  const [plan, ...later] = JSON.parse(text) as [CrashPlan, ...CrashPlan[]];
  if (plan.boundary !== boundary || plan.moment !== moment) return;
  if (text !== counted) [counted, occurrences] = [text, 0];
  if (++occurrences < plan.occurrence) return;
  if (later.length > 0) writeFileSync(path, JSON.stringify(later));
  else renameSync(path, path + HAPPENED);
  crash(plan);
}

function readIfArmed(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function crash({ kill, self }: CrashPlan): void {
  for (const pid of kill) signalProcess(pid, 'SIGKILL');
  if (self === 'killed') process.kill(process.pid, 'SIGKILL');
  if (kill.length > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DYING_MS);
  if (self === 'disconnected') throw new Error('Connection terminated unexpectedly');
  if (self === 'rejected') throw new Error('the database rejects a statement');
}
