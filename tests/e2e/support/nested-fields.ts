import type { JsonObject } from '../../../contract/json';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

type Value = Parameters[string];

/** Words that a schema in the flat form has, in place of a list of required names. */
const FIELD = { type: 'string', required: true, secret: false, position: 1 };

/** What holds the field, from the outside inwards: `o` an object, `l` a list. */
const PLACES = ['o', 'oo', 'lo', 'llo', 'olo', 'loo', 'oolo'] as const;

const schemaAt = (place: string): JsonObject =>
  place === ''
    ? FIELD
    : place.startsWith('l')
      ? { type: 'array', items: schemaAt(place.slice(1)) }
      : { type: 'object', properties: { at: schemaAt(place.slice(1)) } };

/** `field`: its value; undefined: the object that is to have it lacks it. */
function valueAt(place: string, field: Value | undefined): Value {
  if (place.startsWith('l')) return [valueAt(place.slice(1), field)];
  if (place === 'o') return field === undefined ? {} : { at: field };
  return { at: valueAt(place.slice(1), field) };
}

/** A property for each place of a required field, in the flat form. */
export const NESTED_FORM: JsonObject = Object.fromEntries(PLACES.map((place) => [place, schemaAt(place)]));

/** Values with the field in each place. */
export const NESTED_VALUES: Parameters = Object.fromEntries(PLACES.map((place) => [place, valueAt(place, 'text')]));

/** Values of a property without the field, or with one of another type; its name. */
export const WRONG_NESTED: readonly [Parameters, string][] = PLACES.flatMap((place) =>
  [undefined, null, 7].map((field): [Parameters, string] => [{ [place]: valueAt(place, field) }, place]),
);
