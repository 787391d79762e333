import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Compares digests: they have one length, and the time of the comparison shows nothing of the
 * token.
 */
export const isToken = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
