import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Pool } from 'pg';
import type { ApiContext } from '../../../platform/api/context';
import { ROUTES } from '../../../platform/api/routes';
import { buildApi } from '../../../platform/api/server';
import { ensureCorePack } from '../../../platform/packs/core';
import { projectRoot } from '../../../platform/root';
import { openPool } from '../../../platform/store/database';
import { DEFAULT_USER, ensureDefaultUser } from '../../../platform/store/identities';
import { contextWithoutDatabase } from '../../unit/api/stage';
import { withDatabase, type TestDatabase } from '../with-database';
import { checkAnswers } from './answers';

export const SECRET = 'the secret of these tests, 32 bytes and more';

export interface Stage {
  /** Passes every policy: to arrange what no route can. */
  readonly owner: Pool;
  /** Sends, as the bearer of `token` where there is one. */
  send(request: InjectOptions, token?: string): Promise<LightMyRequestResponse>;
  /** A fresh access token of the default user. */
  logIn(): Promise<string>;
}

interface Options {
  readonly selfRegistration: boolean;
  readonly refreshRotation?: boolean;
}

/** A platform's API on a database of the test file's own; every answer is checked against its schema. */
export function withStage(options: Options = { selfRegistration: true }): () => Stage {
  let stage: (Stage & { close(): Promise<void> }) | undefined;
  afterAll(() => stage?.close());
  const database = withDatabase();
  beforeAll(async () => {
    stage = await openStage(database(), options);
  }, 30_000);
  return () => {
    if (!stage) throw new Error('the stage did not open');
    return stage;
  };
}

async function openStage({ db, url }: TestDatabase, options: Options) {
  const owner = openPool(url, 2);
  await ensureCorePack(owner, projectRoot());
  await ensureDefaultUser(db);
  const context: ApiContext = { ...contextWithoutDatabase, db, tokenSecret: SECRET, ...options };
  const api = buildApi(context, [checkAnswers, ...ROUTES]);
  const send: Stage['send'] = (request, token) =>
    api.inject({ ...request, headers: { ...request.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  return {
    owner,
    send,
    logIn: async () => {
      const { login, password } = DEFAULT_USER;
      const answer = await send({ method: 'POST', url: '/auth/login', payload: { login, password } });
      return answer.json<{ data: { access_token: string } }>().data.access_token;
    },
    close: async () => {
      await api.close();
      await owner.end();
    },
  };
}
