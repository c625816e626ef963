import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secrets } from './typed-secrets.ts';

test('masks each exact occurrence, longer secrets first', () => {
  const secrets = new Secrets();
  secrets.add('hunter');
  secrets.add('hunter22');
  assert.equal(secrets.mask('hunter22, hunter and hunter2'), '****, **** and ****2');
  assert.equal(secrets.mask('Hunter'), 'Hunter');
});

test('does not mask texts so short that they occur by chance', () => {
  const secrets = new Secrets();
  secrets.add('yes');
  secrets.add('');
  assert.equal(secrets.mask('yes'), 'yes');
});

test('takes special characters of patterns and replacements literally', () => {
  const secrets = new Secrets();
  secrets.add('a.*$&');
  assert.equal(secrets.mask('a.*$& axx'), '**** axx');
});

test('leaves the bytes around a secret unchanged', () => {
  const secrets = new Secrets();
  secrets.add('pässword');
  const bytes = Buffer.concat([Buffer.of(0xff, 0), Buffer.from('pässword'), Buffer.of(0xc3)]);
  assert.deepEqual(secrets.maskBytes(bytes), Buffer.of(0xff, 0, 0x2a, 0x2a, 0x2a, 0x2a, 0xc3));
});
