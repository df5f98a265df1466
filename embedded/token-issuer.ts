/** The issuer of the one-process platform: a key of its own in the data folder, and tokens signed with it. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JSONWebKeySet,
} from 'jose';
import * as z from 'zod';
import type { Role } from '../shared/contracts/roles.ts';
import { scopeOf, USUAL_TOKEN_RULES } from '../shared/contracts/token-rules.ts';
import type { TokenIssuer } from '../shared/ports/token-issuer.ts';

const ISSUER = 'urn:millrace:embedded';
const AUDIENCE = 'millrace';
const ALGORITHM = 'EdDSA';
const KEY_FILE = 'issuer-key.json';
/** Read and write for the owner alone. */
const KEY_FILE_MODE = 0o600;
const OTHERS = 0o077;

export const MAX_TOKEN_LIFETIME_SECONDS = 30 * 86_400;

/** The key file is not what this program wrote: one line that says what to do. */
export class BadIssuerKey extends Error {
  override readonly name = 'BadIssuerKey';
}

export interface TokenRequest {
  /** Who the token is for: it names who engaged a kill switch. */
  readonly subject: string;
  /** What it allows. */
  readonly role: Role;
  readonly ttlSeconds: number;
}

export interface EmbeddedTokenIssuer extends TokenIssuer {
  /** A signed JWT. @throws RangeError when the lifetime is not from a second to 30 days. */
  mint(request: TokenRequest): Promise<string>;
}

const privateKey = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.base64url(),
  d: z.base64url(),
  kid: z.string().min(1),
});
type PrivateKey = z.infer<typeof privateKey>;

/** Reads the key of a data folder, or makes one. @throws BadIssuerKey */
export async function openTokenIssuer(dataDir: string): Promise<EmbeddedTokenIssuer> {
  const path = join(dataDir, KEY_FILE);
  const key = (await readKey(path)) ?? (await createKey(dataDir, path));
  const signingKey = await importJWK(key, ALGORITHM);
  const { d: _secret, ...publicKey } = key;
  const keySet: JSONWebKeySet = { keys: [{ ...publicKey, alg: ALGORITHM, use: 'sig' }] };
  return {
    issuer: ISSUER,
    audiences: [AUDIENCE],
    rules: { ...USUAL_TOKEN_RULES, algorithms: [ALGORITHM] },
    keys: async () => keySet,
    async mint({ subject, role, ttlSeconds }) {
      if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TOKEN_LIFETIME_SECONDS) {
        throw new RangeError(
          `token lifetime: expected 1 to ${MAX_TOKEN_LIFETIME_SECONDS} seconds, got ${ttlSeconds}`,
        );
      }
      const issuedAt = Math.floor(Date.now() / 1000);
      return new SignJWT({ scope: scopeOf(role) })
        .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(signingKey);
    },
  };
}

/** @returns null when there is no key yet. */
async function readKey(path: string): Promise<PrivateKey | null> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0) throw new BadIssuerKey(`${path} can be read by others: chmod 600 it`);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = privateKey.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new BadIssuerKey(
    `${path} is not an issuer key: remove it and a new one is made; tokens given out lose their worth`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Written beside and linked into place: the file is there whole or not at all, and of two processes one wins. */
async function createKey(dataDir: string, path: string): Promise<PrivateKey> {
  await mkdir(dataDir, { recursive: true });
  const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const exported = await exportJWK(pair.privateKey);
  const key = privateKey.parse({ ...exported, kid: await calculateJwkThumbprint(exported) });
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx', KEY_FILE_MODE);
    try {
      await file.writeFile(JSON.stringify(key));
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const winner = await readKey(path);
    if (winner === null) throw error;
    return winner;
  } finally {
    await rm(temporary, { force: true });
  }
}
