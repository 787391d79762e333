import { signSensorToken } from '../../auth/tokens';
import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { TestSuite } from '../../../contract/pack-tests';
import { withErrorSubject } from '../../base/error-subject';
import { createAlert } from '../../executor/events/alert';
import type { Database, Transaction } from '../../store/database/connection';
import {
  claimSensor,
  listSensorPlans,
  markSensorFailed,
  markSensorRunning,
  markSensorStopped,
  type HeldSensor,
  type SensorPlan,
} from '../../store/events/sensor-processes';
import { appendAttemptLog, claimExecutions, finishAttempt, markStarted } from '../../store/executions/attempts';
import { suspendAttempt } from '../../store/executions/suspend-attempt';
import { ensureSensorIdentity } from '../../store/identities/identities';
import type { Attempt, AttemptLease, AttemptOutcome } from '../../store/lifecycle/attempt';
import { claimEnvironment, saveEnvironment } from '../../store/packs/environments';
import type { EnvironmentReport } from '../../store/packs/environment-report';
import {
  claimPackTest,
  finishPackTest,
  renewPackTest,
  type ClaimedPackTest,
  type PackTestLease,
} from '../../store/packs/pack-test-requests';
import {
  deactivateWorker,
  recordDiskShortage,
  recordHeartbeat,
  recordWorkerCrash,
  registerWorker,
  type HeartbeatReply,
} from '../../store/workers/workers';
import { signExecutionToken, type TokenBasis } from './execution-token';
import type { WorkerAccess } from './worker-access';
import { listKeptFiles } from '../../store/artifacts/execution-files';
import { NotRegistered } from './not-registered';

interface DatabaseAccessOptions {
  /** Opened with the vault: claimed attempts come with their secrets. */
  readonly db: Database;
  /** For heartbeats, which must not wait behind other statements. */
  readonly heartbeatDb: Database;
  readonly tokenSecret: string;
  /** The worker's name, unique in the database. */
  readonly name: string;
  readonly leaseMs: number;
}

type ClaimedAttempt = AttemptLease & TokenBasis;

/** Beside the calls: what a worker has, when it connects to another process of the platform. */
export interface ResumableAccess extends WorkerAccess {
  /** The attempt that the worker has claimed under this fencing token; null: none. */
  attemptOf(fencingToken: number): AttemptLease | null;
  /** Its id, and its attempts, whose leases it still has. */
  resume(worker: number, attempts: readonly Attempt[]): void;
}

/** Does what one worker process asks for, as far as that process has claimed it. */
export const openDatabaseAccess = (options: DatabaseAccessOptions): ResumableAccess => new DatabaseAccess(options);

const subjectOf = ({ execution }: AttemptLease) => ({ execution });

interface ClaimedSensor extends HeldSensor {
  readonly plan: SensorPlan;
}

class DatabaseAccess implements ResumableAccess {
  private id: number | null = null;
  /** By fencing token. */
  private readonly attempts = new Map<number, ClaimedAttempt>();
  private readonly sensors = new Map<number, ClaimedSensor>();
  private plans: readonly SensorPlan[] = [];
  /** By the id of the request. */
  private readonly packTests = new Map<number, PackTestLease>();

  constructor(private readonly options: DatabaseAccessOptions) {}

  attemptOf(fencingToken: number): AttemptLease | null {
    return this.attempts.get(fencingToken) ?? null;
  }

  resume(worker: number, attempts: readonly Attempt[]): void {
    this.id = worker;
    for (const attempt of attempts) this.remember(attempt);
  }

  async registerWorker(worker: Parameters<WorkerAccess['registerWorker']>[0]): Promise<number> {
    this.id = await registerWorker(this.options.db, { ...worker, name: this.options.name });
    return this.id;
  }

