import { mapConcurrently } from '../../../../helpers/in-parallel';
import type { FixtureIds } from './fixtures';
import type { GrantCell, GrantGroup } from './grant-cells';
import type { GrantedCallers } from './granted-callers';
import { callPath, fixtureForCall } from './routes';
import { sendRequest, type MatrixResponse } from './send-request';

/** Requests in parallel. */
const CONCURRENCY = 12;
/** An empty page, list or search. */
const EMPTY = /"(?:items|hits)":\[\]|^\[\]$/;
const CODES: Readonly<Record<number, string>> = { 403: 'FORBIDDEN', 404: 'NOT_FOUND' };

const nameOf = ({ route, caller }: GrantCell): string => `${route} by ${caller}`;
const outcome = (status: number, code: string | undefined, isEmpty: boolean): string =>
  [status, code ?? [], isEmpty ? 'empty' : []].flat().join(' ');

/** What the cells of the groups must give, by route and caller. */
export const expectedOutcomes = (groups: readonly GrantGroup[]): Record<string, string> =>
  Object.fromEntries(
    groups
      .flatMap(({ cells }) => cells)
      .map((cell) => [nameOf(cell), outcome(cell.status, CODES[cell.status], cell.isEmpty ?? false)]),
  );

const outcomeOf = ({ status, text }: MatrixResponse, { isEmpty = false }: GrantCell): string => {
  const code = CODES[status] === undefined ? undefined : /"code":"(\w+)"/.exec(text)?.[1];
  return outcome(status, code, isEmpty && EMPTY.test(text));
};

/** Calls each route as each of its callers. The outcomes, by route and caller. */
export async function callCells(
  url: string,
  fixtures: FixtureIds,
  { tokens, grant }: GrantedCallers,
  groups: readonly GrantGroup[],
): Promise<Record<string, string>> {
  const call = async (cell: GrantCell): Promise<[string, string]> => {
    const { route, row, caller, status } = cell;
    const named = await fixtureForCall(row, fixtures, status === row.okStatus);
    const body = await row.body?.(fixtures);
    const [method = ''] = route.split(' ');
    const response = await sendRequest(url, { method, path: callPath(route, row, named), body }, tokens[caller]);
    return [nameOf(cell), outcomeOf(response, cell)];
  };
  const outcomes: [string, string][] = [];
  for (const { needs, cells } of groups) {
    await grant(needs);
    outcomes.push(...(await mapConcurrently(cells, CONCURRENCY, call)));
  }
  return Object.fromEntries(outcomes);
}
