import { setTimeout as pause } from 'node:timers/promises';
import { isTerminal, type Status } from '../../../../contract/status';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import type { FaultPlatform } from '../fault-platform';
import { livenessDeadline } from '../../liveness';
import type { Operation } from './operations';
import { seededRandom } from './seeded-random';

const RETRY_MS = 100;
const PAUSE_MS = 40;

/** The parts of a response that a client reads. */
interface ResponseData {
  readonly id: number;
  readonly status: Status;
  readonly version: number;
  readonly value: number;
}

interface Response {
  /** 0 where no response arrived. */
  readonly status: number;
  readonly data: ResponseData | null;
}

interface SendOptions {
  readonly body?: object;
  /** The idempotency key. */
  readonly key?: string;
  /** In place of the administrator's. */
  readonly token?: string;
}

/** Sends one request and never throws for a missing response: that is an outcome. */
export async function send(
  platform: FaultPlatform,
  method: string,
  path: string,
  { body, key, token }: SendOptions = {},
) {
  const init = {
    method,
    headers: {
      ...platform.headers,
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(5_000),
  };
  const invokedAt = performance.now();
  const response = await fetch(`${platform.url}/api/v1${path}`, init)
    .then(async (answer): Promise<Response> => {
      const { data = null } = (await answer.json()) as { data?: Response['data'] };
      return { status: answer.status, data };
    })
    .catch((): Response => ({ status: 0, data: null }));
  return { ...response, invokedAt, returnedAt: performance.now() };
}

/** Repeats one request under one idempotency key. Returns the id of what it made. */
export const postUntilAnswered = (platform: FaultPlatform, path: string, body: object, key: string): Promise<number> =>
  until(
    {
      name: `POST ${path} to be answered`,
      check: async () => {
        const { status, data } = await send(platform, 'POST', path, { body, key });
        if (status >= 200 && status < 300 && data) return { is: 'met', value: data.id };
        if (status !== 0 && status < 500) return { is: 'impossible', why: `it was refused with ${status}` };
        return { is: 'pending', why: `status ${status}` };
      },
      evidence: () => '',
    },
    livenessDeadline(),
  );

/** Executes an action under this name, and waits until the execution has ended. Returns its id. */
export async function executeToEnd(platform: FaultPlatform, action: string, name: string): Promise<number> {
  const body = { action_ref: action, parameters: { name } };
  const id = await postUntilAnswered(platform, '/executions/execute', body, name);
  const hasEnded = async () => {
    const { status, data } = await send(platform, 'GET', `/executions/${id}`);
    return status === 200 && data !== null && isTerminal(data.status);
  };
  await until(predicateToHold(`execution ${id} to end`, hasEnded), livenessDeadline());
  return id;
}

/** What one client does until it is stopped: it executes, writes and reads, one after another. */
export class HistoryClient {
  readonly history: Operation[] = [];
  private readonly random: (limit: number) => number;
  private count = 0;

  constructor(
    private readonly platform: FaultPlatform,
    private readonly name: string,
    private readonly registers: readonly string[],
    private readonly action: string,
    seed: number,
  ) {
    this.random = seededRandom(seed);
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await (this.random(3) === 0 ? this.execute() : this.increment());
      await pause(PAUSE_MS);
    }
  }

  /** Repeats one request under one idempotency key until it is answered, and then once more. */
  private async execute(): Promise<void> {
    const name = `${this.name}-${++this.count}`;
    const body = { action_ref: this.action, parameters: { name } };
    const execute = () => postUntilAnswered(this.platform, '/executions/execute', body, name);
    const invokedAt = performance.now();
    const ids = [await execute(), await execute()];
    this.history.push({ type: 'add', name, ids, invokedAt, returnedAt: performance.now() });
  }

  /** Reads a register and writes the next version of it. */
  private async increment(): Promise<void> {
    const register = this.registers[this.random(this.registers.length)]!;
    const got = await send(this.platform, 'GET', `/keys/${register}`);
    if (got.status !== 200 || !got.data) return pause(RETRY_MS);
    const { version, value } = got.data;
    this.history.push({ ...timesOf(got), type: 'read', register, version, value });
    const next = Number(`${this.name.replace(/\D/g, '')}${++this.count}`);
    const put = await send(this.platform, 'PUT', `/keys/${register}`, {
      body: { value: next, if_version: version },
    });
    const outcome = put.status === 200 ? 'ok' : put.status === 409 ? 'refused' : 'unknown';
    this.history.push({ ...timesOf(put), type: 'write', register, base: version, value: next, outcome });
  }
}

const timesOf = ({ invokedAt, returnedAt }: { invokedAt: number; returnedAt: number }) => ({ invokedAt, returnedAt });
