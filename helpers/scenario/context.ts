import type { Client } from '../client/client';
import { missingCapabilities } from '../target/capabilities';
import type { RunFacts } from '../target/run-facts';
import { createCleanup, type Cleanup, type ReleaseFunction } from './cleanup';
import type { Deadline } from './time/deadline';
import { openPlatformLog, type PlatformLog } from './evidence/platform-log';
import { openLedger, type Ledger } from './ledger';
import { namePrefix, randomName, uniqueName } from './names';
import type { OwnPlatform } from './evidence/own-platform';
import { findOwnFault } from './own-faults';
import { busyFactor, measureProcessorTime, type ProcessorTime } from './time/processor-wait';
import type { ObservedRequest } from './sent-request';
import { createSentRequests, type SentRequests } from './sent-requests';
import { openTestClient } from './test-client';
import { openTestPack, type TestPack } from './test-pack';
import type { FileTenant } from './time/file-tenant';
import { expectAtMost, realTime } from './time/real-time';
import type { Time } from './time/time';
import { measureTimerJitter, type TimerJitter } from './time/timer-jitter';
import { virtualTime } from './time/virtual-time';

/** What a test works with. No part of it is shared with another test. */
export interface Context extends TestPack {
  readonly client: Client;
  /** Random; part of every value that a test searches for. */
  readonly nonce: string;
  /** Monotonic ms: the end of every wait. Follows from the budget and the planned times. */
  readonly deadline: number;
  /** Ends the waits later by a time that the test has chosen, ms, and in which it has to act. */
  plan(ms: number): void;
  /** How long an absence is observed, ms. */
  readonly quietMs: number;
  readonly ledger: Ledger;
  readonly facts: RunFacts;
  /** `e2e-7q2x-t2-01-a-child-3fa91c`. Every object of a test is named this way. */
  name(part: string): string;
  /** Runs the release after the test, last in, first out. */
  defer(release: ReleaseFunction): void;
  /** Parameters that make a fixture process write to the ledger under `<nonce>-<label>`. */
  ledgerInput(label: string): { key: string; ledger: string };
  /** What this host may add to the time of an execution, ms. */
  hostDelayMs(): number;
  /**
   * Each of these times that passed in real time was as long as promised or shorter, seconds.
   * Throws EnvironmentError where one was longer, and this host may be the cause.
   */
  expectAtMost(promised: number, ...measured: readonly number[]): void;
  /** The slowest response so far, ms: a state must last longer than that to be observed. */
  slowestResponseMs(): number;
  /** For the evidence: a request that another client than `client` has sent. */
  recordRequest(request: Omit<ObservedRequest, 'at'>): void;
  /** For the evidence: a platform that the test has started for itself. */
  addPlatform(platform: OwnPlatform): void;
  /**
   * Whether the target has the capability. If not, the test is listed as not proven in one line.
   */
  canProve(capability: string): boolean;
}

/** The context of a test about time. */
export interface TimeContext extends Context {
  readonly time: Time;
}

export interface OpenContext {
  context: TimeContext;
  cleanup: Cleanup;
  sentRequests: SentRequests;
  deadline: Deadline;
  jitter: TimerJitter;
  processorTime: () => ProcessorTime;
  platformLog: PlatformLog;
  /** The next error that the platform did not handle, with its stack; null: none. */
  findFault(): Promise<string | null>;
  readonly ownPlatforms: readonly OwnPlatform[];
  /** Executions that the test started, oldest first. */
  rootExecutions: readonly number[];
  /** Refs of the rules that the test created, oldest first. */
  rules: readonly string[];
  /** Responses to the test's client so far. */
  requests(): number;
  /** Capabilities that `canProve` did not find. */
  unmetNeeds: readonly string[];
}

const MIN_QUIET_MS = 300;
const BASE_DELAY_MS = 300;

/**
 * Opens the context of one test. `letter`: the test's letter in the names that it creates.
 * `tenant`: the test runs in it, and moves its clock.
 */
export function openContext(
  facts: RunFacts,
  path: string,
  letter: string,
  deadline: Deadline,
  tenant: FileTenant | null = null,
): OpenContext {
  const cleanup = createCleanup();
  const sentRequests = createSentRequests();
  const jitter = measureTimerJitter();
  const processorTime = measureProcessorTime();
  const platformLog = openPlatformLog(facts.log);
  const unmetNeeds: string[] = [];
  const ownPlatforms: OwnPlatform[] = [];
  const { defer } = cleanup;
  const name = (part: string) => uniqueName(facts.run, path, letter, part);
  const nonce = randomName(12);
  const packFacts = tenant ? { ...facts, directory: tenant.directory } : facts;
  const ledger = openLedger(facts.directory, name('ledger'), facts.aheadMs);
  const { client, slowestResponseMs, recordRequest, ...started } = openTestClient(facts, sentRequests, cleanup, tenant);

  const hostDelayMs = (): number =>
    (BASE_DELAY_MS + 2 * facts.latency.runMs + 2 * jitter.worstMs()) * busyFactor(processorTime());

  const context: TimeContext = {
    client,
    nonce,
    ledger,
    facts: tenant ? asAdmin(facts, tenant) : facts,
    name,
    defer,
    slowestResponseMs,
    plan: deadline.plan,
    ...openTestPack({ client, facts: packFacts, deadline: deadline.at, name, defer }),
    get deadline() {
      return deadline.at();
    },
    quietMs: Math.max(MIN_QUIET_MS, 2 * facts.latency.runMs),
    ledgerInput: (label) => ({ key: `${nonce}-${label}`, ledger: ledger.path }),
    recordRequest,
    addPlatform: (platform) => void ownPlatforms.push(platform),
    hostDelayMs,
    expectAtMost: (promised, ...measured) => expectAtMost(promised, measured, hostDelayMs()),
    time: tenant
      ? virtualTime(client.clock, (now) => tenant.renewToken(now))
      : realTime({ facts, plan: deadline.plan, hostDelayMs }),
    canProve: (capability) => {
      const missing = missingCapabilities([capability], facts);
      unmetNeeds.push(...missing);
      return missing.length === 0;
    },
  };
  const own = { client, roots: started.rootExecutions, prefix: namePrefix(facts.run, path, letter) };
  const findFault = () => findOwnFault(platformLog, own);
  const reports = { sentRequests, jitter, processorTime, platformLog, findFault, ...started, unmetNeeds, ownPlatforms };
  return { context, cleanup, deadline, ...reports };
}

/** The facts of a test that runs as the admin of this tenant. */
const asAdmin = (facts: RunFacts, tenant: FileTenant): RunFacts => ({
  ...facts,
  get token() {
    return tenant.token();
  },
});
