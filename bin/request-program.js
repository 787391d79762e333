'use strict';

/** The last line of a bundle; V8 skips it. */
const MARK = '\n// http-request ';

/** A bundle that contains the program of one request, too. */
exports.withRequestProgram = (bundle, program) => `${bundle}${MARK}${Buffer.from(program).toString('base64')}\n`;

/** The program of one request that a bundle contains. */
exports.requestProgramOf = (bundle) => {
  const start = bundle.lastIndexOf(MARK) + MARK.length;
  return Buffer.from(bundle.slice(start), 'base64').toString();
};
