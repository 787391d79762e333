import type { Context } from '../../../../helpers/scenario/context';
import { pinToOneWorker } from '../../../../helpers/scenario/resources/execution-limits';
import { isTimeVirtual } from '../../../../helpers/target/run-switches';
import { LONG_SECONDS, type CaseNames } from '../model/case-names';
import { expectationOf } from '../model/expect-case';
import type { ModelCase } from '../model/model-case';
import type { RunningCase } from './run-case';

/** A case before it has names on a target. */
export interface PlannedCase {
  /** Part of the names of its objects; differs from that of every other case of the claim. */
  readonly prefix: string;
  /** Environment variables that select this case alone: `E2E_SEED=42 E2E_SEEDS=1`. */
  readonly selection: string;
  compose(names: CaseNames): ModelCase;
  /** Searches for a smaller case that fails too. Returns its difference; null: there is none. */
  shrink?(differenceOf: (smaller: PlannedCase) => Promise<Error | null>, deadline: number): Promise<Error | null>;
}

export interface PreparedCase extends RunningCase {
  readonly planned: PlannedCase;
}

/**
 * The limit that some programs exceed, and others keep: on an idle host, on one with other work,
 * which takes 2 s to run one that does nothing, and at most, seconds.
 */
const [SHORT_SECONDS, BUSY_SHORT_SECONDS, MAX_SHORT_SECONDS] = [3, 6, (LONG_SECONDS * 2) / 3];

/** Whether the whole record is known: time passes only where the test lets it. */
export const isRecordExact = ({ facts }: Pick<Context, 'facts'>): boolean => isTimeVirtual(facts);

/** Less than the limits that nothing exceeds. */
export function shortSecondsOf(ctx: Pick<Context, 'facts' | 'hostDelayMs'>): number {
  if (isRecordExact(ctx)) return SHORT_SECONDS;
  const seconds = Math.max(
    SHORT_SECONDS * ctx.facts.loadFactor,
    Math.min(BUSY_SHORT_SECONDS, ctx.hostDelayMs() / 1_000),
  );
  return Math.min(seconds, MAX_SHORT_SECONDS);
}

export function prepareCase(ctx: Context, pack: string, planned: PlannedCase): PreparedCase {
  const { prefix } = planned;
  const gate = `${ctx.ledger.path}.${prefix}.gate`;
  const seconds = shortSecondsOf(ctx);
  const has = (capability: string) => Object.hasOwn(ctx.facts.capabilities, capability);
  const modelCase = planned.compose({
    program: ctx.action('exit-by-attempt'),
    workflow: (name) => `${pack}.${prefix}-${name}`,
    ledgerInput: (label) => ctx.ledgerInput(`${prefix}-${label}`),
    gate,
    shortSeconds: has('durations.fractional') ? Math.ceil(seconds * 10) / 10 : Math.ceil(seconds),
    areLimitsTimeouts: has('executions.timeout'),
    hasLoops: has('workflows.loops'),
    isExact: isRecordExact(ctx),
    worker: pinToOneWorker(ctx.facts.capabilities).worker_selector ?? {},
  });
  const keyPrefix = ctx.ledgerInput(`${prefix}-`).key;
  return { planned, modelCase, expectation: expectationOf(modelCase), gate, keyPrefix };
}

/** Processes that have started for a case. */
export const processCount = ({ ledger }: Pick<Context, 'ledger'>, { keyPrefix }: RunningCase): number =>
  ledger.entries(undefined, 'start').filter(({ key }) => key.startsWith(keyPrefix)).length;
