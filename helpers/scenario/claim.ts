import { repositoryRoot } from '../repository-root';
import type { RunFacts } from '../target/run-facts';
import { isTimeVirtual } from '../target/run-switches';
import { readCensus, requireCensusLine } from './census';
import type { Context, TimeContext } from './context';
import { registerRecorded, type RecordedTest } from './recorded-test';
import { testFile } from './test-file';

export type { Context, TimeContext };

const MIN_LIMIT_MS = 25_000;
/** A concurrent claim with a larger budget waits most of the time, for an instant of the clock. */
const LONG_SECONDS = 10;
/** A test may take this multiple of its budget, on an idle host. */
const BUDGET_FACTOR = 4;

const census = readCensus(repositoryRoot());

type ClaimFunction<C> = (id: string, needs: readonly string[], title: string, body: (ctx: C) => Promise<void>) => void;

interface Claim extends ClaimFunction<Context> {
  readonly concurrent: ClaimFunction<Context>;
  readonly time: ClaimFunction<TimeContext>;
  readonly realTime: ClaimFunction<TimeContext>;
}

/** What the kinds of claims differ in. */
interface ClaimKind extends Pick<RecordedTest, 'time' | 'isMostlyWaiting'> {
  readonly isConcurrent: boolean;
}

/** One after the other: they move one clock. */
const VIRTUAL: ClaimKind = { isConcurrent: false, time: 'virtual time' };
const REAL: ClaimKind = { isConcurrent: true, isMostlyWaiting: true, time: 'real time' };

/**
 * Registers the test of one promise of the platform. On a target that lacks one of `needs` it is
 * skipped and reported as not proven. It may take 4 × its budget in the census, at least 25 s,
 * times the load factor, and the times that it plans. The claims of a file run at the same time,
 * or with `-i` one after the other; those of `claim.concurrent` at the same time also then: for
 * bodies that mostly wait and do not influence each other's measurements. `claim.time`: for
 * promises about time, which the body passes by `ctx.time`. Where the target has `clock.virtual`,
 * `ctx.client` is that of the admin of the file's own tenant. `claim.realTime`: the same, but
 * always by the real clock.
 */
export const claim: Claim = Object.assign(
  claimOf(({ areClaimsParallel }) => ({ isConcurrent: areClaimsParallel })),
  {
    concurrent: claimOf((_, budget) => ({ isConcurrent: true, isMostlyWaiting: budget > LONG_SECONDS })),
    time: claimOf((facts) => (isTimeVirtual(facts) ? VIRTUAL : REAL)),
    realTime: claimOf(() => REAL),
  },
);

function claimOf(kindOf: (facts: RunFacts, budget: number) => ClaimKind): ClaimFunction<TimeContext> {
  return (id, needs, title, body) => {
    const { facts, file } = testFile();
    const { budget } = requireCensusLine(census, id, file);
    const { isConcurrent, ...kind } = kindOf(facts, budget);
    registerRecorded(isConcurrent ? test.concurrent : test, {
      ...kind,
      id,
      title,
      needs,
      budget,
      body,
      jestTitle: `${id} ${title}`,
      letter: id.slice(-1),
      limitMs: Math.max(MIN_LIMIT_MS, BUDGET_FACTOR * budget * 1_000) * facts.loadFactor,
    });
  };
}
