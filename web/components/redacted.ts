import type { Json } from '../../contract/json';

/** Whether the platform has put a mark in the place of a secret. */
export const isRedacted = (value: Json | undefined): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && value.$attune_secret === true;
