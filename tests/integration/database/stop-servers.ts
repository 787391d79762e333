/** Jest's global teardown of the integration tests. */
async function stopServers(): Promise<void> {
  await Promise.all(globalThis.integrationServers.map((server) => server.stop()));
}

export = stopServers;
