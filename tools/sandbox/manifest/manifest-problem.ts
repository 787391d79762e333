import { EXIT_CODES } from '../../../contract/errors';

export type ManifestCode =
  | 'MANIFEST_MISSING'
  | 'MANIFEST_YAML'
  | 'MANIFEST_NOT_MAPPING'
  | 'MANIFEST_UNKNOWN_KEY'
  | 'MANIFEST_NAME'
  | 'MANIFEST_COMPOSE_FILE'
  | 'MANIFEST_HEALTH_CHECKS'
  | 'MANIFEST_CHECK_NAME'
  | 'MANIFEST_CHECK_URL'
  | 'MANIFEST_TIMEOUT'
  | 'MANIFEST_TEST_COMMAND'
  | 'MANIFEST_JUNIT'
  | 'MANIFEST_DISK_LIMIT'
  | 'MANIFEST_CLEANUP'
  | 'MANIFEST_CLOSES';

/**
 * One way in which a manifest is wrong. `path`: a JSON pointer; lines and columns count from 1.
 */
export interface ManifestProblem {
  readonly code: ManifestCode;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** What is there, as text; absent where nothing is. */
  readonly got?: string;
  readonly expected: string;
}

/** A manifest that cannot be used, with all its problems in the order of the file. Exit 2. */
export class ManifestError extends Error {
  readonly exitCode = EXIT_CODES.usage;

  constructor(
    readonly file: string,
    readonly problems: readonly ManifestProblem[],
  ) {
    super(problems.map((problem) => problemLine(file, problem)).join('\n'));
    this.name = 'ManifestError';
  }
}

const problemLine = (file: string, { code, path, line, column, got, expected }: ManifestProblem): string => {
  const found = got === undefined ? 'is missing' : `got ${got}`;
  return `${code}: ${file}:${line}:${column} ${path || '/'} ${found}, expected ${expected}`;
};
