import type { ErrorObject } from 'ajv';
import { didYouMean } from '../../contract/text/closest-match';
import { faultsOf } from '../client/validate';
import { Declarations } from './declarations';

/** One sentence for each difference of a value from the format of target files, with its path. */
export const formatFaults = (content: unknown): string[] => faultsOf(Declarations, content).map(faultText);

interface ObjectSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

function faultText({ instancePath, keyword, params, parentSchema, message = '' }: ErrorObject): string {
  const { description, properties = {} } = (parentSchema ?? {}) as ObjectSchema;
  const path = instancePath === '' ? '/' : instancePath;
  if (keyword === 'additionalProperties') {
    const { additionalProperty: name } = params as { additionalProperty: string };
    const accepted = Object.keys(properties);
    return `${path}: the key '${name}' is not one of ${accepted.join(', ')}${didYouMean(name, accepted)}`;
  }
  if (keyword === 'required') return `${path}: ${message}`;
  if (keyword === 'enum')
    return `${path}: must be one of ${(params as { allowedValues: string[] }).allowedValues.join(', ')}`;
  return `${path}: must be ${description ?? message.replace(/^must be /, '')}`;
}

/** One sentence for each id that names no test, or has more than one entry. */
export function referenceFaults({ notProven, known = [] }: Declarations, testIds: readonly string[]): string[] {
  const unknownTest = (id: string, path: string): string[] =>
    testIds.includes(id) ? [] : [`${path}: there is no test '${id}'${didYouMean(id, testIds)}`];
  const isRepeated = (id: string, n: number) => known.slice(0, n).some(({ claim }) => claim === id);
  return [
    ...Object.keys(notProven).flatMap((id) => unknownTest(id, '/notProven')),
    ...known.flatMap(({ claim }, n) => [
      ...unknownTest(claim, `/known/${n}/claim`),
      ...(isRepeated(claim, n) ? [`/known/${n}/claim: '${claim}' has an entry already: keep one`] : []),
    ]),
  ];
}