  recordHeartbeat(fencingTokens: readonly number[]): Promise<HeartbeatReply> {
    const { heartbeatDb, leaseMs } = this.options;
    const own = fencingTokens.filter((token) => this.attempts.has(token) || this.sensors.has(token));
    return recordHeartbeat(heartbeatDb, this.worker(), own, leaseMs);
  }

  recordCrash(blamed: number | null): Promise<void> {
    const isOwn = [...this.attempts.values()].some(({ execution }) => execution === blamed);
    return recordWorkerCrash(this.options.db, this.options.name, { blamed: isOwn ? blamed : null, hasExited: false });
  }

  deactivateWorker(): Promise<void> {
    return deactivateWorker(this.options.db, this.worker());
  }

  recordDiskShortage(isShort: boolean): Promise<void> {
    return recordDiskShortage(this.options.heartbeatDb, this.worker(), isShort);
  }

  async listKeptFiles(tenant: number, paths: readonly string[]): Promise<readonly string[]> {
    const claimed = [...this.attempts.values(), ...this.sensors.values(), ...this.packTests.values()];
    return claimed.some((claim) => claim.tenant === tenant) ? listKeptFiles(this.options.db, tenant, paths) : paths;
  }

  async claimExecutions(maxCount: number): Promise<Attempt[]> {
    const { db, leaseMs } = this.options;
    const claimed = await claimExecutions(db, this.worker(), maxCount, leaseMs);
    for (const attempt of claimed) this.remember(attempt);
    return claimed;
  }

  /** The workers of a platform share its directory. */
  fetchPack(): Promise<null> {
    return Promise.resolve(null);
  }

  async issueExecutionToken(fencingToken: number): Promise<string | null> {
    const claimed = this.attempts.get(fencingToken);
    return claimed ? signExecutionToken(this.options.tokenSecret, claimed) : null;
  }

  async markStarted(fencingToken: number, startedAtMs: number): Promise<boolean> {
    const claimed = this.attempts.get(fencingToken);
    if (!claimed) return false;
    return withErrorSubject(subjectOf(claimed), () => markStarted(this.options.db, claimed, startedAtMs));
  }

  async finishAttempt(fencingToken: number, outcome: AttemptOutcome): Promise<boolean> {
    const claimed = this.attempts.get(fencingToken);
    if (!claimed) return false;
    const finish = () => finishAttempt(this.options.db, claimed, outcome);
    const isAccepted = await withErrorSubject(subjectOf(claimed), finish);
    this.attempts.delete(fencingToken);
    return isAccepted;
  }

  async suspendAttempt(fencingToken: number): Promise<boolean> {
    const claimed = this.attempts.get(fencingToken);
    if (!claimed) return false;
    const suspend = () => suspendAttempt(this.options.db, claimed);
    return withErrorSubject(subjectOf(claimed), suspend);
  }

  releaseAttempt(fencingToken: number): Promise<void> {
    this.attempts.delete(fencingToken);
    return Promise.resolve();
  }

  async appendAttemptLog(fencingToken: number, type: LogType, payload: JsonObject): Promise<void> {
    const claimed = this.attempts.get(fencingToken);
    if (claimed) await appendAttemptLog(this.options.db, claimed, this.worker(), type, payload);
  }

  async listSensorPlans(): ReturnType<WorkerAccess['listSensorPlans']> {
    const listed = await listSensorPlans(this.options.db, this.worker());
    this.plans = listed.plans;
    return listed;
  }

  async claimSensor(sensor: number): Promise<number | null> {
    const { db, leaseMs } = this.options;
    const plan = this.plans.find((entry) => entry.sensor === sensor);
    if (!plan) return null;
    const worker = this.worker();
    const fencingToken = await claimSensor(db, plan, worker, leaseMs);
    if (fencingToken !== null) {
      this.sensors.set(fencingToken, { plan, sensor, tenant: plan.tenant, worker, fencingToken });
    }
    return fencingToken;
  }

