import { resolve } from 'node:path';
import { missing } from './capabilities';
import { readCensus } from './census';
import { carryOut, throwAll, type Body } from './carry-out';
import { openContext } from './context';
import { takeLock } from './lock';
import { writeRecord } from './records';
import { openTestFile, RESERVE_MS } from './test-file';

export type { Context } from './context';

const LEAST_LIMIT_MS = 15_000;
const LOCK_MS = 20_000;
const RENDEZVOUS = 'workers.slots';

const census = readCensus(resolve(__dirname, '..'));
const { facts, file } = openTestFile();

type Claim = (id: string, needs: readonly string[], title: string, body: Body) => void;
type Register = (title: string, proof: () => Promise<void>, limit: number) => void;

/**
 * One promise of the platform, proven by `body`. Where the target lacks a need, it is reported as not proven. The limit
 * is 4 × the census's budget × the load factor, at least 15 s; waits end 2 s before it. `claim.concurrent` runs beside
 * the file's other concurrent claims: for bodies that mostly wait and measure nothing of each other.
 */
export const claim: Claim & { readonly concurrent: Claim } = Object.assign(claimThrough(test), {
  concurrent: claimThrough(test.concurrent),
});

function claimThrough(register: Register): Claim {
  return (id, needs, title, body) => claimOnce(register, id, needs, title, body);
}

function claimOnce(register: Register, id: string, needs: readonly string[], title: string, body: Body): void {
  const line = census.find((known) => known.id === id);
  if (!line || !file.endsWith(line.file)) throw new Error(`${id} of ${file} is not in tests/e2e/census.json`);
  const { budget } = line;
  const lacks = missing(needs, facts.capabilities);
  if (lacks.length > 0) {
    writeRecord(facts.directory, {
      id,
      title,
      class: 'not proven',
      budget,
      seconds: 0,
      latencyMs: 0,
      jitterMs: 0,
      missing: lacks,
    });
    test.skip(`${id} ${title}`, () => {});
    return;
  }
  const limit = Math.max(LEAST_LIMIT_MS, 4 * budget * 1_000 * facts.loadFactor);
  const waiting = needs.includes(RENDEZVOUS) ? LOCK_MS : 0;
  register(`${id} ${title}`, () => prove(id, title, budget, limit - RESERVE_MS, waiting, body), limit + waiting);
}

/** Runs the body, then every release, and throws all that went wrong with its evidence. */
async function prove(
  id: string,
  title: string,
  budget: number,
  limit: number,
  lockMs: number,
  body: Body,
): Promise<void> {
  const unlock = lockMs > 0 ? await takeLock(facts.directory, RENDEZVOUS, performance.now() + lockMs) : () => {};
  const began = performance.now();
  const open = openContext(facts, file, id, began + limit);
  const { seconds, cannotTell, errors } = await carryOut(open, body);
  unlock();
  const outcome = errors.length === 0 ? 'passed' : cannotTell ? 'environment' : 'failed';
  const measured = { latencyMs: facts.latency.runMs, jitterMs: open.jitter.worstMs() };
  writeRecord(facts.directory, { id, title, class: outcome, budget, seconds, ...measured, missing: [...open.lacking] });
  throwAll(errors);
}
