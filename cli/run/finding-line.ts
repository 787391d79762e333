import type { Finding } from '../../contract/workflows';

/** A finding of a compile as a line; the place is named once. */
export const findingLine = ({ code, path, message, hint }: Finding): string =>
  `${code} ${path === '' || message.startsWith(`${path}:`) ? message : `${path}: ${message}`}; ${hint}`;
