import { pino } from 'pino';
import { fc } from '../../seeded-properties';
import { sql } from 'kysely';
import { NEXT, STATUSES, TERMINAL, type Status } from '../../../contract/status';
import { failUnclaimedExecutions } from '../../../platform/executor/recovery/fail-unclaimed';
import type { Transaction } from '../../../platform/store/database/connection';
import type { Attempt, AttemptOutcome } from '../../../platform/store/lifecycle/attempt';
import { cancelExecution } from '../../../platform/store/executions/cancel-execution';
import { IllegalTransition, transition } from '../../../platform/store/lifecycle/lifecycle';
import { unassignTenantWork } from '../../../platform/store/executions/tenant-work';
import { endInquiry, lockInquiry, type InquiryEnd } from '../../../platform/store/inquiries/end-inquiry';
import { completed, failed, TENANT, type withExecutor } from './with-executor';

const SILENT = pino({ enabled: false });

/** One operation. `pick` selects its object, modulo the number of candidates. */
type Perform = (player: HistoryPlayer, pick: number) => Promise<unknown>;

const cancelled = (): AttemptOutcome => ({ ...failed(), status: 'cancelled' });
const suspending = (): AttemptOutcome => completed({ data: { __inquiry: { prompt: 'Go on?' } } });

/** Operations with weights: those that make progress are more frequent than disturbances. */
const OPERATIONS = {
  'request an action': [1, (player) => player.testPlatform.request('test.act')],
  'request a workflow': [1, (player) => player.testPlatform.request('test.flow')],
  'request a nested workflow': [1, (player) => player.testPlatform.request('test.nested')],
  dispatch: [4, (player) => player.testPlatform.dispatch()],
  advance: [4, (player, pick) => player.advance(pick)],
  'advance all': [4, (player) => player.advanceAll()],
  claim: [4, (player, pick) => player.claim(1 + (pick % 3))],
  'start what is assigned': [6, (player, pick) => player.startAssigned(1 + (pick % 3))],
  start: [2, (player, pick) => player.withAttempt(pick, (attempt) => player.testPlatform.start(attempt))],
  'finish completed': [4, (player, pick) => player.finish(pick, completed())],
  'finish failed': [3, (player, pick) => player.finish(pick, failed())],
  'finish cancelled': [1, (player, pick) => player.finish(pick, cancelled())],
  'finish suspending': [3, (player, pick) => player.finish(pick, suspending())],
  'respond to an inquiry': [2, (player, pick) => player.endInquiry(pick, { status: 'responded', response: 'yes' })],
  'expire an inquiry': [1, (player, pick) => player.endInquiry(pick, { status: 'timeout' })],
  'cancel an inquiry': [1, (player, pick) => player.endInquiry(pick, { status: 'cancelled' })],
  cancel: [1, (player, pick) => player.cancel(pick)],
  'lose the worker': [1, (player, pick) => player.loseWorker(pick)],
  'claim too late': [1, (player, pick) => player.expireClaim(pick)],
  unassign: [1, (player) => player.inTenant((transaction) => unassignTenantWork(transaction, TENANT))],
  'take an illegal edge': [1, (player, pick) => player.takeIllegalEdge(pick)],
} satisfies Record<string, [weight: number, perform: Perform]>;

export type History = readonly (readonly [operation: keyof typeof OPERATIONS, pick: number])[];

const operation = fc.oneof(
  ...(Object.entries(OPERATIONS) as [keyof typeof OPERATIONS, [number, Perform]][]).map(([name, [weight]]) => ({
    weight,
    arbitrary: fc.constant(name),
  })),
);

export const histories: fc.Arbitrary<History> = fc.array(fc.tuple(operation, fc.nat(30)), {
  maxLength: 90,
  size: 'max',
});

/** Most older attempts are stale: they are used, but less often. */
const RECENT_ATTEMPTS = 5;

const choose = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(1, items.length)];

/** Plays histories on a platform without loops: each operation is one or a few transactions. */
export class HistoryPlayer {
  private readonly attempts: Attempt[] = [];

  constructor(readonly testPlatform: ReturnType<typeof withExecutor>) {}

