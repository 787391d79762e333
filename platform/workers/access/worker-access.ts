import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { TestSuite } from '../../../contract/pack-tests';
import type { SensorFailure, SensorPlan } from '../../store/events/sensor-processes';
import type { Attempt, AttemptOutcome } from '../../store/lifecycle/attempt';
import type { EnvironmentReport } from '../../store/packs/environment-report';
import type { EnvironmentRequest } from '../../store/packs/environments';
import type { ClaimedPackTest } from '../../store/packs/pack-test-requests';
import type { HeartbeatReply, NewWorker } from '../../store/workers/workers';

/**
 * All that a worker process can do: it has no connection to the database and none of the keys.
 * A fencing token names what the worker has claimed itself; any other is treated as a lost lease.
 */
export interface WorkerAccess {
  /** Returns the worker's id. Comes before every other call. */
  registerWorker(worker: Omit<NewWorker, 'name'>): Promise<number>;
  /** Renews these leases, and names what the worker must stop. */
  recordHeartbeat(fencingTokens: readonly number[]): Promise<HeartbeatReply>;
  /** Charges a crash of the worker to this execution; null: not known. */
  recordCrash(blamed: number | null): Promise<void>;
  /** Marks the worker inactive and ends its leases. */
  deactivateWorker(): Promise<void>;
  /** Whether its disk is short of space: it then claims nothing, and gets nothing more. */
  recordDiskShortage(isShort: boolean): Promise<void>;
  /**
   * Those of these paths below the artifacts directory that are files of artifacts; all of them
   * for a tenant of which the worker has claimed nothing.
   */
  listKeptFiles(tenant: number, paths: readonly string[]): Promise<readonly string[]>;
  /** Claims up to `maxCount` executions assigned to the worker, with their secrets. */
  claimExecutions(maxCount: number): Promise<Attempt[]>;
  /** Fetches the files of an attempt that has a `packDigest`. Returns why it cannot be started. */
  fetchPack(fencingToken: number): Promise<string | null>;
  /** Null where the attempt has no permission sets. */
  issueExecutionToken(fencingToken: number): Promise<string | null>;
  /** False: the execution was cancelled, or the lease is lost. */
  markStarted(fencingToken: number, startedAtMs: number): Promise<boolean>;
  /** False: the lease is lost, and nothing was written. */
  finishAttempt(fencingToken: number, outcome: AttemptOutcome): Promise<boolean>;
  /**
   * Stores that the platform stopped before the end of the attempt. False: it has not started,
   * was cancelled, or the lease is lost, and nothing was written.
   */
  suspendAttempt(fencingToken: number): Promise<boolean>;
  /** The worker makes no further call for this attempt, whether it has finished it or not. */
  releaseAttempt(fencingToken: number): Promise<void>;
  appendAttemptLog(fencingToken: number, type: LogType, payload: JsonObject): Promise<void>;
  listSensorPlans(): Promise<{ readonly plans: readonly SensorPlan[]; readonly acceptsWork: boolean }>;
  /**
   * The fencing token; null when another worker holds the sensor, it is no longer planned, or its
   * process has ended since the plan was listed.
   */
  claimSensor(sensor: number): Promise<number | null>;
  /** Null: the lease is lost. */
  issueSensorToken(fencingToken: number): Promise<string | null>;
  /** False: the lease is lost. */
  markSensorRunning(fencingToken: number, pid: number): Promise<boolean>;
  markSensorStopped(fencingToken: number): Promise<boolean>;
  /** Creates an alert where one is due. */
  markSensorFailed(fencingToken: number, failure: SensorFailure & { readonly isAlertDue: boolean }): Promise<boolean>;
  claimEnvironment(): Promise<EnvironmentRequest | null>;
  /** False when the pack is deleted. */
  saveEnvironment(report: EnvironmentReport): Promise<boolean>;
  /** Claims tests of a pack; null: there are none to run. */
  claimPackTest(): Promise<ClaimedPackTest | null>;
  /** False: the tests must be stopped. */
  renewPackTest(id: number): Promise<boolean>;
  /** Null: another worker may run them. */
  finishPackTest(id: number, suites: readonly TestSuite[] | null): Promise<void>;
}

/** The calls that a worker process may send. */
export const WORKER_CALLS = [
  ...([
    'registerWorker',
    'recordHeartbeat',
    'recordCrash',
    'deactivateWorker',
    'recordDiskShortage',
    'listKeptFiles',
  ] as const),
  ...([
    'claimExecutions',
    'fetchPack',
    'issueExecutionToken',
    'markStarted',
    'finishAttempt',
    'suspendAttempt',
  ] as const),
  ...(['releaseAttempt', 'appendAttemptLog', 'listSensorPlans', 'claimSensor', 'issueSensorToken'] as const),
  ...(['markSensorRunning', 'markSensorStopped', 'markSensorFailed'] as const),
  ...(['claimEnvironment', 'saveEnvironment', 'claimPackTest', 'renewPackTest', 'finishPackTest'] as const),
] as const satisfies readonly (keyof WorkerAccess)[];
