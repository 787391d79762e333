import { randomBytes } from 'node:crypto';

/** 32 characters, so that each byte selects one without a bias; without 0, 1, l and o. */
const CHARACTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
/** 5 bits each: 130 bits. */
const LENGTH = 26;

export const randomPassword = (): string =>
  Array.from(randomBytes(LENGTH), (byte) => CHARACTERS[byte % CHARACTERS.length]).join('');
