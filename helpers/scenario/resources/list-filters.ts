type Row = { readonly id: number };

/** A filter, and which of the rows without it must remain. */
export type Case<F, R> = readonly [filter: F, keeps: (row: R) => boolean];

export const idsOf = (rows: readonly Row[]): number[] => rows.map(({ id }) => id);
const newestFirst = (ids: readonly number[]): number[] => [...ids].sort((a, b) => b - a);

/** Each filter lists exactly the rows that it keeps, newest first, and keeps some but not all. */
export async function expectFilters<F extends object, R extends Row>(
  list: (filter: F) => Promise<readonly Row[]>,
  rows: readonly R[],
  cases: readonly Case<F, R>[],
): Promise<void> {
  const found = await Promise.all(cases.map(async ([filter]) => [filter, idsOf(await list(filter))]));
  const expected = cases.map(([filter, keeps]) => [filter, newestFirst(idsOf(rows.filter(keeps)))]);
  expect(found).toEqual(expected);
  const isSelective = ([, keeps]: Case<F, R>) => rows.some(keeps) && !rows.every(keeps);
  expect(cases.filter((each) => !isSelective(each)).map(([filter]) => filter)).toEqual([]);
}
