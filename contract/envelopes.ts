import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { extension } from './extension';

const Pagination = Type.Object({
  page: Type.Integer(),
  page_size: Type.Integer(),
  total_items: Type.Optional(Type.Integer()),
  total_pages: Type.Optional(Type.Integer()),
  has_previous: Type.Boolean(),
  has_next: Type.Boolean(),
});
type Pagination = Static<typeof Pagination>;

/** `{"data": …}`: one object; optionally a message for people, and warnings about the request. */
export const dataEnvelope = <T extends TSchema>(schema: T) =>
  Type.Object({
    data: schema,
    message: Type.Optional(Type.String()),
    warnings: extension(
      'requests.warnings',
      Type.Optional(Type.Array(Type.String(), { description: 'keys of the request that have no meaning' })),
    ),
  });

/** `{"items": […], "pagination": …}`: one page of a list. */
export const page = <T extends TSchema>(schema: T) =>
  Type.Object({ items: Type.Array(schema), pagination: Pagination });

/** A page by number, 1 the first, and size. */
export interface PageWindow {
  readonly page: number;
  readonly per_page: number;
}

export interface Page<T> {
  items: T[];
  pagination: Pagination;
}

/** The response of a delete, without an envelope. */
export const DeleteResult = Type.Object({ success: Type.Literal(true), message: Type.String() });
export type DeleteResult = Static<typeof DeleteResult>;
