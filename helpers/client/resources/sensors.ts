import { DeleteResult } from '../../../contract/envelopes';
import {
  Sensor,
  SensorLogs,
  SensorSummary,
  type CreateSensor,
  type SensorStream,
  type UpdateSensor,
} from '../../../contract/sensors';
import { verb } from '../operation';
import type { Request } from '../request';

/** Sensors: long-lived programs that emit events. */
export const sensors = (request: Request) => ({
  /** Every sensor, by ref. */
  list: verb(['GET /sensors', 'list_sensors'], (call) => request.all(SensorSummary, call())),

  enabled: verb('GET /sensors/enabled', (call) => request.all(SensorSummary, call())),

  /** 404 NOT_FOUND. */
  get: verb(['GET /sensors/{ref}', 'get_sensor'], (call, ref: string) => request.one(Sensor, call({ ref }))),

  /** 409 CONFLICT; 404 for its pack, runtime, trigger; 422. */
  create: verb(['POST /sensors', 'create_sensor'], (call, body: CreateSensor) => request.one(Sensor, call({ body }))),

  update: verb('PUT /sensors/{ref}', (call, ref: string, body: UpdateSensor) =>
    request.one(Sensor, call({ ref, body })),
  ),

  /** Ends its process. 404 NOT_FOUND. */
  remove: verb(['DELETE /sensors/{ref}', 'delete_sensor'], (call, ref: string) =>
    request.body(DeleteResult, call({ ref })),
  ),

  /** It runs while an enabled rule uses one of its triggers. */
  enable: verb('POST /sensors/{ref}/enable', (call, ref: string) => request.one(Sensor, call({ ref }))),

  disable: verb('POST /sensors/{ref}/disable', (call, ref: string) => request.one(Sensor, call({ ref }))),

  /** The available streams. */
  logs: verb('GET /sensors/{ref}/logs', (call, ref: string) => request.body(SensorLogs, call({ ref }))),

  /** The output on one stream; with `tail`, its last lines. 404 NOT_FOUND. */
  log: verb('GET /sensors/{ref}/logs/{stream}', (call, ref: string, stream: SensorStream, tail?: number) =>
    request.text(call({ ref, stream, query: { tail } })),
  ),
});
