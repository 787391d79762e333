import { didYouMean } from '../../../../contract/text/closest-match';
import { TemplateFault } from '../fault';
import { CONVERSION_FUNCTIONS } from './conversions';
import type { FunctionDefinition, FunctionTable } from './function-definition';
import { LIST_FUNCTIONS } from './lists';
import { NUMBER_FUNCTIONS } from './numbers';
import { OBJECT_FUNCTIONS } from './objects';
import { OUTCOME_FUNCTIONS } from './outcomes';
import { STRING_FUNCTIONS } from './strings';

/** All functions. */
export const FUNCTIONS: FunctionTable = {
  ...CONVERSION_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...STRING_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...OBJECT_FUNCTIONS,
  ...OUTCOME_FUNCTIONS,
};

/** Function names of other languages, and their equivalent here. */
const FOREIGN_NAME_ADVICE: Readonly<Record<string, string>> = {
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

/** Throws TEMPLATE_NAME `Unknown function: …` with the closest function name. */
export function findFunction(name: string): FunctionDefinition {
  if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name]!;
  const advice = Object.hasOwn(FOREIGN_NAME_ADVICE, name)
    ? FOREIGN_NAME_ADVICE[name]!
    : didYouMean(name, Object.keys(FUNCTIONS));
  throw new TemplateFault('TEMPLATE_NAME', `Unknown function: ${name}${advice}`);
}
