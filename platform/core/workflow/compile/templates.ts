import type { Json } from '../../../../contract/json';
import type { TemplateReads } from '../../../../contract/workflows/explanation';
import { connectionRef } from '../../secrets/connections';
import { appendPointer } from '../../secrets/json-pointer';
import { conditionExpressions } from '../../template/condition';
import type { LintBudget } from '../../template/lint';
import { parse } from '../../template/parse';
import { pathsRead } from '../../template/paths-read';
import { expressionsIn } from '../../template/segments';
import { TemplateError } from '../../template/types';

/** The templates in a value, with the paths that they read; none where the budget is spent. */
export function templatesIn(value: Json, place: string, budget: LintBudget): TemplateReads[] {
  const connection = connectionRef(value);
  if (connection !== null) return [{ place, reads: [`connection ${connection}`] }];
  if (typeof value === 'string') return templateOf(place, expressionsIn(value), budget);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => templatesIn(part, appendPointer(place, key), budget));
}

/** The same for a condition, whose braces are optional. */
export function conditionIn(text: string | null, place: string, budget: LintBudget): TemplateReads[] {
  if (text === null) return [];
  return templateOf(place, conditionExpressions(text), budget);
}

function templateOf(place: string, sources: readonly string[], budget: LintBudget): TemplateReads[] {
  if (sources.length === 0 || !sources.every((source) => budget.spend(source))) return [];
  return [{ place, reads: [...new Set(sources.flatMap(readsOf))] }];
}

/** An expression with a mistake reads nothing: the compile names it. */
function readsOf(source: string): string[] {
  try {
    return pathsRead(parse(source.trim()));
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}
