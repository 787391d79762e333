import type { CapabilityManifest } from '../../contract/capabilities';
import { isObject, type JsonObject } from '../../contract/json';

/**
 * Capabilities of a target by their names in the contract: `true` or details. A missing name
 * means: not supported.
 */
export type Capabilities = Record<string, true | JsonObject>;

/** The capabilities of an Attune-compatible target that declares none (404 on `/capabilities`). */
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

/**
 * Capabilities of the harness on a target, which no platform declares: the suite's own, those of
 * the target's file, as probed, or as the run's switches decide.
 */
export const HARNESS_CAPABILITIES: readonly string[] = [
  'ledger.shared',
  'host.processes',
  'host.files',
  'target.exclusive',
  'process',
  'sql',
  'packages.offline',
  'mocks.allowed',
  'lifecycle',
  'credentials.user',
];

/** Concurrent executions of the largest rendezvous. */
const RENDEZVOUS_SLOTS = 10;
/** The same, and those of the tests that Jest's other workers run meanwhile. */
const SHARED_SLOTS = 24;
/** The same, if several of those tests are rendezvous. */
const AMPLE_SLOTS = 48;

/**
 * What runs beside a rendezvous: nothing, every test but another rendezvous, or every test.
 */
export const RENDEZVOUS_ORDERS = ['alone', 'one at a time', 'together'] as const;
export type RendezvousOrder = (typeof RENDEZVOUS_ORDERS)[number];

/** How the rendezvous tests use the slots of a target. */
export interface SlotUse {
  /** Concurrent executions that they need. */
  readonly slots: number;
  readonly order: RendezvousOrder;
}

export function slotUse(manifest: CapabilityManifest | null, jestWorkers: number): SlotUse {
  if (jestWorkers === 1) return { slots: RENDEZVOUS_SLOTS, order: 'together' };
  const declared = slotCount(manifest?.capabilities['workers.slots']);
  if (declared < SHARED_SLOTS) return { slots: RENDEZVOUS_SLOTS, order: 'alone' };
  return { slots: SHARED_SLOTS, order: declared < AMPLE_SLOTS ? 'one at a time' : 'together' };
}

/** The declared number of slots; 0 without one. */
export const slotCount = (details: boolean | JsonObject | undefined): number =>
  typeof details === 'object' && isObject(details) && typeof details.slots === 'number' ? details.slots : 0;

/** What is known of a target's capabilities during a run. */
export interface AssessedCapabilities {
  readonly capabilities: Capabilities;
  /** Why the others are absent, by name. */
  readonly absences: Readonly<Record<string, string>>;
}

/**
 * The needs that the target lacks. Throws for one that was not assessed before the run: the tests'
 * needs are read from their files, as literals.
 */
export function missingCapabilities(
  needs: readonly string[],
  { capabilities, absences }: AssessedCapabilities,
): string[] {
  const missing = needs.filter((need) => !Object.hasOwn(capabilities, need));
  const unassessed = missing.filter((need) => !Object.hasOwn(absences, need));
  if (unassessed.length > 0)
    throw new Error(
      `${unassessed.join(', ')} was not probed: name a need as a literal, in the test's file or in a word that it imports`,
    );
  return missing;
}

/** What provides a capability of the harness on an attached platform, by its name. */
const REMEDIES: Readonly<Record<string, string>> = {
  'ledger.shared':
    'name the file that `up` wrote (PLATFORM_FILE), or run the suite on the host of the worker, whose programs share ' +
    'its directory for temporary files (for a platform of this repository: PLATFORM_ACTION_PATHS)',
  'host.files': 'run the suite on the host of the platform, and name the file that `up` wrote (PLATFORM_FILE)',
  'host.processes': 'run the suite on the host of the worker, as a user who sees its processes',
  process: 'let the suite start the platform: run it without PLATFORM_URL and PLATFORM_FILE',
  'target.exclusive': 'let the suite start the platform: run it without PLATFORM_URL and PLATFORM_FILE',
  sql: "name the platform's database, as its owner (DATABASE_URL), or the file that `up` wrote (PLATFORM_FILE)",
  'mocks.allowed':
    'let the platform connect to servers of this host (for a platform of this repository: PLATFORM_EGRESS_ALLOW)',
  lifecycle: 'remove E2E_LIFECYCLE=off',
};

/** Whether the target lacks none of the needs for certain. */
export const isUndecided = (missing: readonly string[], undecided: readonly string[]): boolean =>
  missing.length > 0 && missing.every((need) => undecided.includes(need));

/** What to do about a capability that is missing, or not decided; null: nothing that is known. */
export const remedyOf = (need: string, isUndecided: boolean): string | null =>
  isUndecided ? 'run it again with less load on the target and on this host' : (REMEDIES[need] ?? null);
