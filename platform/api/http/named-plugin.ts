import type { Api } from './context';

/** Registers routes in a scope of their own, with its own hooks and parsers. */
type Register = (scope: Api) => void | Promise<void>;

/** A Fastify plugin. For one without a name, Fastify goes through all loaded modules. */
export const namedPlugin = (name: string, register: Register) =>
  Object.assign(async (scope: Api) => register(scope), { [Symbol.for('fastify.display-name')]: name });