  async play(history: History, check: () => Promise<void>): Promise<void> {
    await this.testPlatform.request('test.flow');
    for (const [name, pick] of history) {
      await OPERATIONS[name][1](this, pick);
      await check();
    }
  }

  /**
   * Advances workflows until the ends of all their children are processed. One below a cancelled
   * workflow goes on only after that one.
   */
  async settle(): Promise<void> {
    while (await this.hasUnsettled()) await this.advanceAll();
  }

  async advance(pick: number): Promise<void> {
    const run = choose(
      (await this.executions()).filter(({ is_run }) => is_run),
      pick,
    );
    if (run) await this.testPlatform.advance(run.id);
  }

  async claim(count: number): Promise<void> {
    this.attempts.push(...(await this.testPlatform.claim(count)));
  }

  async withAttempt(pick: number, work: (attempt: Attempt) => Promise<unknown>): Promise<void> {
    const attempt = choose(this.attempts.slice(-RECENT_ATTEMPTS), pick);
    if (attempt) await work(attempt);
  }

  async startAssigned(count: number): Promise<void> {
    await this.testPlatform.dispatch();
    const attempts = await this.testPlatform.claim(count);
    for (const attempt of attempts) await this.testPlatform.start(attempt);
    this.attempts.push(...attempts);
  }

  async advanceAll(): Promise<void> {
    for (const { id, is_run } of await this.executions()) if (is_run) await this.testPlatform.advance(id);
  }

  /** An attempt that was not started can only fail. */
  finish(pick: number, outcome: AttemptOutcome): Promise<void> {
    return this.withAttempt(pick, async (attempt) => {
      const { status } = await this.testPlatform.get(attempt.execution);
      await this.testPlatform.finish(attempt, status === 'scheduled' ? failed() : outcome);
    });
  }

  async cancel(pick: number): Promise<void> {
    const open = (await this.executions()).filter(({ status }) => !TERMINAL.includes(status));
    const execution = choose(open, pick);
    if (execution) await this.inTenant((transaction) => cancelExecution(transaction, execution.id));
  }

  loseWorker(pick: number): Promise<void> {
    return this.withAttempt(pick, async (attempt) => {
      await this.testPlatform.loseLease(attempt);
      await this.testPlatform.recover(attempt.execution, 1);
    });
  }

  expireClaim(pick: number): Promise<void> {
    return this.withAttempt(pick, async (attempt) => {
      await this.testPlatform.loseLease(attempt);
      await this.inTenant((transaction) =>
        sql`update execution set updated = updated - interval '9 s' where id = ${attempt.execution}`.execute(
          transaction,
        ),
      );
      await failUnclaimedExecutions(this.testPlatform.db(), 8_000, SILENT);
    });
  }

  endInquiry(pick: number, end: InquiryEnd): Promise<void> {
    return this.inTenant(async (transaction) => {
      const pending = await transaction.selectFrom('inquiry').select('id').where('status', '=', 'pending').execute();
      const inquiry = choose(pending, pick);
      const locked = inquiry && (await lockInquiry(transaction, inquiry.id));
      if (locked) await endInquiry(transaction, locked, end);
    });
  }

  async takeIllegalEdge(pick: number): Promise<void> {
    const execution = choose(await this.executions(), pick);
    if (!execution) return;
    const illegal = STATUSES.filter((to) => !(NEXT[execution.status] as readonly Status[]).includes(to));
    const to = choose(illegal, pick)!;
    await expect(this.inTenant((transaction) => transition(transaction, execution.id, to))).rejects.toThrow(
      IllegalTransition,
    );
  }

  readonly inTenant = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    this.testPlatform.db().inTenant(TENANT, work);

  private async executions(): Promise<{ id: number; status: Status; is_run: boolean }[]> {
    const { rows } = await this.inTenant((transaction) =>
      sql<{ id: number; status: Status; is_run: boolean }>`select e.id, e.status, r.id is not null as is_run
        from execution e left join workflow_execution r on r.execution = e.id order by e.id`.execute(transaction),
    );
    return rows;
  }

  private async hasUnsettled(): Promise<boolean> {
    const { rows } = await this.inTenant((transaction) =>
      sql`select from execution where not settled and finished_at is not null and workflow_execution is not null limit 1`.execute(
        transaction,
      ),
    );
    return rows.length > 0;
  }
}
