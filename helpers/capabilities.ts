import type { Manifest } from '../contract/capabilities';
import { isObject, type JsonObject } from '../contract/json';

/** What a target can do: names of the contract's extensions, `true` or details. Absent: it cannot. */
export type Capabilities = Record<string, true | JsonObject>;

/** What a plain Attune-compatible target offers that does not say (404 on `/capabilities`). */
export const BASELINE: readonly string[] = [
  'core',
  'executions.intervals',
  'executions.history',
  'executions.cancel',
  'workflows.failure_branches',
  'workflows.join',
  'workflows.with_items',
  'workflows.retry',
  'workflows.retry_cap',
  'workflows.task_timeout',
  'inquiries.ask',
  'inquiries.expiry',
  'keys.from_actions',
  'keys.encryption',
  'timers.interval',
  'timers.date',
  'timers.cron',
  'sensors.custom',
  'rbac',
  'ownership',
  'runtimes.python',
  'runtimes.node',
  'runners.http',
  'notify.executions',
  'notify.inquiries',
  'notify.enforcements',
  'secrets.stdin',
  'workers.pin',
];

/** Executions at once that the rendezvous tests need, by the number of Jest's workers. */
export const slotsNeeded = (jestWorkers: number): number => (jestWorkers > 1 ? 24 : 10);

const slotsOf = (details: true | JsonObject | undefined): number =>
  isObject(details === true ? {} : details) && details !== true && typeof details?.slots === 'number'
    ? details.slots
    : 0;

/** What the platform says it can do. Too few slots are no `workers.slots`. */
export function declaredBy(manifest: Manifest | null, slots: number): Capabilities {
  if (!manifest) return Object.fromEntries(BASELINE.map((name) => [name, true]));
  const present: Capabilities = { core: true };
  for (const [name, value] of Object.entries(manifest.capabilities)) {
    if (value !== false) present[name] = value;
  }
  if (slotsOf(present['workers.slots']) < slots) delete present['workers.slots'];
  return present;
}

export const missing = (needs: readonly string[], capabilities: Capabilities): string[] =>
  needs.filter((need) => !Object.hasOwn(capabilities, need));

/** What is declared and does not work, and what works and is not declared: one sentence each. */
export function contradictions(declared: Capabilities, probed: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(probed).flatMap(([name, works]) => {
    const says = Object.hasOwn(declared, name);
    if (says === works) return [];
    return [says ? `${name} is declared, but its probe failed` : `${name} is not declared, but its probe succeeded`];
  });
}
