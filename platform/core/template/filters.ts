import type { Json } from '../../../contract/json';
import { unstorableOfJson } from '../data/unstorable-text';
import { didYouMean } from '../../../contract/text/closest-match';
import { InexactNumberError, parseExactJson } from '../../../contract/json-text/parse-json-text';
import { assertFinite } from './exact-arithmetic';
import { TemplateFault, typeFault } from './fault';
import { CONVERSION_FUNCTIONS } from './functions/conversions';
import {
  withArity,
  withArityBetween,
  type Arguments,
  type FunctionTable,
  type FunctionContext,
} from './functions/function-definition';
import { LIST_FUNCTIONS } from './functions/lists';
import { roundTo } from './functions/numbers';
import { STRING_FUNCTIONS } from './functions/strings';
import { characters, measureJson, printJson } from './values';

const MAX_DECIMALS = 15;

/** Throws TEMPLATE_TYPE for a text that is not JSON, or whose value could not be stored. */
function fromJson(args: Arguments, { budget }: FunctionContext): Json {
  const text = args.text(0);
  budget.chargeString(text.length);
  budget.spend(Math.ceil(text.length / 2));
  const value = parseJson(text);
  measureJson(value, budget);
  const { nul, surrogate } = unstorableOfJson(text, value);
  if (nul !== null) throw typeFault('fromjson: the string has a NUL character, which cannot be stored');
  if (surrogate !== null) throw typeFault('fromjson: the string has half a surrogate pair, which cannot be stored');
  return value;
}

function parseJson(text: string): Json {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof InexactNumberError) {
      assertFinite(Number(error.token));
      throw typeFault(`fromjson: ${error.message}`);
    }
    // The parser's message quotes the text, which may hold a secret.
    throw typeFault('fromjson: the string is not JSON');
  }
}

/** First or last element or character; null of an empty one, so that `default` can replace it. */
function firstOrLast(at: 0 | -1): (args: Arguments, run: FunctionContext) => Json {
  return (args, { budget }) => {
    const value = args.arrayOrText(0);
    return (typeof value === 'string' ? characters(value, budget) : value).at(at) ?? null;
  };
}

function round(args: Arguments): number | bigint {
  const digits = args.count === 1 ? 0 : args.position(1);
  if (Math.abs(digits) > MAX_DECIMALS) args.rejectArgument(1, `an integer from -${MAX_DECIMALS} to ${MAX_DECIMALS}`);
  return roundTo(args.number(0), digits);
}

/** All filters; the value before `|` is the first argument. */
export const FILTERS: FunctionTable = {
  default: withArity(2, (args) => (args.any(0) === null ? args.any(1) : args.any(0))),
  tojson: withArity(1, (args, { budget }) => printJson(args.any(0), budget)),
  fromjson: withArity(1, fromJson),
  upper: STRING_FUNCTIONS.upper!,
  lower: STRING_FUNCTIONS.lower!,
  trim: STRING_FUNCTIONS.trim!,
  length: CONVERSION_FUNCTIONS.length!,
  join: STRING_FUNCTIONS.join!,
  first: withArity(1, firstOrLast(0)),
  last: withArity(1, firstOrLast(-1)),
  round: withArityBetween(1, 2, round),
  int: CONVERSION_FUNCTIONS.int!,
  float: CONVERSION_FUNCTIONS.number!,
  sort: LIST_FUNCTIONS.sort!,
  unique: LIST_FUNCTIONS.unique!,
};

/** Throws TEMPLATE_NAME `Unknown filter: …` with the closest filter name. */
export function findFilter(name: string): (typeof FILTERS)[string] {
  if (Object.hasOwn(FILTERS, name)) return FILTERS[name]!;
  const advice = didYouMean(name, Object.keys(FILTERS)) || `. The filters are ${Object.keys(FILTERS).join(', ')}`;
  throw new TemplateFault('TEMPLATE_NAME', `Unknown filter: ${name}${advice}`);
}
