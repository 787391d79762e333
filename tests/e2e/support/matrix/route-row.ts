import type { FixtureIds, FixtureName } from './fixtures';

/** Kinds of tokens that a route accepts. */
export type TokenKind = 'access' | 'execution' | 'worker' | 'sensor';

/** The policy of a route, and one call that succeeds. */
export interface RouteRow {
  /** The required grant; null: any token; `public`: no token. */
  readonly grant: string | null;
  /** The result without the grant; 403 by default. */
  readonly withoutGrant?: 403 | 404 | 'filtered';
  /** The grant without which the object is hidden: 404 instead of 403. */
  readonly visibilityGrant?: string;
  /** Grants that a caller needs besides, for the call of this row. */
  readonly alsoNeeds?: readonly string[];
  /** The result for a user without the last of these; 403 by default. */
  readonly withoutLast?: number;
  /** Other grants that open it as well. */
  readonly openedBy?: readonly string[];
  /** The object belongs to the pack of the fixtures: a grant that is limited to it suffices. */
  readonly isOfPack?: boolean;
  /** A list of rows: a grant that is limited to other objects gets an empty one. */
  readonly isList?: true;
  readonly kinds?: readonly TokenKind[];
  /** It accepts the secret of the object itself: any other token is 401. */
  readonly takesOwnSecret?: true;
  /** It ends the session of the token that it is called with: it is called without one. */
  readonly endsSession?: true;
  /** The object that `{ref}`, `{id}` or `{slug}` names. */
  readonly path?: FixtureName;
  /** The call removes or disables the object: each call gets a new one. */
  readonly needsOwnFixture?: true;
  /** The call creates what its path names: another tenant's name is free. */
  readonly createsByPath?: true;
  /** Calls run one by one: they replace the same object. */
  readonly isSequential?: true;
  readonly body?: (own: FixtureIds) => object | Promise<object>;
  /**
   * References in the body: the object, and fields that must accompany it; null: not looked up by
   * this route.
   */
  readonly bodyReferences?: Readonly<
    Record<string, FixtureName | { readonly fixture: FixtureName; readonly companions: object } | null>
  >;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Status for a caller with the grant. */
  readonly okStatus: number;
  /**
   * Status for the admin of another tenant where it is not 404: the response does not depend on
   * the object.
   */
  readonly crossTenantStatus?: number;
  /** The same where a body names objects of the first tenant; 404 by default. */
  readonly foreignBodyStatus?: number;
  /** Status for accepted kinds of tokens that get another response. */
  readonly statusByKind?: Partial<Record<TokenKind, number>>;
}

/** Rows by `METHOD /path`. */
export type RouteTable = Record<string, RouteRow>;

export const ACCESS_ONLY = ['access'] as const;
/** No route accepts worker tokens unless a setting turns them on. */
export const ALL_KINDS = ['access', 'execution', 'sensor'] as const;

export const publicRow = (okStatus: number, more: Partial<RouteRow> = {}): RouteRow => ({
  grant: 'public',
  okStatus,
  ...more,
});
export const readRow = (grant: string | null, path?: FixtureName, more: Partial<RouteRow> = {}): RouteRow => ({
  grant,
  okStatus: 200,
  ...(path !== undefined && { path }),
  ...more,
});
export const createRow = (
  grant: string | null,
  body: RouteRow['body'],
  bodyReferences: RouteRow['bodyReferences'] = {},
  more: Partial<RouteRow> = {},
): RouteRow => ({
  grant,
  okStatus: 201,
  bodyReferences,
  ...(body && { body }),
  ...more,
});
export const changeRow = (
  grant: string | null,
  path: FixtureName,
  body?: object,
  more: Partial<RouteRow> = {},
): RouteRow => ({
  grant,
  path,
  okStatus: 200,
  ...(body && { body: () => body }),
  ...more,
});
export const removeRow = (grant: string, path: FixtureName, more: Partial<RouteRow> = {}): RouteRow => ({
  grant,
  path,
  needsOwnFixture: true,
  okStatus: 200,
  ...more,
});

export const NEW_LABEL = { label: 'as it was' };
