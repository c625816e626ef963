import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clip, quote } from '../../base/quoted-text.ts';
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

test('masks a secret in a quoted line, and what a cut has left of it', () => {
  const secrets = new Secrets();
  const secret = 'pa"ss\\wörd';
  secrets.add(secret);
  const line = `key is ${secret}`;
  assert.equal(secrets.mask(quote(line)), '"key is ****"');
  for (let length = 'key is '.length + 5; length < line.length; length++) {
    assert.equal(secrets.mask(clip(line, length)), 'key is ****…');
    assert.equal(secrets.mask(quote(clip(line, length))), '"key is ****…"');
  }
  assert.equal(secrets.mask(`…${secret.slice(3)} is the key`), '…**** is the key');
  assert.equal(secrets.mask('a word… and another'), 'a word… and another');
});
