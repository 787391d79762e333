import pino from 'pino';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Pool } from 'pg';
import type { Api, ApiContext, Routes } from '../../../platform/api/context';
import { ROUTES } from '../../../platform/api/routes';
import { buildApi } from '../../../platform/api/server';
import { startPostgres } from '../../../platform/embedded';
import { ensureCorePack } from '../../../platform/packs/core';
import { projectRoot } from '../../../platform/root';
import { openDatabase, openPool, type Database } from '../../../platform/store/database';
import { DEFAULT_USER, ensureDefaultUser } from '../../../platform/store/identities';
import { migrate } from '../../../platform/store/migrate';
import { checkAnswers } from './answers';

export const SECRET = 'the secret of these tests, 32 bytes and more';

export interface Stage {
  readonly api: Api;
  readonly db: Database;
  readonly owner: Pool;
  readonly context: ApiContext;
  /** Sends, as the bearer of `token` where there is one. */
  send(request: InjectOptions, token?: string): Promise<LightMyRequestResponse>;
  /** A fresh access token. */
  logIn(login?: string, password?: string): Promise<string>;
  close(): Promise<void>;
}

/** A platform's API on a database of its own; every answer is checked against its schema. */
export async function openStage(
  options: { selfRegistration?: boolean; routes?: readonly Routes[] } = {},
): Promise<Stage> {
  const postgres = await startPostgres({ durable: false, log: pino({ enabled: false }) });
  await migrate(postgres.url);
  const owner = openPool(postgres.url, 2);
  await ensureCorePack(owner, projectRoot());
  const db = openDatabase(postgres.url, 4);
  await ensureDefaultUser(db);
  const context: ApiContext = {
    db,
    tokenSecret: SECRET,
    selfRegistration: options.selfRegistration ?? true,
    packsDirectory: '/nowhere',
    version: '0.0.0-test',
    manifest: () => ({
      platform: { name: 'tuningfork', version: '0.0.0-test', instance_id: 'test', started_at: '2026-01-27T10:00:00Z' },
      capabilities: { core: true },
    }),
  };
  const api = buildApi(context, options.routes ?? [checkAnswers, ...ROUTES]);
  await api.ready();
  const send: Stage['send'] = (request, token) =>
    api.inject({ ...request, headers: { ...request.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  return {
    api,
    db,
    owner,
    context,
    send,
    logIn: async (login = DEFAULT_USER.login, password = DEFAULT_USER.password) => {
      const answer = await send({ method: 'POST', url: '/auth/login', payload: { login, password } });
      return answer.json<{ data: { access_token: string } }>().data.access_token;
    },
    close: async () => {
      await api.close();
      await db.close();
      await owner.end();
      await postgres.stop();
    },
  };
}
