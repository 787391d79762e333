'use strict';
/*
 * Waits for a program in JavaScript, and runs it as Node does: `wait.js <descriptor>`. The
 * request is described in warm-interpreter.ts.
 */
const { closeSync, readSync, writeFileSync } = require('node:fs');
const Module = require('node:module');

function read(descriptor, size) {
  const buffer = Buffer.alloc(size);
  for (let end = 0; end < size;) {
    const count = readSync(descriptor, buffer, end, size - end, null);
    if (count === 0) process.kill(process.pid, 'SIGKILL'); // the worker has closed the pipe
    end += count;
  }
  return buffer;
}

function receive(descriptor) {
  let length = '';
  while (!length.endsWith('\n')) length += read(descriptor, 1);
  const request = read(descriptor, Number(length));
  closeSync(descriptor);
  let start = 0;
  const take = () => {
    const colon = request.indexOf(':', start);
    const from = colon + 1;
    start = from + Number(request.subarray(start, colon));
    return request.subarray(from, start);
  };
  const takeMany = () => Array.from({ length: Number(take()) }, take);
  const takePairs = () => {
    const values = takeMany();
    return values.flatMap((value, n) => (n % 2 === 0 ? [[value, values[n + 1]]] : []));
  };
  const directory = String(take());
  take(); // without input, its end is all that the pipe brings
  const options = Number(take());
  const command = takeMany().map(String);
  return { directory, arguments: command.slice(1 + options), environment: takePairs(), files: takePairs() };
}

function prepare({ directory, environment, files }) {
  const umask = process.umask(0o377);
  for (const [path, text] of files) writeFileSync(path, text, { flag: 'wx' });
  process.umask(umask);
  process.chdir(directory);
  for (const name of Object.keys(process.env)) delete process.env[name];
  process.env.PWD = process.cwd();
  for (const [name, value] of environment) process.env[String(name)] = String(value);
}

const program = receive(Number(process.argv[2]));
prepare(program);
process.argv.splice(1, Infinity, ...program.arguments);
delete require.cache[__filename];
process.nextTick(Module.runMain.bind(Module), program.arguments[0]); // no caller of it is this file
