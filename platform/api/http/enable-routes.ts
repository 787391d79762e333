import type { Api } from './context';
import { route, type ReplyOf } from './route';
import { type LoadedCall, type RouteEntry, type RouteSchema } from './route-requirements';

interface EnableDefinition<S extends RouteSchema, L> extends Omit<RouteEntry<S, L>, 'method'> {
  readonly setEnabled: (call: LoadedCall<S, L>, enabled: boolean) => Promise<ReplyOf<S>>;
}

/** Registers `POST path/enable` and `POST path/disable`, which read no body. */
export function enableRoutes<S extends RouteSchema, L = undefined>(api: Api, definition: EnableDefinition<S, L>): void {
  const { path, setEnabled, ...entry } = definition;
  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    route<S, L>(api, {
      ...entry,
      method: 'POST',
      path: `${path}/${verb}`,
      ignoresBody: true,
      handle: (call) => setEnabled(call, enabled),
    });
  }
}
