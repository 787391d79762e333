import type { Json } from '../../../contract/json';
import { Fault, typeFault } from './fault';
import { CONVERSIONS } from './functions/conversions';
import { takes, takesBetween, type Arguments, type FunctionTable, type Run } from './functions/definition';
import { LISTS } from './functions/lists';
import { roundTo } from './functions/numbers';
import { TEXTS } from './functions/texts';
import { didYouMean } from './nearest';
import { characters, measure, printJson } from './values';

const MAX_DECIMALS = 15;

/** TEMPLATE_TYPE for a text that is no JSON. */
function fromJson(args: Arguments, { budget }: Run): Json {
  const text = args.text(0);
  budget.write(text.length);
  budget.spend(Math.ceil(text.length / 2));
  const value = parsed(text);
  measure(value, budget);
  return value;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    throw typeFault('fromjson: the string is not JSON');
  }
}

/** First or last element or character; null of an empty one, so that `default` can follow. */
function end(at: 0 | -1): (args: Arguments, run: Run) => Json {
  return (args, { budget }) => {
    const value = args.arrayOrText(0);
    return (typeof value === 'string' ? characters(value, budget) : value).at(at) ?? null;
  };
}

function round(args: Arguments): number {
  const digits = args.count === 1 ? 0 : args.integer(1);
  if (Math.abs(digits) > MAX_DECIMALS) args.refuse(1, `an integer from -${MAX_DECIMALS} to ${MAX_DECIMALS}`);
  return roundTo(args.number(0), digits);
}

/** Every filter there is; the value before `|` is the first argument. */
export const FILTERS: FunctionTable = {
  default: takes(2, (args) => (args.any(0) === null ? args.any(1) : args.any(0))),
  tojson: takes(1, (args, { budget }) => printJson(args.any(0), budget)),
  fromjson: takes(1, fromJson),
  upper: TEXTS.upper!,
  lower: TEXTS.lower!,
  trim: TEXTS.trim!,
  length: CONVERSIONS.length!,
  join: TEXTS.join!,
  first: takes(1, end(0)),
  last: takes(1, end(-1)),
  round: takesBetween(1, 2, round),
  int: CONVERSIONS.int!,
  float: CONVERSIONS.number!,
  sort: LISTS.sort!,
  unique: LISTS.unique!,
};

/** TEMPLATE_NAME `Unknown filter: …` with the nearest there is. */
export function filterNamed(name: string): (typeof FILTERS)[string] {
  if (Object.hasOwn(FILTERS, name)) return FILTERS[name]!;
  const advice = didYouMean(name, Object.keys(FILTERS)) || `. The filters are ${Object.keys(FILTERS).join(', ')}`;
  throw new Fault('TEMPLATE_NAME', `Unknown filter: ${name}${advice}`);
}
