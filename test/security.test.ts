import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openTestEndpoint } from './support/endpoint.ts';
import { startReady } from './support/jobs.ts';
import { openManager } from './support/manager.ts';
import { storageFolder } from './support/mcp-session.ts';
import { openOwnEndpoint } from './support/own-endpoint.ts';
import { atEnd } from './support/scratch.ts';

/** The content of all files in a folder. Sockets and what cannot be read hold nothing. */
function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

// Promise: endpoint-secret
test('the secret of the endpoint is in no file and no environment of a job, and each endpoint has its own', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const endpoint = await openOwnEndpoint(manager, '1.2.3');
  atEnd(t, () => endpoint.close());
  const { id } = await startReady(manager, 'env; echo ready');
  const [secret = ''] = Object.values(endpoint.headers);
  // 256 bits.
  assert.match(secret, /^[\w-]{43}$/);
  assert.doesNotMatch(contentOf(storage), new RegExp(secret));
  assert.doesNotMatch(contentOf(dirname(endpoint.socket)), new RegExp(secret));
  // The test can tell: the job's environment is in its log.
  assert.match(contentOf(manager.logs.folder(id)), /BACKGROUND_JOBS_JOB_ID=/);
  const { endpoint: other } = await openTestEndpoint(t);
  assert.notEqual(Object.values(other.headers)[0], secret);
});

// Promise: hidden-values
test('the values of env are in the journal, as a restart needs them, and in no log of jobs', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const { id } = await startReady(manager, 'echo ready', { env: { TOKEN: 'a-secret-value' } });
  assert.match(readFileSync(join(storage, 'journal.jsonl'), 'utf8'), /a-secret-value/);
  assert.doesNotMatch(contentOf(manager.logs.folder(id)), /a-secret-value/);
});