  async issueSensorToken(fencingToken: number): Promise<string | null> {
    const held = this.sensors.get(fencingToken);
    if (!held) return null;
    const { db, tokenSecret } = this.options;
    const { tenant, ref: sensorRef, trigger_refs: triggerTypes, sensor } = held.plan;
    const identity = await db.inTenant(tenant, (transaction) => ensureSensorIdentity(transaction, tenant, sensorRef));
    return signSensorToken(tokenSecret, { identity, tenant, sensorRef, triggerTypes, lease: { sensor, fencingToken } });
  }

  async markSensorRunning(fencingToken: number, pid: number): Promise<boolean> {
    const held = this.sensors.get(fencingToken);
    return held ? markSensorRunning(this.options.db, held, pid) : false;
  }

  async markSensorStopped(fencingToken: number): Promise<boolean> {
    const held = this.sensors.get(fencingToken);
    if (!held) return false;
    const isOurs = await markSensorStopped(this.options.db, held);
    this.sensors.delete(fencingToken);
    return isOurs;
  }

  async markSensorFailed(
    fencingToken: number,
    { isAlertDue, ...failure }: Parameters<WorkerAccess['markSensorFailed']>[1],
  ): Promise<boolean> {
    const held = this.sensors.get(fencingToken);
    if (!held) return false;
    const { sensor, tenant, plan } = held;
    const alert = { sensor, tenant, ref: plan.ref, failures: failure.failures, error: failure.error };
    const isOurs = await markSensorFailed(this.options.db, held, failure, async (transaction) => {
      if (isAlertDue) await createSensorAlert(transaction, alert);
    });
    this.sensors.delete(fencingToken);
    return isOurs;
  }

  claimEnvironment(): ReturnType<WorkerAccess['claimEnvironment']> {
    return claimEnvironment(this.options.db);
  }

  saveEnvironment(report: EnvironmentReport): Promise<boolean> {
    return saveEnvironment(this.options.db, report);
  }

  async claimPackTest(): Promise<ClaimedPackTest | null> {
    const claimed = await claimPackTest(this.options.db, this.options.leaseMs);
    if (claimed !== null) {
      const { id, tenant, attempt } = claimed;
      this.packTests.set(id, { id, tenant, attempt });
    }
    return claimed;
  }

  async renewPackTest(id: number): Promise<boolean> {
    const claimed = this.packTests.get(id);
    return claimed ? renewPackTest(this.options.heartbeatDb, claimed, this.options.leaseMs) : false;
  }

  async finishPackTest(id: number, suites: readonly TestSuite[] | null): Promise<void> {
    const claimed = this.packTests.get(id);
    if (claimed) await finishPackTest(this.options.db, claimed, suites);
    this.packTests.delete(id);
  }

  private worker(): number {
    if (this.id === null) throw new NotRegistered();
    return this.id;
  }

  private remember({ execution, tenant, fencingToken, attempt, ...rest }: Attempt): void {
    const { actionRef, limit, credential, secretOutput } = rest;
    const lease = { execution, tenant, fencingToken, attempt, ...(secretOutput !== undefined && { secretOutput }) };
    this.attempts.set(fencingToken, { ...lease, actionRef, limit, credential });
  }
}

interface FailedSensor {
  readonly sensor: number;
  readonly tenant: number;
  readonly ref: string;
  readonly failures: number;
  readonly error: string;
}

/** Creates an event of the sensor's tenant: its process ended several times in a row. */
const createSensorAlert = (
  transaction: Transaction,
  { sensor, tenant, ref, failures, error }: FailedSensor,
): Promise<void> =>
  createAlert(transaction, tenant, {
    category: 'sensor',
    failure_type: 'process_crashed',
    component_type: 'sensor',
    component_id: sensor,
    component_ref: ref,
    worker_role: 'sensor',
    summary: `Sensor ${ref} ended ${failures} times in a row`,
    details: { failures, error },
    correlation_id: `sensor:${sensor}`,
  });
