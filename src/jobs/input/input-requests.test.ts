import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { JobRecord } from '../../protocol/job-record.ts';
import { type InputRequest, InputRequests } from './input-requests.ts';

const request: InputRequest = { job: { id: 'job' } as JobRecord, text: 'word', askedBy: { kind: 'agent' } };

/** Opens a request of one job. It waits for its answer until the job exits. */
function openRequest() {
  const changes = new EventTarget();
  let answer: (line: string | undefined) => void = () => undefined;
  const requests = new InputRequests({
    ask: (_request, signal) =>
      new Promise((resolve) => {
        answer = resolve;
        signal.addEventListener('abort', () => resolve(undefined));
      }),
    send: async () => undefined,
    onChanged: () => changes.dispatchEvent(new Event('changed')),
  });
  requests.ask(request);
  assert.equal(requests.stateOf('job'), 'open');
  return { requests, changed: once(changes, 'changed'), answer: (line?: string) => answer(line) };
}

test('reports whether a request was answered or dismissed, a dismissal only once', async () => {
  const answered = openRequest();
  answered.answer('secret');
  await answered.changed;
  assert.equal(answered.requests.stateOf('job'), 'answered');
  assert.equal(answered.requests.takeDismissal('job'), false);
  const dismissed = openRequest();
  dismissed.answer(undefined);
  await dismissed.changed;
  assert.equal(dismissed.requests.stateOf('job'), 'dismissed');
  assert.equal(dismissed.requests.takeDismissal('job'), true);
  assert.equal(dismissed.requests.takeDismissal('job'), false);
});

test('does not report a request as dismissed if the job exited before an answer', async () => {
  const { requests, changed } = openRequest();
  requests.close('job');
  await changed;
  assert.equal(requests.stateOf('job'), undefined);
  assert.equal(requests.takeDismissal('job'), false);
});
