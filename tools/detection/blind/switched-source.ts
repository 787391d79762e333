import { posix } from 'node:path';
import { syntaxErrors } from '../source/tokens';
import { changedText, type Edit } from './edit';

const SWITCH = 'tools/detection/blind/switch';

/** The name that no source uses. */
const IS_ON = 'isEditOn';

/**
 * The source of a file with each of these edits beside what it replaces. They must not overlap.
 * Throws Error if the result is no TypeScript: a mistake of an operator.
 */
export function switchedSource(name: string, text: string, edits: readonly Edit[]): string {
  const changes = edits.map((edit) => ({ ...edit.range, text: switchOf(edit) }));
  const changed = changedText(text, { start: 0, end: text.length }, changes);
  const path = posix.relative(posix.dirname(name), SWITCH);
  const source = `import { isOn as ${IS_ON} } from '${path}';\n${changed}`;
  const errors = syntaxErrors(source);
  if (errors.length > 0) throw new Error(`${name}: with ${edits.map(({ id }) => id).join(', ')}: ${errors.join('; ')}`);
  return source;
}

function switchOf({ id, form, original, replacement }: Edit): string {
  const condition = `${IS_ON}(${JSON.stringify(id)})`;
  if (form === 'expression') return `(${condition} ? (${replacement}) : (${original}))`;
  return `{ if (${condition}) { ${replacement} } else { ${original} } }`;
}
