import { Type, type Static, type TSchema } from '@sinclair/typebox';

export const Pagination = Type.Object({
  page: Type.Integer(),
  page_size: Type.Integer(),
  total_items: Type.Optional(Type.Integer()),
  total_pages: Type.Optional(Type.Integer()),
  has_previous: Type.Boolean(),
  has_next: Type.Boolean(),
});
export type Pagination = Static<typeof Pagination>;

/** `{"data": …}`: one object, with an optional message nobody may rely on. */
export const one = <T extends TSchema>(schema: T) =>
  Type.Object({ data: schema, message: Type.Optional(Type.String()) });

/** `{"items": […], "pagination": …}`: one page of a list. */
export const page = <T extends TSchema>(schema: T) =>
  Type.Object({ items: Type.Array(schema), pagination: Pagination });

export interface Page<T> {
  items: T[];
  pagination: Pagination;
}

/** Bare answer of a delete. */
export const Deleted = Type.Object({ success: Type.Literal(true), message: Type.String() });
export type Deleted = Static<typeof Deleted>;
