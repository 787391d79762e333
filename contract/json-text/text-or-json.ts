import { writeJson } from './write-json';

/** A string unchanged, any other value as compact JSON. */
export const textOrJson = (value: unknown): string => (typeof value === 'string' ? value : writeJson(value));

/** The same; empty for null and undefined. */
export const textOrEmpty = (value: unknown): string => (value === undefined || value === null ? '' : textOrJson(value));
