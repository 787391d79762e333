'use strict';
const esbuild = require('esbuild');

/** All sources as one program. */
exports.bundle = async (root) => {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['cli/entry.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  await esbuild.stop(); // otherwise its process would run until this one exits
  return outputFiles[0].text;
};
