type WithoutNulls<T> = { [K in keyof T]?: Exclude<T[K], null> };

/** The fields that have a value: the API leaves out the keys of the others. */
export const withoutNulls = <T extends object>(fields: T): WithoutNulls<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as WithoutNulls<T>;
