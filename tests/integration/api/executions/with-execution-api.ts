import type { Execution, ExecutionSummary } from '../../../../contract/executions';
import type { Page } from '../../../../contract/envelopes';
import { createGrantHolder, type Grants } from '../grant-holder';
import { withApi } from '../with-api';

export const PATH = '/api/v1/executions';

/** The API and requests about executions, sent by the default user unless a token is given. */
export function withExecutionApi() {
  const testApi = withApi();

  const execute = (payload: object, as = testApi().admin) =>
    testApi().send({ method: 'POST', url: `${PATH}/execute`, payload }, as);
  const get = (path: string, as = testApi().admin) => testApi().send({ url: `${PATH}${path}` }, as);

  return {
    testApi,
    token: () => testApi().admin,
    execute,
    executeAndRead: async (payload: object = { action_ref: 'core.noop' }) =>
      (await execute(payload)).json<{ data: Execution }>().data,
    get,
    listItems: async (query: string) => (await get(query)).json<Page<ExecutionSummary>>(),
    cancel: (id: number, as = testApi().admin) => testApi().send({ method: 'POST', url: `${PATH}/${id}/cancel` }, as),
    /** Stores an execution that is already in a status. */
    insertExecution: async (columns: Record<string, unknown>): Promise<number> => {
      const row = { root: 0, ...columns };
      const names = Object.keys(row);
      const places = names.map((_, at) => `$${at + 1}`);
      const { rows } = await testApi().owner.query<{ id: number }>(
        `insert into execution (${names.join(', ')}) values (${places.join(', ')}) returning id`,
        Object.values(row),
      );
      return rows[0]!.id;
    },
    /** A token of a new user with these grants. */
    tokenWithGrants: (grants: Grants) => createGrantHolder(testApi().owner, grants),
  };
}
