import type { Json, JsonObject } from '../../../../contract/json';
import { ApiError } from '../../../../helpers/errors';

/** As a value of their own, and in a text. */
const placeholders = (expressions: readonly string[]): Json[] =>
  expressions.flatMap((expression) => [`{{ ${expression} }}`, `is {{ ${expression} }}`]);

/** A value in each place of a document. */
const inDocuments = (value: Json): Json[] => [['a', value], { a: { b: value } }];

/** What contains or derives a secret: `event.payload.token`, the key, or the setting. */
const SECRET: readonly Json[] = [
  ...placeholders([
    ...['event', 'event.payload', 'event.payload.token', 'trigger.payload.token', 'event.payload["token"]'],
    ...['event.payload["to" + "ken"]', 'event.payload.token[0]', 'pack.config.token', 'keystore.secret'],
    ...['upper(event.payload.token)', 'replace("a", "a", event.payload.token)', 'length(string(event.payload))'],
    ...['event.payload.token | upper', 'event.payload.none | default(event.payload.token)', 'upper(keystore.secret)'],
    ...['"a" + event.payload.token', 'event.payload.token == "a"', 'not event.payload.token', '1 in pack.config.token'],
    ...['[event.payload.token]', '[event.payload.token][0]', '"abc"[length(event.payload.token)]'],
    ...['event.payload.open == "a" or keystore.secret', 'merge(event.payload, event.payload)'],
  ]),
  ...inDocuments('{{ event.payload.token }}'),
  ...inDocuments('{{ upper(event.payload.token) }}'),
];

const OPEN: readonly Json[] = [
  ...placeholders([
    ...['event.id', 'event.payload.open', 'trigger.payload.open', 'event.payload["open"]', 'pack.config.region'],
    ...['upper(event.payload.open)', 'event.payload.open | upper', '[event.payload.open][0]', 'system.rule.ref'],
  ]),
  ...inDocuments('{{ event.payload.open }}'),
];

/** By names that begin with their kind. */
export const PARAMETERS_OF_RULE: JsonObject = Object.fromEntries([
  ...SECRET.map((value, n): [string, Json] => [`secret${n}`, value]),
  ...OPEN.map((value, n): [string, Json] => [`open${n}`, value]),
]);

export const SECRET_NAMES: readonly string[] = SECRET.map((_, n) => `secret${n}`);

/** The parameters that the error of a rejected rule names. */
export async function refusedParameters(create: Promise<unknown>): Promise<string[]> {
  const [outcome] = await Promise.allSettled([create]);
  const error: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
  if (!(error instanceof ApiError)) throw new Error(`the rule was not refused: ${String(error)}`);
  const paths = error.reason.split('parameter path(s): ')[1]?.split(', ') ?? [];
  return [...new Set(paths.map((path) => path.split('.')[0]!))];
}
