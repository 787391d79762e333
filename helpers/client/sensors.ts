import { Deleted } from '../../contract/envelopes';
import {
  Sensor,
  SensorLogs,
  SensorSummary,
  type CreateSensor,
  type SensorStream,
  type UpdateSensor,
} from '../../contract/sensors';
import { verb } from './operation';
import type { Request } from './request';

/** Sensors: programs that watch something and post events. */
export const sensors = (request: Request) => ({
  /** Every sensor, by ref. */
  list: verb('GET /sensors', (call) => () => request.all(SensorSummary, call()), 'list_sensors'),

  enabled: verb('GET /sensors/enabled', (call) => () => request.all(SensorSummary, call())),

  /** 404 NOT_FOUND. */
  get: verb('GET /sensors/{ref}', (call) => (ref: string) => request.one(Sensor, call({ ref })), 'get_sensor'),

  /** 409 CONFLICT; 404 for its pack, runtime, trigger; 422. */
  create: verb('POST /sensors', (call) => (body: CreateSensor) => request.one(Sensor, call({ body })), 'create_sensor'),

  update: verb(
    'PUT /sensors/{ref}',
    (call) => (ref: string, body: UpdateSensor) => request.one(Sensor, call({ ref, body })),
  ),

  /** Its process ends. 404 NOT_FOUND. */
  remove: verb(
    'DELETE /sensors/{ref}',
    (call) => (ref: string) => request.bare(Deleted, call({ ref })),
    'delete_sensor',
  ),

  /** Runs as soon as an enabled rule waits for one of its triggers. */
  enable: verb('POST /sensors/{ref}/enable', (call) => (ref: string) => request.one(Sensor, call({ ref }))),

  disable: verb('POST /sensors/{ref}/disable', (call) => (ref: string) => request.one(Sensor, call({ ref }))),

  /** Which streams there are. */
  logs: verb('GET /sensors/{ref}/logs', (call) => (ref: string) => request.bare(SensorLogs, call({ ref }))),

  /** What it said on one stream: its last lines where a number is given. 404 NOT_FOUND. */
  log: verb(
    'GET /sensors/{ref}/logs/{stream}',
    (call) => (ref: string, stream: SensorStream, tail?: number) =>
      request.text(call({ ref, stream, query: { tail } })),
  ),
});
