import { linesOf, type ParseOutput } from './parsed-output';

const COUNT = /^\s*(total(?: tests)?|passed|failed|skipped)\s*[:=]\s*(\d{1,6})\s*$/i;

/** Lines such as `Passed: 3`; the last one of each name counts. */
export const parseSimple: ParseOutput = ({ stdout, stderr }) => {
  const found = new Map<string, number>();
  for (const line of [...linesOf(stderr), ...linesOf(stdout)]) {
    const [, name, value] = COUNT.exec(line) ?? [];
    if (name !== undefined) found.set(name.toLowerCase().split(' ')[0]!, Number(value));
  }
  if (found.size === 0) return null;
  const [failed, skipped] = [found.get('failed') ?? 0, found.get('skipped') ?? 0];
  const passed = found.get('passed') ?? Math.max(0, (found.get('total') ?? 0) - failed - skipped);
  return { cases: [], counts: { passed, failed, skipped } };
};
