import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { build } from 'esbuild';
import type { Frame, Page } from 'playwright-core';
import type { JobManager } from '../../src/jobs/manager.ts';
import { CARD_URI, PAGE_TYPE, UI_EXTENSION } from '../../src/mcp/card/card-contract.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { openBrowser, PAGE_PATIENCE_MS } from '../editor/browser.ts';
import { installOnce } from '../editor/cache.ts';
import { installPackages } from '../editor/npm-install.ts';
import { openManager } from '../support/manager.ts';
import { DIST } from '../support/mcp-session.ts';
import { openOwnEndpoint } from '../support/own-endpoint.ts';
import { atEnd } from '../support/scratch.ts';
import { socketFetch } from '../support/socket-fetch.ts';

const VERSION = '2.0.4';

/** Bundles the page of the host, with the bridge that the maintainers of the specification publish. */
async function buildHostPage(signal: AbortSignal): Promise<string> {
  const folder = await installOnce(`ext-apps-${VERSION}`, async (draft) => {
    console.log(`Installing @modelcontextprotocol/ext-apps ${VERSION} from npm …`);
    await installPackages(draft, signal, `@modelcontextprotocol/ext-apps@${VERSION}`);
  });
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'host-page.js')],
    bundle: true,
    format: 'iife',
    write: false,
    nodePaths: [join(folder, 'node_modules')],
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

export interface CardHost {
  readonly manager: JobManager;
  readonly client: Client;
  readonly page: Page;
  /** The jobs that the card asked the editor to show. */
  readonly opened: JobRecord[];
  readonly links: string[];
  /** What the browser refused because of the policy of the card, and errors of its script. */
  readonly reports: string[];
  /** The calls of the card, in order. */
  readonly calls: { readonly name: string; readonly arguments?: Record<string, unknown> }[];
  /** Replaces the server that answers the card, as while a window reloads. */
  answer: (params: { name: string; arguments?: Record<string, unknown> }) => Promise<CallToolResult>;
  /** Calls a tool as the model does, and shows the card for it. */
  show: (name: string, args: Record<string, unknown>, context?: object) => Promise<Frame>;
}

/** Opens a client that shows cards, with a real server and a real browser. */
export async function openCardHost(t: TestContext): Promise<CardHost> {
  const manager = openManager(t);
  const opened: JobRecord[] = [];
  const open = (job: JobRecord): Promise<void> => Promise.resolve(void opened.push(job));
  const endpoint = await openOwnEndpoint(manager, '1.2.3', {}, { page: join(DIST, 'job-card.html'), open });
  atEnd(t, () => endpoint.close());
  const client = await connectUi(t, endpoint.socket, endpoint.headers);
  const { contents } = await client.readResource({ uri: CARD_URI });
  const html = (contents[0] as { text: string }).text;
  const script = await buildHostPage(t.signal);
  const browser = await openBrowser(t);
  const page = await browser.newPage();
  page.setDefaultTimeout(PAGE_PATIENCE_MS);
  const reports: string[] = [];
  page.on('pageerror', (error) => reports.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') reports.push(message.text());
  });
  const links: string[] = [];
  const calls: CardHost['calls'] = [];
  const call = (params: { name: string; arguments?: Record<string, unknown> }): Promise<CallToolResult> =>
    client.callTool(params) as Promise<CallToolResult>;
  const host: CardHost = {
    ...{ manager, client, page, opened, links, reports, calls },
    answer: call,
    async show(name, args, context = {}) {
      const result = await call({ name, arguments: args });
      await page.evaluate(
        async ([html, context, args, result]) => {
          const host = globalThis as unknown as {
            showCard: (html: unknown, context: unknown) => Promise<void>;
            bridge: {
              sendToolInput: (input: object) => Promise<void>;
              sendToolResult: (result: unknown) => Promise<void>;
            };
          };
          await host.showCard(html, context);
          await host.bridge.sendToolInput({ arguments: args });
          await host.bridge.sendToolResult(result);
        },
        [html, context, args, result] as const,
      );
      return page.frames().at(-1)!;
    },
  };
  await page.exposeFunction('callTool', (params: { name: string; arguments?: Record<string, unknown> }) => {
    calls.push(params);
    return host.answer(params);
  });
  await page.exposeFunction('openLink', (url: string) => void links.push(url));
  await page.goto('about:blank');
  await page.addScriptTag({ content: script });
  return host;
}

/** Connects a client that says that it shows cards. */
async function connectUi(
  t: TestContext,
  socket: string,
  headers: Readonly<Record<string, string>>,
): Promise<Client> {
  const fetch = socketFetch(socket, headers);
  const capabilities = { extensions: { [UI_EXTENSION]: { mimeTypes: [PAGE_TYPE] } } };
  const client = new Client({ name: 'ui-client', version: '1' }, { capabilities });
  await client.connect(new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch }));
  atEnd(t, () => client.close());
  return client;
}
