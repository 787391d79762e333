import { Type } from '@sinclair/typebox';
import { SENSOR_STREAMS, SensorLogs, type SensorStream } from '../../contract/sensors';
import { readSensorLog, sensorLogOf } from '../sensor/sensor-log';
import { findSensor } from '../store/sensors';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';

const PATH = '/api/v1/sensors/:ref/logs';
const tags = ['sensors'];
const params = Type.Object({ ref: Type.String() });
const named = Type.Object({ ref: Type.String(), stream: Type.String() });
/** A sensor may read its own. */
const config = { grant: null, tokens: ['access', 'execution', 'worker', 'sensor'] } as const;

/** What sensors say on their two streams. */
export function sensorLogsRoutes(api: Api, { db, directory }: ApiContext): void {
  api.get(PATH, { config, schema: { tags, params, response: { 200: SensorLogs } } }, ({ caller, params: { ref } }) => {
    refuseOthers(caller, ref);
    const logs = SENSOR_STREAMS.map((stream) => ({
      stream,
      artifact_ref: `sensor.${ref}.${stream}`,
      artifact_id: null,
    }));
    return { sensor_ref: ref, logs };
  });

  const querystring = Type.Object({ tail: Type.Optional(Type.Integer({ minimum: 0, saturates: true })) });
  api.get(
    `${PATH}/:stream`,
    { config, schema: { tags, params: named, querystring, produces: ['text/plain'] } },
    async ({ caller, params: { ref, stream }, query: { tail } }, reply) => {
      refuseOthers(caller, ref);
      const path = sensorLogOf(directory, caller.tenant, ref, streamOf(stream));
      const known = await db.inTenant(caller.tenant, (transaction) => findSensor(transaction, ref));
      if (!known) throw notFound(`Sensor '${ref}'`);
      const text = await readSensorLog(path, tail ?? null);
      return reply.type('text/plain; charset=utf-8').serializer(String).send(text);
    },
  );
}

function refuseOthers({ tokenType, login }: Caller, ref: string): void {
  if (tokenType === 'sensor' && login !== ref) throw new Refusal('FORBIDDEN', 'A sensor may read its own logs only');
}

function streamOf(name: string): SensorStream {
  const stream = SENSOR_STREAMS.find((known) => known === name);
  if (stream !== undefined) return stream;
  const message = `there is no stream "${name}": give ${SENSOR_STREAMS.join(' or ')}`;
  throw new Refusal('VALIDATION_ERROR', message, { path: 'stream' });
}
