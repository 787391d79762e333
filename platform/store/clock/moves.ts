import { sql } from 'kysely';
import type { AdvanceClock, ClockFired } from '../../../contract/clock';
import type { Database, Transaction } from '../database/connection';

export interface NewMove extends AdvanceClock {
  readonly settle: boolean;
  readonly maxSteps: number;
}

/** How a move ended; null: it has not. `busy`: its request did not wait any longer. */
type MoveOutcome = 'done' | 'busy' | 'too-many-steps' | null;

/** Moves that have ended are kept for an hour: the request that made one reads it at its end. */
const KEPT = sql`interval '1 hour'`;

/**
 * Requests a move of the tenant's clock, which an executor makes after those before it. Returns
 * its id; null where the clock shows a later time than `to`.
 */
export async function requestMove(
  transaction: Transaction,
  { by, to, settle, maxSteps }: NewMove,
): Promise<number | null> {
  await sql`delete from clock_move
    where tenant = app_tenant() and outcome is not null and requested_at < liveness_now() - ${KEPT}`.execute(
    transaction,
  );
  const distance =
    typeof by === 'number' ? sql`make_interval(secs => ${by}::double precision)` : sql`${by ?? null}::interval`;
  const { rows } = await sql<{ id: number }>`
    insert into clock_move (move_by, target, settle, max_steps)
    select ${distance}, ${to ?? null}::timestamptz, ${settle}, ${maxSteps}
    where ${to ?? null}::timestamptz is null or ${to ?? null}::timestamptz >= platform_now() returning id`.execute(
    transaction,
  );
  await sql`select notify_clock_change()`.execute(transaction);
  return rows[0]?.id ?? null;
}

export interface MoveState {
  readonly outcome: MoveOutcome;
  readonly steps: number;
  readonly now: string;
}

export async function readMove(transaction: Transaction, id: number): Promise<MoveState> {
  const { rows } = await sql<MoveState>`
    select outcome, steps, platform_now() as now from clock_move where id = ${id}`.execute(transaction);
  return rows[0]!;
}

/** Gives a move up where the clock got to. Returns false where it has ended. */
export async function endMove(transaction: Transaction, id: number): Promise<boolean> {
  const ended = await sql`
    update clock_move set outcome = 'busy' where id = ${id} and outcome is null returning id`.execute(transaction);
  return ended.rows.length > 0;
}

/** What was due on the way, in order. */
export async function listFired(transaction: Transaction, id: number): Promise<ClockFired[]> {
  const { rows } = await sql<ClockFired>`
    select kind, entity as id, at from clock_move_fired where move = ${id} order by clock_move_fired.id`.execute(
    transaction,
  );
  return rows;
}

/** What keeps the clock of the tenant from its next step. */
export async function listInFlight(transaction: Transaction): Promise<{ kind: string; id: number }[]> {
  const { rows } = await sql<{ kind: string; id: number }>`
    select kind, entity as id from work_due() union select kind, entity from work_in_flight()
    order by 1, 2 limit 20`.execute(transaction);
  return rows;
}

/** Tenants whose clock is to be moved. */
export const listMovingTenants = (db: Database): Promise<readonly number[]> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ tenant: number }>`select tenant from tenants_with_moves() as tenant`.execute(
      transaction,
    );
    return rows.map(({ tenant }) => tenant);
  });

export type ClockStep = 'none' | 'waiting' | 'moved' | 'ended';

/** Whether the tenant's first move waits for what is due or in flight. */
export async function isClockWaiting(transaction: Transaction): Promise<boolean> {
  const { rows } = await sql<{ isWaiting: boolean }>`
    select is_clock_waiting(settle) as "isWaiting" from clock_move
    where tenant = app_tenant() and outcome is null order by id limit 1`.execute(transaction);
  return rows[0]?.isWaiting ?? false;
}

/** Makes one step of the tenant's first move: see `step_clock_move`. */
export async function stepClock(transaction: Transaction): Promise<ClockStep> {
  const { rows } = await sql<{ step: ClockStep }>`select step_clock_move() as step`.execute(transaction);
  return rows[0]!.step;
}
