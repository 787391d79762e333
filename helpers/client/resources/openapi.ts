import { Type, type Static } from '@sinclair/typebox';
import { rootVerb } from '../operation';
import type { Request } from '../request';

/** Operations by path and by method in lower case. */
export const OpenApi = Type.Object({
  openapi: Type.String(),
  paths: Type.Record(Type.String(), Type.Record(Type.String(), Type.Object({}))),
});
export type OpenApi = Static<typeof OpenApi>;

/** The OpenAPI document of the server. Public. */
export const openapi = (request: Request) => ({
  get: rootVerb('GET /api-spec/openapi.json', (call) => request.body(OpenApi, call())),
});
