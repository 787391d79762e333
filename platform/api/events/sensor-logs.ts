import { Type } from '@sinclair/typebox';
import { SENSOR_STREAMS, SensorLogs, type SensorStream } from '../../../contract/sensors';
import { isTextHidden } from '../../auth/pack-access';
import { readSensorLog } from '../../files/sensor-log';
import { sensorLogPath } from '../../base/directories';
import { findSensor } from '../../store/events/sensors';
import { DomainError, notFound } from '../../base/domain-error';
import { refParams } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import type { Caller } from '../../auth/caller';

const PATH = '/api/v1/sensors/:ref/logs';
const tags = ['sensors'];
const streamParams = Type.Object({ ref: Type.String(), stream: Type.String() });
const querystring = Type.Object({ tail: Type.Optional(Type.Integer({ minimum: 0, saturates: true })) });
/** Callers that read logs of sensors: a sensor its own, others not those of a hidden pack. */
const readers = { grant: null, tokens: ['access', 'execution', 'worker', 'sensor'] } as const;

/** The two output streams of sensors. */
export function sensorLogsRoutes(api: Api, { directory }: ApiContext): void {
  routeAfterCommit(api, {
    ...readers,
    method: 'GET',
    path: PATH,
    schema: { tags, params: refParams, response: { 200: SensorLogs } },
    respond: ({ caller, params: { ref } }) => {
      requireOwnSensor(caller, ref);
      const logs = SENSOR_STREAMS.map((stream) => ({
        stream,
        artifact_ref: `sensor.${ref}.${stream}`,
        artifact_id: null,
      }));
      return { sensor_ref: ref, logs };
    },
  });

  routeAfterCommit(api, {
    ...readers,
    method: 'GET',
    path: `${PATH}/:stream`,
    schema: { tags, params: streamParams, querystring, produces: ['text/plain'] },
    load: async ({ transaction, caller, rights, params: { ref, stream } }) => {
      requireOwnSensor(caller, ref);
      const path = sensorLogPath({ directory }, { tenant: caller.tenant, ref }, parseStreamName(stream));
      const sensor = await findSensor(transaction, ref);
      const isHidden =
        !isSensor(caller) && sensor && (await isTextHidden(transaction, await rights(), sensor.pack_ref));
      if (!sensor || isHidden) throw notFound(`Sensor '${ref}'`);
      return path;
    },
    respond: async ({ loaded: path, query: { tail }, reply }) => {
      const text = await readSensorLog(path, tail ?? null);
      return reply.type('text/plain; charset=utf-8').serializer(String).send(text);
    },
  });
}

const isSensor = ({ tokenType }: Caller): boolean => tokenType === 'sensor';

function requireOwnSensor(caller: Caller, ref: string): void {
  if (isSensor(caller) && caller.login !== ref)
    throw new DomainError('FORBIDDEN', 'A sensor may read its own logs only');
}

function parseStreamName(name: string): SensorStream {
  const stream = SENSOR_STREAMS.find((sensor) => sensor === name);
  if (stream !== undefined) return stream;
  const message = `there is no stream "${name}": give ${SENSOR_STREAMS.join(' or ')}`;
  throw new DomainError('VALIDATION_ERROR', message, { path: 'stream' });
}
