import { Fault } from '../fault';
import { didYouMean } from '../nearest';
import { CONVERSIONS } from './conversions';
import type { Definition, FunctionTable } from './definition';
import { LISTS } from './lists';
import { NUMBERS } from './numbers';
import { OBJECTS } from './objects';
import { OUTCOMES } from './outcomes';
import { TEXTS } from './texts';

/** Every function there is. */
export const FUNCTIONS: FunctionTable = { ...CONVERSIONS, ...NUMBERS, ...TEXTS, ...LISTS, ...OBJECTS, ...OUTCOMES };

/** What authors who know other languages reach for, and what does the same here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  default: '. Use the filter `x | default(y)`',
  from_json: '. Use the filter `x | fromjson`',
  to_json: '. Use the filter `x | tojson`',
  first: '. Use `x[0]` or the filter `x | first`',
  last: '. Use `x[-1]` or the filter `x | last`',
  batch: '. Use `chunks(list, n)`',
  len: '. Use `length(x)`',
  size: '. Use `length(x)`',
  str: '. Use `string(x)`',
  float: '. Use `number(x)`',
  task: '. Use `task.name`',
  completed: '. Use `succeeded()`',
};

/** TEMPLATE_NAME `Unknown function: …` with the nearest there is. */
export function functionNamed(name: string): Definition {
  if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name]!;
  const advice = Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name]! : didYouMean(name, Object.keys(FUNCTIONS));
  throw new Fault('TEMPLATE_NAME', `Unknown function: ${name}${advice}`);
}
