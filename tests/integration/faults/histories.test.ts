import { runSeed, sized } from '../../../helpers/sized';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { FaultPlatform } from './fault-platform';
import { HistoryClient } from './history/clients';
import { checkRegisters } from './history/check-registers';
import { checkOccurrences, checkQueue, checkSet } from './history/check-work';
import { injectFaults, planFaults } from './history/fault-plan';
import { PACK, createRecordingAction, type RecordingAction } from './recording-action';
import type { FinalExecution, FinalState, Operation } from './history/operations';

const MIXES = sized({ ci: 2, full: 500 });
jest.setTimeout(MIXES * 180_000);

const REGISTERS = ['left', 'right'];
const CLIENTS = ['c1', 'c2', 'c3'];
const SETTLED_MS = 90_000;

let platform: FaultPlatform;
let action: RecordingAction;
beforeAll(async () => {
  platform = await FaultPlatform.start(2);
  action = await createRecordingAction(platform);
  await createTimer(action.ref);
});
afterAll(() => platform[Symbol.asyncDispose]());

/** A timer that starts the action every second, beside the clients. */
const createTimer = (action: string): Promise<unknown> =>
  platform.client().rules.create({
    ...{ ref: `${PACK}.tick`, pack_ref: PACK, label: 'Tick', action_ref: action },
    ...{ trigger_ref: 'core.intervaltimer', trigger_params: { unit: 'seconds', interval: 1 } },
  });

/** Registers of their own for each mix: a history knows every write of its registers. */
const createRegisters = async (seed: number): Promise<string[]> => {
  const refs = REGISTERS.map((name) => `faults.${name}-${seed}`);
  const key = { owner_type: 'system', value: 0, encrypted: false } as const;
  for (const ref of refs) await platform.client().keys.create({ ref, name: ref, ...key });
  return refs;
};

/** Runs clients while the faults of the plan happen, and until they have ended. */
async function play(seed: number): Promise<Operation[]> {
  const stop = new AbortController();
  const registers = await createRegisters(seed);
  const clients = CLIENTS.map(
    (name, n) => new HistoryClient(platform, `${seed}${name}`, registers, action.ref, seed + n),
  );
  const running = Promise.all(clients.map((client) => client.run(stop.signal)));
  await injectFaults(platform, planFaults(seed)).finally(() => stop.abort());
  await running;
  return clients.flatMap(({ history }) => history);
}

interface Row extends FinalExecution {
  readonly open: boolean;
}

const executionRows = async (): Promise<Row[]> => {
  const { rows } = await platform.owner.query<Row>(
    `select e.id::int, coalesce(e.config ->> 'name', '') as name, e.status, e.finished_at is null as open,
       substring(e.result ->> 'stdout' from '"attempt": (\\d+)')::int as attempt, e.result ->> 'error' as error,
       (select count(*)::int from execution_event l where l.execution = e.id
         and l.type ~ '^EXECUTION_(COMPLETED|FAILED|CANCELLED|TIMED_OUT|ABANDONED)$') as ends
     from execution e where e.action_ref = 'faults.record' order by e.id`,
  );
  return rows;
};

const occurrences = async (): Promise<number[]> => {
  const { rows } = await platform.owner.query<{ count: number }>(
    `select (payload ->> 'execution_count')::int as count from event where rule_ref = 'faults.tick' order by id`,
  );
  return rows.map(({ count }) => count);
};

/** The state when no execution of the mix is open any more. */
async function settledState(): Promise<FinalState> {
  const { rows } = await platform.owner.query<{ newest: number }>('select max(id)::int as newest from execution');
  const settled = predicateToHold('no execution of the mix to be open', async () =>
    (await executionRows()).every(({ id, open }) => !open || id > (rows[0]?.newest ?? 0)),
  );
  await until(settled, performance.now() + SETTLED_MS);
  const executions = (await executionRows()).filter(({ id }) => id <= (rows[0]?.newest ?? 0));
  return { executions, ledger: action.ledger(), occurrences: await occurrences() };
}

test('DU-12 DU-01 DU-04 no history of random faults has an anomaly', async () => {
  const first = runSeed();
  for (let mix = 0; mix < MIXES; mix++) {
    const seed = first + mix;
    const history = await play(seed);
    const state = await settledState();

    const anomalies = [
      ...checkRegisters(history),
      ...checkSet(history, state),
      ...checkQueue(state),
      ...checkOccurrences(state),
    ];
    expect({ seed, plan: planFaults(seed), anomalies }).toEqual({ seed, plan: planFaults(seed), anomalies: [] });
    expect(history.filter(({ type }) => type === 'add').length).toBeGreaterThan(0);
  }
});
