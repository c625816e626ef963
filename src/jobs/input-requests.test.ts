import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { JobRecord } from '../protocol/job-record.ts';
import { Questions, type Question } from './input-requests.ts';

const question: Question = { job: { id: 'job' } as JobRecord, text: 'word', askedBy: { kind: 'agent' } };

/** Questions of one job, each of which waits for its answer until the job ends. */
function openQuestions() {
  const changes = new EventTarget();
  let answer: (line: string | undefined) => void = () => undefined;
  const questions = new Questions({
    ask: (_question, signal) =>
      new Promise((resolve) => {
        answer = resolve;
        signal.addEventListener('abort', () => resolve(undefined));
      }),
    send: async () => undefined,
    onChanged: () => changes.dispatchEvent(new Event('changed')),
  });
  questions.ask(question);
  assert.equal(questions.stateOf('job'), 'open');
  return { questions, changed: once(changes, 'changed'), answer: (line?: string) => answer(line) };
}

test('a question is answered, or dismissed, which is told once', async () => {
  const answered = openQuestions();
  answered.answer('secret');
  await answered.changed;
  assert.equal(answered.questions.stateOf('job'), 'answered');
  assert.equal(answered.questions.takeDismissal('job'), false);
  const dismissed = openQuestions();
  dismissed.answer(undefined);
  await dismissed.changed;
  assert.equal(dismissed.questions.stateOf('job'), 'dismissed');
  assert.equal(dismissed.questions.takeDismissal('job'), true);
  assert.equal(dismissed.questions.takeDismissal('job'), false);
});

test('a question that the end of its job has closed was dismissed by nobody', async () => {
  const { questions, changed } = openQuestions();
  questions.close('job');
  await changed;
  assert.equal(questions.stateOf('job'), undefined);
  assert.equal(questions.takeDismissal('job'), false);
});
