import { objectKinds, type ObjectKind, type StoredObjects } from '../contracts/stored-objects.ts';
import type { ObjectStore } from '../ports/object-store.ts';

export async function putJson<Kind extends ObjectKind>(
  objects: ObjectStore,
  kind: Kind,
  key: string,
  value: StoredObjects[Kind],
): Promise<void> {
  const text = JSON.stringify(objectKinds[kind].stored(value));
  await objects.put(key, Buffer.from(text), 'application/json');
}

/**
 * @throws when the object is not there: keys are only passed on once their object is durable.
 * @throws UnknownVersion
 */
export async function getJson<Kind extends ObjectKind>(
  objects: ObjectStore,
  kind: Kind,
  key: string,
): Promise<StoredObjects[Kind]> {
  const body = await objects.get(key);
  if (body === null) throw new Error(`no object ${key}`);
  const stored: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
  return objectKinds[kind].record(stored, `object ${key}`) as StoredObjects[Kind];
}
