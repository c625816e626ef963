import type { JobManager } from '../../src/jobs/manager.ts';
import type { CardOptions } from '../../src/mcp/card/job-cards.ts';
import { type Endpoint, type EndpointLimits, openEndpoint } from '../../src/mcp/transports/http-endpoint.ts';
import { PrivateServer, type ServerLimits } from '../../src/sockets/private-server.ts';

/** Opens an MCP endpoint with a server of its own, which closes with it. */
export async function openOwnEndpoint(
  manager: JobManager,
  version: string,
  limits: Partial<EndpointLimits & ServerLimits> = {},
  card?: CardOptions,
): Promise<Endpoint> {
  const server = await PrivateServer.open(limits);
  const endpoint = openEndpoint(server, manager, version, limits, card);
  return {
    ...endpoint,
    async close() {
      await endpoint.close();
      server.close();
    },
  };
}
