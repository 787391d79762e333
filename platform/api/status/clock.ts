import { setTimeout as pause } from 'node:timers/promises';
import { AdvanceClock, Clock, ClockMove, MAX_CLOCK_STEPS, SetClock, isDuration } from '../../../contract/clock';
import { dataEnvelope } from '../../../contract/envelopes';
import { DomainError } from '../../base/domain-error';
import { planTenantClock, readTenantClock, setTenantClock } from '../../store/clock/clock';
import { endMove, listFired, listInFlight, readMove, requestMove, type MoveState } from '../../store/clock/moves';
import { readClock, type Database, type Transaction } from '../../store/database/connection';
import type { Api, ApiContext } from '../http/context';
import { route, routeAfterCommit } from '../http/route';

const PATH = '/api/v1/clock';
const tags = ['clock'];

/** How long a request waits for its move, ms. */
const MOVE_LIMIT_MS = 30_000;
const POLL_MS = 8;

/** The clock of the caller's tenant: 404 NOT_ENABLED on a platform without virtual time. */
export function clockRoutes(api: Api, { db, clocks }: ApiContext): void {
  const entry = {
    extension: 'clock.virtual',
    grant: 'clock:move',
    path: PATH,
    validate: () => {
      if (!clocks) throw notEnabled();
    },
  } as const;

  route(api, {
    ...entry,
    method: 'GET',
    schema: { tags, response: { 200: dataEnvelope(Clock) } },
    handle: async ({ transaction }) => ({ data: await readTenantClock(transaction) }),
  });

  routeAfterCommit(api, {
    ...entry,
    method: 'PUT',
    schema: { tags, body: SetClock, response: { 200: dataEnvelope(Clock) } },
    respond: async ({ caller, body }) => {
      const clock = await db.aloneInTenant(caller.tenant, (transaction) => setClock(transaction, body));
      await clocks?.refresh();
      return { data: clock };
    },
  });

  routeAfterCommit(api, {
    ...entry,
    method: 'POST',
    path: `${PATH}/advance`,
    schema: { tags, body: AdvanceClock, response: { 200: dataEnvelope(ClockMove) } },
    respond: async ({ caller, body }) => {
      const move = await advance(db, caller.tenant, body);
      await clocks?.refresh();
      return { data: move };
    },
  });
}

const notEnabled = () =>
  new DomainError('NOT_ENABLED', 'This platform has no virtual time: start it with PLATFORM_VIRTUAL_TIME=on');

const clockAhead = (message: string, now: string) => new DomainError('CLOCK_AHEAD', message, { now });

async function setClock(transaction: Transaction, { mode, at }: SetClock): Promise<Clock> {
  requirePlace(mode, at);
  const { now, shown, isBackwards, mayRelease } = await planTenantClock(transaction, at ?? null);
  if (isBackwards) throw clockAhead(`The clock never runs backwards: at must be ${now} or later`, now);
  if (mode === 'real' && !mayRelease) {
    throw clockAhead(`The clock is at ${now}, ahead of real time: it cannot be released yet`, now);
  }
  await setTenantClock(transaction, mode, shown);
  return readTenantClock(transaction);
}

function requirePlace(mode: SetClock['mode'], at: string | undefined): void {
  if (mode === 'real' && at !== undefined) {
    throw new DomainError('VALIDATION_ERROR', 'at is for the modes pinned and offset', { path: '/at' });
  }
  if (mode === 'offset' && at === undefined) {
    throw new DomainError('VALIDATION_ERROR', 'the mode offset needs at: what the clock shows now', { path: '/at' });
  }
}

/** Requests the move, and waits until an executor has made it. */
async function advance(db: Database, tenant: number, body: AdvanceClock): Promise<ClockMove> {
  const { by, to, settle = true, max_steps: maxSteps = MAX_CLOCK_STEPS } = body;
  if ((by === undefined) === (to === undefined)) {
    throw new DomainError('VALIDATION_ERROR', 'give either by or to', { path: by === undefined ? '/by' : '/to' });
  }
  if (typeof by === 'string' && !isDuration(by)) {
    throw new DomainError('VALIDATION_ERROR', 'by must be a number of seconds, or a duration such as PT72H', {
      path: '/by',
    });
  }
  const id = await db.inTenant(tenant, async (transaction) => {
    const requested = await requestMove(transaction, { ...body, settle, maxSteps });
    if (requested !== null) return requested;
    const now = await readClock(transaction);
    throw clockAhead(`The clock never runs backwards: to must be ${now} or later`, now);
  });
  const state = await waitForMove(db, tenant, id);
  const fired = await db.readingInTenant(tenant, (transaction) => listFired(transaction, id));
  if (state.outcome === 'too-many-steps') {
    throw new DomainError('TOO_MANY_STEPS', `The move has more than ${maxSteps} steps: the clock is at ${state.now}`, {
      now: state.now,
      steps: state.steps,
    });
  }
  return { now: state.now, steps: state.steps, fired };
}

/** Throws CLOCK_BUSY, with what still runs, and leaves the clock where it got to. */
async function waitForMove(db: Database, tenant: number, id: number): Promise<MoveState> {
  const deadline = performance.now() + MOVE_LIMIT_MS;
  for (;;) {
    const state = await db.readingInTenant(tenant, (transaction) => readMove(transaction, id));
    if (state.outcome !== null) return state;
    if (performance.now() < deadline) await pause(POLL_MS);
    else if (await db.inTenant(tenant, (transaction) => endMove(transaction, id))) return rejectBusy(db, tenant);
  }
}

async function rejectBusy(db: Database, tenant: number): Promise<never> {
  const { now, running } = await db.readingInTenant(tenant, async (transaction) => ({
    now: await readClock(transaction),
    running: await listInFlight(transaction),
  }));
  const names = running.map(({ kind, id }) => `${kind} ${id}`).join(', ');
  throw new DomainError('CLOCK_BUSY', `The clock got to ${now}, where this is due, or in flight: ${names}`, {
    now,
    running,
  });
}
