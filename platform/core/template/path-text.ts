import { unchain, type Expression } from './ast';
import { writeJson } from '../../../contract/json-text/write-json';

const MAX_TEXT = 120;

/** A path as its author wrote it: `task.a['x-y'][0]`; `…` replaces a computed part. */
export function pathText(expression: Expression): string {
  const { start, links } = unchain(expression);
  let text = start.kind === 'name' ? start.name : start.kind === 'call' ? `${start.name}(…)` : '…';
  for (const link of links) {
    if (text.length > MAX_TEXT) return `${text.slice(0, MAX_TEXT)}…`;
    if (link.kind === 'member') text += `.${link.name}`;
    else if (link.kind === 'index') text += `[${indexText(link.index)}]`;
    else text = '…';
  }
  return text;
}

function indexText(index: Expression): string {
  if (index.kind === 'literal') return typeof index.value === 'string' ? `'${index.value}'` : writeJson(index.value);
  const isNegative = index.kind === 'minus' && index.operand.kind === 'literal';
  return isNegative ? `-${indexText(index.operand)}` : '…';
}
