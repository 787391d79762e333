import { Type, type Static } from '@sinclair/typebox';
import { rootVerb } from './operation';
import type { Request } from './request';

/** By path, by method in lower case. */
export const OpenApi = Type.Object({
  openapi: Type.String(),
  paths: Type.Record(Type.String(), Type.Record(Type.String(), Type.Object({}))),
});
export type OpenApi = Static<typeof OpenApi>;

/** What the server says that it serves. Public. */
export const openapi = (request: Request) => ({
  get: rootVerb('GET /api-spec/openapi.json', (call) => () => request.bare(OpenApi, call())),
});
