import { setTimeout as pause } from 'node:timers/promises';
import { HistoryClient } from '../history/clients';
import type { Operation } from '../history/operations';
import { prepareFault } from './injections';
import { LOAD_NAMES, runClient, type Accepted, type LoadName } from './load';
import { describeFault, planFaults, type PlannedFault } from './plan';
import { measureRecovery, runningExecutions } from './recovery';
import type { ChaosBench } from './chaos-bench';

/** The histories of each client. What runs long is there when a stopped worker resumes. */
const CLIENTS: readonly (readonly LoadName[])[] = [LOAD_NAMES, LOAD_NAMES, LOAD_NAMES, ['long'], ['long']];
const REGISTERS = ['left', 'right'];
const REGISTER_CLIENTS = 2;

export interface Recovery {
  readonly fault: string;
  readonly ms: number;
}

interface RoundRequest {
  readonly seed: number;
  readonly faults: number;
  readonly onRecovered: (recovery: Recovery) => void;
}

/** What happened while clients and faults ran. */
interface RoundHistory {
  readonly recoveries: readonly Recovery[];
  readonly accepted: readonly Accepted[];
  /** Of the clients that read and write registers. */
  readonly operations: readonly Operation[];
}

/** Injects the faults of the seed while clients run, and waits until the clients have ended. */
export async function playRound(bench: ChaosBench, { seed, faults, onRecovered }: RoundRequest): Promise<RoundHistory> {
  const stop = new AbortController();
  const registers = await createRegisters(bench, seed);
  const writers = Array.from(
    { length: REGISTER_CLIENTS },
    (_, n) => new HistoryClient(bench.platform, `${seed}r${n}`, registers, bench.pack.record, seed + n),
  );
  const clients = Promise.all(
    CLIENTS.map((histories, n) =>
      runClient({ ...bench, name: `${seed}c${n}` }, { histories, seed: seed + n, stop: stop.signal }),
    ),
  );
  const writing = Promise.all(writers.map((writer) => writer.run(stop.signal)));
  const injecting = injectFaults(bench, planFaults(seed, faults), { seed, onRecovered }).finally(() => stop.abort());
  await Promise.allSettled([injecting, clients, writing]); // no client is left, whatever failed
  const recoveries = await injecting;
  await writing;
  return { recoveries, accepted: (await clients).flat(), operations: writers.flatMap(({ history }) => history) };
}

/** Registers of their own for each round: a history knows every write of its registers. */
async function createRegisters({ platform }: ChaosBench, seed: number): Promise<string[]> {
  const refs = REGISTERS.map((name) => `faults.${name}-${seed}`);
  const key = { owner_type: 'system', value: 0, encrypted: false } as const;
  for (const ref of refs) await platform.client().keys.create({ ref, name: ref, ...key });
  return refs;
}

async function injectFaults(
  { platform, pack }: ChaosBench,
  plan: readonly PlannedFault[],
  { seed, onRecovered }: Pick<RoundRequest, 'seed' | 'onRecovered'>,
): Promise<Recovery[]> {
  const recoveries: Promise<Recovery>[] = [];
  const restores: Promise<unknown>[] = [];
  for (const [n, fault] of plan.entries()) {
    await pause(fault.delayMs);
    const { begin, restore } = await prepareFault(platform, fault);
    const running = await runningExecutions(platform);
    const startedAt = performance.now();
    await begin();
    const times = { startedAt, happenedAt: Date.now() };
    const restored = restore();
    const probe = { running, ...times, action: pack.record, name: `${seed}p${n}` };
    const recovered = measureRecovery(platform, probe).then((ms) => {
      const recovery = { fault: describeFault(fault), ms };
      onRecovered(recovery);
      return recovery;
    });
    restores.push(restored);
    recoveries.push(recovered);
    if (!fault.overlaps) await recovered;
    if (!fault.overlaps || !fault.kind.startsWith('stop ')) await restored;
  }
  await Promise.all(restores);
  return Promise.all(recoveries);
}
