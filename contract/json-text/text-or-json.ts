import { writeJson } from './write-json';

/** A string unchanged, any other value as compact JSON. */
export const textOrJson = (value: unknown): string => (typeof value === 'string' ? value : writeJson(value));
