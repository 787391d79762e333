import { sql, type RawBuilder } from 'kysely';
import { livenessNow } from '../database/connection';

/** The columns of a run's row that are its lease, with the executor that has it. */
export interface CoordinatorLease {
  readonly coordinator: number | null;
  /** The platform of the coordinator; null: it has ended. */
  readonly owner: string | null;
  readonly leased_until: string | null;
  /** False: any executor may take the lease. */
  readonly is_leased: boolean;
}

/** Another executor coordinates the workflow, and processes what happened to it. */
export class LeaseHeld extends Error {
  readonly owner: string | null;
  /** When the lease expires, unless it is renewed. */
  readonly leasedUntil: string | null;

  constructor(
    readonly execution: number,
    { owner, leased_until }: CoordinatorLease,
  ) {
    super(`LEASE_HELD: execution ${execution} is coordinated by platform ${owner} until ${leased_until}`);
    this.name = 'LeaseHeld';
    this.owner = owner;
    this.leasedUntil = leased_until;
  }
}

/**
 * Whether the coordinator `x` is alive: it has renewed in time, and since the server started, as
 * no executor outlives the server that it was started with.
 */
export const isCoordinatorAlive: RawBuilder<boolean> = sql<boolean>`
  coalesce(x.expires_at > ${livenessNow} and x.renewed_at > pg_postmaster_start_time(), false)`;

/** The lease's columns once an executor has taken it: with a token above all earlier ones. */
export const takenBy = (executor: number) => ({
  coordinator: executor,
  fencing_token: sql<number>`nextval('public.fencing_token')`,
  coordinated_since: livenessNow,
});

/** The lease's columns of a run that has ended. */
export const RELEASED_LEASE = { coordinator: null, fencing_token: null, coordinated_since: null } as const;
