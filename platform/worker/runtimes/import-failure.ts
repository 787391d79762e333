import type { FindImportFailure } from '../process/run-process';

const TRACEBACK = 'Traceback (most recent call last):';
const FRAME_OF_MODULE = /^ {2}File ".+", line \d+, in <module>$/;
const PYTHON_IMPORT_ERROR = /^(?:ModuleNotFoundError|ImportError): (.+)$/;

/**
 * The import that ended a program of Python. Its stderr must end with the traceback of an error
 * that nothing caught: without one, the message is a text of the program.
 */
export const pythonImportFailure =
  (file: string): FindImportFailure =>
  (stderr) => {
    const lines = stderr.trimEnd().split('\n');
    const start = lines.lastIndexOf(TRACEBACK);
    const [first = '', ...others] = lines.slice(start + 1, -1);
    if (start === -1 || !FRAME_OF_MODULE.test(first) || !others.every((line) => line.startsWith('  '))) return null;
    return described(file, PYTHON_IMPORT_ERROR.exec(lines.at(-1) ?? ''));
  };

const NODE_LOADER = /^node:internal\/modules\/\S+:\d+$/;
const NODE_IMPORT_ERROR = /^Error(?: \[ERR_MODULE_NOT_FOUND\])?: (Cannot find (?:module|package) '.+?')/;
const NODE_CODE = /^ {2}code: '(?:ERR_)?MODULE_NOT_FOUND',?$/;
const NODE_VERSION = /^Node\.js v\d/;

/**
 * The same for Node, whose report of an error that nothing caught begins with the file that threw
 * it, here its own loader, and ends with the version.
 */
export const nodeImportFailure =
  (file: string): FindImportFailure =>
  (stderr) => {
    const lines = stderr.trimEnd().split('\n');
    const start = lines.map((line) => NODE_LOADER.test(line)).lastIndexOf(true);
    const report = lines.slice(start + 1);
    const hasCode = report.some((line) => NODE_CODE.test(line));
    if (start === -1 || !hasCode || !NODE_VERSION.test(report.at(-1) ?? '')) return null;
    return described(file, NODE_IMPORT_ERROR.exec(report.find((line) => NODE_IMPORT_ERROR.test(line)) ?? ''));
  };

const described = (file: string, match: RegExpExecArray | null): string | null =>
  match === null ? null : `${file}, ${match[1]}`;
