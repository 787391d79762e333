import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../../contract/envelopes';
import { Id } from '../../../../contract/json';
import { textOrJson } from '../../../../contract/json-text/text-or-json';
import { writeJson } from '../../../../contract/json-text/write-json';
import type { WorkerPayload } from '../../../../helpers/arms';
import type { Client } from '../../../../helpers/client/client';
import { ApiError } from '../../../../helpers/errors';

const SHOWN_CHARACTERS = 500;
const Created = dataEnvelope(Type.Object({ id: Id }));

/** WORKER_CREATE_FAILED: no worker was created, or the response has no id. */
class WorkerCreateFailed extends Error {
  readonly code = 'WORKER_CREATE_FAILED';
  readonly status: number;
  /** The first 500 characters. */
  readonly body: string;

  constructor(
    cause: ApiError,
    readonly payload: WorkerPayload,
  ) {
    const body = textOrJson(cause.body).slice(0, SHOWN_CHARACTERS);
    super(`WORKER_CREATE_FAILED: HTTP ${cause.status}, body ${body}, sent ${writeJson(payload)}`, { cause });
    this.name = 'WorkerCreateFailed';
    this.status = cause.status;
    this.body = body;
  }
}

/** Creates a worker and returns its id. Throws WorkerCreateFailed for any other response. */
export async function createWorker({ request }: Pick<Client, 'request'>, payload: WorkerPayload): Promise<number> {
  try {
    const { data } = await request.body(Created, { method: 'POST', path: '/workers', body: payload });
    return data.id;
  } catch (error) {
    throw error instanceof ApiError ? new WorkerCreateFailed(error, payload) : error;
  }
}
