import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { z } from 'zod';
import { type Manifest, releaseManifest } from '../.github/release-manifest.ts';
import { npmManifest, packFolder, serverManifest, stageNpmPackage } from '../npm-package.ts';
import { storageFolder } from './support/mcp-session.ts';
import { atEnd, scratchFolder } from './support/scratch.ts';

type NpmInput = Parameters<typeof npmManifest>[0];

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest & NpmInput;
const released = releaseManifest(manifest, {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'someone/background-jobs',
  GITHUB_REF_NAME: `v${manifest.version}`,
}) as Manifest & NpmInput;

test('the npm package contains the command and what it loads, and no extension', async (t) => {
  const folder = join(scratchFolder(t), 'package');
  await stageNpmPackage(folder);
  const names = readdirSync(folder);
  for (const name of [
    'stdio.js',
    'command-line.js',
    'runner.js',
    'search.js',
    'policy.js',
    'problems.js',
    'job-card.html',
  ]) {
    assert.ok(names.includes(name), name);
  }
  for (const name of names)
    assert.match(name, /^(?!extension).*\.js$|^(package\.json|README\.md|LICENSE|job-card\.html)$/);
});

test('the npm package needs native code only if it can be installed', () => {
  const { dependencies, optionalDependencies } = npmManifest(manifest);
  assert.equal(dependencies, undefined);
  assert.deepEqual(Object.keys(optionalDependencies as object), ['koffi']);
});

/** Of the schema at its $schema, the definitions Server, Repository, Package and StdioTransport. */
const ServerJson = z.strictObject({
  $schema: z.url(),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  // A range is refused.
  version: z
    .string()
    .max(255)
    .regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/),
  repository: z.strictObject({ url: z.url(), source: z.string() }),
  packages: z.array(
    z.strictObject({
      registryType: z.literal('npm'),
      identifier: z.string(),
      version: z.string().min(1),
      runtimeHint: z.literal('npx'),
      transport: z.strictObject({ type: z.literal('stdio') }),
    }),
  ),
});

test('a release has a server.json for the registry of MCP servers, with the name that the package proves', () => {
  const server = ServerJson.parse(serverManifest(released));
  const npm = npmManifest(released);
  assert.equal(server.name, 'io.github.someone/background-jobs');
  assert.equal(npm.mcpName, server.name);
  assert.equal(npm.homepage, 'https://github.com/someone/background-jobs#readme');
  assert.equal(server.repository.url, 'https://github.com/someone/background-jobs');
  assert.deepEqual([server.packages[0]?.identifier, server.packages[0]?.version], [npm.name, npm.version]);
});

test('without a public repository, no address is invented', () => {
  assert.equal(serverManifest(manifest), undefined);
  const { mcpName, repository, homepage } = npmManifest(manifest);
  assert.deepEqual([mcpName, repository, homepage], [undefined, undefined, undefined]);
});

test('npx runs the package with an empty cache, and a client uses it', async (t) => {
  const folder = scratchFolder(t);
  await stageNpmPackage(join(folder, 'package'));
  const tarball = await packFolder(join(folder, 'package'), folder);
  const env = {
    ...(process.env as Record<string, string>),
    npm_config_cache: join(folder, 'cache'),
    npm_config_update_notifier: 'false',
    HOME: folder,
  };
  // Relative, since npx runs an absolute path as a program.
  const npx = ['--yes', `./${basename(tarball)}`];
  const { stdout, stderr, status } = spawnSync('npx', [...npx, '--version'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim(), manifest.version);

  const args = [...npx, '--storage', storageFolder(t)];
  const transport = new StdioClientTransport({ command: 'npx', args, cwd: folder, env, stderr: 'inherit' });
  const client = new Client({ name: 'npx-client', version: '1.0.0' });
  atEnd(t, () => client.close());
  await client.connect(transport);
  const call = async (name: string, input: Record<string, unknown>): Promise<string> => {
    const { content } = await client.callTool({ name, arguments: input });
    return (content as { text: string }[]).map(({ text }) => text).join('\n');
  };
  assert.match(await call('execute', { command: 'echo started', wait_s: 40 }), /reason=exit .*\nstarted\n$/s);
  if (process.platform !== 'linux') return;
  // The native module is installed beside the package.
  assert.match(
    await call('execute', { command: 'tty', tty: true, wait_s: 40 }),
    /reason=exit .*\n\/dev\/pts\/\d+\n$/s,
  );
});
