import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { BadIssuerKey, MAX_TOKEN_LIFETIME_SECONDS, openTokenIssuer } from './token-issuer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-issuer-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const keyFile = () => join(folder, 'issuer-key.json');

describe('the embedded token issuer', () => {
  it('mints tokens that its public keys verify', async () => {
    const issuer = await openTokenIssuer(folder);
    const token = await issuer.mint({ subject: 'alice', role: 'trader', ttlSeconds: 60 });
    const keys = await issuer.keys();

    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: issuer.issuer,
      audience: [...issuer.audiences],
    });

    expect(payload.sub).toBe('alice');
    expect(payload.exp! - payload.iat!).toBe(60);
    expect(decodeProtectedHeader(token).alg).toBe('EdDSA');
  });

  it('gives away no secret with its public keys', async () => {
    const { keys } = await (await openTokenIssuer(folder)).keys();
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('keeps its key for its owner alone, and leaves nothing else behind', async () => {
    await openTokenIssuer(folder);
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['issuer-key.json']);
  });

  it('believes its earlier tokens after a restart', async () => {
    const token = await (
      await openTokenIssuer(folder)
    ).mint({ subject: 'alice', role: 'trader', ttlSeconds: 60 });
    const reopened = await openTokenIssuer(folder);
    await expect(jwtVerify(token, createLocalJWKSet(await reopened.keys()))).resolves.toBeDefined();
  });

  it('makes one key when two processes start at once', async () => {
    const issuers = await Promise.all(Array.from({ length: 8 }, async () => openTokenIssuer(folder)));
    const ids = await Promise.all(issuers.map(async (issuer) => (await issuer.keys()).keys[0]!.kid));
    expect(new Set(ids).size).toBe(1);
  });

  it('makes its data folder when that is missing', async () => {
    const issuer = await openTokenIssuer(join(folder, 'new', 'folder'));
    await expect(issuer.mint({ subject: 'alice', role: 'trader', ttlSeconds: 1 })).resolves.toMatch(
      /^[\w-]+\.[\w-]+\.[\w-]+$/,
    );
  });

  it('refuses a key that others can read', async () => {
    await openTokenIssuer(folder);
    await chmod(keyFile(), 0o644);
    await expect(openTokenIssuer(folder)).rejects.toThrow(BadIssuerKey);
    await expect(openTokenIssuer(folder)).rejects.toThrow(/can be read by others: chmod 600/);
  });

  it.each(['', 'not json', '{}', '{"kty":"RSA"}'])(
    'refuses a key file that holds %j, and leaves it alone',
    async (text) => {
      await writeFile(keyFile(), text, { mode: 0o600 });
      await expect(openTokenIssuer(folder)).rejects.toThrow(/is not an issuer key/);
      expect(await readFile(keyFile(), 'utf8')).toBe(text);
    },
  );

  it.each([0, -1, 1.5, NaN, MAX_TOKEN_LIFETIME_SECONDS + 1])(
    'mints no token that lives %d seconds',
    async (ttlSeconds) => {
      const issuer = await openTokenIssuer(folder);
      await expect(issuer.mint({ subject: 'alice', role: 'trader', ttlSeconds })).rejects.toThrow(
        /token lifetime/,
      );
    },
  );
});
