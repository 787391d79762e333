/** A page of the navigation, or one within such a page. */
export interface Route {
  /** The first segment of its address. */
  readonly path: RoutePath;
  readonly title: string;
  /** The entry of the navigation that it is a part of, if not its own. */
  readonly within?: RoutePath;
  /** The resource that it reads, which needs a permission; absent: each caller sees their own. */
  readonly resource?: string;
  /** Each object of the page has an address below it: `/rules/deploy.on_push`. */
  readonly hasObjects: boolean;
}

export type RoutePath =
  | 'executions'
  | 'run'
  | 'rules'
  | 'events'
  | 'triggers'
  | 'timers'
  | 'inquiries'
  | 'packs'
  | 'workers'
  | 'queues';

/** In the order of the navigation. */
export const ROUTES: readonly Route[] = [
  { path: 'executions', title: 'Executions', hasObjects: true },
  { path: 'run', title: 'Run', hasObjects: true },
  { path: 'rules', title: 'Rules', hasObjects: true },
  { path: 'events', title: 'Events', within: 'rules', hasObjects: true },
  { path: 'triggers', title: 'Triggers', within: 'rules', hasObjects: true },
  { path: 'timers', title: 'Timers', hasObjects: true },
  { path: 'inquiries', title: 'Inquiries', hasObjects: true },
  { path: 'packs', title: 'Packs', resource: 'packs', hasObjects: true },
  { path: 'workers', title: 'Workers', resource: 'workers', hasObjects: false },
  { path: 'queues', title: 'Queues', resource: 'queues', hasObjects: true },
];

/** The addresses that the page has: `/rules`, `/rules/:one`. */
export const ADDRESSES: readonly string[] = ROUTES.flatMap(({ path, hasObjects }) =>
  hasObjects ? [`/${path}`, `/${path}/:one`] : [`/${path}`],
);

/**
 * Of the decoded segments of an address; undefined: it has no page. `/login`, to which
 * `GET /auth/logout` redirects, and `/` show the first one.
 */
export function routeOf([first, ...rest]: readonly string[]): Route | undefined {
  if (first === undefined || first === 'login') return ROUTES[0];
  const route = ROUTES.find(({ path }) => path === first);
  return rest.length <= (route?.hasObjects ? 1 : 0) ? route : undefined;
}
