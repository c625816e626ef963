import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secrets } from './typed-secrets.ts';

test('each exact occurrence is hidden, the longer one first', () => {
  const secrets = new Secrets();
  secrets.add('hunter');
  secrets.add('hunter22');
  assert.equal(secrets.mask('hunter22, hunter and hunter2'), '****, **** and ****2');
  assert.equal(secrets.mask('Hunter'), 'Hunter');
});

test('what is so short that it stands anywhere is left', () => {
  const secrets = new Secrets();
  secrets.add('yes');
  secrets.add('');
  assert.equal(secrets.mask('yes'), 'yes');
});

test('a text that means something in a pattern or a replacement is taken as it is', () => {
  const secrets = new Secrets();
  secrets.add('a.*$&');
  assert.equal(secrets.mask('a.*$& axx'), '**** axx');
});

test('bytes beside it stay as they are', () => {
  const secrets = new Secrets();
  secrets.add('pässword');
  const bytes = Buffer.concat([Buffer.of(0xff, 0), Buffer.from('pässword'), Buffer.of(0xc3)]);
  assert.deepEqual(secrets.maskBytes(bytes), Buffer.of(0xff, 0, 0x2a, 0x2a, 0x2a, 0x2a, 0xc3));
});
